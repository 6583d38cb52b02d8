package tools

import (
	"errors"
	"fmt"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// toolName is what every MCP host accepts as a name.
var toolName = lazyregexp.New(`^[a-z][a-z0-9_]{0,49}$`)

// Of returns the tools of one connector.
func Of(c *schemas.Connector) (*Set, error) {
	list, err := connectorTools(c, false, destroying)
	if err != nil {
		return nil, err
	}
	return newSet(list, Listing{}), nil
}

// Verify reports everything that keeps a connector's tools from being offered:
// schemas that cannot be built or compiled, names that hosts refuse or that occur
// twice.
func Verify(c *schemas.Connector) error {
	set, err := Of(c)
	if err != nil {
		return err
	}
	var problems []error
	report := func(t *Tool, problem string) {
		problems = append(problems, fmt.Errorf("connector %s: tool %s: %s", c.Name, t.Name, problem))
	}
	for former, target := range c.Aliases {
		if t := set.Get(former); t == nil || t.Entity+"."+t.Action != target {
			problems = append(problems, fmt.Errorf("connector %s: alias %s: no tool for %s, or the name is in use", c.Name, former, target))
		}
	}
	before := ""
	for _, t := range set.Tools { // sorted by name
		if !toolName.MatchString(t.Name) {
			report(t, "the name must match "+toolName.String()+"; a shorter `prefix` may help")
		}
		if t.Name == before {
			report(t, "the name occurs twice")
		}
		var found schemas.FaultList
		schemas.CheckSelection("default_fields", t.Fields, t.Defaults, &found)
		for _, fault := range found.Shown() {
			report(t, fault.String())
		}
		if err := t.Input.Compile(); err != nil {
			report(t, err.Error())
		}
		before = t.Name
	}
	return errors.Join(problems...)
}
