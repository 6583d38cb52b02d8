// Package doctor looks at an installation layer by layer, from the program itself
// up to a conversation with it, and says of each layer whether it works and what to
// do if it does not. It only looks: nothing is created, and nothing that is billed
// is sent unless that was asked for.
package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/manage"
)

// Status is what is known of a layer.
type Status string

// Statuses of a layer.
const (
	OK      Status = "ok"
	Warn    Status = "warn"    // it works, but not all that might be expected does
	Problem Status = "problem" // it does not work
	Skipped Status = "skipped" // it was not looked at
)

// Layer is one of the things that must work, each standing on earlier ones.
type Layer struct {
	Name    string   `json:"name"`
	Status  Status   `json:"status"`
	Text    string   `json:"text"`
	Advice  string   `json:"advice,omitempty"` // what to do, a line for each thing
	Details []string `json:"details,omitempty"`

	healthyDetails int  // how many of the last details are of what is well
	unproven       bool // its only problem is that no check has come to a good end
	notBlocking    bool // what stands on it can be looked at, though it is not well
}

// Names of the layers, in their order.
const (
	layerBinary        = "binary"
	layerConfiguration = "configuration"
	layerNetwork       = "network"
	layerClock         = "clock"
	layerToken         = "token"
	layerOrganization  = "organization"
	layerWorkspace     = "workspace"
	layerDialect       = "dialect"
	layerConnectors    = "connectors"
	layerStore         = "context store"
	layerExecute       = "check execute"
	layerSelfTest      = "MCP self-test"
)

// Subject is what is looked at.
type Subject struct {
	Version       string
	Catalog       *schemas.Catalog
	CatalogFolder string // of the user's own catalog files, which need not exist; empty for none
	Settings      *config.Settings
	Fault         error // why the settings cannot be used, nil if they can

	// The following are nil and empty where there is a Fault.
	Client  *airbyte.Client
	Manager *manage.Manager
	Session tools.Session
	// Variant calls a function with a client that has another organization and dialect,
	// to find out what would work instead.
	Variant func(organization string, d airbyte.Dialect, ask func(*airbyte.Client)) error

	Execute bool         // send one billed execute request for each connector
	Tell    func(string) // hears what is about to be billed
	// Waiting hears of a layer that takes its time, and how long it may take in all; nil for nobody.
	Waiting  func(layer string, limit time.Duration)
	SelfTest func(context.Context) (Conversation, error)
	// Looking hears of each layer before it is looked at, Found of each afterwards, in their
	// order; nil for nobody. A later layer may change what is known of an earlier one: then
	// Found hears of that one again.
	Looking func(layer string)
	Found   func(Layer)
}

// Conversation is what came of talking to the program as an MCP host does.
type Conversation struct {
	Protocol string // version
	Tools    int    // that were listed
	Advice   string // on a failure
}

// Report is what was found.
type Report struct {
	Layers   []Layer `json:"layers"`
	Verdict  string  `json:"verdict"`
	ExitCode int     `json:"exit_code"` // 0, or that of the first layer with a problem
	// Interrupted says that not all was looked at, since the context had ended. Then there is
	// no exit code.
	Interrupted bool `json:"interrupted,omitempty"`
}

const (
	// layerTime bounds the look at one layer; for billed reads, that for some connectors at once.
	layerTime = 10 * time.Second
	// quietTime is how long a look may take before that is said.
	quietTime = 2 * time.Second
)

// check is how a layer is looked at.
type check struct {
	name  string
	code  int      // exit code of a problem
	needs []string // layers without which there is nothing to look at
	look  func(*exam, context.Context) Layer
}

// checks are in the order of the layers.
func checks() []check {
	return []check{
		{layerBinary, 10, nil, (*exam).binary},
		{layerConfiguration, 11, nil, (*exam).configuration},
		{layerNetwork, 12, []string{layerConfiguration}, (*exam).network},
		{layerClock, 12, []string{layerNetwork}, (*exam).clock},
		{layerToken, 13, []string{layerNetwork}, (*exam).token},
		{layerOrganization, 14, []string{layerToken}, (*exam).organization},
		{layerWorkspace, 15, []string{layerToken, layerOrganization}, (*exam).workspace},
		{layerDialect, 16, []string{layerToken}, (*exam).dialect},
		{layerConnectors, 17, []string{layerDialect, layerWorkspace}, (*exam).connectors},
		{layerStore, 18, []string{layerConnectors}, (*exam).stores},
		{layerExecute, 19, []string{layerConnectors}, (*exam).execute},
		{layerSelfTest, 20, []string{layerConfiguration}, (*exam).selfTest},
	}
}

// ExitCodes tells the exit code of a problem in each layer.
func ExitCodes() string {
	var text strings.Builder
	before := 0
	for _, c := range checks() {
		switch {
		case c.code == before:
			text.WriteString(" or " + c.name)
		case before == 0:
			fmt.Fprintf(&text, "%d %s", c.code, c.name)
		default:
			fmt.Fprintf(&text, ", %d %s", c.code, c.name)
		}
		before = c.code
	}
	return text.String()
}

// exam is one look at a subject.
type exam struct {
	Subject
	layers map[string]Layer // what was found so far
	probes []*airbyte.Probe
	served []connector
	told   int // how many layers have been told to Found
}

// Examine looks at every layer that there is something to look at.
func Examine(ctx context.Context, s Subject) *Report {
	e := &exam{Subject: s, layers: map[string]Layer{}}
	list := checks()
	for i, c := range list {
		e.tellOf(list[:i])
		if _, known := e.layers[c.name]; known { // an earlier look has found out
			continue
		}
		if missing := e.missing(c.needs); missing != "" {
			e.record(c.name, needing(missing))
			continue
		}
		if ctx.Err() != nil {
			e.record(c.name, interrupted())
			continue
		}
		found := e.limited(ctx, c)
		if ctx.Err() != nil && found.Status != OK {
			found = interrupted() // whatever it says follows from that
		}
		e.record(c.name, found)
	}
	e.tellOf(list)
	return e.report(ctx, list)
}

// tellOf hands over what is known of the layers that were looked at.
func (e *exam) tellOf(list []check) {
	for _, c := range list[min(e.told, len(list)):] {
		if e.Found != nil {
			e.Found(e.layers[c.name])
		}
		e.told++
	}
}

// limited looks at one layer, within its time.
func (e *exam) limited(ctx context.Context, c check) Layer {
	if e.Looking != nil {
		e.Looking(c.name)
	}
	limit := layerTime
	if c.name == layerExecute {
		limit *= time.Duration(max(1, (len(e.served)+checksAtOnce-1)/checksAtOnce))
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if e.Waiting != nil {
		defer e.tellOfWaiting(c.name, limit)()
	}
	return c.look(e, ctx)
}

// tellOfWaiting tells of a layer that takes its time, unless the function that it returns is
// called before.
func (e *exam) tellOfWaiting(name string, limit time.Duration) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		quiet := time.NewTimer(quietTime)
		defer quiet.Stop()
		select {
		case <-quiet.C:
			e.Waiting(name, limit)
		case <-done:
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

func interrupted() Layer { return Layer{Status: Skipped, Text: skippedWord + "interrupted"} }

// record keeps what was found about a layer, which may be an earlier one.
func (e *exam) record(name string, l Layer) {
	l.Name = name
	e.layers[name] = l
	if slices.ContainsFunc(checks()[:e.told], func(c check) bool { return c.name == name }) && e.Found != nil {
		e.Found(l) // it has changed
	}
}

// missing is the first of the needed layers that cannot be stood on.
func (e *exam) missing(needs []string) string {
	for _, name := range needs {
		l := e.layers[name]
		if l.Status != OK && l.Status != Warn && !l.notBlocking {
			return name
		}
	}
	return ""
}

// skippedWord begins the text about a layer that was skipped for another's sake.
const skippedWord = "skipped: "

func needing(name string) Layer { return Layer{Status: Skipped, Text: skippedWord + "needs " + name} }

// report puts the layers in order and judges them.
func (e *exam) report(ctx context.Context, list []check) *Report {
	r := &Report{Interrupted: ctx.Err() != nil}
	var warned []string
	failed := ""
	for _, c := range list {
		l := e.layers[c.name]
		r.Layers = append(r.Layers, l)
		switch {
		case l.Status == Warn:
			warned = append(warned, l.Name)
		case l.Status == Problem && r.ExitCode == 0:
			r.ExitCode, failed = c.code, l.Name
		}
	}
	switch {
	case r.Interrupted:
		r.ExitCode, r.Verdict = 0, "Interrupted: not all layers were looked at."
	case failed != "":
		r.Verdict = fmt.Sprintf("Not well: the first problem is the layer %q (exit code %d).", failed, r.ExitCode)
	case len(warned) > 0:
		r.Verdict = "It works; look at: " + strings.Join(warned, ", ") + "."
	default:
		r.Verdict = "All is well."
	}
	return r
}
