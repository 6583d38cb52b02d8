package calls_test

import (
	"context"
	"encoding/json"
	"fmt"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// backend executes actions by itself, where the product asks the hosted API.
type backend struct{ calls.Executor }

func (backend) Execute(_ context.Context, on calls.Target, x calls.Execution) (*calls.Answer, error) {
	fmt.Println("executing", x.Entity, x.Action, "on", on.Name, "with", string(x.Params))
	return &calls.Answer{Data: json.RawMessage(`{"id":7,"title":"Lamp"}`), Requests: 1, Status: 200}, nil
}

// Connectors implements [tools.Lister].
func (backend) Connectors(context.Context, string) ([]airbyte.Connector, error) {
	return []airbyte.Connector{{ID: "c-1", Name: "Shop - one", Type: "shop", TypeName: "Shop", DefinitionID: "id-shop"}}, nil
}

// A Runner calls tools over any Executor. The arguments are checked first, and what is
// executed comes with the note that it is data.
func ExampleRunner_Call() {
	runner := calls.New(catalog(), backend{}, backend{}, calls.Options{})
	defer runner.Close()
	s := tools.Session{Workspace: "main"}
	result, err := runner.Call(context.Background(), s, calls.Silent{}, "shop_orders_get", json.RawMessage(`{"id":"7"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(result.Data))
	_, err = runner.Call(context.Background(), s, calls.Silent{}, "shop_orders_get", json.RawMessage(`{"id":"seven"}`))
	fmt.Println(err)
	// Output:
	// executing orders get on Shop - one with {"id":7}
	// {"id":7,"title":"Lamp"}
	// invalid arguments: `id` must be integer (got string); a right call: {"id":1}
}

// Of the rules that fit a write the last one counts; a deletion is confirmed where none
// does.
func ExampleParseRules() {
	rules, err := calls.ParseRules([]string{"*.*.*=allow", "airbyte.connectors.delete=deny"})
	fmt.Println(rules.ForConnectors("create"), rules.ForConnectors("delete"), err)
	fmt.Println(calls.Rules(nil).ForConnectors("delete"))
	_, err = calls.ParseRules([]string{"delete=deny"})
	fmt.Println(err)
	// Output:
	// allow deny <nil>
	// confirm
	// write rule "delete=deny": want CONNECTOR.ENTITY.ACTION=allow, confirm or deny, such as *.*.delete=deny
}

// A confirmation belongs to the caller, the tool and what the arguments mean, however
// they are written.
func ExampleBinding() {
	s := tools.Session{Principal: "ann", Workspace: "main"}
	bound := calls.Binding(s, "shop_orders_delete", json.RawMessage(`{"id": 7}`))
	fmt.Println(bound == calls.Binding(s, "shop_orders_delete", json.RawMessage(`{"id":7}`)))
	fmt.Println(bound == calls.Binding(s, "shop_orders_delete", json.RawMessage(`{"id":8}`)))
	// Output:
	// true
	// false
}
