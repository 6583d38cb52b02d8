package manage

import (
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/schemas/setup"
)

// TestTypesOfConsents believes the definition's id first, and names where there is none.
func TestTypesOfConsents(t *testing.T) {
	t.Parallel()
	asked := &setup.Setup{Connector: "github", Title: "GitHub", DefinitionID: "id-1"}
	nameless := &setup.Setup{Connector: "github", Title: "GitHub"}
	for _, test := range []struct {
		connector airbyte.Connector
		asked     *setup.Setup
		want      bool
	}{
		{airbyte.Connector{DefinitionID: "ID-1", Type: "stripe"}, asked, true},
		{airbyte.Connector{DefinitionID: "id-2", Type: "github", TypeName: "GitHub"}, asked, false},
		{airbyte.Connector{DefinitionID: "id-2", Type: "github"}, nameless, true},
		{airbyte.Connector{DefinitionID: "id-2", Type: "stripe"}, nameless, false},
		{airbyte.Connector{Type: "GITHUB", TypeName: "x"}, asked, true}, {airbyte.Connector{Type: "x", TypeName: "github"}, asked, true},
		{airbyte.Connector{Type: "x"}, asked, false}, {airbyte.Connector{TypeName: "x"}, asked, false}, {airbyte.Connector{}, asked, true},
	} {
		if got := isOfType(test.connector, test.asked); got != test.want {
			t.Errorf("%+v is of the type %+v: %t, want %t", test.connector, *test.asked, got, test.want)
		}
	}
}

func TestWordsOfChecks(t *testing.T) {
	t.Parallel()
	for want, result := range map[string]*airbyte.CheckResult{
		"succeeded":    {Status: "succeeded"},
		"failed: why":  {Status: "failed", Message: "why"},
		"failed; a: b": {Status: "failed", Entities: []airbyte.EntityCheck{{Entity: "a", Message: "b"}, {Entity: "c"}}},
	} {
		if got := resultInWords(result); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
