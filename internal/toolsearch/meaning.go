package toolsearch

import (
	"cmp"
	"slices"
	"strings"
)

// meaning says which entities people mean by words that the entities are not called
// by. Words are phrases, parted by commas. Entities are written as in tools' names,
// for all connectors that have them, or for one as in "jira:issues". A ~ before an
// entity makes it less likely, ~~ still less.
type meaning struct{ words, entities string }

const (
	likely   = 0.6
	unlikely = 0.35
)

// meanings are the tables by domain.
var meanings = [][]meaning{salesMeanings, supportMeanings, codeMeanings, moneyMeanings, shopMeanings, adMeanings, mailMeanings,
	webMeanings, peopleMeanings, workMeanings, documentMeanings, chatMeanings, callMeanings, incidentMeanings, valueMeanings}

// entityPhrases resolves the meanings to entities. Those that no document has are
// left out: an index need not hold all connectors.
func (b *builder) entityPhrases() map[string][]share {
	byName := map[string][]int32{}
	for i, g := range b.groups {
		name := strings.Join(g.name, " ")
		byName[name] = append(byName[name], int32(i))
		byName[g.connector+":"+name] = append(byName[g.connector+":"+name], int32(i))
	}
	phrases := map[string][]share{}
	for i, g := range b.groups {
		if len(g.name) > 1 { // names of one word are found by it
			name := strings.Join(g.name, " ")
			phrases[name] = merge(phrases[name], []share{{int32(i), 1}})
		}
	}
	for _, table := range meanings {
		for _, m := range table {
			resolved := m.resolve(byName)
			for phrase := range strings.SplitSeq(m.words, ",") {
				for _, key := range phraseKeys(phrase) {
					phrases[key] = merge(phrases[key], resolved)
				}
			}
		}
	}
	return phrases
}

// merge joins what a phrase means in several places; the likelier counts.
func merge(shares, more []share) []share {
	if shares == nil {
		return more
	}
	all := append(slices.Clone(shares), more...)
	slices.SortFunc(all, func(a, b share) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(b.part, a.part))
	})
	return slices.CompactFunc(all, func(a, b share) bool { return a.group == b.group })
}

// phraseKeys are a phrase in stems: with marks for its articles and, where enough
// words are left, without. A <value> stays as it is.
func phraseKeys(phrase string) []string {
	phrase = strings.TrimSpace(phrase)
	if strings.HasPrefix(phrase, "<") {
		return []string{phrase}
	}
	var marked, bare []string
	for i, word := range strings.Fields(phrase) {
		if i > 0 && in(articles, word) {
			marked = append(marked, anyArticle)
			continue
		}
		marked, bare = append(marked, stem(word)), append(bare, stem(word))
	}
	if len(bare) == len(marked) || len(bare) < fewestBare {
		return []string{strings.Join(marked, " ")}
	}
	return []string{strings.Join(marked, " "), strings.Join(bare, " ")}
}

// resolve finds the entities of a meaning.
func (m meaning) resolve(byName map[string][]int32) []share {
	var shares []share
	for target := range strings.FieldsSeq(m.entities) {
		key, weight := target, float32(1)
		if rest, ok := strings.CutPrefix(target, "~~"); ok {
			key, weight = rest, unlikely
		} else if rest, ok := strings.CutPrefix(target, "~"); ok {
			key, weight = rest, likely
		}
		for _, group := range byName[targetKey(key)] {
			shares = append(shares, share{group, weight})
		}
	}
	return merge([]share{}, shares)
}

func targetKey(target string) string {
	connector, entity, named := strings.Cut(target, ":")
	if !named {
		connector, entity = "", target
	}
	name := strings.Join(entityStems(entity), " ")
	if named {
		return connector + ":" + name
	}
	return name
}
