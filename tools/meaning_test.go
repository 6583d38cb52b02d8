package tools_test

import (
	"bytes"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// TestEffectsFollowWhatAnActionDoes, not what it is called: these are creates by name that
// lose something, or cannot be undone.
func TestEffectsFollowWhatAnActionDoes(t *testing.T) {
	t.Parallel()
	effects := map[string]tools.Effect{
		"slack_channel_topics_create": tools.Update, "slack_channel_purposes_create": tools.Update,
		"slack_channel_archives_create": tools.Update, "slack_channel_kicks_create": tools.Delete,
		"stripe_payment_intent_cancellations_create": tools.Delete, "stripe_invoice_finalizations_create": tools.Update,
		"zendesk_support_ticket_bulk_updates_create": tools.Update, "jira_issue_transitions_create": tools.Update,
		"gmail_messages_trash_create": tools.Delete,
	}
	set, err := directory(schemas.Embedded()).CatalogSet(tools.Session{})
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range set.Tools {
		want, marked := effects[tool.Name]
		if marked && (tool.Effect != want || !tool.Destructive() || !tool.Destroys) {
			t.Errorf("%s: %s, destructive %t, destroys %t", tool.Name, tool.Effect, tool.Destructive(), tool.Destroys)
		}
		if !marked && tool.Connector != "" &&
			(tool.Destroys != (tool.Action == schemas.ActionDelete) || tool.Effect != tools.EffectOf(tool.Action)) {
			t.Errorf("%s: %s, destroys %t, though nothing says so", tool.Name, tool.Effect, tool.Destroys)
		}
		delete(effects, tool.Name)
	}
	if len(effects) != 0 {
		t.Errorf("no such tools: %v", effects)
	}
}

// TestOpenWorld: whatever reaches a vendor says so.
func TestOpenWorld(t *testing.T) {
	t.Parallel()
	reaching := map[string]bool{"call_read_tool": true, "call_write_tool": true, "execute_action": true, "connect_connector": true}
	set := directory(schemas.Embedded()).Management(tools.Session{Operator: true, Listing: tools.Listing{Surface: tools.Search}})
	for _, tool := range set.Tools {
		if got := !bytes.Contains(tool.Entry(), []byte(`"openWorldHint":false`)); got != reaching[tool.Name] {
			t.Errorf("%s: open world %t", tool.Name, got)
		}
	}
}
