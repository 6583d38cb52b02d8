package records

import (
	"airbyte-mcp-server/internal/sandbox/naming"
)

// term is what a field's name says, worked out once for each vendor since records
// ask for it over and over.
type term struct {
	snake string
	fold  string
	bare  string // in snake case, without the ending of an identifier
	kind  naming.Kind
	refs  []string // entities that the name may speak of
}

// term explains a name. The caller holds mu.
func (v *Account) term(name string) *term {
	t, ok := v.terms[name]
	if !ok {
		t = v.newTerm(name)
		v.terms[name] = t
	}
	return t
}

func (v *Account) newTerm(name string) *term {
	t := &term{snake: naming.Snake(name), fold: naming.Fold(name)}
	t.bare = bareName(name)
	t.kind = naming.KindOf(name)
	t.refs = referred(v.spec, t.bare)
	return t
}

// person caches the people of the imaginary world.
func (v *Account) person(customers bool, n int) *naming.Person {
	key := personKey{customers, n}
	p, ok := v.persons[key]
	if ok {
		return p
	}
	if customers {
		p = naming.Customer(v.root, n)
	} else {
		p = naming.Staff(v.root, n)
	}
	if len(v.persons) < maxPersons {
		v.persons[key] = p
	}
	return p
}

type personKey struct {
	customers bool
	n         int
}

// maxPersons bounds the people that are remembered.
const maxPersons = 500
