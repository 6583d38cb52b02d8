package toolsearch

import (
	"slices"
	"strings"
)

// question is a text that has been understood as far as it goes.
type question struct {
	units      []unit
	intent     intent
	connectors map[string]float64 // those that it names
	unsure     bool               // whether the names may all mean something else
}

// unit is a word or a phrase that documents are weighed by.
type unit struct {
	stem   string
	means  []share // the entities that it means, if it stands for some
	weight float64
}

// Weights of units in a question.
const (
	vagueWeight   = 0.3
	verbWeight    = 0.8
	quotedWeight  = 0.15 // a value in quotation marks that reads like a word
	partWeight    = 0.5  // of a phrase that has a meaning as a whole
	furtherWeight = 0.6  // behind a preposition: the comments on an issue are comments
	nameWeight    = 0.3  // a word of a connector's name that is an entity as well
	valueWeight   = 0.6
	namedWeight   = 0.2 // behind "named" and its like
)

// Words that show how others are meant.
const (
	prepositions = " about at by for from in of on to with under within inside behind labelled labeled tagged containing having "
	namers       = " named called titled saying says named: subject: body: "                       // before a name or a text
	objects      = " a an another the my our this that these those new all me us him her them it " // words that begin what a verb is about
	articles     = " a an the my our your his her its their this that these those any all some "
)

// reader understands a question, token by token.
type reader struct {
	x      *Index
	tokens []token
	stems  []string
	taken  []float64 // what is left of a token's weight: 1, or less where it has been understood
	q      *question

	verb    int // the token that told the intent
	content int // the token with which a text begins that is only to be passed on
}

func (x *Index) read(text string) *question {
	r := &reader{x: x, tokens: x.translated(x.vocabulary.parts(x.tokens(text))), q: &question{}}
	for i := range r.tokens {
		t := &r.tokens[i]
		if t.value == "" {
			x.vocabulary.correct(t, i == 0)
		}
		r.stems = append(r.stems, stem(t.lower))
		r.taken = append(r.taken, 1)
	}
	r.readNames()
	r.readIntent()
	r.readWords()
	return r.q
}

// readNames finds the connectors that the question names.
func (r *reader) readNames() {
	sure, topics := map[string]float64{}, map[string]float64{}
	for i := 0; i < len(r.tokens); {
		n, named := r.longest(i, func(key string) bool { return r.x.names[key] != nil })
		if n == 0 || !r.isName(i, n, named) {
			i++
			continue
		}
		topic := r.isTopic(i, n)
		for _, connector := range r.x.names[named] {
			names := sure
			if topic {
				names = topics
			}
			names[connector.slug] = max(names[connector.slug], connector.weight)
		}
		for j := i; j < i+n; j++ {
			r.taken[j] = 0
			if topic && n == 1 || j > i && len(r.x.entities[r.stems[j]]) > 0 {
				r.taken[j] = nameWeight
			}
		}
		i += n
	}
	r.q.connectors = sure
	if r.q.unsure = len(sure) == 0 && len(topics) > 0; r.q.unsure {
		r.q.connectors = topics
	}
}

// isTopic reports whether a name may be what records are about, or the word of an entity of
// another connector, rather than where they are: "issues about stripe", "ad analytics".
func (r *reader) isTopic(at, n int) bool {
	if hasWord(" about regarding concerning mentioning re ", r.lower(at-1)) {
		return true
	}
	if n > 1 {
		return false
	}
	own := r.x.names[r.lower(at)]
	return slices.ContainsFunc(r.x.entities[r.stems[at]], func(s share) bool {
		slug := r.x.docs[r.x.groups[s.group][0]].connector
		return !slices.ContainsFunc(own, func(n naming) bool { return n.slug == slug })
	})
}

// isName tells names from the words and days that some connectors are called by.
func (r *reader) isName(at, n int, name string) bool {
	sort := r.x.everyday[name]
	if n > 1 || sort == "" {
		return !r.tokens[at].quoted
	}
	before, after := r.lower(at-1), r.lower(at+n)
	switch sort {
	case "day":
		isDay := hasWord(" on next last this by until since before after every each till from ", before) && r.x.entities[r.stem(at+n)] == nil
		return !isDay && !hasWord(" morning evening afternoon ", after)
	case "verb":
		return before != "to"
	default:
		return !hasWord(" a an ", before) || after != "" && !hasWord(prepositions, after)
	}
}

func (r *reader) lower(i int) string {
	if i < 0 || i >= len(r.tokens) {
		return ""
	}
	return r.tokens[i].lower
}

func (r *reader) stem(i int) string {
	if i < 0 || i >= len(r.stems) {
		return ""
	}
	return r.stems[i]
}

// longest finds the longest name from i on, and how many tokens it has.
func (r *reader) longest(i int, known func(string) bool) (n int, name string) {
	var words []string
	for j := i; j < min(i+longestPhrase, len(r.tokens)); j++ {
		if r.tokens[j].value != "" {
			break
		}
		words = append(words, r.tokens[j].lower)
		if run := strings.Join(words, " "); known(run) {
			n, name = j-i+1, run
		}
	}
	return n, name
}

// phrase finds the longest phrase of a clause from i on that means something. An
// article in it may be any other; where enough words are left, it may be missing.
func (r *reader) phrase(i int) (n int, key string) {
	var marked, bare []string
	for j := i; j < min(i+longestPhrase, len(r.tokens)); j++ {
		t := &r.tokens[j]
		if t.value != "" || j > i && t.opens != 0 {
			break
		}
		if j > i && hasWord(articles, t.lower) {
			marked = append(marked, anyArticle)
			continue
		}
		marked, bare = append(marked, r.stems[j]), append(bare, r.stems[j])
		if run := strings.Join(marked, " "); r.x.phrases[run] != nil {
			n, key = j-i+1, run
		} else if len(bare) < len(marked) && len(bare) >= fewestBare {
			if run := strings.Join(bare, " "); r.x.phrases[run] != nil {
				n, key = j-i+1, run
			}
		}
	}
	return n, key
}

const (
	longestPhrase = 7
	fewestBare    = 3   // words of a phrase whose articles do not matter
	anyArticle    = "*" // stands for one in the key of a phrase
	mostTokens    = 48  // of a question that are read
)

// readWords makes units of what has been left.
func (r *reader) readWords() {
	further, named := 1.0, 1.0
	if r.isForLater() {
		r.hint(laterMessage, verbWeight)
	}
	for i, t := range r.tokens {
		switch {
		case t.value != "":
			r.hint("<"+t.value+">", valueWeight*further)
			continue
		case hasWord(prepositions, t.lower) && len(r.q.units) > 0:
			further = furtherWeight
		}
		if i == r.content {
			named = namedWeight
		}
		weight := further * named * r.taken[i]
		if t.quoted {
			weight *= quotedWeight
		}
		if n, key := r.phrase(i); n > 0 {
			if n > 1 || r.taken[i] > 0 {
				r.hint(key, weight)
			}
			if n > 1 {
				for j := i; j < i+n; j++ {
					r.taken[j] *= partWeight
				}
				weight *= partWeight
			}
		}
		r.add(i, weight)
		if hasWord(namers, t.lower) {
			named = namedWeight
		}
	}
}

// hint adds a phrase or a value that stands for entities.
func (r *reader) hint(key string, weight float64) {
	if means := r.x.phrases[key]; means != nil && weight > 0 {
		r.q.units = append(r.q.units, unit{stem: key, means: means, weight: weight})
	}
}

// add adds a word; one that comes again counts where it counts most.
func (r *reader) add(i int, weight float64) {
	word := r.lower(i)
	if weight == 0 || isFiller(word) && r.taken[i] == 1 {
		return
	}
	if isVague(word) {
		weight *= vagueWeight
	}
	for j := range r.q.units {
		if u := &r.q.units[j]; u.means == nil && u.stem == r.stems[i] {
			u.weight = max(u.weight, weight)
			return
		}
	}
	r.q.units = append(r.q.units, unit{stem: r.stems[i], weight: weight})
}
