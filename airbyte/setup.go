package airbyte

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Definition is a connector type of Airbyte's catalog.
type Definition struct {
	ID           string
	Name         string // display name
	SupportLevel string // certified, community, archived or none
}

// Template is an organization's configuration of a type, or a global one.
type Template struct {
	ID             string
	Name           string // display name, such as "GitHub"
	Slug           string // such as "github"; may be empty in a TemplateDetail
	DefinitionID   string
	OrganizationID string // empty for a global template
	Mode           string // DIRECT, REPLICATION or MULTI
}

// TemplateDetail is a template with the settings of its connectors. OrganizationID may be
// empty even for a template of the organization.
type TemplateDetail struct {
	Template
	UserConfigSpec       json.RawMessage // connectionSpecification, advanced_auth…
	PartialDefaultConfig json.RawMessage
	AuthTooltip          string
}

// Definitions lists the types in Airbyte's catalog whose display name contains name,
// without regard to case; an empty name means all.
func (c *Client) Definitions(ctx context.Context, name string) ([]Definition, error) {
	r := &request{op: opDefinitions, timeout: c.cfg.RequestTimeout}
	if name != "" {
		r.query = url.Values{"name": {name}}
	}
	var answer struct {
		Definitions []struct {
			ID           string `json:"sourceDefinitionId"`
			Name         string `json:"name"`
			SupportLevel string `json:"supportLevel"`
		} `json:"definitions"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, err
	}
	if answer.Definitions == nil {
		return nil, c.completeError(r, a.badResponse("the API answered without a list of connector types"))
	}
	var list []Definition
	for _, d := range answer.Definitions {
		if d.ID != "" { // an entry without one is a destination
			list = append(list, Definition(d))
		}
	}
	return list, nil
}

// templateItem is a template in a list or in a connector. The API has two names for the
// definition's id.
type templateItem struct {
	ID               string `json:"id"`
	Name             string `json:"name"`
	Slug             string `json:"connector_name"`
	OrganizationID   string `json:"organization_id"`
	ActorDefinition  string `json:"actor_definition_id"`
	SourceDefinition string `json:"source_definition_id"`
	Mode             string `json:"mode"`
}

// toTemplate converts the item. A missing slug is derived from the display name, in the
// API's own way.
func (t *templateItem) toTemplate() Template {
	slug := t.Slug
	if slug == "" {
		slug = strings.ReplaceAll(strings.ToLower(t.Name), " ", "-")
	}
	return Template{t.ID, t.Name, slug, firstOf(t.ActorDefinition, t.SourceDefinition), t.OrganizationID, t.Mode}
}

// Templates lists the templates of the organization and the global ones, its own
// first.
func (c *Client) Templates(ctx context.Context, workspace string) ([]Template, error) {
	var own, global []Template
	seen := map[string]bool{}
	// The API has separate lists of the two; some versions mix them.
	for _, wanted := range []string{"false", "true"} {
		list, err := c.fetchTemplates(ctx, workspace, wanted)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			switch {
			case seen[t.ID]:
			case t.OrganizationID == "":
				global = append(global, t)
			default:
				own = append(own, t)
			}
			seen[t.ID] = true
		}
	}
	return append(own, global...), nil
}

func (c *Client) fetchTemplates(ctx context.Context, workspace, global string) ([]Template, error) {
	r := &request{op: opTemplates, workspace: workspace, query: url.Values{"use_global": {global}}, timeout: c.cfg.RequestTimeout}
	var answer struct {
		Data []templateItem `json:"data"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, err
	}
	if answer.Data == nil {
		return nil, c.completeError(r, a.badResponse("the API answered without a list of templates"))
	}
	list := make([]Template, len(answer.Data))
	for i, t := range answer.Data {
		list[i] = t.toTemplate()
	}
	return list, nil
}

// Template returns one template in detail.
func (c *Client) Template(ctx context.Context, workspace, id string) (*TemplateDetail, error) {
	r := &request{op: opTemplate, workspace: workspace, id: id, timeout: c.cfg.RequestTimeout}
	if !isID(id) {
		return nil, c.invalid(r, "%q is not a template id", id)
	}
	return c.templateDetail(ctx, r)
}

// CloneTemplate makes a template of the organization from another one, own or global. An
// empty name leaves the naming to the API. It is sent once.
func (c *Client) CloneTemplate(ctx context.Context, original, name string) (*TemplateDetail, error) {
	r := &request{op: opCloneTemplate, write: true, timeout: c.cfg.RequestTimeout}
	if !isID(original) {
		return nil, c.invalid(r, "%q is not a template id", original)
	}
	body, err := json.Marshal(struct {
		Original string `json:"original_source_template_id"`
		Name     string `json:"name,omitempty"`
	}{original, name})
	if err != nil {
		return nil, err
	}
	r.body = body
	return c.templateDetail(ctx, r)
}

func (c *Client) templateDetail(ctx context.Context, r *request) (*TemplateDetail, error) {
	var answer struct {
		templateItem
		Spec    json.RawMessage `json:"user_config_spec"`
		Default json.RawMessage `json:"partial_default_config"`
		Tooltip json.RawMessage `json:"auth_tooltip"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, err
	}
	if answer.ID == "" {
		return nil, c.completeError(r, a.badResponse("the API answered without a template"))
	}
	template := answer.toTemplate()
	template.Slug = answer.Slug // none derived: a template's own name need not be its type's
	return &TemplateDetail{template, nullAsNil(answer.Spec), nullAsNil(answer.Default), tooltipText(answer.Tooltip)}, nil
}

// tooltipText decodes a text, or an object with a text for each way to authenticate.
func tooltipText(raw json.RawMessage) string {
	if text := textOf(raw); text != "" {
		return text
	}
	var byScheme map[string]string
	if json.Unmarshal(raw, &byScheme) != nil {
		return ""
	}
	var lines []string
	for _, scheme := range slices.Sorted(maps.Keys(byScheme)) {
		lines = append(lines, fmt.Sprintf("%s: %s", scheme, byScheme[scheme]))
	}
	return strings.Join(lines, "\n")
}

// nullAsNil returns nil for the value null.
func nullAsNil(raw json.RawMessage) json.RawMessage {
	if string(raw) == "null" {
		return nil
	}
	return raw
}
