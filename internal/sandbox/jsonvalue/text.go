package jsonvalue

import (
	"encoding/json"
	"strconv"
)

// AsText writes a scalar as a caller would in a parameter.
func AsText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}
