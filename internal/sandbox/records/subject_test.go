package records

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
)

// subject is an entity that is read and written in every way, with the names that
// its vendor uses.
type subject struct {
	connector, entity string
	key               string              // the field that names a record
	names             [3]string           // of the parameters that take it
	wrap              string              // the object in which values are written
	text              string              // the field that searches look at
	write             func(text string) P // values of the fields that can be written
	shown             func(P) P           // how reads show them; nil if as they were written
	moves             []string            // fields that any update may change
	query             func(text string) string
	part              bool // a search finds the text within a field
	own               bool // answers to writes have other fields than reads
}

// Places of the names of key parameters; "" where there is no such action.
const (
	keyGet = iota
	keyUpdate
	keyDelete
)

var trialSubjects = []subject{
	{
		connector: "GitHub - default", entity: "issues", key: "number",
		names: [3]string{"number", "issue_number", ""}, text: "title",
		write: func(text string) P {
			return P{"title": text, "body": "About " + text, "state": [2]string{"open", "closed"}[len(text)%2], "labels": []any{"bug"}}
		},
		shown: func(p P) P {
			out := maps.Clone(p)
			delete(out, "labels") // reads show them as objects
			if state, ok := p["state"]; ok {
				out["state"] = strings.ToUpper(jsonvalue.AsText(state))
			}
			if body, ok := p["body"]; ok {
				out["bodyHTML"] = "<p>" + jsonvalue.AsText(body) + "</p>"
			}
			return out
		},
		moves: []string{"updatedAt", "closedAt", "stateReason", "labels"}, part: true, own: true,
		query: func(text string) string { return `repo:acme/widgets "` + text + `"` },
	},
	{
		connector: "stripe", entity: "customers", key: "id", names: [3]string{"id", "id", "id"}, text: "name",
		write: func(text string) P {
			return P{"name": text, "description": "Met " + text, "email": strings.ReplaceAll(text, " ", ".") + "@acme.example",
				"metadata": P{"note": text}, "address": P{"city": text, "country": "DE"}}
		},
		moves: []string{"updated"},
		query: func(text string) string { return `name:"` + text + `"` },
	},
	{
		connector: "asana", entity: "projects", key: "gid", names: [3]string{"project_gid", "project_gid",
			"project_gid"}, wrap: "data", text: "name",
		write: func(text string) P { return P{"name": text, "notes": "On " + text, "archived": len(text)%2 == 0} },
		shown: func(p P) P {
			out := maps.Clone(p)
			if notes, ok := p["notes"]; ok {
				out["html_notes"] = "<p>" + jsonvalue.AsText(notes) + "</p>"
			}
			return out
		},
		moves: []string{"modified_at"},
	},
	{
		connector: "clickup-api", entity: "comments", key: "id", names: [3]string{"comment_id", "comment_id",
			""}, text: "comment_text", own: true,
		write: func(text string) P { return P{"comment_text": text, "resolved": len(text)%2 == 0} },
	},
	{
		connector: "gmail", entity: "labels", key: "id", names: [3]string{"labelId", "labelId", "labelId"}, text: "name",
		write: func(text string) P {
			return P{"name": text, "labelListVisibility": [2]string{"labelShow", "labelHide"}[len(text)%2]}
		},
	},
	{
		connector: "google-drive", entity: "files", key: "id", names: [3]string{"fileId", "fileId", "fileId"}, text: "name",
		write: func(text string) P { return P{"name": text, "description": "See " + text} },
		moves: []string{"modifiedTime", "modifiedByMeTime"},
	},
}

// agrees reports whether a value is, or has in it, what was wanted.
func agrees(want, got any) bool {
	inner, isObject := want.(map[string]any)
	object, ok := got.(map[string]any)
	if !isObject || !ok {
		return reflect.DeepEqual(want, got) || asJSON(want) == asJSON(got)
	}
	for name, value := range inner {
		if !agrees(value, object[name]) {
			return false
		}
	}
	return true
}

func asJSON(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}
