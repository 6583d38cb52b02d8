package contextstore

import (
	"encoding/json"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

func isIn(have, want any) bool {
	list, _ := want.([]any)
	return slices.ContainsFunc(list, func(item any) bool { return jsonvalue.Equal(have, item) })
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
	return ok && test(strings.ToLower(text), strings.ToLower(jsonvalue.AsText(want)))
}

func startsWith(have, want any) bool { return onText(have, want, strings.HasPrefix) }

func endsWith(have, want any) bool { return onText(have, want, strings.HasSuffix) }

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
		return slices.ContainsFunc(list, func(item any) bool { return jsonvalue.Equal(item, want) })
	}
	return onText(have, want, strings.Contains)
}

func isMember(have, want any) bool {
	list, _ := have.([]any)
	return slices.ContainsFunc(list, func(item any) bool { return jsonvalue.Equal(item, want) })
}

// textMeanings are what the operators on texts mean in some versions of the API, by
// the value of the switch.
var textMeanings = map[string]map[string]comparison{
	"older": {"like": likePattern, "fuzzy": orderedWords, "contains": isMember},
	"newer": {"like": containsText, "contains": containsText},
}

// compiler translates queries of the entity's store.
func (r *Request) compiler() *compiler {
	k := newCompiler(r.Entity.ContextStore)
	k.other = textMeanings[r.Choices.Get("text_operators")]
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
