package calls

import (
	"encoding/json"
	"strings"

	"airbyte-mcp-server/internal/leanjson"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

const (
	// largeAnswer is how many bytes of records are told to be much.
	largeAnswer = 16_000
	// maxFieldsTold bounds the fields that an answer names.
	maxFieldsTold = 60
)

// lean leaves out of a result what says nothing, where its caller reads compact answers.
// What it was is kept by fit.
func (c *Call) lean(r *Result) {
	if c.Answers.IsExact() || r.Plain != nil || r.Source == SourceServer || r.Download != nil {
		return
	}
	if r.Page != nil {
		r.Metadata = c.tool.Pager.Beyond(r.Metadata)
	}
	whole := r.surveyed()
	if shorter, left := whole.Lean(); left {
		r.whole, r.Data, r.survey, r.LeftOut = whole, shorter.Value, shorter, true
	}
	r.Metadata, _ = leanjson.Lean(r.Metadata)
	if rawjson.IsEmpty(r.Metadata) {
		r.Metadata = nil
	}
}

// exactData is Data with all of its members.
func (r *Result) exactData() json.RawMessage {
	if r.LeftOut {
		return r.whole.Value
	}
	return r.Data
}

// compactData is exactData without white space.
func (r *Result) compactData() []byte {
	if r.LeftOut && r.whole.Lacks.All(rawjson.LacksSpace) || !r.LeftOut && r.lacks(rawjson.LacksSpace) {
		return r.exactData()
	}
	return compact(r.exactData())
}

// keepExact keeps what a compact result was, for read_result. Where that cannot be, the
// result stays exact.
func (c *Call) keepExact(r *Result) {
	if !r.LeftOut || r.Truncation != nil {
		return
	}
	if id, err := c.runner.opts.Results.Put(c.CallerKey(), r.compactData()); err == nil {
		r.Exact = id
	} else {
		r.Data, r.survey, r.LeftOut = r.whole.Value, r.whole, false
	}
}

// tabulate writes a list of records as rows, where its caller reads tables.
func (c *Call) tabulate(r *Result) {
	if c.Answers.Format != tools.TableJSON || r.Plain != nil || r.Source == SourceServer {
		return
	}
	if rows, ok := leanjson.Rows(r.Data); ok {
		r.Data = rows
	}
}

// advise tells how to ask for less after much, and which fields a list has that the
// records shown have not.
func (c *Call) advise(r *Result) {
	option := c.tool.Options.SelectFields
	if c.tool.Action == schemas.ActionContextStoreSearch {
		option = "fields"
	}
	if c.Answers.IsExact() || c.tool.Pager == nil || option == "" || r.Plain != nil || c.chosen.fields() || c.args.Has(option) {
		return
	}
	isMuch := len(r.Data) > largeAnswer && r.Truncation == nil
	isFirst := c.runner.told.first(c.CallerKey() + "\x00" + c.tool.Name)
	if !isMuch && !isFirst {
		return
	}
	if isMuch {
		var names []string
		for _, heavy := range heaviestFields(c.tool.Pager.First(r.surveyed(), weighedRecords)) {
			names = append(names, heavy.Field)
		}
		r.Hint = "ask for less with `" + option + "`; the heaviest are " + strings.Join(names, ", ")
	}
	if isFirst {
		r.OtherFields = c.otherFields(c.tool.Pager.Records(r.surveyed()))
	}
}

// otherFields are the known fields of a record that none of those shown has: one record's
// members that are null may be left out where another has them.
func (c *Call) otherFields(records []json.RawMessage) []string {
	shown := map[string]bool{}
	for _, record := range records {
		members, _ := rawjson.Split(record)
		for _, m := range members {
			shown[m.Name] = true
		}
	}
	var names []string
	for _, f := range c.tool.Fields {
		if !shown[f.Name] && len(names) < maxFieldsTold {
			names = append(names, f.Name)
		}
	}
	return names
}
