package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// mostListed is the most tools that are shown of a list.
const mostListed = 5

// errSettings is the likely reason why a tool is missing.
var errSettings = errors.New("it is not listed; a setting in the environment or the configuration file may leave it out")

func (d *Demo) list() ([]gjson.Result, error) {
	var list json.RawMessage
	if err := d.host.Ask("tools/list", nil, &list); err != nil {
		return nil, err
	}
	return gjson.GetBytes(list, "tools").Array(), nil
}

// tools shows the names and purposes of some of the listed tools.
func (d *Demo) tools(s step) error {
	all, err := d.list()
	if err != nil {
		return err
	}
	shown := 0
	for _, t := range all {
		name := t.Get("name").Str
		if !strings.Contains(name, s.Pattern) {
			continue
		}
		if shown++; shown > mostListed {
			continue
		}
		name = fmt.Sprintf("  %-26s", name)
		d.say("%s%s", name, cut(t.Get("description").Str, Width-len(name)))
	}
	if shown < 2 {
		return fmt.Errorf("%d tools like %s are listed", shown, s.Pattern)
	}
	d.say("  … %d tools in all", len(all))
	return nil
}

// schema shows one listed tool as a host gets it.
func (d *Demo) schema(s step) error {
	all, err := d.list()
	if err != nil {
		return err
	}
	for _, t := range all {
		if t.Get("name").Str != s.Tool {
			continue
		}
		if !t.Get("inputSchema.properties").IsObject() {
			return fmt.Errorf("%s has no schema", s.Tool)
		}
		d.say("%s", layout(t, 0, 0, Width))
		return nil
	}
	return fmt.Errorf("%s: %w", s.Tool, errSettings)
}

// call makes one tool call, shows it, and looks for what the step promises.
func (d *Demo) call(s step) error {
	arguments, err := d.arguments(s)
	if err != nil {
		return err
	}
	d.say("> %s %s", s.Tool, flatten(gjson.ParseBytes(arguments)))
	d.beat()
	d.asked = nil
	var result struct {
		IsError bool
		Content []struct{ Text string }
	}
	if err := d.host.Ask("tools/call", map[string]any{"name": s.Tool, "arguments": arguments}, &result); err != nil {
		return err
	}
	if len(result.Content) == 0 {
		return errors.New("the answer is empty")
	}
	text := result.Content[0].Text
	if result.IsError {
		d.say("%s", text)
	} else {
		d.say("%s", layout(s.trimmed(gjson.Parse(text)), 0, 0, Width))
	}
	return d.promised(s, text, result.IsError)
}

// trimmed is an answer without what makes it long.
func (s step) trimmed(answer gjson.Result) gjson.Result {
	if s.Shown == nil {
		return answer
	}
	if record := answer.Get("result"); record.IsObject() && !slices.Contains(s.Shown, "result") {
		return gjson.Parse(`{"result":` + trim(record, s.Shown).Raw + `}`)
	}
	return trim(answer, s.Shown)
}

// promised is an error where an answer is not what its step is about.
func (d *Demo) promised(s step, text string, isError bool) error {
	answer := gjson.Parse(text)
	wanted := false
	switch s.Kind {
	case kindRefused:
		wanted = isError && strings.Contains(text, "nothing was sent") && strings.Contains(text, "did you mean")
	case kindFailed:
		wanted = isError && strings.Contains(text, "HTTP ")
	case kindFind:
		wanted = answer.Get("tools.0.name").Str == s.Names
	case kindDescribe:
		wanted = answer.Get("inputSchema.properties").IsObject()
	case kindRead, kindNext:
		wanted = d.turned(s, answer)
	case kindWrite:
		d.kept, d.wrote = answer.Get("result."+s.Keep).Value(), gjson.GetBytes(s.Arguments, "title").Str
		wanted = len(d.asked) == 1 && d.kept != nil
	case kindProof:
		wanted = d.wrote != "" && answer.Get("result.title").Str == d.wrote
	case kindCall:
		wanted = answer.Get("result.0").Exists()
	}
	if !wanted || isError != (s.Kind == kindRefused || s.Kind == kindFailed) {
		return fmt.Errorf("the answer is not what the step is about: %.300s", text)
	}
	return nil
}

// turned reports whether an answer is a page with another one behind it, which is not
// the page before.
func (d *Demo) turned(s step, answer gjson.Result) bool {
	next, _ := answer.Get("page.next").Value().(map[string]any)
	isNew := s.Kind == kindRead || fmt.Sprint(next) != fmt.Sprint(d.next)
	d.next = next
	return isNew && next != nil && answer.Get("result.0").Exists()
}
