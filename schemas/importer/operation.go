package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
)

// actionOrder is the order of actions in the catalog.
var actionOrder = []string{
	schemas.ActionList, schemas.ActionGet, schemas.ActionCreate, schemas.ActionUpdate, schemas.ActionDelete,
	schemas.ActionAPISearch, schemas.ActionDownload,
}

// renamed are actions that newer files name differently.
var renamed = map[string]string{"search": schemas.ActionAPISearch}

// operation is one HTTP method of one path, which serves one action of one entity.
type operation struct {
	*reader

	node    *node
	shared  []*node // parameters of all methods of the path
	label   string  // method and path
	entity  string
	name    string // of the action
	made    *schemas.Action
	graphQL *node // the query and its variables, if it is one
}

// methods are the HTTP methods that an operation may have.
var methods = []string{"get", "post", "put", "delete", "patch"}

// operations lists the operations in the order of the file, with their actions. Of two
// for the same action the later one counts, as it does for Airbyte.
func (r *reader) operations(scoping []schemas.Scoping) []*operation {
	paths := r.section("paths")
	if paths == nil {
		return nil
	}
	var all []*operation
	place := map[string]int{}
	for _, path := range paths.pairs {
		for _, method := range methods {
			n := path.value.get(method)
			if n == nil {
				continue
			}
			op := r.operation(n, path, strings.ToUpper(method)+" "+path.name, scoping)
			if op == nil {
				continue
			}
			key := op.entity + "." + op.name
			if at, again := place[key]; again {
				all[at] = op
				continue
			}
			place[key] = len(all)
			all = append(all, op)
		}
	}
	if len(all) == 0 {
		r.nothingLeft()
	}
	return all
}

// nothingLeft reports what is wrong with all operations of a file.
func (r *reader) nothingLeft() {
	for _, each := range r.left.damaged.list {
		r.note(each)
	}
	r.more += r.left.damaged.more
	if len(r.left.damaged.list) == 0 {
		r.add(r.root.get("paths").line, "paths: no operation")
	}
}

// operation reads an operation with its action; nil if it is left out.
func (r *reader) operation(n *node, path pair, label string, scoping []schemas.Scoping) *operation {
	op := &operation{reader: r, node: n, label: label}
	known := true
	sound := r.attempt(op, func() {
		if op.node = r.object(path.value, strings.ToLower(strings.Fields(label)[0])); op.node == nil {
			return
		}
		op.shared = r.items(path.value, "parameters")
		op.identify()
		if known = op.name == "" || slices.Contains(actionOrder, op.name); known {
			op.made = op.action(scoping)
		}
	})
	if sound && !known {
		r.left.operation(op, op.node.get("x-airbyte-action").line, fmt.Sprintf("unknown action %q of %s%s; the actions are %s",
			op.name, op.entity, r.near(op.name, actionOrder), strings.Join(actionOrder, ", ")))
	}
	if !sound || !known {
		return nil
	}
	return op
}

// identify finds out what an operation serves.
func (o *operation) identify() {
	n := o.node
	o.entity, o.name = o.text(n, "x-airbyte-entity"), o.text(n, "x-airbyte-action")
	o.name = cmp.Or(renamed[o.name], o.name)
	switch {
	case o.entity == "":
		o.add(n.line, "%s: x-airbyte-entity is missing", o.label)
	case !entityName.MatchString(o.entity):
		o.add(n.get("x-airbyte-entity").line, "%s: the entity %q: tools are named after it, want lower-case letters, digits and _",
			o.label, o.entity)
	}
	if o.name == "" {
		o.add(n.line, "%s: x-airbyte-action is missing", o.label)
	}
	body := o.body(n).get("x-airbyte-body-type")
	switch kind := body.get("type").scalar(); {
	case kind == "graphql":
		o.graphQL = body
	case kind != "" && !slices.Contains(bodyTypes, kind):
		o.add(body.line, "%s: unknown body type %q", o.label, kind)
	}
}

// deref follows the reference that stands in for an object.
func (r *reader) deref(n *node) *node {
	for range 10 {
		ref := n.get("$ref")
		if ref == nil {
			return n
		}
		n = r.follow(ref)
	}
	r.add(n.line, "$ref leads from one reference to the next")
	return nil
}

// action translates the operation.
func (o *operation) action(scoping []schemas.Scoping) *schemas.Action {
	a := &schemas.Action{
		Name:              o.name,
		Summary:           cmp.Or(sentence(o.text(o.node, "description")), sentence(o.text(o.node, "summary"))),
		PreferredForCheck: o.flag(o.node, "x-airbyte-preferred-for-check"),
		Params:            o.params(scoping),
	}
	a.Summary = cmp.Or(a.Summary, spoken(o.name+" "+o.entity))
	a.Requirements = o.requirements(a.Params)
	a.UploadParam = o.uploadParam(a.Params)
	result, meta := o.result()
	a.Result = result
	if o.name == schemas.ActionList || o.name == schemas.ActionAPISearch {
		a.Pagination = pagination(a.Params, meta, o.text(o.node, "x-airbyte-no-pagination") != "")
	}
	return a
}

// locations are the places of a parameter in the vendor's request, in their order
// in the catalog. Of two parameters of one name, the one in the earlier place counts.
var locations = []string{"path", "query", "header", "body"}

// params collects what a caller may pass, from all places where it is declared.
func (o *operation) params(scoping []schemas.Scoping) []*schemas.Parameter {
	all := append(o.declared(), o.bodyParams()...)
	all = append(all, o.undeclared(all)...)
	if o.name == schemas.ActionDownload {
		all = append(all, &schemas.Parameter{Name: "range_header", In: "header", Type: "string"})
	}
	slices.SortStableFunc(all, func(a, b *schemas.Parameter) int {
		return slices.Index(locations, a.In) - slices.Index(locations, b.In)
	})
	seen := map[string]bool{}
	all = slices.DeleteFunc(all, func(p *schemas.Parameter) bool {
		again := seen[p.Name]
		seen[p.Name] = true
		return again
	})
	for _, p := range all {
		if o.graphQL != nil && p.Name != "range_header" {
			p.In = "body" // it travels as a variable of the query
		}
		for _, s := range scoping {
			if s.Param == p.Name {
				p.ConfigKey = s.ConfigKey
			}
		}
	}
	slices.SortFunc(all, func(a, b *schemas.Parameter) int {
		return cmp.Or(slices.Index(locations, a.In)-slices.Index(locations, b.In), requiredFirst(a, b))
	})
	o.distinct(all)
	return all
}

// distinct reports parameters whose arguments would have the same name.
func (o *operation) distinct(params []*schemas.Parameter) {
	taken := map[string]string{}
	for _, p := range params {
		name := schemas.ArgumentName(p.Name)
		switch other, again := taken[name]; {
		case name == "" && p.Name != "":
			o.add(o.node.line, "the parameter %q has no letter or digit in its name", p.Name)
		case again:
			o.add(o.node.line, "the parameters %q and %q would be one argument, %q", other, p.Name, name)
		}
		taken[name] = p.Name
	}
}

// declared translates the parameters of the path, the query and the headers.
func (o *operation) declared() []*schemas.Parameter {
	byPlace := map[string]int{}
	var all []*schemas.Parameter
	for _, n := range append(slices.Clip(o.shared), o.items(o.node, "parameters")...) {
		n = o.deref(n)
		if !n.is(object) {
			continue // reported where it was referred to, or null
		}
		name, in := o.required(n, "name"), o.required(n, "in")
		switch {
		case in == "", name == "":
			continue // what is missing is reported
		case in == "cookie":
			o.left.leave(n.line, "the parameter %s of %s (%s.%s): Airbyte sends no cookies", name, o.label, o.entity, o.name)
			continue
		case !slices.Contains(locations[:3], in):
			o.add(n.get("in").line, "in: %s: want path, query or header", in)
		}
		if n.get("x-airbyte-param-config-inject") != nil || in == "header" && o.filledIn(n, name) {
			continue
		}
		p := o.parameter(name, n.get("schema"), nil)
		p.In, p.Required = in, in == "path" || o.flag(n, "required")
		p.Description = cmp.Or(o.words(n.get("description")), p.Description)
		if at, again := byPlace[in+" "+name]; again {
			all[at] = p // the operation's own
			continue
		}
		byPlace[in+" "+name] = len(all)
		all = append(all, p)
	}
	return all
}

// filledIn reports whether a header is none of the caller's business: it has one
// possible value, or the credentials supply it.
func (o *operation) filledIn(n *node, name string) bool {
	s := o.schema(n.get("schema"))
	if s.keywords["default"] != nil || len(s.enum) == 1 {
		return true
	}
	schemes := o.root.get("components", "securitySchemes")
	if schemes == nil {
		return false
	}
	for _, scheme := range schemes.pairs {
		headers := scheme.value.get("x-airbyte-auth-config", "additional_headers")
		if headers != nil && slices.ContainsFunc(headers.pairs, func(p pair) bool { return strings.EqualFold(p.name, name) }) {
			return true
		}
	}
	return false
}

// uploadParam marks the parameter that carries a file.
func (o *operation) uploadParam(params []*schemas.Parameter) string {
	name := o.text(o.node, "x-airbyte-upload-file-param")
	if name == "" {
		return ""
	}
	at := slices.IndexFunc(params, func(p *schemas.Parameter) bool { return p.Name == name })
	if at < 0 {
		o.add(o.node.get("x-airbyte-upload-file-param").line, "x-airbyte-upload-file-param: %q is no parameter", name)
		return ""
	}
	params[at].Encoding = "base64"
	return name
}
