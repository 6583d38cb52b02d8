package schemas_test

import (
	"errors"
	"sync"
	"testing"

	"airbyte-mcp-server/schemas"
)

// The catalog is shared by the tests, and so are the arguments built from it:
// reading and compiling them takes most of the time.
var (
	catalog = schemas.Embedded()
	inputs  sync.Map // of *schemas.Input, by tool
)

// everyConnector runs a test for each connector of the catalog.
func everyConnector(t *testing.T, test func(*testing.T, *schemas.Connector)) {
	t.Helper()
	t.Parallel()
	names, err := catalog.Names()
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Fatal("the catalog is empty")
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := catalog.Connector(name)
			if err != nil {
				t.Fatal(err)
			}
			test(t, conn)
		})
	}
}

// tool is what one tool's arguments are made from.
type tool struct {
	name   string
	entity *schemas.Entity
	action *schemas.Action // nil for a search of the Context Store
}

// toolsOf lists a connector's tools.
func toolsOf(conn *schemas.Connector) []tool {
	var list []tool
	for _, e := range conn.Entities {
		for _, a := range e.Actions {
			list = append(list, tool{conn.ToolName(e.Name, a.Name), e, a})
		}
		if e.Searchable() {
			list = append(list, tool{conn.ToolName(e.Name, schemas.ActionContextStoreSearch), e, nil})
		}
	}
	return list
}

// input builds a tool's arguments.
func (tl tool) input(t testing.TB, conn *schemas.Connector) *schemas.Input {
	t.Helper()
	if in, ok := inputs.Load(tl); ok {
		return in.(*schemas.Input)
	}
	var in *schemas.Input
	var err error
	if tl.action == nil {
		in, err = conn.SearchInput(tl.entity)
	} else {
		in, err = conn.ActionInput(tl.entity, tl.action)
	}
	if err != nil {
		t.Fatal(err)
	}
	inputs.Store(tl, in)
	return in
}

// faultsOf checks arguments and returns what is wrong with them. An error of another
// kind ends the test.
func faultsOf(t testing.TB, in *schemas.Input, arguments string) []schemas.Fault {
	t.Helper()
	_, err := in.Check([]byte(arguments))
	if err == nil {
		return nil
	}
	var invalid *schemas.InvalidError
	if !errors.As(err, &invalid) {
		t.Fatalf("Check(%.200s) gave %T %v, want an *InvalidError", arguments, err, err)
	}
	if len(invalid.Faults) == 0 {
		t.Fatalf("Check(%.200s) refused without a fault", arguments)
	}
	return invalid.Faults
}
