// Package secret has a string that cannot be printed by accident.
package secret

import "fmt"

// Text is a secret that prints as REDACTED however it is formatted or encoded.
// Reveal is the only way to the value itself.
type Text string

const redacted = "REDACTED"

// Reveal returns the value, to be sent and never to be shown.
func (t Text) Reveal() string { return string(t) }

// String returns a placeholder; nothing for an empty secret.
func (t Text) String() string {
	if t == "" {
		return ""
	}
	return redacted
}

// Format writes the placeholder for every verb.
func (t Text) Format(f fmt.State, _ rune) { fmt.Fprint(f, t.String()) }

// MarshalText encodes the placeholder; JSON uses it too.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }
