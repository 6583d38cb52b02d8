package tools_test

import (
	"context"
	"fmt"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// A session is offered the tools of the connectors that its workspace has.
func ExampleDirectory_Select() {
	directory := tools.NewDirectory(catalog(), lister{"main": {shopOne}}, nil)
	s := tools.Session{Workspace: "main", Policy: tools.Policy{Tools: []string{"shop_orders_*"}, ReadOnly: true}}
	set, err := directory.Select(context.Background(), s)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, tool := range set.Tools {
		if tool.Connector != "" {
			fmt.Println(tool.Name, tool.Effect)
		}
	}
	// Output:
	// shop_orders_get read
	// shop_orders_list read
	// shop_orders_search read
}

// Tools are found by plain questions.
func ExampleFinder_Find() {
	set, err := tools.NewDirectory(schemas.Embedded(), nil, nil).CatalogSet(tools.Session{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, question := range []string{"open PRs in github", "refund a stripe payment", "stripe subscrptions"} {
		fmt.Println(set.Finder().Find(tools.Wanted{Query: question, Limit: 1})[0].Name)
	}
	// Output:
	// github_pull_requests_list
	// stripe_refunds_create
	// stripe_subscriptions_list
}

// What a client chooses can only narrow what the server allows.
func ExamplePolicy_Narrow() {
	server := tools.Policy{ReadOnly: true}
	client := server.Narrow(tools.Policy{Effects: []tools.Effect{tools.Read, tools.Create}})
	fmt.Println(client.Allows(tools.Read), client.Allows(tools.Create), client.Reads())
	// Output: true false true
}

// Unknown tools are answered with the nearest names.
func ExampleDirectory_Find() {
	directory := tools.NewDirectory(catalog(), lister{"main": {shopOne}}, nil)
	s := tools.Session{Workspace: "main"}
	found, err := directory.Find(context.Background(), s, "shop_orders_get", nil)
	fmt.Println(found.Tool.Title, err)
	_, err = directory.Find(context.Background(), s, "shop_order_get", nil)
	fmt.Println(err)
	// Output:
	// Get an order (Shop) <nil>
	// unknown tool "shop_order_get"; did you mean shop_orders_get or shop_orders_list?
}
