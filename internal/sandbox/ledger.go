package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/records"
)

// Requests counts what a sandbox was asked for.
type Requests struct {
	Tokens   Tokens         `json:"tokens"`
	Executes []Executed     `json:"executes"`
	Routes   map[string]int `json:"routes"` // by "METHOD /path/{id}"
}

// Tokens counts the tokens issued.
type Tokens struct {
	Application int `json:"application"`
	Scoped      int `json:"scoped"`
}

// Executed counts execute requests that were alike. Of very many different ones,
// the oldest share a row in which [Folded] stands for what they differ in; no
// request is ever left out of the counts.
type Executed struct {
	Connector    string `json:"connector"` // id
	Entity       string `json:"entity"`
	Action       string `json:"action"`
	ParamsSHA256 string `json:"params_sha256"` // of the params as JSON with sorted keys; absent and null count as {}
	Status       int    `json:"status"`        // of the answer; 0 if there was none
	Count        int    `json:"count"`
}

// Folded stands in a row of [Executed] for several values.
const Folded = "*"

// ledger keeps the counts. Status is part of the key while counting.
type ledger struct {
	mu       sync.Mutex
	tokens   Tokens
	executes map[Executed]*int
	order    []Executed // the rows, the oldest first
	routes   map[string]int
}

// Bounds of what is told apart.
const (
	maxRows     = 20_000
	maxRoutes   = 500
	maxNameSize = 200 // bytes of a name that a caller chooses
)

func newLedger() *ledger {
	l := &ledger{}
	l.reset()
	return l
}

func (l *ledger) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tokens, l.executes, l.order, l.routes = Tokens{}, map[Executed]*int{}, nil, map[string]int{}
}

func (l *ledger) token(kind tokenKind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch kind {
	case tokenApplication:
		l.tokens.Application++
	case tokenScoped:
		l.tokens.Scoped++
	}
}

func (l *ledger) route(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.routes[name]; !known {
		if name = clipped(name); len(l.routes) >= maxRoutes {
			name = Folded
		}
	}
	l.routes[name]++
}

func (l *ledger) execute(c callNames, status int) {
	row := Executed{Connector: c.Connector, Entity: c.Entity, Action: c.Action, ParamsSHA256: hashParams(c.Params), Status: status}
	l.mu.Lock()
	defer l.mu.Unlock()
	if count, known := l.executes[row]; known {
		*count++
		return
	}
	row.Connector, row.Entity, row.Action = clipped(row.Connector), clipped(row.Entity), clipped(row.Action)
	l.add(row, 1)
	if len(l.executes) > maxRows {
		l.fold(maxRows - maxRows/10)
	}
}

func (l *ledger) add(row Executed, count int) {
	if known, ok := l.executes[row]; ok {
		*known += count
		return
	}
	l.executes[row] = &count
	l.order = append(l.order, row)
}

// clipped is a copy of a name, so that it does not hold on to the request that it
// came in.
func clipped(name string) string {
	return strings.Clone(strings.ToValidUTF8(name[:min(len(name), maxNameSize)], ""))
}

// folds say which rows share one, step by step: writes keep theirs for longest,
// since whether one was sent twice is what a ledger is asked most.
var folds = []struct {
	concerns func(Executed) bool
	shared   func(Executed) Executed
}{
	{func(e Executed) bool { return e.Status == http.StatusOK && !records.IsWrite(e.Action) }, withoutParams},
	{func(e Executed) bool { return !records.IsWrite(e.Action) }, withoutParams},
	{func(Executed) bool { return true }, withoutParams},
	{func(Executed) bool { return true }, withoutNames},
}

func withoutParams(e Executed) Executed {
	e.ParamsSHA256 = Folded
	return e
}

func withoutNames(e Executed) Executed {
	return Executed{Connector: Folded, Entity: Folded, Action: Folded, ParamsSHA256: Folded, Status: e.Status}
}

// fold merges the oldest rows until no more are left than wanted.
func (l *ledger) fold(wanted int) {
	for _, step := range folds {
		rows := l.order
		l.order = nil
		for _, row := range rows {
			shared := step.shared(row)
			if len(l.executes) <= wanted || row == shared || !step.concerns(row) {
				l.order = append(l.order, row)
				continue
			}
			count := *l.executes[row]
			delete(l.executes, row)
			l.add(shared, count)
		}
	}
}

// hashParams is the same for all ways to write the same parameters.
func hashParams(raw json.RawMessage) string {
	params := map[string]any{}
	canonical := []byte(raw)
	if jsonvalue.IsNull(raw) {
		canonical = []byte("{}")
	} else if err := jsonvalue.Decode(raw, &params); err == nil {
		if sorted, err := jsonvalue.Encode(params); err == nil {
			canonical = sorted
		}
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:])
}

func (l *ledger) requests() Requests {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := Requests{Tokens: l.tokens, Executes: []Executed{}, Routes: maps.Clone(l.routes)}
	for row, count := range l.executes {
		row.Count = *count
		out.Executes = append(out.Executes, row)
	}
	slices.SortFunc(out.Executes, func(a, b Executed) int {
		return cmp.Or(cmp.Compare(a.Connector, b.Connector), cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Action, b.Action),
			cmp.Compare(a.ParamsSHA256, b.ParamsSHA256), cmp.Compare(a.Status, b.Status))
	})
	return out
}

func (s *Server) showRequests(x *roundTrip) error { return x.reply(http.StatusOK, s.ledger.requests()) }

func (s *Server) resetRequests(x *roundTrip) error {
	s.ledger.reset()
	return x.reply(http.StatusOK, s.ledger.requests())
}
