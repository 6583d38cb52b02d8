package setup

import (
	"encoding/json"
	"slices"

	"airbyte-mcp-server/schemas"
)

// CheckAction is the cheapest action that proves a connector's credentials: the
// one that the catalog prefers for it, else the first list without required
// parameters, else such a get. A required parameter with a default is filled in;
// where the action pages, one record is asked for. The parameters bear the
// vendor's names. ok is false if the connector has no such action.
func CheckAction(c *schemas.Connector) (e *schemas.Entity, a *schemas.Action, params json.RawMessage, ok bool) {
	best := len(checkRanks)
	for _, entity := range c.Entities {
		for _, action := range entity.Actions {
			rank := slices.IndexFunc(checkRanks, func(fits func(*schemas.Action) bool) bool { return fits(action) })
			given, complete := leastParams(action)
			if 0 <= rank && rank < best && complete {
				best, e, a, params = rank, entity, action, given
			}
		}
	}
	return e, a, params, a != nil
}

// checkRanks tell actions that suit a check, the best first.
var checkRanks = []func(*schemas.Action) bool{
	func(a *schemas.Action) bool { return a.PreferredForCheck && reads(a) },
	func(a *schemas.Action) bool { return a.Name == schemas.ActionList && !demands(a) },
	func(a *schemas.Action) bool { return a.Name == schemas.ActionGet && !demands(a) },
}

func reads(a *schemas.Action) bool {
	return a.Name == schemas.ActionList || a.Name == schemas.ActionGet || a.Name == schemas.ActionAPISearch
}

func demands(a *schemas.Action) bool {
	return slices.ContainsFunc(a.Params, func(p *schemas.Parameter) bool { return p.Required })
}

// leastParams are the fewest parameters that an action can be called with; false
// if some have to be known.
func leastParams(a *schemas.Action) (json.RawMessage, bool) {
	if r := a.Requirements; r != nil && len(r.AnyOf)+len(r.AllOf) > 0 {
		return nil, false
	}
	params := map[string]json.RawMessage{}
	for _, p := range a.Params {
		switch {
		case limits(a, p):
			params[p.Name] = json.RawMessage("1")
			if least, err := p.Minimum.Int64(); err == nil && least > 1 {
				params[p.Name] = json.RawMessage(p.Minimum)
			}
		case p.Required && p.Default != nil:
			params[p.Name] = p.Default
		case p.Required:
			return nil, false
		}
	}
	encoded, err := json.Marshal(params)
	return encoded, err == nil
}

// limits reports whether a parameter is a number of records per page.
func limits(a *schemas.Action, p *schemas.Parameter) bool {
	return a.Pagination != nil && p.Name == a.Pagination.LimitParam && p.Type == "integer" && len(p.Enum) == 0
}
