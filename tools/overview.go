package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
)

// URIs of what is known about a session's connectors and tools; an id follows those
// that end in a slash.
const (
	ConnectorsURI = "airbyte://connectors"
	ConnectorURI  = "airbyte://connectors/"
	ToolURI       = "airbyte://tools/"
)

// ErrNotHere reports something that a session does not have.
var ErrNotHere = errors.New("not found")

// Overview is what a session has of one type of connector.
type Overview struct {
	Type      string             `json:"type"`
	Title     string             `json:"title"`
	Summary   string             `json:"summary"`
	DocsURL   string             `json:"docs_url,omitempty"`
	Instances []ConnectorSummary `json:"instances"`
	Entities  []EntityOverview   `json:"entities"`
}

// EntityOverview is an entity, the tools that work on it, and the entities that its
// records point to.
type EntityOverview struct {
	Name          string                 `json:"name"`
	Summary       string                 `json:"summary,omitempty"`
	Tools         []ToolOverview         `json:"tools"`
	Relationships []schemas.Relationship `json:"relationships,omitempty"`
}

// ToolOverview is a tool in an overview.
type ToolOverview struct {
	Name   string `json:"name"`
	Action string `json:"action"`
	Effect Effect `json:"effect"`
}

// Read returns what stands at one of the URIs above, as JSON. What the session does not
// have is ErrNotHere.
func (d *Directory) Read(ctx context.Context, s Session, uri string) (json.RawMessage, error) {
	var about any
	var err error
	if uri == ConnectorsURI {
		about, err = d.Connectors(ctx, s)
	} else if slug, ok := strings.CutPrefix(uri, ConnectorURI); ok {
		about, err = d.overview(ctx, s, slug)
	} else if name, ok := strings.CutPrefix(uri, ToolURI); ok {
		about, err = d.describe(ctx, s, name)
	} else {
		err = ErrNotHere
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(about)
}

func (d *Directory) describe(ctx context.Context, s Session, name string) (any, error) {
	set, err := d.Select(ctx, s)
	if err != nil {
		return nil, err
	}
	t := set.Get(name)
	if t == nil {
		return nil, fmt.Errorf("%w: no tool %q here", ErrNotHere, name)
	}
	return set.describe(t), nil
}

func (d *Directory) overview(ctx context.Context, s Session, slug string) (*Overview, error) {
	rows, err := d.Connectors(ctx, s)
	if err != nil {
		return nil, err
	}
	set, err := d.Select(ctx, s)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(set.connectors(), slug) {
		return nil, fmt.Errorf("%w: no connector of the type %q here; %s lists them", ErrNotHere, slug, ConnectorsURI)
	}
	conn, err := d.catalog.Connector(slug)
	if err != nil {
		return nil, err
	}
	o := &Overview{Type: slug, Title: conn.Title, Summary: conn.Summary, DocsURL: conn.DocsURL}
	for _, row := range rows {
		if row.Slug == slug {
			o.Instances = append(o.Instances, row)
		}
	}
	for _, e := range conn.Entities {
		if entity := set.entity(slug, e); len(entity.Tools) > 0 {
			o.Entities = append(o.Entities, entity)
		}
	}
	return o, nil
}

// entity is what a set has of an entity.
func (s *Set) entity(slug string, e *schemas.Entity) EntityOverview {
	o := EntityOverview{Name: e.Name, Summary: e.Summary, Relationships: e.Relationships}
	for _, t := range s.Tools {
		if t.Connector == slug && t.Entity == e.Name {
			o.Tools = append(o.Tools, ToolOverview{t.Name, t.Action, t.Effect})
		}
	}
	return o
}
