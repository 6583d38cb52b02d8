package contextstore

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/schemas"
)

// semanticFields are the names of long texts, which are indexed by meaning.
var semanticFields = map[string]bool{"description": true, "body": true, "content": true, "transcript": true}

// indexed are an entity's fields that can be searched by meaning.
func indexed(e *schemas.Entity) []string {
	var out []string
	for _, f := range e.ContextStore.Fields {
		if f.Type.Has("string") && semanticFields[naming.Fold(f.Name)] {
			out = append(out, f.Name)
		}
	}
	return out
}

// SemanticStatus lists the fields that can be searched by meaning, as a connector is inspected.
func SemanticStatus(e *schemas.Entity) []any {
	out := []any{}
	for _, name := range indexed(e) {
		out = append(out, map[string]any{"field": name, "status": "READY"})
	}
	return out
}

// semanticQuery is a search by meaning; here, by the share of words that occur.
type semanticQuery struct {
	words   []string
	field   string
	match   condition
	least   float64
	context int
	limit   int
}

const (
	semanticLimitMax   = 100
	semanticContext    = 160
	semanticLeast      = 0.25
	semanticPromptPath = "body.params.semantic.prompt"
)

type semanticHit struct {
	row   map[string]any
	score float64
}

// searchMeaning answers a semantic search.
func (r *Request) searchMeaning(raw any) (map[string]any, error) {
	q, err := r.parseSemantic(raw)
	if err != nil {
		return nil, err
	}
	fields := &storeQuery{}
	if err := fields.readFields(r.compiler(), r.Params["fields"]); err != nil {
		return nil, err
	}
	var hits []semanticHit
	for _, row := range r.Rows(r.Entity) {
		if score := q.score(jsonvalue.AsText(row[q.field])); score >= q.least && (q.match == nil || q.match(row)) {
			hits = append(hits, semanticHit{row, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b semanticHit) int { return strings.Compare(scoreText(b.score), scoreText(a.score)) })
	data := []any{}
	for _, hit := range hits[:min(q.limit, len(hits))] {
		row := hit.row
		if len(fields.fields) > 0 {
			row = jsonvalue.SelectFields(row, fields.fields)
		}
		text := []rune(jsonvalue.AsText(hit.row[q.field]))
		data = append(data, map[string]any{
			"entity":   r.Show(row),
			"metadata": map[string]any{"score": json.Number(scoreText(hit.score)), "context": string(text[:min(q.context, len(text))])},
		})
	}
	meta := map[string]any{"has_more": len(hits) > q.limit, "cursor": nil, "took_ms": 96}
	return map[string]any{"data": data, "meta": meta}, nil
}

func scoreText(score float64) string { return strconv.FormatFloat(score, 'f', 2, 64) }

func (r *Request) parseSemantic(raw any) (*semanticQuery, error) {
	if r.Params["query"] != nil && r.Choices.Is("semantic_with_query", "422") {
		return nil, problem.InvalidField("body.params", "value_error", "semantic and query exclude each other", nil)
	}
	object, ok := raw.(map[string]any)
	if !ok {
		return nil, problem.InvalidField("body.params.semantic", "dict_type", "Input should be a valid dictionary", nil)
	}
	prompt, ok := object["prompt"].(string)
	if !ok || strings.TrimSpace(prompt) == "" {
		return nil, problem.MissingField(semanticPromptPath)
	}
	q := &semanticQuery{words: strings.Fields(strings.ToLower(prompt)), least: semanticLeast, context: semanticContext}
	if err := q.readField(r.Entity, object); err != nil {
		return nil, err
	}
	if err := q.readBounds(object, r.Params["limit"]); err != nil {
		return nil, err
	}
	if filter, given := object["filter"].(map[string]any); given {
		var err error
		if q.match, err = r.compiler().compile(filter); err != nil {
			return nil, err
		}
	}
	return q, nil
}

// readField takes the field to search, which may be left out if there is one only.
func (q *semanticQuery) readField(e *schemas.Entity, object map[string]any) error {
	fields := indexed(e)
	q.field = jsonvalue.AsText(object["field"])
	switch {
	case len(fields) == 0:
		return problem.BadRequest("Entity '%s' has no field that is indexed for semantic search", e.Name)
	case q.field == "" && len(fields) == 1:
		q.field = fields[0]
	case !slices.Contains(fields, q.field):
		return problem.InvalidField("body.params.semantic.field", "value_error", "field should be one of "+problem.PyList(fields), nil)
	}
	return nil
}

func (q *semanticQuery) readBounds(object map[string]any, limit any) error {
	store := &storeQuery{}
	if err := store.readLimit(limit, storeLimitDefault); err != nil {
		return err
	}
	if q.limit = store.limit; q.limit > semanticLimitMax {
		return problem.InvalidField("body.params.limit", "less_than_equal", "Input should be less than or equal to 100",
			map[string]any{"le": semanticLimitMax})
	}
	if least, given := object["min_similarity"]; given && least != nil {
		n, ok := jsonvalue.Rational(jsonvalue.AsText(least))
		if !ok || n.Cmp(big.NewRat(-1, 1)) < 0 || n.Cmp(big.NewRat(1, 1)) > 0 {
			return problem.InvalidField("body.params.semantic.min_similarity", "value_error", "Input should be between -1 and 1", nil)
		}
		q.least, _ = n.Float64()
	}
	if size, given := object["context_size"]; given && size != nil {
		n, err := strconv.Atoi(jsonvalue.AsText(size))
		if err != nil || n < 1 {
			return problem.InvalidField("body.params.semantic.context_size", "int_type", "Input should be a positive integer", nil)
		}
		q.context = n
	}
	return nil
}

// score is the share of the prompt's words whose beginning occurs in the text.
func (q *semanticQuery) score(text string) float64 {
	text = strings.ToLower(text)
	found := 0
	for _, word := range q.words {
		if stem := []rune(word); strings.Contains(text, string(stem[:min(5, len(stem))])) {
			found++
		}
	}
	return float64(found) / float64(len(q.words))
}
