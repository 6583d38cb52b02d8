package schemas

import (
	"slices"
)

// describe finds the words for a parameter: its own, then the connector's term
// for the name, then what its part in paging says, then the shared glossary.
func (c *Connector) describe(a *Action, p *Parameter) string {
	switch term := c.Terms[p.Name]; {
	case p.Description != "":
		return c.Expand(p.Description)
	case a != nil && a.Pagination.uses(p.Name):
		return a.Pagination.describe(p.Name)
	case term != "":
		return c.Expand(term)
	default:
		return glossary(p.Name)
	}
}

// uses reports whether the parameter steers paging.
func (p *Pagination) uses(name string) bool {
	return p != nil && name != "" && (name == p.LimitParam || name == p.CursorParam ||
		name == p.BackwardParam || slices.Contains(p.OtherCursorParams, name))
}

// fromNext says where the value of a parameter comes from that leads to the next page.
const fromNext = "From page.next."

// describe words a paging parameter from the catalog's paging facts.
func (p *Pagination) describe(name string) string {
	switch name {
	case p.LimitParam:
		if p.CursorParam == "" && len(p.OtherCursorParams) == 0 {
			return "There is no next page: ask for enough."
		}
		return "" // its name says it
	case p.BackwardParam:
		return "Id of a record: the page before it."
	default:
		return fromNext
	}
}

// glossary has the parameters that mean the same in every connector.
func glossary(name string) string {
	if name == "range_header" {
		return "Part of the file to fetch, e.g. `bytes=0-1023`."
	}
	return ""
}

// ToolSummary is the description of the tool for an action.
func (c *Connector) ToolSummary(e *Entity, action string) string {
	if action == ActionContextStoreSearch {
		return "Synced copy: " + c.Expand(e.Summary)
	}
	if a := e.Action(action); a != nil {
		return c.Expand(a.Summary)
	}
	return ""
}
