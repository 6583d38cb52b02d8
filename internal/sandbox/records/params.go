package records

import (
	"cmp"
	"fmt"
	"math/big"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/schemas"
)

// checkParams holds the parameters against the catalog, in the words of the API's
// executor. Unknown parameters are ignored.
func (c *Call) checkParams() error {
	if err := c.checkMissing(); err != nil {
		return err
	}
	for _, p := range c.action.Params {
		value, given := c.Params[p.Name]
		if !given || value == nil {
			continue
		}
		if err := checkParam(p, value); err != nil {
			return err
		}
	}
	if err := c.checkRequirements(c.action.Requirements); err != nil {
		return err
	}
	return c.checkLimit()
}

// checkRequirements holds rules between parameters.
func (c *Call) checkRequirements(r *schemas.Requirements) error {
	if r == nil {
		return nil
	}
	for _, inner := range r.AllOf {
		if err := c.checkRequirements(inner); err != nil {
			return err
		}
	}
	for _, condition := range r.When {
		if c.text(condition.Param) == fmt.Sprint(condition.Equals) {
			if missing := c.missing(condition.Require); len(missing) > 0 {
				return problem.RefuseParam("Missing required parameters for %s.%s with %s '%v': %s", c.Entity, c.Action, condition.Param,
					condition.Equals, problem.PyList(missing))
			}
		}
	}
	return c.checkGroups(r)
}

// checkGroups wants one complete group of parameters, or exactly one.
func (c *Call) checkGroups(r *schemas.Requirements) error {
	complete := 0
	var groups []string
	for _, group := range r.AnyOf {
		groups = append(groups, strings.Join(group, " and "))
		if len(c.missing(group)) == 0 {
			complete++
		}
	}
	switch {
	case len(groups) > 0 && complete == 0:
		return problem.RefuseParam("Missing required parameters for %s.%s: one of %s", c.Entity, c.Action, problem.PyList(groups))
	case r.Exclusive && complete > 1:
		return problem.RefuseParam("Too many parameters for %s.%s: only one of %s", c.Entity, c.Action, problem.PyList(groups))
	}
	return nil
}

// missing are those of the parameters that were not given.
func (c *Call) missing(names []string) []string {
	var out []string
	for _, name := range names {
		if jsonvalue.PathValue(c.Params, name) == nil {
			out = append(out, name)
		}
	}
	return out
}

// checkMissing finds required parameters that neither the caller nor the
// connector's configuration gives.
func (c *Call) checkMissing() error {
	var fields []string
	for _, p := range c.action.Params {
		if !p.Required || p.Default != nil || c.given(p) {
			continue
		}
		if p.In != "body" {
			return problem.RefuseParam("Missing required %s parameter '%s' for %s.%s", p.In, p.Name, c.Entity, c.Action)
		}
		fields = append(fields, p.Name)
	}
	if len(fields) > 0 {
		return problem.RefuseParam("Missing required body fields for %s.%s: %s", c.Entity, c.Action, problem.PyList(fields))
	}
	return nil
}

func (c *Call) given(p *schemas.Parameter) bool {
	if value, ok := c.Params[p.Name]; ok && value != nil {
		return true
	}
	key := configKey(c.Account.spec, p)
	return key != "" && len(c.Account.configItems(key)) > 0
}

func checkParam(p *schemas.Parameter, value any) error {
	if len(p.OneOf) > 0 {
		return checkForms(p, value)
	}
	list, isList := value.([]any)
	switch {
	case p.Type == "array" && !isList:
		return problem.RefuseParam("Parameter '%s' expects an array; got scalar %s", p.Name, quote(value))
	case p.Type != "array" && isList:
		return problem.RefuseParam("Parameter '%s' expects a %s; got an array", p.Name, p.Type)
	case isList && p.Items != nil:
		for _, item := range list {
			if err := checkScalar(p.Name, p.Items, item); err != nil {
				return err
			}
		}
		return nil
	}
	return checkScalar(p.Name, p, value)
}

// checkForms wants a value of one of several forms. The fault of the first is told.
func checkForms(p *schemas.Parameter, value any) error {
	var first error
	for _, form := range p.OneOf {
		named := *form
		named.Name = p.Name
		err := checkParam(&named, value)
		if err == nil {
			return nil
		}
		first = cmp.Or(first, err)
	}
	return first
}

// checkScalar checks one value: its type, its enumeration and its bounds.
func checkScalar(name string, p *schemas.Parameter, value any) error {
	if len(p.Enum) > 0 && !oneOf(p.Enum, value) {
		return problem.RefuseParam("Invalid value %s for parameter '%s'; expected one of: %s", quote(value), name, enumList(p.Enum))
	}
	_, isObject := value.(map[string]any)
	switch p.Type {
	case "object":
		if !isObject {
			return problem.RefuseParam("Parameter '%s' expects an object; got scalar %s", name, quote(value))
		}
	case "integer", "number":
		return checkNumber(name, p, value)
	case "boolean":
		if _, ok := value.(bool); !ok && jsonvalue.AsText(value) != "true" && jsonvalue.AsText(value) != "false" {
			return problem.RefuseParam("Invalid value %s for parameter '%s'; expected a boolean", quote(value), name)
		}
	case "string":
		if isObject {
			return problem.RefuseParam("Parameter '%s' expects a string; got an object", name)
		}
	}
	return nil
}

func checkNumber(name string, p *schemas.Parameter, value any) error {
	n, ok := jsonvalue.Rational(jsonvalue.AsText(value))
	if !ok || p.Type == "integer" && !n.IsInt() {
		return problem.RefuseParam("Invalid value %s for parameter '%s'; expected %s", quote(value), name, article(p.Type))
	}
	if low, ok := jsonvalue.Rational(p.Minimum.String()); ok && n.Cmp(low) < 0 {
		return problem.RefuseParam("Invalid value %s for parameter '%s'; expected at least %s", quote(value), name, p.Minimum)
	}
	if high, ok := jsonvalue.Rational(p.Maximum.String()); ok && n.Cmp(high) > 0 {
		return problem.RefuseParam("Invalid value %s for parameter '%s'; expected at most %s", quote(value), name, p.Maximum)
	}
	return nil
}

func article(typeName string) string {
	if typeName == "integer" {
		return "an integer"
	}
	return "a " + typeName
}

func oneOf(enum []any, value any) bool {
	for _, e := range enum {
		if e == nil && value == nil || e != nil && fmt.Sprint(e) == jsonvalue.AsText(value) {
			return true
		}
	}
	return false
}

func enumList(enum []any) string {
	names := make([]string, len(enum))
	for i, e := range enum {
		names[i] = fmt.Sprint(e)
	}
	return problem.PyList(names)
}

// quote writes a value as the API's error texts do.
func quote(value any) string {
	switch v := value.(type) {
	case map[string]any, []any:
		raw, err := jsonvalue.Encode(v)
		if err != nil {
			return "'...'"
		}
		return "'" + string(raw) + "'"
	case nil:
		return "'None'"
	}
	return "'" + jsonvalue.AsText(value) + "'"
}

// checkLimit refuses pages larger than the vendor allows.
func (c *Call) checkLimit() error {
	p := c.action.Pagination
	if p == nil || p.LimitParam == "" || c.Params[p.LimitParam] == nil {
		return nil
	}
	n, ok := jsonvalue.Rational(jsonvalue.AsText(c.Params[p.LimitParam]))
	if !ok {
		return nil // said by the parameter's own check, if it is a number at all
	}
	switch {
	case n.Sign() <= 0:
		return problem.RefuseParam("Invalid value %s for parameter '%s'; expected at least 1", quote(c.Params[p.LimitParam]), p.LimitParam)
	case p.LimitMax > 0 && n.Cmp(big.NewRat(int64(p.LimitMax), 1)) > 0:
		return problem.RefuseParam("Invalid value %s for parameter '%s'; expected at most %d", quote(c.Params[p.LimitParam]), p.LimitParam,
			p.LimitMax)
	}
	return nil
}

// text is a parameter as text, "" if it was not given.
func (c *Call) text(name string) string {
	if name == "" {
		return ""
	}
	return jsonvalue.AsText(c.Params[name])
}

// param finds a parameter of the action by name, nil if it has none.
func (c *Call) param(name string) *schemas.Parameter {
	for _, p := range c.action.Params {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// isSearchText reports whether a parameter holds words to search for.
func isSearchText(name string) bool {
	switch strings.ToLower(name) {
	case "query", "q", "search", "search_term", "search_terms", "searchstring", "keywords", "jql", "term", "text":
		return true
	}
	return false
}
