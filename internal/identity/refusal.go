package identity

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// OAuth error codes (RFC 6750, section 3.1).
const (
	InvalidRequest    = "invalid_request"
	InvalidToken      = "invalid_token"
	InsufficientScope = "insufficient_scope"
)

const realm = "airbyte-mcp-server"

// Refusal is why a request may not pass.
type Refusal struct { //nolint:errname // it is the answer to a request before it is an error
	Status      int           // 400, 401, 403 or 503
	Code        string        // OAuth error code; "" where the caller sent no credential
	Description string        // what to do, for the caller; holds nothing of the credential
	Scope       string        // the scope that is needed; "" if scopes are not the reason
	RetryAfter  time.Duration // of a 503: when to try again
	Cause       error         // for the operator's log, not for the caller; may be nil
}

// Error is the description; the cause is left to Unwrap.
func (r *Refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.Status, r.word(), r.Description) }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Cause }

// WWWAuthenticate is the challenge for the header of that name (RFC 6750, RFC 9728);
// "" for a status that has none. The URL of the resource's metadata may be empty.
func (r *Refusal) WWWAuthenticate(resourceMetadataURL string) string {
	if r.Status == http.StatusServiceUnavailable {
		return ""
	}
	challenge := `Bearer realm="` + realm + `"`
	add := func(name, value string) {
		if value != "" {
			challenge += fmt.Sprintf(`, %s="%s"`, name, quotable(value))
		}
	}
	add("error", r.Code)
	if r.Code != "" {
		add("error_description", r.Description)
	}
	add("scope", r.Scope)
	add("resource_metadata", resourceMetadataURL)
	return challenge
}

// WriteTo answers a request with the refusal: status, challenge and a small JSON
// object of error and error_description.
func (r *Refusal) WriteTo(w http.ResponseWriter, resourceMetadataURL string) {
	h := w.Header()
	if challenge := r.WWWAuthenticate(resourceMetadataURL); challenge != "" {
		h.Set("WWW-Authenticate", challenge)
	}
	if r.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(int((r.RetryAfter+time.Second-1)/time.Second)))
	}
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(r.Status)
	body, err := json.Marshal(map[string]string{"error": r.word(), "error_description": r.Description})
	if err == nil { // as always with plain text
		_, _ = w.Write(body) // the caller may be gone
	}
}

// word is the OAuth error code, or the status in that style.
func (r *Refusal) word() string {
	if r.Code != "" {
		return r.Code
	}
	return strings.ReplaceAll(strings.ToLower(http.StatusText(r.Status)), " ", "_")
}

// quotable leaves what RFC 6750 lets stand between quotes.
func quotable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '\\':
			return '\''
		case r < ' ' || r > '~':
			return '?'
		}
		return r
	}, text)
}

func badRequest(description string) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Code: InvalidRequest, Description: description}
}

// BadToken refuses a credential with 401.
func BadToken(description string) *Refusal {
	return &Refusal{Status: http.StatusUnauthorized, Code: InvalidToken, Description: description}
}

// forbidden refuses a good credential that stands for nobody here.
func forbidden(description string) *Refusal {
	return &Refusal{Status: http.StatusForbidden, Description: description}
}

func unavailable(retry time.Duration, cause error) *Refusal {
	return &Refusal{
		Status: http.StatusServiceUnavailable, RetryAfter: max(retry, time.Second), Cause: cause,
		Description: "the identity provider cannot be asked just now: try again later",
	}
}
