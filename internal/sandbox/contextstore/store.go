// Package contextstore answers the query languages of the Context Store: filters and
// sorting, search by meaning, and SQL. It knows rows and the fields of an entity, and
// nothing of how the rows came into being.
package contextstore

import (
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/schemas"
)

// Bounds of a search in the Context Store.
const (
	storeLimitDefault = 10
	storeLimitMax     = 1000
)

// storeQuery is a validated search in the Context Store.
type storeQuery struct {
	match  condition // nil: all
	sort   []SortKey
	limit  int
	start  int
	fields []string
	print  random.Seed // identifies the query apart from its paging
}

// SortKey is a field to sort by.
type SortKey struct {
	Field string
	Down  bool
}

// Choices tell what to do where the real API's behaviour is not certain.
type Choices interface {
	Get(name string) string
	Is(name, value string) bool
}

// Request is one request to the Context Store of a connector.
type Request struct {
	Connector string // its id, on which cursors depend
	Entity    *schemas.Entity
	Params    map[string]any
	Choices   Choices
	Rows      func(*schemas.Entity) []map[string]any // the replica of an entity
	Show      func(map[string]any) any               // a row as the caller wants it
}

// Search answers context_store_search.
func (r *Request) Search() (map[string]any, error) {
	if semantic := r.Params["semantic"]; semantic != nil {
		return r.searchMeaning(semantic)
	}
	q, err := r.parse()
	if err != nil {
		return nil, err
	}
	rows := r.Rows(r.Entity)
	if q.match != nil {
		rows = slices.DeleteFunc(rows, func(row map[string]any) bool { return !q.match(row) })
	}
	sortRows(rows, q.sort)
	start := min(q.start, len(rows))
	end := min(start+q.limit, len(rows))
	data := make([]any, 0, end-start)
	for _, row := range rows[start:end] {
		if len(q.fields) > 0 {
			row = jsonvalue.SelectFields(row, q.fields)
		}
		data = append(data, r.Show(row))
	}
	meta := map[string]any{"has_more": end < len(rows), "cursor": nil, "took_ms": q.print.Between(6, 40)}
	if end < len(rows) {
		meta["cursor"] = q.cursor(end)
	}
	return map[string]any{"data": data, "meta": meta}, nil
}

func (r *Request) parse() (*storeQuery, error) {
	query, ok := r.Params["query"].(map[string]any)
	if !ok {
		return nil, problem.InvalidField("body.params.query", "dict_type", "Input should be a valid dictionary", nil)
	}
	q := &storeQuery{}
	compiler := r.compiler()
	if err := q.readFilter(compiler, query); err != nil {
		return nil, err
	}
	if err := q.readSort(compiler, query["sort"]); err != nil {
		return nil, err
	}
	if err := q.readFields(compiler, r.Params["fields"]); err != nil {
		return nil, err
	}
	if err := q.readLimit(r.Params["limit"], r.usualLimit()); err != nil {
		return nil, err
	}
	raw, err := jsonvalue.Encode(query)
	if err != nil {
		return nil, err
	}
	q.print = random.Seed(11).Of(r.Connector, r.Entity.Name, string(raw))
	return q, q.readCursor(r.Params["cursor"])
}

func (q *storeQuery) readFilter(c *compiler, query map[string]any) (err error) {
	filter, given := query["filter"]
	if !given || filter == nil {
		return nil
	}
	object, ok := filter.(map[string]any)
	if !ok {
		return queryError("filter", "Filter should be an object")
	}
	q.match, err = c.compile(object)
	return err
}

func (q *storeQuery) readSort(c *compiler, value any) error {
	list, ok := value.([]any)
	if value != nil && !ok {
		return queryError("sort", "Sort should be a list such as [{\"createdAt\": \"desc\"}]")
	}
	for _, item := range list {
		object, _ := item.(map[string]any)
		if len(object) != 1 {
			return queryError("sort", "Each sort key should be an object with one field")
		}
		for field, direction := range object {
			if err := c.known(field); err != nil {
				return err
			}
			if direction != "asc" && direction != "desc" {
				return queryError("sort", "Sort direction of '%s' should be 'asc' or 'desc'", field)
			}
			q.sort = append(q.sort, SortKey{field, direction == "desc"})
		}
	}
	return nil
}

// readFields accepts both ways in which clients write paths: "user.name" and
// ["user", "name"].
func (q *storeQuery) readFields(c *compiler, value any) error {
	list, ok := value.([]any)
	if value != nil && !ok {
		return problem.InvalidField("body.params.fields", "list_type", "Input should be a valid list", nil)
	}
	for _, item := range list {
		path := jsonvalue.AsText(item)
		if keys, ok := item.([]any); ok {
			parts := make([]string, len(keys))
			for i, key := range keys {
				parts[i] = jsonvalue.AsText(key)
			}
			path = strings.Join(parts, ".")
		}
		if err := c.known(path); err != nil {
			return err
		}
		q.fields = append(q.fields, path)
	}
	return nil
}

// storeLimit is the number of records of a search that states none.
func (r *Request) usualLimit() int {
	if r.Choices.Is("context_store_limit", "1000") {
		return storeLimitMax
	}
	return storeLimitDefault
}

func (q *storeQuery) readLimit(value any, usual int) error {
	q.limit = usual
	if value == nil {
		return nil
	}
	n, ok := jsonvalue.Rational(jsonvalue.AsText(value))
	if !ok || !n.IsInt() {
		return problem.InvalidField("body.params.limit", "int_type", "Input should be a valid integer", nil)
	}
	if n.Sign() <= 0 || n.Cmp(big.NewRat(storeLimitMax, 1)) > 0 {
		return problem.InvalidField("body.params.limit", "value_error", fmt.Sprintf("Input should be between 1 and %d", storeLimitMax), nil)
	}
	q.limit = int(n.Num().Int64())
	return nil
}

// cursor points behind the last row; it only fits the same query.
func (q *storeQuery) cursor(end int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%016x:%d", uint64(q.print), end))
}

func (q *storeQuery) readCursor(value any) error {
	if value == nil {
		return nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(jsonvalue.AsText(value))
	query, index, _ := strings.Cut(string(raw), ":")
	n, err2 := strconv.Atoi(index)
	if err != nil || err2 != nil || n < 0 || query != fmt.Sprintf("%016x", uint64(q.print)) {
		return problem.BadRequest("Invalid cursor; a cursor is only valid with the query that it came from")
	}
	q.start = n
	return nil
}

// sortRows sorts by several keys; rows without a value come last.
func sortRows(rows []map[string]any, keys []SortKey) {
	if len(keys) == 0 {
		return
	}
	slices.SortStableFunc(rows, func(a, b map[string]any) int {
		for _, key := range keys {
			if n := jsonvalue.CompareValues(jsonvalue.PathValue(a, key.Field), jsonvalue.PathValue(b, key.Field), key.Down); n != 0 {
				return n
			}
		}
		return 0
	})
}
