package importer

import (
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
)

// bodyTypes are the ways in which the parameters of a body are sent, which a caller need not
// know.
var bodyTypes = []string{"json", "form", "multipart", "multipart_related"}

// body is the request body of an operation.
func (r *reader) body(n *node) *node { return r.deref(r.object(n, "requestBody")) }

// bodySchema describes the request body: as JSON, where it may be sent in several ways.
func (o *operation) bodySchema() *schema {
	content := o.object(o.body(o.node), "content")
	if content == nil || len(content.pairs) == 0 {
		return &schema{}
	}
	media := max(0, slices.IndexFunc(content.pairs, func(p pair) bool { return strings.Contains(p.name, "json") }))
	return o.schema(content.pairs[media].value.get("schema"))
}

// bodyParams translates the properties of the request body.
func (o *operation) bodyParams() []*schemas.Parameter {
	s := o.bodySchema()
	var nullable []string
	if o.graphQL != nil {
		nullable = o.names(o.graphQL, "x-airbyte-nullable-variables")
	}
	var all []*schemas.Parameter
	for _, each := range s.props {
		p := o.parameter(each.name, each.node, []*node{s.node})
		p.In, p.Required = "body", each.required
		p.Nullable = p.Nullable || slices.Contains(nullable, p.Name)
		all = append(all, p)
	}
	return all
}

// requirements are the groups of members of a body of which one has to be complete.
func (o *operation) requirements(params []*schemas.Parameter) *schemas.Requirements {
	s := o.bodySchema()
	if o.graphQL != nil || s.node == nil {
		return nil
	}
	for _, keyword := range choiceKeywords {
		var groups [][]string
		for _, choice := range o.items(s.node, keyword) {
			groups = append(groups, o.group(params, o.schema(choice).demands))
		}
		if len(groups) > 1 && !slices.ContainsFunc(groups, func(names []string) bool { return len(names) == 0 }) {
			return &schemas.Requirements{AnyOf: groups}
		}
	}
	return nil
}

// group is the names that are not required in any case; nil if one of them is no parameter.
func (o *operation) group(params []*schemas.Parameter, names []string) []string {
	var group []string
	for _, name := range names {
		at := slices.IndexFunc(params, func(p *schemas.Parameter) bool { return p.Name == name })
		if at < 0 || !o.spend(1) {
			return nil
		}
		if !params[at].Required {
			group = append(group, name)
		}
	}
	return group
}
