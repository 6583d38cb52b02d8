package server

import (
	"context"
	"crypto/rand"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// fixtures are what the conformance suite expects a server to offer, put into
// mcp-go's own registries. Their calls and messages take the way of all others.
type fixtures struct {
	mcp *mcpserver.MCPServer
	key []byte // of the seal on states that clients carry

	mu        sync.Mutex
	listeners map[*exchange]any // open subscriptions, with the ids of their requests
}

// newFixtures returns a server with the fixtures. The workspace behind it has no
// connectors, so that nothing else is offered.
func newFixtures(t *testing.T) (*rig, *fixtures) {
	t.Helper()
	r := newRig(t)
	r.up.connectors = ""
	f := &fixtures{mcp: r.mcp, key: []byte(rand.Text()), listeners: map[*exchange]any{}}
	f.declare()
	f.addContent()
	f.addResources()
	f.addPrompts()
	f.addTalks()
	f.addQuestions()
	f.addStateless()
	return r, f
}

// serveFixtures serves the fixtures over HTTP until the test ends and returns the
// URL of the endpoint.
func serveFixtures(t *testing.T) string {
	t.Helper()
	r, _ := newFixtures(t)
	h := r.HTTP(HTTPOptions{Caller: r.session})
	web := httptest.NewServer(requireSampling("test_missing_capability", h))
	t.Cleanup(func() {
		h.Close()
		web.Close()
	})
	return web.URL + "/mcp"
}

// declare adds the capabilities that the fixtures need. A Server has none but tools.
func (f *fixtures) declare() {
	for _, option := range []mcpserver.ServerOption{
		mcpserver.WithToolCapabilities(true),
		mcpserver.WithResourceCapabilities(true, true),
		mcpserver.WithPromptCapabilities(true),
		mcpserver.WithCompletions(),
		mcpserver.WithLogging(),
		mcpserver.WithHooks(f.subscriptionHooks()),
	} {
		option(f.mcp)
	}
}

// answerer makes the result of a tool that cannot fail.
type answerer func(ctx context.Context, r mcp.CallToolRequest) *mcp.CallToolResult

func (f *fixtures) tool(name, description string, answer answerer, options ...mcp.ToolOption) {
	options = append(options, mcp.WithDescription(description))
	f.mcp.AddTool(mcp.NewTool(name, options...), func(ctx context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		return answer(ctx, r), nil
	})
}
