package schemas

import (
	"encoding/json"
	"slices"
)

// CheckAction is the cheapest action that proves a connector's credentials: the
// one that the catalog prefers for it, else the first list without required
// parameters, else such a get. A required parameter with a default is filled in;
// where the action pages, one record is asked for. The parameters bear the
// vendor's names. ok is false if the connector has no such action.
func (c *Connector) CheckAction() (e *Entity, a *Action, params json.RawMessage, ok bool) {
	best := len(checkRanks)
	for _, entity := range c.Entities {
		for _, action := range entity.Actions {
			rank := slices.IndexFunc(checkRanks, func(fits func(*Action) bool) bool { return fits(action) })
			given, complete := action.leastParams()
			if 0 <= rank && rank < best && complete {
				best, e, a, params = rank, entity, action, given
			}
		}
	}
	return e, a, params, a != nil
}

// checkRanks tell actions that suit a check, the best first.
var checkRanks = []func(*Action) bool{
	func(a *Action) bool { return a.PreferredForCheck && a.reads() },
	func(a *Action) bool { return a.Name == ActionList && !a.demands() },
	func(a *Action) bool { return a.Name == ActionGet && !a.demands() },
}

func (a *Action) reads() bool {
	return a.Name == ActionList || a.Name == ActionGet || a.Name == ActionAPISearch
}

func (a *Action) demands() bool {
	return slices.ContainsFunc(a.Params, func(p *Parameter) bool { return p.Required })
}

// leastParams are the fewest parameters that an action can be called with; false
// if some have to be known.
func (a *Action) leastParams() (json.RawMessage, bool) {
	if r := a.Requirements; r != nil && len(r.AnyOf)+len(r.AllOf) > 0 {
		return nil, false
	}
	params := map[string]json.RawMessage{}
	for _, p := range a.Params {
		switch {
		case a.limits(p):
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
func (a *Action) limits(p *Parameter) bool {
	return a.Pagination != nil && p.Name == a.Pagination.LimitParam && p.Type == "integer" && len(p.Enum) == 0
}
