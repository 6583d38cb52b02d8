package tools

import "airbyte-mcp-server/schemas"

// Hiding says how a read's answer may hide that the vendor refused.
type Hiding int

// Ways of hiding.
const (
	HidesNothing Hiding = iota
	HidesInMeta         // an empty list; its metadata, which a true empty page has, are missing then
	HidesInList         // an empty list, which is like a true one
	HidesInNull         // null, as where there is no such record
)

// HidingIn is that of an action, by the catalog.
func HidingIn(a *schemas.Action) Hiding {
	switch {
	case !a.Result.HidesErrors:
		return HidesNothing
	case a.Result.Kind != "list":
		return HidesInNull
	case len(a.Result.Meta) > 0:
		return HidesInMeta
	default:
		return HidesInList
	}
}

// PathsIn are the parameters of an action that are parts of the vendor's path.
func PathsIn(a *schemas.Action) (names []string) {
	for _, p := range a.Params {
		if p.In == "path" {
			names = append(names, p.Name)
		}
	}
	return names
}
