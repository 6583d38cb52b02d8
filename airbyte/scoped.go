package airbyte

import (
	"context"
	"encoding/json"
	"sync"
	"time"
)

const (
	// scopedLife is the life of a workspace's token, which the API does not tell.
	scopedLife = 20 * time.Minute
	// maxScoped bounds the workspaces with a kept token source.
	maxScoped = 1000
)

// scopedTokens keeps a token source for each workspace in use.
type scopedTokens struct {
	newSource func(workspace string) *tokenSource
	recovery  *recovery // of the endpoint of all sources

	mu      sync.Mutex
	sources map[string]*scopedSource
}

type scopedSource struct {
	*tokenSource
	used time.Time
}

// sourceFor returns the source of a workspace's token.
func (s *scopedTokens) sourceFor(workspace string) *tokenSource {
	s.mu.Lock()
	defer s.mu.Unlock()
	source, ok := s.sources[workspace]
	if !ok {
		s.evictIdlest()
		source = &scopedSource{tokenSource: s.newSource(workspace)}
		s.sources[workspace] = source
	}
	source.used = time.Now()
	return source.tokenSource
}

// evictIdlest drops the least recently used source once there are maxScoped. Callers
// waiting for it still get its token.
func (s *scopedTokens) evictIdlest() {
	if len(s.sources) < maxScoped {
		return
	}
	var idlest string
	var since time.Time
	for workspace, source := range s.sources {
		if since.IsZero() || source.used.Before(since) {
			idlest, since = workspace, source.used
		}
	}
	delete(s.sources, idlest)
}

// forgetWorkspace drops the source of a workspace, and with it the backoff of its mints.
func (s *scopedTokens) forgetWorkspace(workspace string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sources, workspace)
}

// newScopedSource makes the source of a workspace's token. A mint for an unknown name
// would create that workspace, so its existence is checked once before.
func (c *Client) newScopedSource(workspace string) *tokenSource {
	exists := false // needs no lock: there is one mint at a time
	return c.newTokenSource(opScopedToken, c.scoped.recovery, func(ctx context.Context) (mintedToken, error) {
		if !exists {
			if _, err := c.Workspace(ctx, workspace); err != nil {
				return mintedToken{}, err
			}
			exists = true
		}
		return c.mintScoped(ctx, workspace)
	})
}

// mintScoped asks for a workspace's token. It is repeated only after a renewal of the
// application token; the token source spaces the attempts.
func (c *Client) mintScoped(ctx context.Context, workspace string) (mintedToken, error) {
	body, err := json.Marshal(scopedBody{Workspace: workspace})
	if err != nil {
		return mintedToken{}, err
	}
	return c.requestScopedToken(ctx, &request{op: opScopedToken, body: body, noRetry: true, timeout: c.cfg.RequestTimeout})
}

// scopedBody is the body of a request for a workspace's token.
type scopedBody struct {
	Workspace string `json:"workspace_name"`
	Region    string `json:"region_id,omitempty"`
}

// requestScopedToken sends a request for a workspace's token.
func (c *Client) requestScopedToken(ctx context.Context, r *request) (mintedToken, error) {
	answer, err := c.sendWithRetries(ctx, r)
	if err != nil {
		return mintedToken{}, err
	}
	minted, ok := answer.decodeToken()
	if !ok {
		return mintedToken{}, c.completeError(r, answer.badResponse("the token endpoint answered without a usable token"))
	}
	c.issued.note(minted.bearer)
	if minted.life <= 0 {
		minted.life = scopedLife
	}
	return minted, nil
}

// scopedInfo is the identity behind a workspace's token.
type scopedInfo struct {
	OrganizationID string `json:"organization_id"`
	WorkspaceID    string `json:"workspace_id"`
	WorkspaceName  string `json:"workspace_name"`
}

// scopedInfo looks up the ids of a workspace with its own token.
func (c *Client) scopedInfo(ctx context.Context, workspace string) (scopedInfo, error) {
	var info scopedInfo
	r := &request{op: opScopedInfo, workspace: workspace, timeout: c.cfg.RequestTimeout}
	a, err := c.askJSON(ctx, r, &info)
	if err == nil && info.WorkspaceID == "" {
		err = c.completeError(r, a.badResponse("the API answered without the workspace's id"))
	}
	return info, err
}
