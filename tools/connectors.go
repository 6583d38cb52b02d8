package tools

import "context"

// ConnectorSummary is one row of list_connectors.
type ConnectorSummary struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Type  string `json:"type"`
	Alias string `json:"alias,omitempty"` // where the workspace has several of the type
	Tools int    `json:"tools"`           // offered in this session; 0 where the catalog has none

	Slug   string `json:"-"` // the catalog's name of the type, "" if the catalog lacks it
	Served bool   `json:"-"` // the policy lets it be used
}

// Connectors lists a session's connectors with the number of tools each offers.
func (d *Directory) Connectors(ctx context.Context, s Session) ([]ConnectorSummary, error) {
	w, err := d.Snapshot(ctx, s.Workspace)
	if err != nil {
		return nil, err
	}
	set, err := w.Select(s)
	if err != nil {
		return nil, err
	}
	offered := map[string]int{}
	for _, t := range set.Tools {
		offered[t.Connector]++
	}
	rows := make([]ConnectorSummary, 0, len(w.instances))
	for _, i := range w.instances {
		if !s.sees(i) {
			continue
		}
		row := ConnectorSummary{ID: i.ID, Name: i.Name, Type: i.Type, Alias: i.Alias, Slug: i.Slug, Served: s.Policy.Admits(i)}
		if i.Slug != "" && row.Served {
			row.Tools = offered[i.Slug]
		}
		rows = append(rows, row)
	}
	return rows, nil
}
