// Package toolsearch ranks documents about tools for a plain question, such as
// "open PRs in github". A document's words are weighed by where they stand (BM25F);
// tables of words that people use for entities, connectors and actions close the gap
// between their language and the vendors'. The package knows nothing of MCP.
package toolsearch

import (
	"cmp"
	"slices"
	"strings"
)

// Document describes one tool.
type Document struct {
	Name           string   // of the tool
	Connector      string   // slug, such as "zendesk-support"; empty for a tool of no connector
	ConnectorTitle string   // such as "Zendesk Support"
	Entity         string   // such as "ticket_comments"
	Action         string   // list, get, search, create, update, delete, download or another
	Effect         string   // read, create, update, delete or write
	Summary        string   // a sentence or two
	Parameters     []string // names
	Fields         []string // of its records: names. They and the details count for connectors without words of their own
	Details        string   // words for parameters, and values that they list
}

// Connector is what people call a connector and its entities, and what its ids look
// like. All of it may be empty.
type Connector struct {
	Slug     string
	Called   Called
	Everyday map[string]string // names that are ordinary words as well, with what they are: noun, verb or day
	Entities map[string]Called // by name
	IDs      []ID
}

// Called are words for something, in lower case.
type Called struct {
	Names    []string `json:"names"`    // mean it
	Likely   []string `json:"likely"`   // may mean something else
	Unlikely []string `json:"unlikely"` // rather mean something else
}

// ID is the form of ids that tell which entities a question is about.
type ID struct {
	Prefix     string
	Characters string // of what follows the prefix
	Least      int    // number of these
	Mask       string // in place of a prefix: 0 stands for a digit
	Entities   []string
	Related    []string // less likely
}

// Query is a question. Connectors and Effects narrow the documents to equal ones;
// the effect "write" stands for all but "read". Without text, all that are left
// are hits: of a connector the tools that list come first, and those of the
// entities first that most of its others have to do with.
type Query struct {
	Text       string
	Connectors []string // slugs, any of them; all if empty
	Effects    []string // any of them; all if empty
	Limit      int      // most hits; 10 if not positive
}

// Hit is a document that answers a query.
type Hit struct {
	Index int     // among the documents given to New
	Score float64 // comparable within one answer only
}

const (
	usualLimit = 10
	longest    = 500 // bytes of a query that are read
)

// Index finds documents. It is immutable, and so safe for concurrent use.
type Index struct {
	docs       []entry
	groups     [][]int32           // documents by entity
	stems      map[string]int32    // numbers of stems
	postings   [][]posting         // by number of a stem
	rarity     []float64           // by number of a stem
	entities   map[string][]share  // by stem of an entity's name
	phrases    map[string][]share  // by stems that mean entities, joined by spaces
	names      map[string][]naming // by words that name connectors, joined by spaces
	everyday   map[string]string   // those names that are ordinary words as well
	ids        []idShape
	vocabulary vocabulary
	languages  dictionary
}

// entry is the part of a document that ranking needs.
type entry struct {
	connector string
	group     int // number of the connector's entity
	effect    string
	kind      kind
	central   float64 // how many other entities of the connector have to do with this: 0 to 1
}

// posting says how much a document is about a word.
type posting struct {
	doc    int32
	weight float32
}

// share is the part that a word has in the name of an entity, or how likely a
// phrase means the entity.
type share struct {
	group int32
	part  float32
}

// Search returns the best hits, best first; equals come in the order of the
// documents.
func (x *Index) Search(q Query) []Hit {
	limit := q.Limit
	if limit <= 0 {
		limit = usualLimit
	}
	if len(q.Connectors) > 0 && strings.TrimSpace(q.Text) == "" {
		return x.contents(q, limit)
	}
	question := x.read(q.Text[:min(len(q.Text), longest)])
	scores := x.weigh(question)
	var hits []Hit
	for i, score := range scores {
		if score > 0 && x.docs[i].fits(q) {
			hits = append(hits, Hit{i, score})
		}
	}
	slices.SortFunc(hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Index, b.Index))
	})
	return x.spread(hits, limit, len(q.Connectors) == 0 && len(question.connectors) == 0)
}

// contents are the tools of a connector in an order that suits no question: those
// that list before the others, and the central entities first.
func (x *Index) contents(q Query, limit int) []Hit {
	var hits []Hit
	for i := range x.docs {
		if x.docs[i].fits(q) {
			hits = append(hits, Hit{Index: i})
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		first, second := &x.docs[a.Index], &x.docs[b.Index]
		return cmp.Or(cmp.Compare(first.kind, second.kind), cmp.Compare(second.central, first.central))
	})
	hits = hits[:min(len(hits), limit)]
	for i := range hits {
		hits[i].Score = 1 / float64(i+1)
	}
	return hits
}

func (e *entry) fits(q Query) bool {
	if len(q.Connectors) > 0 && !slices.Contains(q.Connectors, e.connector) {
		return false
	}
	return len(q.Effects) == 0 || slices.Contains(q.Effects, e.effect) || e.effect != "read" && slices.Contains(q.Effects, "write")
}
