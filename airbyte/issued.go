package airbyte

import (
	"strings"
	"sync"

	"airbyte-mcp-server/internal/secret"
)

// maxIssued bounds the tokens that are remembered. It is several times the number of
// workspaces with a token.
const maxIssued = 4 * maxScoped

// issuedTokens remembers the tokens that the client was given, of the organization and of
// all workspaces, those replaced since included: the API may quote any of them, in an error
// about another request.
type issuedTokens struct {
	mu     sync.Mutex
	order  []secret.Text            // the oldest at next, once there are maxIssued
	next   int                      // where the next one is put
	byTail map[string][]secret.Text // by their last bytes, so that a text is searched once for all
}

// note remembers a token, in place of the oldest.
func (i *issuedTokens) note(token secret.Text) {
	key, ok := tail(token)
	if !ok {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.order) < maxIssued {
		i.order = append(i.order, token)
	} else {
		i.forget(i.order[i.next])
		i.order[i.next] = token
		i.next = (i.next + 1) % maxIssued
	}
	if i.byTail == nil {
		i.byTail = map[string][]secret.Text{}
	}
	i.byTail[key] = append(i.byTail[key], token)
}

// forget drops a token. The lock is held.
func (i *issuedTokens) forget(token secret.Text) {
	key, _ := tail(token)
	for at, known := range i.byTail[key] {
		if known.Reveal() == token.Reveal() {
			i.byTail[key] = append(i.byTail[key][:at:at], i.byTail[key][at+1:]...)
			break
		}
	}
	if len(i.byTail[key]) == 0 {
		delete(i.byTail, key)
	}
}

// within lists the tokens that a text quotes.
func (i *issuedTokens) within(text string) []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var found []string
	for end := shortestHidden; end <= len(text) && len(i.byTail) > 0; end++ {
		for _, token := range i.byTail[text[end-shortestHidden:end]] {
			if strings.HasSuffix(text[:end], token.Reveal()) {
				found = append(found, token.Reveal())
			}
		}
	}
	return found
}

// tail is the end of a token; false for one that is too short to be hidden.
func tail(token secret.Text) (string, bool) {
	text := token.Reveal()
	if len(text) < shortestHidden {
		return "", false
	}
	return text[len(text)-shortestHidden:], true
}
