// Package demo plays an MCP host that shows what the server can do, step by step, and
// fails where a step does not show what it promises.
package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/tidwall/gjson"

	"airbyte-mcp-server/internal/stdiohost"
)

// Width is the most columns of a line.
const Width = 118

// Demo is one performance.
type Demo struct {
	Program string // the server that is started
	Shown   string // its path, as it is shown
	Out     io.Writer
	// Beat is told the number of lines so far where a reader needs a moment; nil for nobody.
	Beat func(lines int)

	host  *stdiohost.Host
	lines int
	next  map[string]any // page.next of the last answer
	kept  any            // what a written record is read by
	wrote string         // the title that the last write gave
	asked []string       // questions of the server, since the last call
}

// Play shows all acts, and what to do next.
func (d *Demo) Play(ctx context.Context) error {
	acts, err := script()
	if err != nil {
		return err
	}
	for _, a := range acts {
		if err := d.act(ctx, a); err != nil {
			return fmt.Errorf("the demo stops in %q: %w", a.Title, err)
		}
	}
	d.farewell()
	return nil
}

// farewell ends with what a host's file needs.
func (d *Demo) farewell() {
	entry, err := json.Marshal(d.Shown)
	if err != nil {
		entry = []byte(`"airbyte-mcp-server"`)
	}
	d.say("%s", ruled("══ Next ", "═"))
	d.say("Give your host this server, with made-up data; without --sandbox it serves your Airbyte account.")
	d.say("%s", layout(gjson.Parse(`{"mcpServers":{"airbyte":{"command":`+string(entry)+`,"args":["serve","--sandbox"]}}}`), 0, 0, Width))
	d.beat()
}

func (d *Demo) act(ctx context.Context, a act) (err error) {
	args := append([]string{"serve", "--sandbox"}, a.Flags...)
	d.say("%s", ruled("══ "+a.Title+" ", "═"))
	d.say("$ airbyte-mcp-server %s", strings.Join(args, " "))
	d.host, err = stdiohost.Start(ctx, d.Program, append(args, "--log-level=error")...)
	if err != nil {
		return err
	}
	d.host.Answer = d.answer
	defer func() { err = errors.Join(err, d.host.Close()) }()
	if err := d.hello(); err != nil {
		return err
	}
	for i, s := range a.Steps {
		d.say("%s", ruled(fmt.Sprintf("── %d. %s ", i+1, s.Title), "─"))
		if err := d.step(s); err != nil {
			return fmt.Errorf("%d. %s: %w", i+1, s.Title, err)
		}
		d.beat()
	}
	return nil
}

// ruled draws a title out to a line that parts what is above from what is below.
func ruled(title, rule string) string {
	return title + strings.Repeat(rule, max(0, Width-columns(title)))
}

func (d *Demo) hello() error {
	var hello json.RawMessage
	err := d.host.Ask("initialize", map[string]any{
		"protocolVersion": "2025-11-25", "capabilities": map[string]any{"elicitation": map[string]any{}},
		"clientInfo": map[string]string{"name": "demo", "version": "1"},
	}, &hello)
	if err != nil {
		return err
	}
	return d.host.Tell("notifications/initialized")
}

// answer is what a person at this host would do: read the question and agree.
func (d *Demo) answer(method string, params json.RawMessage) (any, error) {
	if method != "elicitation/create" {
		return nil, errors.New("this host does not know " + method)
	}
	question := gjson.GetBytes(params, "message").Str
	d.asked = append(d.asked, question)
	d.say("? %s", question)
	d.beat()
	d.say("! yes (the user's click in the host)")
	return map[string]any{"action": "accept", "content": map[string]any{"confirm": true}}, nil
}

func (d *Demo) step(s step) error {
	switch s.Kind {
	case kindTools:
		return d.tools(s)
	case kindSchema:
		return d.schema(s)
	default:
		return d.call(s)
	}
}

// arguments are those of a step, and behind them what it takes from the steps before.
func (d *Demo) arguments(s step) (json.RawMessage, error) {
	more := map[string]any{}
	switch s.Kind {
	case kindNext:
		more = d.next
	case kindProof:
		more[s.Keep] = d.kept
	}
	text := bytes.TrimSuffix(bytes.Clone(s.Arguments), []byte("}"))
	for name, value := range more {
		member, err := json.Marshal(map[string]any{name: value})
		if err != nil {
			return nil, err
		}
		text = append(append(text, ", "...), member[1:len(member)-1]...)
	}
	return append(text, '}'), nil
}

func (d *Demo) beat() {
	if d.Beat != nil {
		d.Beat(d.lines)
	}
}

// say writes a line, folded where it is too wide.
func (d *Demo) say(format string, parts ...any) {
	for _, line := range fold(fmt.Sprintf(format, parts...), Width) {
		fmt.Fprintln(d.Out, line)
		d.lines++
	}
}
