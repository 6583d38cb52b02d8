package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"
	"time"

	"airbyte-mcp-server/server"
)

// demoTime bounds the whole demo.
const demoTime = time.Minute

type demoCmd struct{}

// demoChoice chooses the connector whose tools the demo lists and calls. Those of all
// connectors of the emulator are too many to be listed one by one.
const demoChoice = "--connectors=github"

// Run starts this program as an MCP host would, as a subprocess over stdio, and
// prints what is said.
func (demoCmd) Run(ctx context.Context, a *app) error {
	if a.Executable == "" {
		return errors.New("the path of this program is not known")
	}
	ctx, cancel := context.WithTimeout(ctx, demoTime)
	defer cancel()
	host, err := startHost(ctx, a.Executable, "serve", "--sandbox", demoChoice, "--log-level", "error")
	if err != nil {
		return err
	}
	d := &demo{host: host, out: a.Stdout}
	d.play()
	return errors.Join(d.err, host.close())
}

// demo plays a host that does the main job once. After an error it does nothing.
type demo struct {
	host *host
	out  io.Writer
	err  error
}

func (d *demo) play() {
	d.title("1. A host starts `" + server.Name + " serve --sandbox " + demoChoice + "` and says hello")
	var hello struct {
		ProtocolVersion string
		ServerInfo      struct{ Name, Version string }
	}
	d.ask("initialize", map[string]any{
		"protocolVersion": "2025-11-25", "capabilities": map[string]any{},
		"clientInfo": map[string]string{"name": "demo", "version": "1"},
	}, &hello)
	d.say("%s %s answers, MCP %s", hello.ServerInfo.Name, hello.ServerInfo.Version, hello.ProtocolVersion)
	d.tools()

	d.title("3. What does the workspace have?")
	d.call("list_connectors", nil)

	d.title("4. Read: open issues, three per page")
	repo := map[string]any{"owner": "acme", "repo": "widgets"}
	list := with(repo, map[string]any{
		"states": []string{"OPEN"}, "per_page": 3, "select_fields": []string{"number", "title", "state", "createdAt"},
	})
	page := d.call("github_issues_list", list)

	d.title("5. The second page: the first one's `page.next`, merged into the same call")
	d.call("github_issues_list", with(list, page.Page.Next))

	d.title("6. Write: create an issue. A write is sent once, whatever happens")
	created := d.call("github_issues_create", with(repo, map[string]any{"title": "Export fails on an empty table", "labels": []string{"bug"}}))

	d.title("7. The read that proves it")
	d.call("github_issues_get", with(repo, map[string]any{"number": created.Result.Number}))

	d.title("8. Arguments that do not fit are refused before anything is sent")
	d.call("github_issues_list", map[string]any{"owner": "acme", "repos": "widgets", "per_page": 500})

	d.title("9. An error of the API, in words")
	d.call("github_issues_get", with(repo, map[string]any{"number": 999999}))
}

func (d *demo) tools() {
	d.title("2. The tools: one per entity and action, each with a JSON schema")
	var list struct {
		Tools []struct {
			Name, Description string
			InputSchema       json.RawMessage
		}
	}
	d.ask("tools/list", nil, &list)
	d.say("%d tools, for example:", len(list.Tools))
	for _, t := range list.Tools {
		if strings.HasPrefix(t.Name, "github_issues_") || t.Name == "list_connectors" {
			d.say("  %-26s %s", t.Name, t.Description)
		}
	}
	for _, t := range list.Tools {
		if t.Name == "github_issues_create" {
			d.say("\nThe schema of %s:\n%s", t.Name, indent(t.InputSchema))
			return
		}
	}
	d.err = errors.Join(d.err, errors.New("the tool whose schema is to be shown is not listed"))
}

// answer is what the demo needs of a result.
type answer struct {
	Result struct{ Number json.Number }
	Page   struct{ Next map[string]any }
}

// call makes one tool call and shows it.
func (d *demo) call(name string, arguments map[string]any) (a answer) {
	if d.err != nil {
		return a
	}
	if arguments == nil {
		arguments = map[string]any{}
	}
	shown, err := json.Marshal(arguments)
	if err != nil {
		d.err = err
		return a
	}
	d.say("> %s %s", name, shown)
	var result struct {
		IsError bool
		Content []struct{ Text string }
	}
	d.ask("tools/call", map[string]any{"name": name, "arguments": arguments}, &result)
	switch {
	case d.err != nil:
	case result.IsError:
		d.say("refused: %s", result.Content[0].Text)
	default:
		text := json.RawMessage(result.Content[0].Text)
		d.say("%s", indent(text))
		_ = json.Unmarshal(text, &a) // other results have other members
	}
	return a
}

func (d *demo) ask(method string, params, result any) {
	if d.err == nil {
		d.err = d.host.ask(method, params, result)
	}
}

func (d *demo) title(text string) { d.say("\n== %s\n", text) }

func (d *demo) say(format string, parts ...any) {
	if d.err == nil {
		_, d.err = fmt.Fprintf(d.out, format+"\n", parts...)
	}
}

func with(base, more map[string]any) map[string]any {
	merged := map[string]any{}
	for _, m := range []map[string]any{base, more} {
		maps.Copy(merged, m)
	}
	return merged
}

func indent(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Indent(&b, raw, "", "  ") != nil {
		return string(raw)
	}
	return b.String()
}
