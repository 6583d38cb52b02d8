package schemas_test

import (
	"encoding/json"
	"fmt"
	"testing/fstest"

	"airbyte-mcp-server/schemas"
)

// lamps is a catalog with one connector, which is one file.
func lamps() *schemas.Catalog {
	return schemas.Open(fstest.MapFS{"lamp-post.json": {Data: []byte(`{
		"name": "lamp-post", "title": "Lamp Post", "definition_id": "4f1f4f0e",
		"entities": [{"name": "lamps", "summary": "Lamps.", "actions": [
			{"action": "get", "summary": "Get a lamp; {lamps.list} has the numbers.",
			 "params": [{"name": "number", "type": "integer", "required": true}], "result": {"kind": "object"}},
			{"action": "list", "summary": "List lamps.", "result": {"kind": "list"}}]}]
	}`)}})
}

// The file of a connector is all that is needed to offer its actions.
func ExampleConnector_ToolName() {
	conn, err := lamps().Connector("lamp-post")
	if err != nil {
		fmt.Println(err)
		return
	}
	get := conn.Entity("lamps").Action("get")
	fmt.Println(conn.ToolName("lamps", get.Name))
	fmt.Println(conn.Expand(get.Summary))
	// Output:
	// lamp_post_lamps_get
	// Get a lamp; lamp_post_lamps_list has the numbers.
}

// Arguments are checked before anything is sent. A number that is written as a string is
// taken for one, byte for byte; all faults are told at once.
func ExampleInput_Check() {
	conn, err := lamps().Connector("lamp-post")
	if err != nil {
		fmt.Println(err)
		return
	}
	lamps := conn.Entity("lamps")
	input, err := conn.ActionInput(lamps, lamps.Action("get"))
	if err != nil {
		fmt.Println(err)
		return
	}
	args, err := input.Check(json.RawMessage(`{"number":"9007199254740993"}`))
	fmt.Println(string(args.JSON()), err)
	_, err = input.Check(json.RawMessage(`{"nummer":"seven"}`))
	fmt.Println(err)
	// Output:
	// {"number":9007199254740993} <nil>
	// invalid arguments: `number` is required; `nummer` is unknown; did you mean number?; allowed: number; a right call: {"number":1}
}

// What Airbyte calls a type of connector is matched by definition id, slug or title.
func ExampleCatalog_Match() {
	catalog := lamps()
	for _, called := range [][3]string{{"4F1F4F0E", "", ""}, {"", "lamp-post", ""}, {"", "", "lamp post"}, {"", "lamp", ""}} {
		name, err := catalog.Match(called[0], called[1], called[2])
		fmt.Printf("%q %v\n", name, err)
	}
	// Output:
	// "lamp-post" <nil>
	// "lamp-post" <nil>
	// "lamp-post" <nil>
	// "" <nil>
}

// Hosts refuse brackets and dots in the names of arguments.
func ExampleArgumentName() {
	fmt.Println(schemas.ArgumentName("page[cursor]"), schemas.ArgumentName("filter.state"))
	// Output: page_cursor filter_state
}

// Equal connectors give equal files.
func ExampleFormat() {
	data, err := schemas.Format(&schemas.Connector{Name: "lamp-post", Title: "Lamp Post", DefinitionID: "4f1f4f0e"})
	if err != nil {
		fmt.Println(err)
		return
	}
	again, err := schemas.Open(fstest.MapFS{"lamp-post.json": {Data: data}}).Connector("lamp-post")
	fmt.Println(again.Title, err)
	// Output: Lamp Post <nil>
}
