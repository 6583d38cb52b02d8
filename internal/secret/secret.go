// Package secret has a string that cannot be printed by accident.
package secret

import "fmt"

// Text is a secret that prints as REDACTED however it is formatted or encoded.
// Reveal is the only way to the value itself. The zero Text is no secret at all.
type Text struct {
	// A pointer, because fmt prints a string that it meets in an unexported field of
	// another struct without asking for its String method; of a pointer it prints
	// the address.
	value *string
}

const redacted = "REDACTED"

// New makes a secret; an empty value makes none.
func New(value string) Text {
	if value == "" {
		return Text{}
	}
	return Text{&value}
}

// IsSet reports whether there is a secret.
func (t Text) IsSet() bool { return t.value != nil }

// Reveal returns the value, to be sent and never to be shown.
func (t Text) Reveal() string {
	if t.value == nil {
		return ""
	}
	return *t.value
}

// String returns a placeholder; nothing for no secret.
func (t Text) String() string {
	if !t.IsSet() {
		return ""
	}
	return redacted
}

// Format writes the placeholder for every verb.
func (t Text) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// MarshalText encodes the placeholder; JSON uses it too.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads a secret; JSON uses it too.
func (t *Text) UnmarshalText(text []byte) error {
	*t = New(string(text))
	return nil
}
