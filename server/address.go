package server

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"airbyte-mcp-server/internal/identity"
)

// isServed reports whether clients can begin at a path, in the form of URLs.
func isServed(path string) bool {
	for _, begin := range []string{mcpPath, ssePath} {
		rest, ok := strings.CutPrefix(path, begin)
		if !ok || rest != "" && rest[0] != '/' {
			continue
		}
		plain, err := url.PathUnescape(rest)
		if err == nil {
			_, err = pathChoice(plain)
		}
		return err == nil
	}
	return false
}

// addressedPath is the path at which the client of a request began, as far as the request
// tells: clients compare it with the resource of the metadata.
func addressedPath(r *http.Request) string {
	path := strings.TrimRight(r.URL.EscapedPath(), "/")
	switch {
	case isServed(path):
		return path
	case path == "/message", strings.HasPrefix(path, ssePath+"/"):
		return ssePath
	default:
		return mcpPath
	}
}

// narrowToAudience reduces a caller's rights to the choices of tools in the addresses that
// its token was made for.
func (h *HTTP) narrowToAudience(ctx context.Context, who *caller, paths []string) error {
	ctx, cancel := context.WithTimeout(ctx, h.opts.KeepAlive)
	defer cancel()
	for _, path := range paths {
		plain, err := url.PathUnescape(path)
		if err != nil {
			return identity.BadToken("the token was made for an address that this server does not have")
		}
		given, err := pathChoice(plain)
		if err != nil {
			return identity.BadToken("the token was made for an address that this server does not have")
		}
		c, err := h.readChoice(given)
		if err == nil {
			who.Session, err = h.choose(ctx, who.Session, c)
		}
		if err != nil {
			return &identity.Refusal{Status: http.StatusForbidden,
				Description: "the choice of tools that the token was made for cannot be followed: " + err.Error()}
		}
	}
	return nil
}
