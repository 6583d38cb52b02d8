package contextstore

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"testing"

	"airbyte-mcp-server/schemas"
)

func TestSearchByMeaning(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		semantic, more P
		want           string
		hasMore        bool
	}{
		{P{"prompt": "Rocketry engines"}, nil, "142", false},
		{P{"prompt": "rockets engines", "min_similarity": json.Number("0.5")}, nil, "142", false},
		{P{"prompt": "rockets engines", "min_similarity": "0.51"}, nil, "14", false},
		{P{"prompt": "rockets engines", "min_similarity": nil, "context_size": nil}, P{"limit": json.Number("1")}, "1", true},
		{P{"prompt": "rockets engines"}, P{"limit": json.Number("3")}, "142", false},
		{P{"prompt": "a1 a2 a3 offices"}, nil, "3", false},
		{P{"prompt": "a1 a2 a3 a4 offices"}, nil, "", false},
		{P{"prompt": "engines", "min_similarity": json.Number("-1")}, P{"limit": json.Number("100")}, "1243", false},
		{P{"prompt": "engines", "field": "description", "filter": P{"gt": P{"id": json.Number("1")}}}, nil, "24", false},
		{P{"prompt": "engines", "min_similarity": json.Number("1")}, P{"query": P{}}, "124", false},
	} {
		params := P{"semantic": test.semantic}
		maps.Copy(params, test.more)
		answer, err := newRequest(params).Search()
		if err != nil {
			t.Errorf("%v: %v", params, err)
			continue
		}
		want := map[string]any{"has_more": test.hasMore, "cursor": nil, "took_ms": 96}
		if got := ids(t, answer); got != test.want || !reflect.DeepEqual(answer["meta"], want) {
			t.Errorf("%v: %s %v, want %s %v", params, got, answer["meta"], test.want, want)
		}
	}
}

func TestHitsHaveScoreAndContext(t *testing.T) {
	t.Parallel()
	whole := "Rents offices"
	for size, want := range map[any]string{nil: whole, json.Number("1"): "R", json.Number("5"): "Rents", json.Number("99"): whole} {
		params := P{"semantic": P{"prompt": "offices parks flats", "context_size": size}, "fields": []any{"name"}}
		answer, err := newRequest(params).Search()
		hit := P{"entity": P{"name": "Core"}, "metadata": P{"score": json.Number("0.33"), "context": want}}
		if err != nil || !reflect.DeepEqual(answer["data"], []any{hit}) {
			t.Errorf("context size %v: %v (%v), want %v", size, answer["data"], err, hit)
		}
	}
}

func TestContextsAreCut(t *testing.T) {
	t.Parallel()
	request := newRequest(P{"semantic": P{"prompt": "ä"}})
	long := fmt.Sprintf("%0200d", 0) + "ä"
	request.Rows = func(*schemas.Entity) []map[string]any { return []map[string]any{{"description": long}} }
	answer, err := request.Search()
	if err != nil || len(answer["data"].([]any)) != 1 {
		t.Fatalf("got %v (%v)", answer, err)
	}
	metadata, _ := answer["data"].([]any)[0].(map[string]any)["metadata"].(map[string]any)
	if metadata["context"] != long[:160] || metadata["score"] != json.Number("1.00") {
		t.Errorf("got %v, want 160 letters", metadata)
	}
}

func TestSemanticRefusals(t *testing.T) {
	t.Parallel()
	const similarity, size = "body.params.semantic.min_similarity", "body.params.semantic.context_size"
	with := func(name string, value any) P { return P{"semantic": P{"prompt": "x", name: value}} }
	for _, test := range []struct {
		params         P
		field, message string
	}{
		{P{"semantic": "x"}, "body.params.semantic", "Input should be a valid dictionary"},
		{P{"semantic": P{}}, "body.params.semantic.prompt", "Field required"},
		{P{"semantic": P{"prompt": " "}}, "body.params.semantic.prompt", "Field required"},
		{P{"semantic": P{"prompt": true}}, "body.params.semantic.prompt", "Field required"},
		{with("field", "name"), "body.params.semantic.field", "field should be one of ['description']"},
		{with("min_similarity", json.Number("1.01")), similarity, "Input should be between -1 and 1"},
		{with("min_similarity", json.Number("-1.01")), similarity, "Input should be between -1 and 1"},
		{with("min_similarity", "much"), similarity, "Input should be between -1 and 1"},
		{with("context_size", json.Number("0")), size, "Input should be a positive integer"},
		{with("context_size", "all"), size, "Input should be a positive integer"},
		{with("filter", P{"eq": "x"}), "body.params.query.filter", "Operator 'eq' needs an object of field and value"},
		{P{"semantic": P{"prompt": "x"}, "fields": "x"}, "body.params.fields", "Input should be a valid list"},
		{P{"semantic": P{"prompt": "x"}, "limit": "x"}, "body.params.limit", "Input should be a valid integer"},
		{P{"semantic": P{"prompt": "x"}, "limit": json.Number("101")}, "body.params.limit", "Input should be less than or equal to 100"},
		{P{"semantic": P{"prompt": "x"}, "query": P{}}, "body.params", "semantic and query exclude each other"},
	} {
		request := newRequest(test.params)
		request.Choices = choices{"semantic_with_query": "422"}
		_, err := request.Search()
		wantProblem(t, test.params, err, 422, test.field, test.message)
	}
}

func TestIndexedFields(t *testing.T) {
	t.Parallel()
	entity := companies()
	if got := SemanticStatus(entity); !reflect.DeepEqual(got, []any{map[string]any{"field": "description", "status": "READY"}}) {
		t.Errorf("got %v", got)
	}
	request := newRequest(P{"semantic": P{"prompt": "engines"}})
	request.Entity.ContextStore.Fields = append(request.Entity.ContextStore.Fields,
		&schemas.Field{Name: "body", Type: schemas.Types{"string"}}, &schemas.Field{Name: "content", Type: schemas.Types{"array"}})
	_, err := request.Search()
	wantProblem(t, "no field", err, 422, "body.params.semantic.field", "field should be one of ['description', 'body']")
	request.Entity.ContextStore.Fields = nil
	_, err = request.Search()
	wantProblem(t, "none indexed", err, 400, "", "Entity 'companies' has no field that is indexed for semantic search")
}
