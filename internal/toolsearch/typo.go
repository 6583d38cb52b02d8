package toolsearch

import (
	"slices"
	"strings"

	"airbyte-mcp-server/internal/nearest"
)

// vocabulary is the words that a misspelt one may mean.
type vocabulary struct {
	known   map[string]bool   // words and stems that need no correction
	names   map[byte][]string // words of connectors' names, by first letter
	content map[byte][]string // other words, by first letter
}

// ordinary are words that are no slips, though they resemble others that are known:
// stuff is no staff, and a driver no Drive.
const ordinary = " apple attack beach behavior behaviour black bound breath bridge building centre chain chance charm cheat clean clock" +
	" colour compare compete complain complex concern concert context contract contrast couch court cream decade decision" +
	" defend detect drift driver drove entire escape expensive expert fellow greet horse house insect intend intense" +
	" interest interface laser later layer lunch market mayor mouth nation notation opera option paper patient pitch police" +
	" produce profit protect quality radio relax resort routine section security selection shark sharp sheep shirt shock" +
	" sing skull slice sock sore spring square stake statue stick stiff stone storm stove strike stuck stuff sweet swift" +
	" tail tale tank tend think though threat through timber train tray trend trick truck vice writer "

// makeVocabulary gathers what the index knows. The plain words are those of the names
// of entities and of the words for them, of which the index has the stems only: the stem
// of a misspelt word need not be like that of the word that was meant.
func (x *Index) makeVocabulary(plain map[string]bool) vocabulary {
	v := vocabulary{known: map[string]bool{}, names: map[byte][]string{}, content: map[byte][]string{}}
	for word := range x.stems {
		v.known[word] = true
	}
	for word := range strings.FieldsSeq(ordinary) {
		v.known[word], v.known[stem(word)] = true, true
	}
	for name := range x.names {
		for word := range strings.FieldsSeq(name) {
			v.add(v.names, word)
		}
	}
	for word := range plain {
		v.add(v.content, word)
	}
	for phrase := range x.phrases {
		if strings.HasPrefix(phrase, "<") {
			continue
		}
		for word := range strings.FieldsSeq(phrase) {
			v.add(v.content, word)
		}
	}
	for word := range x.entities {
		v.add(v.content, word)
	}
	for _, list := range verbs {
		for word := range strings.FieldsSeq(list.sure + list.verb + list.noun) {
			v.add(v.content, word)
			v.known[stem(word)] = true // or "deleted" would be a slip for "delete", and an order
		}
	}
	v.sort()
	return v
}

func (v *vocabulary) add(words map[byte][]string, word string) {
	v.known[word] = true
	if len(word) > 3 && !slices.Contains(words[word[0]], word) {
		words[word[0]] = append(words[word[0]], word)
	}
}

func (v *vocabulary) sort() {
	for _, words := range []map[byte][]string{v.names, v.content} {
		for _, list := range words {
			slices.Sort(list)
		}
	}
}

// parts cuts words with humps, such as PaymentIntents, unless they are known as a
// whole, as GitHub is. It ends at the most tokens that are read.
func (v *vocabulary) parts(all []token) []token {
	var list []token
	for _, t := range all {
		if words := split(t.text); t.value == "" && len(words) > 1 && !v.known[t.lower] {
			for i, word := range words {
				part := token{text: word, lower: word, quoted: t.quoted}
				if i == 0 {
					part.opens = t.opens
				}
				list = append(list, part)
			}
			continue
		}
		list = append(list, t)
	}
	return list[:min(len(list), mostTokens)]
}

const shortestTypo = 5

// correct replaces a word that nobody knows by one that it resembles. Capitals in
// the middle of a question are somebody's name: they may only be a connector's.
func (v *vocabulary) correct(t *token, first bool) {
	if t.quoted || len(t.lower) < shortestTypo-1 || isFiller(t.lower) || v.known[t.lower] || v.known[stem(t.lower)] {
		return
	}
	if name := resembling(t.lower, v.names[t.lower[0]]); name != "" {
		t.lower = name
		return
	}
	if capital := t.text[0] < 'a'; !capital || first {
		for _, form := range []string{singular(t.lower), stem(t.lower)} {
			if word := resembling(form, v.content[t.lower[0]]); word != "" {
				t.lower = word
				return
			}
		}
	}
}

// resembling is the candidate within the least number of slips, or "". The shorter
// the word, the fewer slips are forgiven.
func resembling(word string, from []string) string {
	slips := 1
	if len(word) > 7 {
		slips = 2
	}
	best := ""
	if len(word) > longestWord {
		return best
	}
	for _, candidate := range from {
		if len(candidate) < shortestTypo || max(len(candidate)-len(word), len(word)-len(candidate)) > slips {
			continue
		}
		if d := nearest.Distance(word, candidate); d <= slips {
			best, slips = candidate, d-1
		}
	}
	return best
}

// longestWord is the most letters of words that are compared.
const longestWord = 31
