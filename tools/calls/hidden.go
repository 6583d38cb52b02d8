package calls

import (
	"bytes"
	"encoding/json"

	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/tools"
)

// What an answer says that may hide a refusal: some vendors' errors arrive as an empty list,
// or as null.
const (
	probablyRefused = "the vendor probably refused: there are no records and no paging data, which a true empty page has. " +
		"Check the names among the arguments, and whether the connector's credentials reach that far"
	emptyOrRefused = "empty, or refused: this list cannot tell. Check the names among the arguments, and whether the connector's " +
		"credentials reach that far"
	missingOrRefused = "there is no such record, or the vendor refused: this read cannot tell"
)

// tellHidden warns of an answer that may be a refusal.
func (r *Result) tellHidden(how tools.Hiding) {
	if how == tools.HidesNothing {
		return
	}
	isNull := len(r.Data) == 0 || string(r.Data) == "null"
	isEmptyList := len(r.Data) > 0 && r.Data[0] == '[' && len(bytes.Trim(r.Data[1:], " \t\r\n")) == 1
	switch {
	case !isNull && !isEmptyList:
	case how == tools.HidesInNull && isNull:
		r.warn(missingOrRefused)
	case how == tools.HidesInMeta && isAllNull(r.Metadata):
		r.warn(probablyRefused)
	case how == tools.HidesInList:
		r.warn(emptyOrRefused)
	}
}

// isAllNull reports metadata without any value.
func isAllNull(metadata json.RawMessage) bool {
	members, _ := rawjson.Split(metadata)
	for _, m := range members {
		if inner, isObject := rawjson.Split(m.Value); string(m.Value) != "null" && (!isObject || !isAllNull(m.Value) || len(inner) == 0) {
			return false
		}
	}
	return true
}
