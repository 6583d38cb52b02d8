package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

var errNoObject = errors.New("not a JSON object")

// objectOf decodes a JSON object; an empty text gives nil. Numbers keep every digit.
func objectOf(raw []byte) (map[string]any, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil //nolint:nilnil // no object and no failure
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil {
		return nil, errNoObject // not the decoder's words: they may quote a secret
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errNoObject
	}
	return object, nil
}

// mergeObjects copies the members of one object over another's, recursively for objects in
// both.
func mergeObjects(base, over map[string]any) map[string]any {
	if base == nil {
		return over
	}
	for key, value := range over {
		inner, isObject := value.(map[string]any)
		below, wasObject := base[key].(map[string]any)
		if isObject && wasObject {
			value = mergeObjects(below, inner)
		}
		base[key] = value
	}
	return base
}
