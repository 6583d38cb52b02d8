package sandbox

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sync"
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

// Executed counts execute requests that were alike.
type Executed struct {
	Connector    string `json:"connector"` // id
	Entity       string `json:"entity"`
	Action       string `json:"action"`
	ParamsSHA256 string `json:"params_sha256"` // of the params as JSON with sorted keys; absent and null count as {}
	Status       int    `json:"status"`        // of the answer; 0 if there was none
	Count        int    `json:"count"`
}

// ledger keeps the counts. Status is part of the key while counting.
type ledger struct {
	mu       sync.Mutex
	tokens   Tokens
	executes map[Executed]int
	routes   map[string]int
}

// maxRows bounds the kinds of requests told apart; beyond it they are counted
// without their params.
const maxRows = 20_000

func newLedger() *ledger {
	l := &ledger{}
	l.reset()
	return l
}

func (l *ledger) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tokens, l.executes, l.routes = Tokens{}, map[Executed]int{}, map[string]int{}
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
	l.routes[name]++
}

func (l *ledger) execute(c callNames, status int) {
	row := Executed{Connector: c.Connector, Entity: c.Entity, Action: c.Action, ParamsSHA256: hashParams(c.Params), Status: status}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.executes[row]; !known && len(l.executes) >= maxRows {
		row.ParamsSHA256 = ""
	}
	l.executes[row]++
}

// hashParams is the same for all ways to write the same parameters.
func hashParams(raw json.RawMessage) string {
	params := map[string]any{}
	canonical := []byte(raw)
	if isNull(raw) {
		canonical = []byte("{}")
	} else if err := decode(raw, &params); err == nil {
		if sorted, err := encode(params); err == nil {
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
		row.Count = count
		out.Executes = append(out.Executes, row)
	}
	slices.SortFunc(out.Executes, func(a, b Executed) int {
		return cmp.Or(cmp.Compare(a.Connector, b.Connector), cmp.Compare(a.Entity, b.Entity), cmp.Compare(a.Action, b.Action),
			cmp.Compare(a.ParamsSHA256, b.ParamsSHA256), cmp.Compare(a.Status, b.Status))
	})
	return out
}

func (s *Server) showRequests(x *exchange) error { return x.reply(http.StatusOK, s.ledger.requests()) }

func (s *Server) resetRequests(x *exchange) error {
	s.ledger.reset()
	return x.reply(http.StatusOK, s.ledger.requests())
}
