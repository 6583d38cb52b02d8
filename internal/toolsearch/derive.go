package toolsearch

import (
	"slices"
	"strings"
)

// wordless tells the connectors of which nobody has written down what people call
// their entities, such as imported ones. Their words are derived from names.
func (b *builder) wordless() map[string]bool {
	wordless := map[string]bool{}
	for slug := range b.served {
		wordless[slug] = slug != ""
	}
	for _, c := range b.connectors {
		if len(c.Entities) > 0 {
			wordless[c.Slug] = false
		}
	}
	return wordless
}

// derivePhrases gives the entities of connectors the synonyms of the nouns in their
// names: in full for the noun itself, less for a name that ends with it, as sent_invoices
// does, and still less for one that has it elsewhere. They count less for connectors that
// are not wordless.
func (b *builder) derivePhrases(phrases map[string][]share, synonyms []noun) {
	wordless := b.wordless()
	b.deriveCompounds(phrases, wordless)
	for _, n := range synonyms {
		stems := entityStems(n.Noun)
		for i, g := range b.groups {
			weight := nounWeight(g.name, stems)
			if !wordless[g.connector] {
				weight *= wordedWeight
			}
			if weight > 0 {
				b.addSynonyms(phrases, n.Called, int32(i), weight)
			}
		}
	}
}

// nounWeight is how much of a name's meaning a noun has.
func nounWeight(name, noun []string) float32 {
	at := indexOf(name, noun)
	switch {
	case at < 0:
		return 0
	case len(name) == len(noun):
		return 1
	case at+len(noun) == len(name):
		return endingWeight
	}
	return insideWeight
}

const (
	endingWeight = 0.8
	insideWeight = 0.5
	wordedWeight = 0.45 // for connectors with words of their own
)

// indexOf is where a run of words stands in another, or -1.
func indexOf(words, run []string) int {
	for i := range len(words) - len(run) + 1 {
		if slices.Equal(words[i:i+len(run)], run) {
			return i
		}
	}
	return -1
}

func (b *builder) addSynonyms(phrases map[string][]share, called Called, group int32, weight float32) {
	for phrase, part := range called.all() {
		for _, key := range phraseKeys(phrase) {
			phrases[key] = merge(phrases[key], []share{{group, float32(part) * weight}})
		}
	}
}

// deriveNames names a connector of which nobody has written down what people call it:
// its title with its humps apart, the title without its last words, and initials.
func (b *builder) deriveNames(names map[string][]naming) {
	known := map[string]bool{}
	for _, c := range b.connectors {
		known[c.Slug] = len(c.Called.Names)+len(c.Called.Likely)+len(c.Called.Unlikely) > 0
	}
	first := map[string][]string{} // connectors by the first word of their title
	for slug, title := range b.titles {
		if words := split(title); len(words) > 0 {
			head := strings.ToLower(strings.Fields(title)[0])
			first[head] = append(first[head], slug)
		}
	}
	for slug, title := range b.titles {
		if known[slug] {
			continue
		}
		humps := split(title)
		addName(names, slug, strings.Join(humps, " "), 1)
		fields := strings.Fields(strings.ToLower(title))
		for n := len(fields) - 1; n > 0; n-- {
			weight := 1.0
			if n == 1 && len(first[fields[0]]) > 1 {
				weight = likely
			}
			addName(names, slug, strings.Join(fields[:n], " "), weight)
			addName(names, slug, strings.Join(split(strings.Join(strings.Fields(title)[:n], " ")), " "), weight)
		}
		if initials := initialsOf(humps); len(initials) > 1 && !isFiller(initials) {
			addName(names, slug, initials, likely)
		}
	}
}

func initialsOf(words []string) string {
	var initials strings.Builder
	for _, word := range words {
		initials.WriteByte(word[0])
	}
	return initials.String()
}

// deriveCompounds finds words that run together in the names of entities, such as adsquads,
// apart in what their connector says of its tools, as in "ad squads". These mean the entity.
func (b *builder) deriveCompounds(phrases map[string][]share, wordless map[string]bool) {
	apart := map[string]string{} // two words by the connector and the one that they would be
	for i := range b.docs {
		d := &b.docs[i]
		if !wordless[d.Connector] {
			continue
		}
		words := split(d.Summary)
		for j := 1; j < len(words); j++ {
			apart[d.Connector+" "+stem(words[j-1]+words[j])] = words[j-1] + " " + words[j]
		}
	}
	for i, g := range b.groups {
		for _, word := range g.name {
			phrase := apart[g.connector+" "+word]
			if phrase == "" {
				continue
			}
			for _, key := range phraseKeys(phrase) {
				phrases[key] = merge(phrases[key], []share{{int32(i), nounWeight(g.name, []string{word})}})
			}
		}
	}
}
