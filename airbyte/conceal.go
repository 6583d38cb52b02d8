package airbyte

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/secret"
)

// shortestHidden is the least length of a credential to hide in messages; a shorter text
// occurs in any message.
const shortestHidden = 4

// concealer replaces the secrets that a text may quote.
type concealer struct {
	values []string
	issued *issuedTokens
}

// concealerFor hides the client secret, all tokens of the client, and the bearer and the
// credentials of a request.
func (c *Client) concealerFor(r *request) concealer {
	values := slices.Clone(r.hidden)
	for _, s := range []secret.Text{c.cfg.ClientSecret, r.bearer} {
		if s.IsSet() {
			values = append(values, s.Reveal())
		}
	}
	return concealer{values, c.issued}
}

// Replace returns a text without secrets.
func (h concealer) Replace(text string) string {
	values := slices.Concat(h.values, h.issued.within(text))
	// The longest first: one may be a part of another.
	slices.SortFunc(values, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	pairs := make([]string, 0, 2*len(values))
	for _, v := range values {
		pairs = append(pairs, v, concealed)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

const concealed = "REDACTED"

// textsToHide lists the texts of JSON values in the forms of a quotation: plain, and
// escaped as in JSON.
func textsToHide(raws ...[]byte) []string {
	var list []string
	for _, raw := range raws {
		var value any
		if json.Unmarshal(raw, &value) == nil {
			list = appendTexts(list, value)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func appendTexts(list []string, value any) []string {
	switch v := value.(type) {
	case map[string]any:
		for _, item := range v {
			list = appendTexts(list, item)
		}
	case []any:
		for _, item := range v {
			list = appendTexts(list, item)
		}
	case string:
		if len(v) < shortestHidden {
			return list
		}
		list = append(list, v)
		if escaped, err := json.Marshal(v); err == nil {
			list = append(list, strings.Trim(string(escaped), `"`))
		}
		// A service account's key is a JSON object within a text.
		var inner map[string]any
		if json.Unmarshal([]byte(v), &inner) == nil {
			list = appendTexts(list, inner)
		}
	}
	return list
}
