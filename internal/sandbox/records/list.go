package records

import (
	"encoding/json"
	"net/http"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

// fieldsParam is a vendor parameter that names the fields to return.
const fieldsParam = "fields"

// performList answers list and api_search.
func (c *Call) performList() (*Outcome, error) {
	records, err := c.candidates()
	if err != nil {
		return nil, err
	}
	pg, err := c.paginate(c.ordered(c.filter(records)))
	if err != nil {
		return nil, err
	}
	result, err := c.renderList(pg)
	if err != nil {
		return nil, err
	}
	return &Outcome{Result: result, Metadata: c.metadata(pg)}, nil
}

// candidates are the records among which the caller looks.
func (c *Call) candidates() ([]*record, error) {
	if c.m.list == nil {
		return c.Account.records(c.m, nil), nil
	}
	if c.Action == schemas.ActionAPISearch {
		return c.Account.records(c.m, c.searchScope()), nil
	}
	sc, err := c.listScope(c.m)
	if err != nil {
		return nil, err
	}
	if c.m.base != nil {
		return c.shown(sc), nil
	}
	return c.Account.collection(c.m, sc).records, nil
}

// listScope reads the scope of a list from the parameters. What the caller leaves
// out comes from the connector's configuration.
func (c *Call) listScope(m *model) (scope, error) {
	var sc scope
	for _, p := range m.scope {
		value := c.text(p.name)
		if value == "" {
			value = c.otherName(p)
		}
		if value == "" {
			continue
		}
		sc = sc.with(p.canonical, value)
	}
	sc = c.Account.fill(m, sc)
	return sc, c.checkParents(m, sc)
}

// otherName finds a value under another parameter that means the same.
func (c *Call) otherName(p scopeParam) string {
	if c.action == nil {
		return ""
	}
	for _, other := range c.action.Params {
		if p.means(c.Account.spec, other) {
			if value := c.text(other.Name); value != "" {
				return value
			}
		}
	}
	return ""
}

// checkParents refuses a list that belongs to a record which does not exist.
func (c *Call) checkParents(m *model, sc scope) error {
	for _, p := range m.scope {
		value, _ := sc.get(p.canonical)
		parent := c.Account.parentOf(m, p)
		if parent == nil || value == placeholder {
			continue
		}
		found := c.Account.lookup(parent, sc, []string{p.parent.TargetKey}, value)
		if found == nil {
			return c.notFound(p.name, value)
		}
		if found.blueprint.fresh {
			c.Account.plant(m, sc.only(m.scope))
		}
	}
	return nil
}

func (c *Call) notFound(name, value string) error {
	p := c.Account.Upstream(http.StatusNotFound, "Not Found")
	p.Items[0].Details.(map[string]any)["parameter"] = name
	p.Items[0].Details.(map[string]any)["value"] = value
	return p
}

// lookup finds the record of which one of the fields has the value.
func (v *Account) lookup(m *model, known scope, fields []string, value string) *record {
	for _, r := range v.records(m, known) {
		for _, name := range fields {
			if text := jsonvalue.AsText(r.fields[name]); text != "" && strings.EqualFold(text, value) {
				return r
			}
		}
	}
	return nil
}

// shown picks, for an entity that shows the records of another one, those that
// belong to the scope: about a third, always the same.
func (c *Call) shown(sc scope) []*record {
	base := c.m.base
	known := sc.only(base.scope)
	all := c.Account.records(base, known)
	if len(known) == len(sc) {
		return all
	}
	var out []*record
	for _, r := range all {
		if r.blueprint.seed.Of("shown", c.Entity, sc.key()).Chance(33) {
			out = append(out, r)
		}
	}
	return out
}

// renderList writes the page as the action's result.
func (c *Call) renderList(pg *page) (any, error) {
	items, err := c.renderRecords(pg.records)
	if err != nil {
		return nil, err
	}
	if c.action.Result.ListField == "" {
		return items, nil
	}
	out := map[string]any{}
	for _, f := range c.action.Result.Fields {
		out[f.Name] = c.metaValue(f, pg)
	}
	out[c.action.Result.ListField] = items
	return jsonvalue.Encode(out)
}

func (c *Call) renderRecords(records []*record) (json.RawMessage, error) {
	if c.plain() {
		items := make([]json.RawMessage, 0, len(records))
		for _, r := range records {
			raw, err := r.view(c.action)
			if err != nil {
				return nil, err
			}
			items = append(items, raw)
		}
		return jsonvalue.JoinArray(items), nil
	}
	items := make([]any, 0, len(records))
	for _, r := range records {
		items = append(items, c.transform(c.vendorFields(r.show(c.action))))
	}
	return jsonvalue.Encode(items)
}

// plain reports whether the caller wants whole records.
func (c *Call) plain() bool {
	return len(c.SelectFields) == 0 && len(c.ExcludeFields) == 0 && c.SkipTruncation && c.Params[fieldsParam] == nil
}

// vendorFields applies a vendor's own parameter for the fields to return.
func (c *Call) vendorFields(record map[string]any) map[string]any {
	var names []string
	switch value := c.Params[fieldsParam].(type) {
	case []any:
		for _, v := range value {
			names = append(names, jsonvalue.AsText(v))
		}
	case string:
		names = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
	}
	if len(names) == 0 || c.param(fieldsParam) == nil {
		return record
	}
	out := map[string]any{}
	for _, name := range names {
		if value, ok := record[name]; ok {
			out[name] = value
		}
	}
	if len(out) == 0 {
		return record // names of another notation, such as a vendor's wildcard
	}
	return out
}
