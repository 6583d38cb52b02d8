package tools

import (
	"fmt"
	"strings"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// plainName is the form of entities and actions. A name has one reading: the policy, the
// scopes, the rules, the audit and the API must not see different things in it.
var plainName = lazyregexp.New(`^[a-z0-9_]{1,64}$`)

// PlainName normalizes the name of an entity or an action that a caller gives freely:
// without space at its ends, in lower case. What has no plain form is a fault of the
// argument that gives it.
func PlainName(argument, given string) (string, error) {
	name := strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, strings.Trim(given, " \t\r\n"))
	if !plainName.MatchString(name) {
		return "", &schemas.InvalidError{Faults: []schemas.Fault{{Path: argument,
			Problem: "must be a name of at most 64 letters a-z, digits and underscores"}}}
	}
	return name, nil
}

// maxReference bounds a reference to a connector, in bytes: instance names are free text.
const maxReference = 200

// CheckReference refuses a reference to a connector that is too long, or has what nobody
// sees. It need not be plain: it is looked up once, and what is found counts from then on.
func CheckReference(argument, given string) error {
	if given == "" || len(given) > maxReference || cleantext.Line(given) != given {
		return &schemas.InvalidError{Faults: []schemas.Fault{{Path: argument,
			Problem: fmt.Sprintf("must be the type, alias, name or id of a connector on one line, of at most %d bytes", maxReference)}}}
	}
	return nil
}
