package toolsearch

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Weights of the places where a word may stand.
const (
	inEntity    = 4.0
	inSummary   = 2.0
	inAside     = 0.4 // clauses of a summary that speak of other tools, or say what is not
	inSiblings  = 0.9 // summaries of the entity's other tools
	inParameter = 0.25
	inField     = 0.1  // of connectors without words of their own
	inDetails   = 0.25 // likewise
)

// New makes an index of documents, with what is known of their connectors. A
// connector without documents adds nothing.
func New(docs []Document, connectors []Connector) *Index {
	b := newBuilder(docs)
	for _, c := range connectors {
		if b.served[c.Slug] {
			b.connectors = append(b.connectors, c)
		}
	}
	x := &Index{docs: b.entries, stems: b.stems, ids: b.idShapes(), phrases: b.entityPhrases()}
	x.names, x.everyday = b.connectorNames()
	for _, g := range b.groups {
		x.groups = append(x.groups, g.docs)
	}
	x.entities = b.entities()
	x.postings = b.postings()
	x.rarity = b.rarity
	x.vocabulary = x.makeVocabulary(b.plainWords())
	x.languages = readDictionary()
	return x
}

// group is the tools of one entity of a connector.
type group struct {
	connector string
	name      []string // stems of the entity's name
	numbers   []int32  // of these stems
	words     []int32  // stems of summaries
	docs      []int32
}

type builder struct {
	docs       []Document
	connectors []Connector
	served     map[string]bool   // slugs of the connectors that have documents
	titles     map[string]string // of these
	known      map[string]bool   // names of tools
	entries    []entry
	groups     []*group
	bySlug     map[string]int     // number of a group, by connector and entity
	stems      map[string]int32   // numbers
	words      map[string]int32   // numbers of the stems of words, -1 for fillers
	names      map[string][]int32 // stems by names of parameters
	texts      []summary          // by document
	rarity     []float64          // by number of a stem
}

func newBuilder(docs []Document) *builder {
	b := &builder{
		docs: docs, served: map[string]bool{}, titles: map[string]string{}, known: map[string]bool{}, bySlug: map[string]int{},
		stems: map[string]int32{}, words: map[string]int32{}, names: map[string][]int32{},
	}
	for i := range docs {
		d := &docs[i]
		b.known[d.Name] = true
		b.served[d.Connector] = true
		b.entries = append(b.entries, entry{connector: d.Connector, group: b.join(d, int32(i)), effect: d.Effect, kind: kindOf(d.Action)})
	}
	for i := range docs {
		b.texts = append(b.texts, b.summarize(&docs[i]))
		if b.entries[i].kind <= getting {
			g := b.groups[b.entries[i].group]
			g.words = append(g.words, b.texts[i].plain...)
		}
	}
	for _, g := range b.groups {
		g.words = unique(g.words)
	}
	b.rarity = b.count()
	b.center()
	return b
}

// center finds which entities a connector is most about: those that the summaries
// of its others speak of.
func (b *builder) center() {
	neighbors := map[string][]*group{}
	for _, g := range b.groups {
		neighbors[g.connector] = append(neighbors[g.connector], g)
	}
	for _, all := range neighbors {
		mentions, most := make([]int, len(all)), 1
		for i, g := range all {
			for _, other := range all {
				if other != g && containsAll(other.words, g.numbers) {
					mentions[i]++
				}
			}
			most = max(most, mentions[i])
		}
		for i, g := range all {
			for _, doc := range g.docs {
				b.entries[doc].central = float64(mentions[i]) / float64(most)
			}
		}
	}
}

// containsAll reports whether sorted numbers hold all the others.
func containsAll(sorted, numbers []int32) bool {
	for _, number := range numbers {
		if _, ok := slices.BinarySearch(sorted, number); !ok {
			return false
		}
	}
	return true
}

func unique(numbers []int32) []int32 {
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// join puts a document into the group of its entity.
func (b *builder) join(d *Document, doc int32) int {
	key := d.Connector + "." + d.Entity
	if d.Entity == "" {
		key += d.Name
	}
	number, ok := b.bySlug[key]
	if !ok {
		number = len(b.groups)
		b.bySlug[key] = number
		g := &group{connector: d.Connector, name: entityStems(cmp.Or(d.Entity, d.Name))}
		for _, stem := range g.name {
			g.numbers = append(g.numbers, b.number(stem))
		}
		b.groups = append(b.groups, g)
	}
	b.groups[number].docs = append(b.groups[number].docs, doc)
	return number
}

// plainWords are the words, in the singular, of the names of entities and of what the
// connectors' entities are called.
func (b *builder) plainWords() map[string]bool {
	plain := map[string]bool{}
	add := func(text string) {
		for _, word := range split(text) {
			plain[singular(word)] = true
		}
	}
	for i := range b.docs {
		add(b.docs[i].Entity)
	}
	for _, c := range b.connectors {
		for _, called := range c.Entities {
			for phrase := range called.all() {
				if !strings.HasPrefix(phrase, "<") {
					add(phrase)
				}
			}
		}
	}
	return plain
}

// entityStems drops the verbs that some vendors' names of entities begin with.
func entityStems(name string) []string {
	for _, verb := range []string{"list_", "search_", "show_"} {
		name = strings.TrimPrefix(name, verb)
	}
	list := split(name)
	for i, word := range list {
		list[i] = stem(word)
	}
	return list
}

func (b *builder) number(stem string) int32 {
	number, ok := b.stems[stem]
	if !ok {
		number = int32(len(b.stems))
		b.stems[stem] = number
	}
	return number
}

// numbers are the stems of a text's telling words.
func (b *builder) numbers(text string) []int32 {
	var list []int32
	for _, word := range split(text) {
		number, ok := b.words[word]
		if !ok {
			number = -1
			if !isFiller(word) {
				number = b.number(stem(word))
			}
			b.words[word] = number
		}
		if number >= 0 {
			list = append(list, number)
		}
	}
	return list
}

// summary is the stems of a summary: of what it says of the tool itself, and of
// its asides.
type summary struct{ plain, asides []int32 }

// boilerplate begins the summaries of searches, before the connector's title.
const boilerplate = "Search Airbyte's synced copy of "

func (b *builder) summarize(d *Document) (s summary) {
	text := d.Summary
	if strings.HasPrefix(text, boilerplate) {
		_, text, _ = strings.Cut(text, ". ")
	}
	for clause := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ';' || r == '.' || r == ':' }) {
		words, aside := b.clause(clause)
		if aside {
			s.asides = append(s.asides, words...)
		} else {
			s.plain = append(s.plain, words...)
		}
	}
	return summary{unique(s.plain), unique(s.asides)}
}

// clause reads a part of a summary. It is an aside if it names another tool, or says
// what is not.
func (b *builder) clause(text string) (words []int32, aside bool) {
	for field := range strings.FieldsSeq(text) {
		bare := strings.Trim(field, "`,()")
		if b.known[bare] {
			aside = true
			continue
		}
		aside = aside || hasWord(" not no without nothing neither cannot ", bare)
		words = append(words, b.numbers(bare)...)
	}
	return words, aside
}

// count finds how rare each stem is among the names and summaries of entities. Names of
// parameters do not count.
func (b *builder) count() []float64 {
	counts := make([]int, len(b.stems))
	for _, g := range b.groups {
		for _, number := range unique(slices.Concat(g.numbers, g.words)) {
			counts[number]++
		}
	}
	rarity := make([]float64, len(counts))
	for number, n := range counts {
		if n > 0 {
			rarity[number] = math.Log(1 + float64(len(b.groups))/float64(n))
		}
	}
	return rarity
}

// entities tells, by stem, whose name holds it, and how much of the name it is.
func (b *builder) entities() map[string][]share {
	shares := map[string][]share{}
	for i, g := range b.groups {
		total := 0.0
		for _, number := range g.numbers {
			total += b.rarity[number]
		}
		for j, number := range g.numbers {
			shares[g.name[j]] = append(shares[g.name[j]], share{int32(i), float32(b.rarity[number] / total)})
		}
	}
	return shares
}

// postings weighs each document's words. Places with many words make each of them
// count less.
func (b *builder) postings() [][]posting {
	wordless := b.wordless()
	d := draft{lists: make([][]posting, 0, len(b.stems))}
	for i := range b.docs {
		g, text := b.groups[b.entries[i].group], b.texts[i]
		d.place(inEntity/math.Sqrt(float64(max(1, len(g.numbers)))), g.numbers)
		d.place(inSummary*lengthFactor(len(text.plain), 8), text.plain)
		d.place(inAside, text.asides)
		d.place(inSiblings*lengthFactor(len(g.words), 16), g.words)
		d.place(inParameter, b.namesOf(b.docs[i].Parameters))
		if wordless[b.docs[i].Connector] {
			details := unique(b.numbers(b.docs[i].Details))
			d.place(inField, b.namesOf(b.docs[i].Fields))
			d.place(inDetails*lengthFactor(len(details), 30), details)
		}
		d.close(int32(i))
	}
	b.rarity = append(b.rarity, make([]float64, len(b.stems)-len(b.rarity))...)
	return append(d.lists, make([][]posting, len(b.stems)-len(d.lists))...)
}

// lengthFactor normalizes the weight of a word by the length of its text: n words, where
// usual is the length of an average text.
func lengthFactor(n, usual int) float64 { return 1 / (0.5 + 0.5*float64(n)/float64(usual)) }

// namesOf are the stems of names, each once.
func (b *builder) namesOf(names []string) []int32 {
	var list []int32
	for _, name := range names {
		found, ok := b.names[name]
		if !ok {
			found = b.numbers(name)
			b.names[name] = found
		}
		list = append(list, found...)
	}
	return unique(list)
}

// draft gathers the postings of one document after another.
type draft struct {
	lists   [][]posting
	weights []float32 // of the present document, by number of a stem
	touched []int32
}

func (d *draft) place(weight float64, numbers []int32) {
	for _, number := range numbers {
		for int(number) >= len(d.weights) {
			d.weights = append(d.weights, 0)
			d.lists = append(d.lists, nil)
		}
		if d.weights[number] == 0 {
			d.touched = append(d.touched, number)
		}
		d.weights[number] += float32(weight)
	}
}

func (d *draft) close(doc int32) {
	for _, number := range d.touched {
		d.lists[number] = append(d.lists[number], posting{doc, d.weights[number]})
		d.weights[number] = 0
	}
	d.touched = d.touched[:0]
}
