package airbyte

import (
	"context"
	"net/url"
	"strconv"
)

// StoreStatus is the state of a connector's Context Store.
type StoreStatus struct {
	ConnectorID string
	Status      string // the API's word: loading, building, preview, ready…; empty without a store
	Entities    int
}

const (
	storesPage = 200 // connectors in a page, the same number as in Airbyte's own client
	maxStores  = 100_000
)

// StoreStatuses lists the Context Stores of an organization. An empty id means the
// configured organization, or else the only one of the credentials.
func (c *Client) StoreStatuses(ctx context.Context, organizationID string) ([]StoreStatus, error) {
	id, err := c.resolveOrganization(ctx, organizationID)
	if err != nil {
		return nil, err
	}
	var all []StoreStatus
	seen := map[string]bool{}
	for len(all) < maxStores {
		page, total, err := c.storesPage(ctx, id, len(all))
		if err != nil {
			return nil, err
		}
		before := len(all)
		for _, s := range page {
			if !seen[s.ConnectorID] {
				seen[s.ConnectorID] = true
				all = append(all, s)
			}
		}
		// A page without a new row is the end, whatever the total says.
		if len(all) == before || isLastPage(len(all), len(page), total) {
			break
		}
	}
	return all, nil
}

// isLastPage goes by the total, if there is one: pages may be smaller than requested.
func isLastPage(rows, page, total int) bool {
	if total > 0 {
		return rows >= total
	}
	return page < storesPage
}

// resolveOrganization returns the organization id for a route with one in its path.
func (c *Client) resolveOrganization(ctx context.Context, id string) (string, error) {
	r := &request{op: opStores}
	id = firstOf(id, c.cfg.OrganizationID)
	if id == "" {
		list, err := c.Organizations(ctx)
		if err != nil {
			return "", err
		}
		if len(list) != 1 {
			return "", c.invalid(r, "specify target organization: the credentials belong to %d", len(list))
		}
		id = list[0].ID
	}
	if !isID(id) {
		return "", c.invalid(r, "%q is not an organization id", id)
	}
	return id, nil
}

func (c *Client) storesPage(ctx context.Context, organization string, offset int) (page []StoreStatus, total int, err error) {
	r := &request{
		op: opStores, id: organization, timeout: c.cfg.RequestTimeout,
		query: url.Values{"limit": {strconv.Itoa(storesPage)}, "offset": {strconv.Itoa(offset)}},
	}
	var answer struct {
		Data []struct {
			ID       string `json:"id"`
			Status   string `json:"context_store_status"`
			Entities int    `json:"context_store_entity_count"`
		} `json:"data"`
		Total int `json:"total"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, 0, err
	}
	if answer.Data == nil {
		return nil, 0, c.completeError(r, a.badResponse("the API answered without a list of Context Stores"))
	}
	for _, d := range answer.Data {
		page = append(page, StoreStatus{plainID(d.ID), d.Status, d.Entities})
	}
	return page, answer.Total, nil
}

// Readiness is the state of one entity in a connector's Context Store.
type Readiness struct {
	Entity string
	Status string
	Ready  bool // for searches
	Count  int  // of records, or 0
	// UpdatedAt is the time of the last sync, in the API's form, ISO 8601; it may be empty.
	UpdatedAt string
}

// Inspect lists the entities of a connector's Context Store; none for a connector without
// a store.
func (c *Client) Inspect(ctx context.Context, id string) ([]Readiness, error) {
	r := &request{op: opInspect, id: plainID(id), timeout: c.cfg.RequestTimeout}
	if !isID(id) {
		return nil, c.invalid(r, "%q is not a connector id", id)
	}
	var answer struct {
		ID    string `json:"connector_id"`
		Store struct {
			Entities []struct {
				Entity string `json:"entity"`
				Status string `json:"status"`
				Ready  bool   `json:"ready_for_search"`
				Count  int    `json:"entity_count"`

				UpdatedAt string `json:"updated_at"`
			} `json:"configured_cache_entities"`
		} `json:"context_store_readiness"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, err
	}
	if answer.ID == "" {
		return nil, c.completeError(r, a.badResponse("the API answered without a connector"))
	}
	var list []Readiness
	for _, e := range answer.Store.Entities {
		list = append(list, Readiness(e))
	}
	return list, nil
}
