package rawjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// Fault words an error of decoding for people: which member is of the wrong kind, and what
// is wanted, without the names of Go's types. Other errors stay as they are.
func Fault(err error) error {
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	value, _, _ := strings.Cut(wrong.Value, " ") // "number 1.5"
	found := map[string]string{
		"string": "a text", "number": "a number", "bool": "true or false", "array": "a list", "object": "an object",
	}[value]
	if found == "" {
		found = "something else"
	}
	wanted := kindWanted(wrong.Type)
	if value == "number" && wanted == "a whole number" {
		found = "another number"
	}
	return fmt.Errorf("%swant %s, not %s", strings.TrimPrefix(wrong.Field+": ", ": "), wanted, found)
}

// kindWanted is the kind of JSON that a type takes.
func kindWanted(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Interface:
		return "another value"
	default:
		return "a whole number"
	}
}
