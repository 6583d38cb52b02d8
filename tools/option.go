package tools

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"airbyte-mcp-server/schemas"
)

// maxPages bounds the pages that one call may read; each is a billed operation.
const maxPages = 20

// optionNames are the arguments of a tool that are ours, not the vendor's, by the
// names under which it offers them; "" where it does not.
type optionNames struct {
	selectFields  string
	excludeFields string
	maxPages      string
	instance      string
	dryRun        string
	confirmation  string
}

// options are what a caller chose.
type options struct {
	selectFields  []string
	excludeFields []string
	maxPages      int
	instance      string // which of several connectors
	dryRun        bool
	confirmation  string // a token that an earlier answer gave
}

// fields reports whether the caller, or the tool for it, chose fields.
func (o options) fields() bool { return len(o.selectFields)+len(o.excludeFields) > 0 }

// offerFields lets the caller of a read choose fields.
func (t *Tool) offerFields(vendor []*schemas.Parameter) []*schemas.Parameter {
	t.options.selectFields = freeName("select_fields", vendor)
	t.options.excludeFields = freeName("exclude_fields", vendor)
	names := &schemas.Parameter{Type: "string"}
	return []*schemas.Parameter{
		{Name: t.options.selectFields, Type: "array", Items: names, Description: "Record fields to keep, e.g. `a.b`."},
		{Name: t.options.excludeFields, Type: "array", Items: names, Description: "Record fields to drop."},
	}
}

// offerPages lets the caller of a list read several pages at once.
func (t *Tool) offerPages(vendor []*schemas.Parameter) []*schemas.Parameter {
	t.options.maxPages = freeName("max_pages", vendor)
	return []*schemas.Parameter{{
		Name: t.options.maxPages, Type: "integer", Minimum: "1", Maximum: json.Number(strconv.Itoa(maxPages)),
		Description: "Pages to read, each billed; default 1.",
	}}
}

// offerInstance lets the caller say which of several connectors of a type is meant.
func (t *Tool) offerInstance(vendor []*schemas.Parameter) []*schemas.Parameter {
	t.options.instance = freeName("connector", vendor)
	return []*schemas.Parameter{{
		Name: t.options.instance, Type: "string",
		Description: "Which connector: alias, name or id from `list_connectors`.",
	}}
}

// offerWriting gives the caller of a write a look before, and a way to confirm.
func (t *Tool) offerWriting(vendor []*schemas.Parameter) []*schemas.Parameter {
	t.options.dryRun = freeName("dry_run", vendor)
	t.options.confirmation = freeName("confirmation", vendor)
	return []*schemas.Parameter{
		{Name: t.options.dryRun, Type: "boolean", Description: "Only show the request."},
		{Name: t.options.confirmation, Type: "string", Description: "Token that an answer asked for."},
	}
}

// freeName is the name of an argument of ours. Where a vendor's parameter has it, it
// wins and ours is prefixed.
func freeName(name string, vendor []*schemas.Parameter) string {
	for _, p := range vendor {
		if schemas.ArgumentName(p.Name) == name {
			return "airbyte_" + name
		}
	}
	return name
}

// takeOptions splits the caller's choices from the vendor's parameters.
func (c *call) takeOptions() error {
	c.chosen = options{maxPages: 1}
	for _, o := range []struct {
		name   string
		target any
	}{
		{c.tool.options.selectFields, &c.chosen.selectFields},
		{c.tool.options.excludeFields, &c.chosen.excludeFields},
		{c.tool.options.maxPages, (*whole)(&c.chosen.maxPages)},
		{c.tool.options.instance, &c.chosen.instance},
		{c.tool.options.dryRun, &c.chosen.dryRun},
		{c.tool.options.confirmation, &c.chosen.confirmation},
	} {
		raw := c.args.Take(o.name)
		if raw == nil {
			continue
		}
		if err := json.Unmarshal(raw, o.target); err != nil {
			return fmt.Errorf("reading %s: %w", o.name, err)
		}
	}
	return c.settleFields()
}

// settleFields checks the fields that the caller chose, or chooses for one that did
// not. A list that goes on behind the last record's id always has the ids.
func (c *call) settleFields() error {
	t, chosen := c.tool, &c.chosen
	faults := slices.Concat(
		schemas.CheckSelection(t.options.selectFields, t.fields, chosen.selectFields),
		schemas.CheckSelection(t.options.excludeFields, t.fields, chosen.excludeFields))
	if len(faults) > 0 {
		return &schemas.InvalidError{Faults: faults}
	}
	switch {
	case slices.Equal(chosen.selectFields, []string{schemas.AllFields}):
		chosen.selectFields = nil
	case len(chosen.selectFields) == 0 && len(chosen.excludeFields) == 0:
		chosen.selectFields = t.defaults
	}
	if t.pager == nil || t.pager.Style != schemas.PagingRecordID {
		return nil
	}
	if len(chosen.selectFields) > 0 && !slices.Contains(chosen.selectFields, "id") {
		chosen.selectFields = append(slices.Clone(chosen.selectFields), "id")
	}
	chosen.excludeFields = slices.DeleteFunc(chosen.excludeFields, func(name string) bool { return name == "id" })
	return nil
}

// whole is a whole number, which JSON may write as 2.0 or 2e0 as well. One that is
// beyond all counts is as large as counts get.
type whole int

// UnmarshalJSON implements [json.Unmarshaler].
func (w *whole) UnmarshalJSON(raw []byte) error {
	var f float64
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	*w = whole(max(-1<<53, min(f, 1<<53)))
	return nil
}
