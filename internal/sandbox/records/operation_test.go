package records

import (
	"testing"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

// TestOperationsChangeTheOtherEntity archives a channel of a made-up connector.
func TestOperationsChangeTheOtherEntity(t *testing.T) {
	t.Parallel()
	text := schemas.Types{"string"}
	channel := []*schemas.Field{{Name: "id", Type: text}, {Name: "name", Type: text}, {Name: "is_archived", Type: schemas.Types{"boolean"}},
		{Name: "topic", Type: text}}
	key := &schemas.Parameter{Name: "channel", In: "body", Required: true, Type: "string"}
	create := func(more ...*schemas.Parameter) []*schemas.Action {
		return []*schemas.Action{{Name: schemas.ActionCreate, Params: append(more, key), Result: schemas.Result{Kind: "object", Fields: channel}}}
	}
	spec := &schemas.Connector{Name: "chat", Title: "Chat", Entities: []*schemas.Entity{
		{Name: "channels", Actions: []*schemas.Action{{Name: schemas.ActionList, Result: schemas.Result{Kind: "list", Fields: channel}}}},
		{Name: "channel_archives", Actions: create()},
		{Name: "channel_topics", Actions: create(&schemas.Parameter{Name: "topic", In: "body", Required: true, Type: "string"})},
	}}
	v := newClient(t).origin.NewAccount("x", spec, nil, nil)
	do := func(entity, action string, params P) *Outcome {
		t.Helper()
		out, err := (&Call{Request: &Request{Entity: entity, Action: action, Params: params, SkipTruncation: true}, Account: v,
			Choices: usual}).Run()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	v.mu.Lock()
	id := jsonvalue.AsText(v.records(v.model("channels"), nil)[0].fields["id"])
	v.mu.Unlock()
	do("channel_topics", "create", P{"channel": id, "topic": "launch"})
	answer := do("channel_archives", "create", P{"channel": id}).Result.(map[string]any)
	if answer["id"] != id || answer["is_archived"] != true || answer["topic"] != "launch" {
		t.Errorf("the answer is %v", answer)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if got := v.records(v.model("channels"), nil); len(got) != 25 || got[0].fields["is_archived"] != true {
		t.Errorf("%d channels; the first is %v", len(got), got[0].fields)
	}
}
