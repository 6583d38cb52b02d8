package rawjson

import (
	"encoding/json"
	"unicode/utf8"
)

// Decode decodes valid JSON in one pass, with numbers as they are written. A name that is
// given twice in an object is a *DuplicateError, at any depth. Numbers that are not accepted
// are refused with what accept says; nil accepts all. What is decoded shares one copy of raw.
func Decode(valid []byte, accept func(json.Number) error) (any, error) {
	text := string(valid)
	d := decoder{text: text, raw: valid, accept: accept, isUTF8: utf8.ValidString(text)}
	return d.value()
}

// Scan refuses what Decode refuses, and keeps nothing: what is decoded may take thirty times
// the memory of the text.
func Scan(valid []byte, accept func(json.Number) error) error {
	d := decoder{text: string(valid), raw: valid, accept: accept, isScan: true}
	d.isUTF8 = utf8.ValidString(d.text)
	_, err := d.value()
	return err
}

// decoder is a place in a valid text.
type decoder struct {
	text   string
	raw    []byte // the same
	at     int
	accept func(json.Number) error
	isUTF8 bool
	isScan bool     // without values
	names  []string // of the objects around the place, in a scan
}

// value decodes the value that comes next.
func (d *decoder) value() (any, error) {
	switch d.next() {
	case '{':
		return d.object()
	case '[':
		return d.list()
	case '"':
		if text := d.string(); !d.isScan {
			return text, nil
		}
		return nil, nil //nolint:nilnil // nothing is kept
	case 't':
		d.at += len("true")
		return true, nil
	case 'f':
		d.at += len("false")
		return false, nil
	case 'n':
		d.at += len("null")
		return nil, nil //nolint:nilnil // null is a value
	}
	start := d.at
	for d.at < len(d.text) && isNumeric(d.text[d.at]) {
		d.at++
	}
	number := json.Number(d.text[start:d.at])
	if d.accept != nil {
		if err := d.accept(number); err != nil {
			return nil, err
		}
	}
	if d.isScan {
		return nil, nil //nolint:nilnil // nothing is kept
	}
	return number, nil
}

// next skips white space, and is the byte behind it.
func (d *decoder) next() byte {
	for d.text[d.at] <= ' ' {
		d.at++
	}
	return d.text[d.at]
}

// step passes the comma or bracket that comes next, and reports whether another part of a
// list or object follows.
func (d *decoder) step() bool {
	more := d.next() == ','
	d.at++
	return more
}

func (d *decoder) object() (any, error) {
	if d.isScan {
		return nil, d.scanObject()
	}
	object := map[string]any{}
	err := d.members(func(name string, value any) error {
		before := len(object)
		if object[name] = value; len(object) == before {
			return &DuplicateError{name}
		}
		return nil
	})
	return object, err
}

// scanObject looks for a name that is given twice.
func (d *decoder) scanObject() error {
	start := len(d.names)
	err := d.members(func(name string, _ any) error {
		d.names = append(d.names, name)
		return nil
	})
	if name, found := duplicate(d.names[start:]); err == nil && found {
		err = &DuplicateError{name}
	}
	d.names = d.names[:start]
	return err
}

// members passes an object, member by member.
func (d *decoder) members(found func(name string, value any) error) error {
	d.at++
	if d.next() == '}' {
		d.at++
		return nil
	}
	for {
		d.next()
		name := d.string()
		d.next()
		d.at++ // the colon
		value, err := d.value()
		if err != nil {
			return err
		}
		if err := found(name, value); err != nil {
			return err
		}
		if !d.step() {
			return nil
		}
	}
}

func (d *decoder) list() (any, error) {
	var list []any
	if !d.isScan {
		list = []any{}
	}
	d.at++
	if d.next() == ']' {
		d.at++
		return list, nil
	}
	for {
		value, err := d.value()
		if err != nil {
			return nil, err
		}
		if !d.isScan {
			list = append(list, value)
		}
		if !d.step() {
			return list, nil
		}
	}
}

func (d *decoder) string() string {
	start := d.at
	end := StringEnd(d.raw, start)
	d.at = end + 1
	if d.isUTF8 && isPlain(d.raw[start+1:end]) {
		return d.text[start+1 : end]
	}
	text, _ := Text(d.raw[start:d.at]) // it is valid
	return text
}

func isNumeric(c byte) bool {
	return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'
}
