package sandbox

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
)

// equal compares JSON values, numbers by value. An array equals what one of its
// elements equals, which is what paths through arrays give.
func equal(have, want any) bool {
	if list, ok := have.([]any); ok {
		if wanted, both := want.([]any); both {
			return slices.EqualFunc(list, wanted, equal)
		}
		return slices.ContainsFunc(list, func(item any) bool { return equal(item, want) })
	}
	if have == nil || want == nil {
		return have == nil && want == nil
	}
	if n, ok := order(have, want); ok {
		return n == 0
	}
	return have == want
}

// order compares numbers with numbers and texts with texts.
func order(have, want any) (int, bool) {
	if a, ok := have.(json.Number); ok {
		b, ok := want.(json.Number)
		x, xOK := new(big.Rat).SetString(a.String())
		y, yOK := new(big.Rat).SetString(b.String())
		if !ok || !xOK || !yOK {
			return 0, false
		}
		return x.Cmp(y), true
	}
	a, ok := have.(string)
	b, ok2 := want.(string)
	return strings.Compare(a, b), ok && ok2
}

func isIn(have, want any) bool {
	list, _ := want.([]any)
	return slices.ContainsFunc(list, func(item any) bool { return equal(have, item) })
}

// onText applies a test of lower-case texts; an array passes if an element does.
func onText(have, want any, test func(have, want string) bool) bool {
	if list, ok := have.([]any); ok {
		return slices.ContainsFunc(list, func(item any) bool { return onText(item, want, test) })
	}
	text, ok := have.(string)
	if number, isNumber := have.(json.Number); isNumber {
		text, ok = number.String(), true
	}
	return ok && test(strings.ToLower(text), strings.ToLower(asText(want)))
}

func startsWith(have, want any) bool { return onText(have, want, strings.HasPrefix) }
func endsWith(have, want any) bool   { return onText(have, want, strings.HasSuffix) }

// fuzzy holds if all words occur.
func fuzzy(have, want any) bool {
	return onText(have, want, func(text, words string) bool {
		return !slices.ContainsFunc(strings.Fields(words), func(w string) bool { return !strings.Contains(text, w) })
	})
}

// keyword holds if one of the words occurs.
func keyword(have, want any) bool {
	return onText(have, want, func(text, words string) bool {
		return slices.ContainsFunc(strings.Fields(words), func(w string) bool { return strings.Contains(text, w) })
	})
}

// containsValue is membership for arrays and part of the text for texts.
func containsValue(have, want any) bool {
	if list, ok := have.([]any); ok {
		return slices.ContainsFunc(list, func(item any) bool { return equal(item, want) })
	}
	return onText(have, want, strings.Contains)
}

func isMember(have, want any) bool {
	list, _ := have.([]any)
	return slices.ContainsFunc(list, func(item any) bool { return equal(item, want) })
}

// textMeanings are what the operators on texts mean in some versions of the API, by
// the value of the switch.
var textMeanings = map[string]map[string]comparison{
	"older": {"like": likePattern, "fuzzy": orderedWords, "contains": isMember},
	"newer": {"like": containsText, "contains": containsText},
}

// compiler translates queries of the entity's store.
func (r *storeRequest) compiler() *compiler {
	k := newCompiler(r.entity.ContextStore)
	k.other = textMeanings[r.choices.get("text_operators")]
	return k
}

// containsText looks for a text within a text.
func containsText(have, want any) bool {
	_, isText := have.(string)
	return isText && onText(have, want, strings.Contains)
}

// likePattern follows SQL, where % stands for any text.
func likePattern(have, want any) bool {
	return onText(have, want, func(text, pattern string) bool {
		if !strings.Contains(pattern, "%") {
			return text == pattern
		}
		return matchLike(text, strings.Split(pattern, "%"))
	})
}

// orderedWords holds if all words occur one after the other.
func orderedWords(have, want any) bool {
	return onText(have, want, func(text, words string) bool {
		for word := range strings.FieldsSeq(words) {
			_, rest, found := strings.Cut(text, word)
			if !found {
				return false
			}
			text = rest
		}
		return true
	})
}

// like follows SQL where the pattern has a %, else it looks for the text anywhere.
func like(have, want any) bool {
	return onText(have, want, func(text, pattern string) bool {
		if !strings.Contains(pattern, "%") {
			return strings.Contains(text, pattern)
		}
		return matchLike(text, strings.Split(pattern, "%"))
	})
}

// matchLike matches a text with the parts of a pattern between its % signs.
func matchLike(text string, parts []string) bool {
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	last := parts[len(parts)-1]
	for _, part := range parts[1 : len(parts)-1] {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return strings.HasSuffix(text, last)
}
