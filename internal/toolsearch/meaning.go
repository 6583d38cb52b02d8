package toolsearch

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"iter"
	"slices"
	"strings"
)

// How much words count that may mean something else.
const (
	likely   = 0.6
	unlikely = 0.35
)

// all are the words with their weights, the surest first.
func (c Called) all() iter.Seq2[string, float64] {
	return func(yield func(string, float64) bool) {
		for i, list := range [][]string{c.Names, c.Likely, c.Unlikely} {
			for _, word := range list {
				if !yield(word, [...]float64{1, likely, unlikely}[i]) {
					return
				}
			}
		}
	}
}

// wordsFile is the general words.
//
//go:embed words.json
var wordsFile []byte

// generalWords are what people use for nouns, whatever connector has entities that
// are called so.
type generalWords struct {
	Nouns    []noun `json:"nouns"`    // for entities of these names
	Synonyms []noun `json:"synonyms"` // for entities that have these in their names, of connectors without words of their own
}

// noun is a name of entities, with the words for it.
type noun struct {
	Noun string `json:"noun"`
	Called
}

func readGeneralWords() generalWords {
	var words generalWords
	if err := json.Unmarshal(wordsFile, &words); err != nil {
		panic(err) // the file is embedded, and read by the tests
	}
	return words
}

// entityPhrases maps phrases to the entities that they mean: the names of the
// entities, the connectors' own words for them, and the general ones.
func (b *builder) entityPhrases() map[string][]share {
	byName := map[string][]int32{}
	phrases := map[string][]share{}
	for i, g := range b.groups {
		name := strings.Join(g.name, " ")
		byName[name] = append(byName[name], int32(i))
		if len(g.name) > 1 { // names of one word are found by it
			phrases[name] = merge(phrases[name], []share{{int32(i), 1}})
		}
	}
	for _, c := range b.connectors {
		for entity, called := range c.Entities {
			if group, ok := b.bySlug[c.Slug+"."+entity]; ok {
				addPhrases(phrases, called, []int32{int32(group)})
			}
		}
		for _, id := range c.IDs {
			b.addID(phrases, c.Slug, id)
		}
	}
	general := readGeneralWords()
	for _, n := range general.Nouns {
		addPhrases(phrases, n.Called, byName[strings.Join(entityStems(n.Noun), " ")])
	}
	b.derivePhrases(phrases, general.Synonyms)
	return phrases
}

// addPhrases adds words for entities.
func addPhrases(phrases map[string][]share, called Called, groups []int32) {
	for phrase, weight := range called.all() {
		shares := make([]share, len(groups))
		for i, group := range groups {
			shares[i] = share{group, float32(weight)}
		}
		for _, key := range phraseKeys(phrase) {
			phrases[key] = merge(phrases[key], shares)
		}
	}
}

// addID adds the entities that an id of a connector tells.
func (b *builder) addID(phrases map[string][]share, connector string, id ID) {
	key := "<" + id.shape().value() + ">"
	for i, list := range [][]string{id.Entities, id.Related} {
		for _, entity := range list {
			if group, ok := b.bySlug[connector+"."+entity]; ok {
				phrases[key] = merge(phrases[key], []share{{int32(group), [...]float32{1, likely}[i]}})
			}
		}
	}
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
		if i > 0 && hasWord(articles, word) {
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
