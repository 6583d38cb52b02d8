package doctor

import (
	"context"
	"errors"
	"fmt"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
)

// provable counts the connectors that have an action cheap enough to prove them.
func (e *exam) provable() int {
	n := 0
	for _, c := range e.served {
		if c.Slug == "" {
			continue
		}
		conn, err := e.Catalog.Connector(c.Slug)
		if err != nil {
			continue
		}
		if _, _, _, ok := setup.CheckAction(conn); ok {
			n++
		}
	}
	return n
}

// execute proves every connector by its cheapest read, if that was asked for: each is
// billed.
func (e *exam) execute(ctx context.Context) Layer {
	n := e.provable()
	switch {
	case n == 0:
		return Layer{Status: Skipped, Text: "no connector has an action for it"}
	case !e.Execute:
		return Layer{Status: Skipped, Text: "not asked for: --execute would send " + operations(n)}
	}
	e.Tell("sending " + operations(n))
	e.eachServed(ctx, e.prove)
	l := Layer{Status: OK}
	good := 0
	for _, c := range e.served {
		if c.status == OK && c.state != "" {
			good++
		}
		l.add(c.status, c.advice)
		if c.state != "" {
			l.Details = append(l.Details, c.label()+": "+c.state)
		}
	}
	l.Text = fmt.Sprintf("%d of %d went well", good, n)
	if before := e.layers[layerConnectors]; before.unproven && good > 0 {
		before.Status = Warn // a read of a record proves more than a check
		e.record(layerConnectors, before)
	}
	return l
}

func operations(n int) string {
	if n == 1 {
		return "one billed operation, a read of one record"
	}
	return fmt.Sprintf("%d billed operations, a read of one record for each connector", n)
}

// prove replaces what is known of a connector by what its vendor says.
func (e *exam) prove(ctx context.Context, c *connector) {
	tried, err := e.Manager.Prove(ctx, e.Session, c.ID)
	failure, _ := errors.AsType[*airbyte.Error](err)
	c.status, c.state, c.advice = OK, "", ""
	switch {
	case failure != nil:
		c.status, c.state, c.advice = Problem, fmt.Sprintf("%s failed: %v", tried, err), failure.Hint
	case err != nil:
		c.status, c.state = Problem, err.Error()
	case tried != "":
		c.state = tried + " works"
	}
}

// selfTest talks to this program as an MCP host would.
func (e *exam) selfTest(ctx context.Context) Layer {
	said, err := e.SelfTest(ctx)
	if err != nil {
		l := Layer{Status: Problem, Text: "a host that starts this program gets no usable answer", Details: firstLines(err), Advice: said.Advice}
		if l.Advice == "" {
			l.Advice = "run airbyte-mcp-server serve in a terminal: what it writes to standard error says why"
		}
		return l
	}
	l := Layer{Status: OK, Text: fmt.Sprintf("started over stdio, it speaks MCP %s; ", said.Protocol)}
	if e.missing([]string{layerConnectors}) != "" {
		l.Text += fmt.Sprintf("%d tools listed, only its own, since the API cannot be asked", said.Tools)
		return l
	}
	set, err := e.Manager.Directory().Select(ctx, e.Session)
	if err != nil {
		return e.failed(ctx, layerSelfTest, err)
	}
	l.Text += toolsInWords(set, said.Tools)
	if n := len(set.Listed); n != said.Tools {
		l.Status, l.Text = Warn, fmt.Sprintf("%s, though there should be %d", l.Text, n)
		l.Advice = "run doctor again; if it stays so, compare airbyte-mcp-server config show with what the host sets"
	}
	return l
}

// toolsInWords says how many tools a host is shown, and why not all that can be used.
func toolsInWords(set *tools.Set, listed int) string {
	if set.Surface != tools.Search {
		return fmt.Sprintf("%d tools usable, %d listed", len(set.Direct()), listed)
	}
	return fmt.Sprintf("%d tools usable, %d listed (search surface, because %s)", len(set.Direct()), listed, set.Reason)
}
