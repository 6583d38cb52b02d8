package calls

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
)

// Mode is what is done about a write.
type Mode string

// Modes of writes.
const (
	Allow   Mode = "allow"   // it is sent
	Confirm Mode = "confirm" // a person is asked first
	Deny    Mode = "deny"    // it is refused
)

// Rules say which writes are allowed, which must be confirmed and which are denied.
// Where no rule fits, deletions and changes of connectors themselves must be confirmed, and
// other writes are allowed.
type Rules []rule

// rule holds for the actions that its patterns match.
type rule struct {
	connector, entity, action string
	mode                      Mode
}

// ParseRules reads rules like "stripe.refunds.create=confirm" or "*.*.delete=deny":
// connector type, entity and action, each a pattern in which * matches anything. Of
// the rules that fit an action the last one counts.
func ParseRules(texts []string) (Rules, error) {
	var rules Rules
	for _, text := range texts {
		what, mode, ok := strings.Cut(strings.TrimSpace(text), "=")
		parts := strings.Split(what, ".")
		r := rule{mode: Mode(mode)}
		if !ok || len(parts) != 3 || !slices.Contains([]Mode{Allow, Confirm, Deny}, r.mode) {
			return nil, fmt.Errorf("write rule %q: want CONNECTOR.ENTITY.ACTION=allow, confirm or deny, such as *.*.delete=deny", text)
		}
		r.connector, r.entity, r.action = parts[0], parts[1], parts[2]
		for _, pattern := range parts {
			if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
				return nil, fmt.Errorf("write rule %q: %q is no pattern", text, pattern)
			}
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// mode is what is done about an action. One that destroys is a deletion for the rules,
// whatever it is called; a rule for its own name fits it too.
func (rs Rules) mode(connector, entity, action string, destroys bool) Mode {
	mode := Allow
	if destroys = destroys || matches(schemas.ActionDelete, action); destroys {
		mode = Confirm
	}
	for _, r := range rs {
		if r.fits(connector, entity, action) || destroys && r.fits(connector, entity, schemas.ActionDelete) {
			mode = r.mode
		}
	}
	return mode
}

// asks reports whether a person may be asked about an action.
func (rs Rules) asks(connector, entity, action string, destroys bool) bool {
	return rs.mode(connector, entity, action, destroys) == Confirm
}

// ForConnectors is what is done about an action on a connector itself: create, update or
// delete. What changes a connector's name or settings is asked about where deletions are,
// unless a rule is about it: a name is what later questions show, and settings may lead a
// connector to another host.
func (rs Rules) ForConnectors(action string) Mode {
	const connector, entity = "airbyte", "connectors"
	mode := rs.mode(connector, entity, action, false)
	isRuled := slices.ContainsFunc(rs, func(r rule) bool { return r.fits(connector, entity, action) })
	if action == schemas.ActionUpdate && !isRuled && rs.mode(connector, entity, schemas.ActionDelete, true) != Allow {
		return Confirm
	}
	return mode
}

func (r rule) fits(connector, entity, action string) bool {
	return matches(r.connector, connector) && matches(r.entity, entity) && matches(r.action, action)
}

// matches is generous: execute_action takes any name, and one that the API may read as
// another must not slip past the rule for that.
func matches(pattern, name string) bool {
	plain := strings.NewReplacer("/", "\x00") // which * does not match
	ok, err := path.Match(plain.Replace(strings.ToLower(pattern)), plain.Replace(strings.ToLower(strings.TrimSpace(name))))
	return err == nil && ok
}
