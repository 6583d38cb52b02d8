package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
)

// Canonical writes a value in the one form that all spellings of it share: members
// sorted, no white space, numbers as they were written. A name that is given twice in an
// object is a *DuplicateError, at any depth: what such a value says depends on its reader.
func Canonical(raw []byte) ([]byte, error) {
	if !json.Valid(raw) {
		var first json.RawMessage
		if err := json.NewDecoder(bytes.NewReader(raw)).Decode(&first); err != nil {
			return nil, err
		}
		return nil, errors.New("there is text after the value")
	}
	value, err := Decode(raw, nil)
	if err != nil {
		return nil, err
	}
	return json.Marshal(value)
}
