package records

import (
	"slices"

	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/sqlstore"
	"airbyte-mcp-server/schemas"
)

// Request is the body of an execute request.
type Request struct {
	Entity         string
	Action         string
	Params         map[string]any
	SelectFields   []string
	ExcludeFields  []string
	SkipTruncation bool
}

// Call is one execute request on its way through a vendor's records.
type Call struct {
	*Request
	ConnectorID string // of the connector
	StoreState  StoreState
	Account     *Account
	entity      *schemas.Entity
	action      *schemas.Action // nil for searches of the Context Store
	m           *model

	Choices contextstore.Choices
	SQL     *sqlstore.Engine
}

// Outcome is what an action answers.
type Outcome struct {
	Result   any // a json.RawMessage, or something to encode
	Metadata map[string]any
	File     *File // instead of both, for downloads
}

// Writes reports whether the action may change records.
func (r *Request) Writes() bool { return IsWrite(r.Action) }

// IsWrite reports whether an action may change records.
func IsWrite(action string) bool {
	return action == schemas.ActionCreate || action == schemas.ActionUpdate || action == schemas.ActionDelete
}

// Run finds the action and performs it.
func (c *Call) Run() (*Outcome, error) {
	if c.Action == ActionDescribe {
		return c.describe(), nil
	}
	c.entity = c.Account.spec.Entity(c.Entity)
	if c.entity == nil {
		return nil, problem.RefuseParam("Entity '%s' not found in connector. Available entities: %s", c.Entity,
			problem.PyList(entityNames(c.Account.spec)))
	}
	c.resolveSearch()
	if c.Action == schemas.ActionContextStoreSearch && c.entity.Searchable() {
		return c.askStore((*contextstore.Request).Search)
	}
	if c.Action == contextstore.ActionSQL && c.entity.Searchable() {
		return c.askStore(func(r *contextstore.Request) (map[string]any, error) {
			return r.QuerySQL(c.SQL, c.Account.spec.Entities)
		})
	}
	c.action = c.entity.Action(c.Action)
	if c.action == nil || c.Action == schemas.ActionContextStoreSearch {
		return nil, problem.RefuseParam("Action '%s' not supported for entity '%s'. Supported actions: %s", c.Action, c.Entity,
			problem.PyList(actionNames(c.entity)))
	}
	c.translatePaging()
	if err := c.checkParams(); err != nil {
		return nil, err
	}
	c.Account.mu.Lock()
	defer c.Account.mu.Unlock()
	c.m = c.Account.model(c.Entity)
	return c.perform()
}

// ByShape lets the parameters of a search tell which one is meant.
const ByShape = "by shape of query"

// resolveSearch tells the two meanings of the search action apart.
func (c *Call) resolveSearch() {
	if c.Action != "search" {
		return
	}
	_, object := c.Params["query"].(map[string]any)
	meaning := c.Choices.Get("search_action")
	c.Action = schemas.ActionAPISearch
	if meaning == schemas.ActionContextStoreSearch || meaning == ByShape && (object || c.Params["semantic"] != nil) {
		c.Action = schemas.ActionContextStoreSearch
	}
}

func (c *Call) perform() (*Outcome, error) {
	switch c.Action {
	case schemas.ActionList, schemas.ActionAPISearch:
		return c.performList()
	case schemas.ActionGet:
		return c.performGet()
	case schemas.ActionCreate:
		return c.create()
	case schemas.ActionUpdate:
		return c.update()
	case schemas.ActionDelete:
		return c.remove()
	case schemas.ActionDownload:
		return c.performDownload()
	}
	return nil, problem.BadRequest("Action '%s' is not available here", c.Action)
}

func entityNames(spec *schemas.Connector) []string {
	names := make([]string, len(spec.Entities))
	for i, e := range spec.Entities {
		names[i] = e.Name
	}
	return names
}

// actionOrder is that of the texts that list actions.
var actionOrder = []string{
	schemas.ActionList, schemas.ActionGet, schemas.ActionCreate, schemas.ActionUpdate, schemas.ActionDelete,
	schemas.ActionAPISearch, schemas.ActionDownload,
}

func actionNames(e *schemas.Entity) []string {
	var names []string
	for _, name := range actionOrder {
		if e.Action(name) != nil {
			names = append(names, name)
		}
	}
	if e.Searchable() {
		names = append(names, schemas.ActionContextStoreSearch, contextstore.ActionSQL)
	}
	return slices.Clip(names)
}
