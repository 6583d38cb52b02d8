package tools_test

import (
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// renamed is a connector whose tool was once called otherwise.
func renamed(aliases map[string]string) *schemas.Connector {
	return &schemas.Connector{
		Name: "shop", Title: "Shop", Aliases: aliases,
		Entities: []*schemas.Entity{{Name: "orders", Actions: []*schemas.Action{{Name: "list"}, {Name: "get"}}}},
	}
}

func TestARenamedToolStaysCallable(t *testing.T) {
	t.Parallel()
	set, err := tools.Of(renamed(map[string]string{"shop_purchases_list": "orders.list", "shop_orders_get": "orders.list"}))
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Get("shop_purchases_list"); got == nil || got.Name != "shop_orders_list" {
		t.Errorf("the former name finds %+v, want shop_orders_list", got)
	}
	if got := set.Get("shop_orders_get"); got == nil || got.Action != "get" {
		t.Errorf("a name in use finds %+v, want the tool that has it now", got)
	}
	if got := len(set.Tools); got != 2 {
		t.Errorf("%d tools are listed, want 2: a former name is not offered", got)
	}
}

func TestVerifyAliases(t *testing.T) {
	t.Parallel()
	for alias, target := range map[string]string{"shop_gone": "orders.delete", "shop_orders_get": "orders.list"} {
		err := tools.Verify(renamed(map[string]string{alias: target}))
		if err == nil || !strings.Contains(err.Error(), alias) {
			t.Errorf("%s for %s: got %v, want an error that names the alias", alias, target, err)
		}
	}
	if err := tools.Verify(renamed(map[string]string{"shop_old": "orders.list"})); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}
