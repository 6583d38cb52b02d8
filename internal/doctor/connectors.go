package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
)

// checksAtOnce is how many connectors are asked about at a time.
const checksAtOnce = 8

// connector is one that the configuration lets be served.
type connector struct {
	tools.ConnectorSummary
	status Status
	state  string // in words
	advice string
	passed bool // Airbyte's check
	beyond bool // what the API's dialect can check
}

// label is what calls may name it by.
func (c *connector) label() string {
	if c.Alias != "" {
		return c.Alias
	}
	return c.Name
}

// connectors lists what the workspace has and has Airbyte check each, which is not
// billed.
func (e *exam) connectors(ctx context.Context) Layer {
	rows, err := e.Manager.Directory().Connectors(ctx, e.Session)
	if located, ok := errors.AsType[*airbyte.LocateError](err); ok {
		return e.unknownConnector(located)
	}
	if err != nil {
		return e.failed(ctx, layerConnectors, err)
	}
	for _, row := range rows {
		if row.Served {
			e.served = append(e.served, connector{ConnectorSummary: row})
		}
	}
	e.eachServed(ctx, e.checkState)
	return e.judgeConnectors(len(rows))
}

// unknownConnector is a name in --connectors that means nothing.
func (e *exam) unknownConnector(located *airbyte.LocateError) Layer {
	names := make([]string, len(located.Candidates))
	for i, c := range located.Candidates {
		names[i] = c.Name
	}
	l := Layer{
		Status: Problem, Text: fmt.Sprintf("%q in --connectors is neither a type of the catalog nor a connector of the workspace", located.Ref),
		Advice:  "name a type such as github, or the name or id of one of the workspace's connectors; it may have been deleted",
		Details: []string{e.setting("connectors")},
	}
	if len(names) > 0 {
		l.Details = append(l.Details, "the workspace has: "+firstNames(names))
	}
	return l
}

// eachServed does something for every connector, a few at a time.
func (e *exam) eachServed(ctx context.Context, do func(context.Context, *connector)) {
	var group errgroup.Group
	group.SetLimit(checksAtOnce)
	for i := range e.served {
		group.Go(func() error {
			do(ctx, &e.served[i])
			return nil
		})
	}
	_ = group.Wait() // what went wrong is in the connectors
}

// checkState has Airbyte check a connector as it is.
func (e *exam) checkState(ctx context.Context, c *connector) {
	result, err := e.Client.CheckConnector(ctx, c.ID, airbyte.ConnectorChange{})
	failure, _ := errors.AsType[*airbyte.Error](err)
	switch {
	case failure != nil && failure.Code == airbyte.CodeUnsupported:
		c.status, c.state, c.beyond = OK, "not checked: the API's dialect cannot", true
	case failure != nil && failure.Status == http.StatusNotFound:
		c.status, c.state = Problem, "is listed, but Airbyte does not know it any more"
		c.advice = "what Airbyte does not know has been deleted, or is being deleted: " +
			"run doctor again in a minute, and connect it again if it is missed"
	case failure != nil && failure.Status == http.StatusForbidden:
		c.status, c.state, c.advice = Problem, "check refused: "+failure.Message, failure.Hint
	case failure != nil && failure.Code == airbyte.CodeInvalid:
		c.status, c.state = Warn, "Airbyte cannot check it: "+failure.Message
		c.advice = "complete the settings of what cannot be checked, in Airbyte or by " +
			"airbyte-mcp-server connectors update NAME --set FIELD=VALUE: " + failure.Hint
	case err != nil:
		c.status, c.state = Warn, "the check could not be made: "+err.Error()
		c.advice = "run doctor again later: Airbyte could not check every connector"
	case !result.Passed() && !result.Failed():
		c.status, c.state = Warn, "check "+strings.TrimSuffix(result.State()+": "+reason(result), ": ")
		c.advice = "run doctor again later: a check has come to no verdict; or prove the credentials by one billed read each (--execute)"
	case result.Failed():
		c.status, c.state = Problem, "check failed: "+reason(result)
		c.advice = "connect again what failed, with the right credentials and settings " +
			"(airbyte-mcp-server connect TYPE), or renew them in Airbyte"
	default:
		c.status, c.state, c.passed = OK, "check "+result.State(), true
	}
}

// reason gathers what a check says about its failure.
func reason(r *airbyte.CheckResult) string {
	var words []string
	for _, word := range append([]string{r.Message}, messages(r.Entities)...) {
		if word != "" && !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	return strings.Join(words, "; ")
}

func messages(entities []airbyte.EntityCheck) []string {
	var list []string
	for _, c := range entities {
		list = append(list, c.Message)
	}
	return list
}

// judgeConnectors sums up the connectors.
func (e *exam) judgeConnectors(total int) Layer {
	l := Layer{Status: OK, notBlocking: true, Text: fmt.Sprintf("%d in the workspace", total)}
	if len(e.served) < total {
		l.Text += fmt.Sprintf(", %d served, as %s", len(e.served), e.setting("connectors"))
	}
	if len(e.served) == 0 {
		l.Status, l.Text = Warn, "the workspace has none that may be served"
		l.Advice = "connect a service: airbyte-mcp-server connect TYPE, where TYPE is one of airbyte-mcp-server connectors types"
		return l
	}
	bySlug := map[string][]string{}
	passed, checkable := 0, 0
	var well []string
	for i := range e.served {
		c := &e.served[i]
		if c.Slug == "" {
			c.markUncataloged()
		} else {
			bySlug[c.Slug] = append(bySlug[c.Slug], c.label())
		}
		if c.passed {
			passed++
		}
		if !c.beyond {
			checkable++
		}
		l.add(c.status, c.advice)
		line := fmt.Sprintf("%s (%s, %d tools): %s", c.label(), c.Type, c.Tools, c.state)
		if c.status == OK {
			well = append(well, line)
		} else {
			l.Details = append(l.Details, line)
		}
	}
	l.countChecks(passed, checkable)
	l.Details, l.healthyDetails = append(l.Details, well...), len(well)
	for _, c := range e.served {
		if names := bySlug[c.Slug]; len(names) > 1 {
			l.add(Warn, fmt.Sprintf("%d connectors are of type %s: calls must name one (%s), or --connectors must", len(names), c.Slug,
				firstNames(names)))
		}
	}
	return l
}

// countChecks says for how many connectors the check passes. For none, nothing says that any
// of them works.
func (l *Layer) countChecks(passed, checkable int) {
	if checkable == 0 {
		l.Text += "; the API cannot check them in this dialect"
		return
	}
	l.Text += fmt.Sprintf("; Airbyte's check passes for %d of %d", passed, checkable)
	if passed == 0 {
		l.unproven = l.Status != Problem
		l.Status = Problem
	}
}

// markUncataloged notes that the catalog does not know the type.
func (c *connector) markUncataloged() {
	c.state += "; its type is not in the catalog, so it has no tools"
	if c.status == OK {
		c.status = Warn
	}
	c.advice += "\nadd types that the catalog lacks: airbyte-mcp-server catalog sync NAME (one billed operation), or use call --raw"
}

// add makes a layer no better than a part of it, with advice that it lacks.
func (l *Layer) add(s Status, advice string) {
	if s == Problem || s == Warn && l.Status != Problem {
		l.Status = s
	}
	for line := range strings.Lines(advice) {
		line = strings.TrimSpace(line)
		if line != "" && !slices.Contains(strings.Split(l.Advice, "\n"), line) {
			l.Advice = strings.TrimPrefix(l.Advice+"\n"+line, "\n")
		}
	}
}

// stores looks at the Context Stores of the connectors that are served.
func (e *exam) stores(ctx context.Context) Layer {
	list, err := e.Client.StoreStatuses(ctx, "")
	failure, _ := errors.AsType[*airbyte.Error](err)
	switch {
	case failure != nil && (failure.Code == airbyte.CodeUnsupported || failure.Status == http.StatusNotFound):
		return Layer{Status: Skipped, Text: "the API does not tell their state"}
	case err != nil:
		return e.failed(ctx, layerStore, err)
	}
	states := map[string]string{}
	for _, s := range list {
		states[s.ConnectorID] = s.Status
	}
	l := Layer{Status: OK}
	ready, with := 0, 0
	for _, c := range e.served {
		switch state := states[c.ID]; state {
		case "":
		case "ready":
			ready++
			with++
		default:
			with++
			l.add(Warn, "searches (tools named …_search) of what is not ready fail or find too little: "+
				"use the list and get tools, and run doctor again later")
			l.Details = append(l.Details, fmt.Sprintf("%s: %s%s", c.label(), state, e.searchable(ctx, c.ID)))
		}
	}
	l.Text = fmt.Sprintf("ready for %d of %d connectors that have one", ready, with)
	if with == 0 {
		l.Text = "no connector has one"
	}
	return l
}

// searchable tells how many entities of a store can be searched already.
func (e *exam) searchable(ctx context.Context, id string) string {
	list, err := e.Client.Inspect(ctx, id)
	if err != nil || len(list) == 0 {
		return ""
	}
	ready := 0
	for _, r := range list {
		if r.Ready {
			ready++
		}
	}
	return fmt.Sprintf(", %d of %d entities can be searched", ready, len(list))
}
