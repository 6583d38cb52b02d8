// Package identity tells whom an HTTP request acts for: it checks API keys, access
// tokens of OAuth issuers, opaque tokens, a static token and the headers of a trusted
// proxy, and maps each of them to exactly one Airbyte workspace.
//
// The workspace comes from the checked credential alone, never from what a caller
// says besides it. A credential goes no further than this package: it is taken off
// the request, stays out of every error and is kept as a hash only.
package identity

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Identity is whom a request acts for. Identities of one caller share their slices:
// they are read and never changed.
type Identity struct {
	// Principal is stable and unique over all sources: "key:NAME", "jwt:ISSUER-HASH:SUBJECT",
	// "opaque:ENDPOINT-HASH:SUBJECT", "proxy:NAME", or "token" for the static token.
	Principal string
	Workspace string // the one Airbyte workspace; never empty
	Policy    Policy
	Limits    Limits
	Choices   []string  // paths behind the addresses of this server that the token was made for; each narrows it
	Effects   Effects   // what the scopes of the token allow
	Expires   time.Time // when the credential ends; zero for never
}

// Policy narrows what a caller may use. The zero Policy narrows nothing. The words
// are checked where tools are known.
type Policy struct {
	Connectors   []string // empty for all
	Tools        []string // empty for all
	ExcludeTools []string
	Effects      []string // empty for all
	ReadOnly     bool
	Surface      string // "" for the server's
}

// Limits bound what a caller may take; 0 means the server's default.
type Limits struct {
	CallsPerSecond float64
	Burst          int // calls at once above the rate
	InFlight       int // calls that run at the same time
	Sessions       int
}

// Check reports limits that are no limits.
func (l Limits) Check() error {
	if l.CallsPerSecond < 0 || math.IsNaN(l.CallsPerSecond) || math.IsInf(l.CallsPerSecond, 0) {
		return errors.New("calls-per-second: want a number, 0 for the server's default")
	}
	if min(l.Burst, l.InFlight, l.Sessions) < 0 {
		return errors.New("limits: want numbers, 0 for the server's default")
	}
	return nil
}

// Effects are the kinds of tools that a caller's scopes allow, by their words: read,
// create, update, write and delete. Nil means that no scope limits the caller.
type Effects []string

// Allows reports whether the scopes allow tools of an effect.
func (e Effects) Allows(effect string) bool { return e == nil || slices.Contains(e, effect) }

// Authenticator tells whom a request acts for. Its error is a *Refusal.
type Authenticator interface {
	Authenticate(r *http.Request) (Identity, error)
}

// Longest names, in bytes.
const (
	longestWorkspace = 128
	longestPrincipal = 256
)

// CheckWorkspace says what is wrong with the name of a workspace, and does not quote it.
func CheckWorkspace(name string) error { return checkName(name, longestWorkspace) }

// CheckPrincipal says what is wrong with the name of a principal, and does not quote it.
func CheckPrincipal(name string) error { return checkName(name, longestPrincipal) }

// checkName refuses what cannot be the name of a workspace or a principal, or would
// look like another one. The error says what is wrong and does not quote the name.
func checkName(name string, longest int) error {
	switch {
	case name == "":
		return errors.New("it is empty")
	case len(name) > longest:
		return fmt.Errorf("it is longer than %d bytes", longest)
	case strings.TrimSpace(name) != name:
		return errors.New("it begins or ends with white space")
	case strings.ContainsAny(name, "{}"):
		return errors.New("it contains { or }")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, isUnprintable):
		return errors.New("it contains characters that cannot be seen")
	}
	return nil
}

// isUnprintable is true of control characters, of those that only change how others
// look, and of every space but the ordinary one.
func isUnprintable(r rune) bool { return !unicode.IsPrint(r) }
