package records

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/schemas"
)

// look is what makes a vendor's identifiers and addresses recognisable. It comes
// from the catalog; a connector whose file says nothing gets UUIDs and an address made
// from its name.
type look struct {
	host     string            // of web addresses; "acme." is the tenant where the vendor has one
	prefixes map[string]string // of identifiers, by singular entity name
	prefix   string            // of other identifiers
	alphabet string            // of the rest of an identifier; empty: a UUID
	length   int
	paths    map[string]string // segment of web addresses, where it is not the entity's name; "/" leaves the scope out
	nested   bool              // web addresses repeat the scope of a record
}

func lookOf(spec *schemas.Connector) look {
	l := look{host: "acme." + spec.Name + ".example", prefixes: map[string]string{}}
	if ids := spec.IDs; ids != nil {
		l.prefix, l.alphabet, l.length = ids.Prefix, schemas.Alphabet(ids.Alphabet), ids.Length
		for _, kind := range slices.Backward(ids.Kinds) { // of several forms the first is made
			l.prefixes[kind.Of] = kind.Prefix + kind.Then
		}
	}
	if web := spec.Emulator; web != nil {
		l.host, l.nested, l.paths = cmp.Or(web.Host, l.host), web.Nested, web.Paths
	}
	return l
}

// text makes an identifier for an entity (in the singular).
func (l look) text(s random.Seed, entity string) string {
	if l.alphabet == "" {
		return s.UUID()
	}
	prefix, ok := naming.BySuffix(l.prefixes, entity)
	if !ok {
		prefix = l.prefix
	}
	return prefix + s.Digits(l.alphabet, l.length)
}

// counted makes an identifier of digits, one for each n.
func (l look) counted(s random.Seed, n int) string {
	span := 1
	for range l.length {
		span *= 10
	}
	return fmt.Sprintf("%s%0*d", l.prefix, l.length, (s.Below(span)+n*37)%span)
}

// whole makes a numeric identifier. Those of one collection rise with n, as in a
// database. The third one of each is too large for a float64 to hold, which
// catches clients that let JSON numbers pass through one.
func whole(s random.Seed, n int, id64 bool) json.Number {
	base := int64(1_000_000_000 + s.Of("base").Below(1_000_000_000))
	if id64 || n == 2 {
		base += 9_007_199_254_740_993
	}
	return json.Number(strconv.FormatInt(base+int64(n)*1373+1, 10))
}

// address is the web address of a record.
func (l look) address(entity string, scope scope, key string) string {
	parts := []string{"https://" + l.host}
	segment, ok := l.paths[entity]
	if !ok {
		segment = entity
	}
	if l.nested && segment != "/" {
		parts = append(parts, scope.path()...)
	}
	if segment != "" && segment != "/" {
		parts = append(parts, segment)
	}
	if key != "" {
		parts = append(parts, key)
	}
	return strings.Join(parts, "/")
}
