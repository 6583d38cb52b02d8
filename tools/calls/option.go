package calls

import (
	"encoding/json"
	"fmt"
	"slices"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// options are what a caller chose.
type options struct {
	selectFields  []string
	excludeFields []string
	maxPages      int
	connector     string // which of several
	dryRun        bool
	confirmation  string // a token that an earlier answer gave
}

// fields reports whether the caller, or the tool for it, chose fields.
func (o options) fields() bool { return len(o.selectFields)+len(o.excludeFields) > 0 }

// TakeOptions splits the options of a tool that writes from its arguments, for a Handler.
func (c *Call) TakeOptions() error { return c.takeOptions() }

// takeOptions splits the caller's choices from the vendor's parameters.
func (c *Call) takeOptions() error {
	c.chosen = options{maxPages: 1}
	for _, o := range []struct {
		name   string
		target any
	}{
		{c.tool.Options.SelectFields, &c.chosen.selectFields},
		{c.tool.Options.ExcludeFields, &c.chosen.excludeFields},
		{c.tool.Options.MaxPages, (*wholeNumber)(&c.chosen.maxPages)},
		{c.tool.Options.Connector, &c.chosen.connector},
		{c.tool.Options.DryRun, &c.chosen.dryRun},
		{c.tool.Options.Confirmation, &c.chosen.confirmation},
	} {
		raw := c.args.Take(o.name)
		if raw == nil {
			continue
		}
		if err := json.Unmarshal(raw, o.target); err != nil {
			return fmt.Errorf("reading %s: %w", o.name, rawjson.Fault(err))
		}
	}
	return c.settleFields()
}

// settleFields checks the fields that the caller chose, or chooses for one that did
// not.
func (c *Call) settleFields() error {
	t, chosen := c.tool, &c.chosen
	if c.isShaped() {
		return c.keepIDs()
	}
	chosen.selectFields = c.spelt(t.Options.SelectFields, chosen.selectFields)
	chosen.excludeFields = c.spelt(t.Options.ExcludeFields, chosen.excludeFields)
	var found schemas.FaultList
	schemas.CheckSelection(t.Options.SelectFields, t.Fields, chosen.selectFields, &found)
	schemas.CheckSelection(t.Options.ExcludeFields, t.Fields, chosen.excludeFields, &found)
	if err := found.Err(); err != nil {
		return err
	}
	switch {
	case slices.Equal(chosen.selectFields, []string{schemas.AllFields}):
		chosen.selectFields = nil
	case len(chosen.selectFields) == 0 && len(chosen.excludeFields) == 0:
		chosen.selectFields = t.Defaults
	}
	return c.keepIDs()
}

// spelt are the names of an option as the record's fields have them.
func (c *Call) spelt(option string, names []string) []string {
	known := schemas.KnownNames(c.tool.Fields, names)
	if !slices.Equal(known, names) && !slices.Contains(c.trace.Coerced, option) {
		c.trace.Coerced = append(c.trace.Coerced, option)
	}
	return known
}

// isShaped reports whether the arguments decide which fields the records have, so that
// the catalog does not know them.
func (c *Call) isShaped() bool {
	return slices.ContainsFunc(c.tool.ShapedBy, c.args.Has) && len(c.chosen.selectFields) > 0
}

// keepIDs keeps the ids of a list that goes on behind the last record's.
func (c *Call) keepIDs() error {
	t, chosen := c.tool, &c.chosen
	if t.Pager == nil || t.Pager.Style != schemas.PagingRecordID {
		return nil
	}
	if len(chosen.selectFields) > 0 && !slices.Contains(chosen.selectFields, "id") {
		chosen.selectFields = append(slices.Clone(chosen.selectFields), "id")
	}
	chosen.excludeFields = slices.DeleteFunc(chosen.excludeFields, func(name string) bool { return name == "id" })
	return nil
}

// wholeNumber is a whole number, which JSON may write as 2.0 or 2e0 as well. One that is
// beyond all counts is as large as counts get.
type wholeNumber int

// UnmarshalJSON implements [json.Unmarshaler].
func (w *wholeNumber) UnmarshalJSON(raw []byte) error {
	var f float64
	if err := json.Unmarshal(raw, &f); err != nil {
		return err
	}
	*w = wholeNumber(max(-1<<53, min(f, 1<<53)))
	return nil
}
