package calls

import (
	"encoding/json"
	"slices"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// checkPaths refuses values that would lead to another route of the vendor: a part of a path
// that is empty, or means the folder itself or the one above.
func checkPaths(paths []string, params json.RawMessage) error {
	members, _ := rawjson.Split(params)
	var faults []schemas.Fault
	for _, m := range members {
		if !slices.Contains(paths, m.Name) {
			continue
		}
		var text string
		if json.Unmarshal(m.Value, &text) == nil && string(m.Value) != "null" && slices.Contains([]string{"", ".", ".."}, text) {
			faults = append(faults, schemas.Fault{
				Path: m.Name, Problem: "must be an identifier, not empty, `.` or `..`: it is a part of the vendor's path",
			})
		}
	}
	if faults == nil {
		return nil
	}
	return &schemas.InvalidError{Faults: faults}
}
