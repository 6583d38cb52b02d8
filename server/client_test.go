package server

import (
	"io"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"
)

// A client that is not ours lists the tools and calls one, in both eras over every
// transport.
func TestForeignClient(t *testing.T) {
	t.Parallel()
	for name, connect := range map[string]func(*testing.T, *rig) transport.Interface{
		"streamable": connectStreamable, "sse": connectSSE, "stdio": connectStdio,
	} {
		for _, version := range []string{mcp.LATEST_LEGACY_PROTOCOL_VERSION, mcp.LATEST_PROTOCOL_VERSION} {
			t.Run(name+" "+version, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					r := newRig(t)
					useForeignClient(t, connect(t, r), version)
				})
			})
		}
	}
}

const foreignAuth = "Bearer " + testBearer

func guardedWeb(t *testing.T, r *rig) *web {
	return r.web(t, func(o *HTTPOptions) { o.Authenticator = static(testBearer) })
}

func connectStreamable(t *testing.T, r *rig) transport.Interface {
	c, err := transport.NewStreamableHTTP("http://127.0.0.1:8080/mcp",
		transport.WithHTTPBasicClient(guardedWeb(t, r).client), transport.WithHTTPHeaders(map[string]string{"Authorization": foreignAuth}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func connectSSE(t *testing.T, r *rig) transport.Interface {
	c, err := transport.NewSSE("http://127.0.0.1:8080/sse",
		transport.WithHTTPClient(guardedWeb(t, r).client), transport.WithHeaders(map[string]string{"Authorization": foreignAuth}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func connectStdio(t *testing.T, r *rig) transport.Interface {
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- r.ServeStdio(t.Context(), r.session, in, out)
		out.Close()
	}()
	t.Cleanup(func() {
		toServer.Close()
		if err := <-ended; err != nil {
			t.Errorf("ServeStdio: %v", err)
		}
	})
	return transport.NewIO(fromServer, toServer, io.NopCloser(strings.NewReader("")))
}

func useForeignClient(t *testing.T, over transport.Interface, version string) {
	c := client.NewClient(over, client.WithProtocolVersion(version))
	defer c.Close()
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	var hello mcp.InitializeRequest
	hello.Params.ProtocolVersion = version
	hello.Params.ClientInfo = mcp.Implementation{Name: "foreign", Version: "1"}
	greeting, err := c.Initialize(t.Context(), hello)
	if err != nil || greeting.ProtocolVersion != version || greeting.ServerInfo.Name != Name {
		t.Fatalf("Initialize: %+v, %v; want version %s", greeting, err, version)
	}
	list, err := c.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil || len(list.Tools) < 50 {
		t.Fatalf("ListTools: %+v, %v", list, err)
	}
	var call mcp.CallToolRequest
	call.Params.Name = "github_issues_list"
	call.Params.Arguments = map[string]any{"owner": "nonce-41", "repo": "r"}
	result, err := c.CallTool(t.Context(), call)
	if err != nil || result.IsError {
		t.Fatalf("CallTool: %+v, %v", result, err)
	}
	text, _ := result.Content[0].(mcp.TextContent)
	if !strings.Contains(text.Text, "nonce-41") || result.StructuredContent != nil {
		t.Errorf("text %q, structured content %v", text.Text, result.StructuredContent)
	}
	call.Params.Name = "github_isues_list"
	if _, err := c.CallTool(t.Context(), call); err == nil || !strings.Contains(err.Error(), "github_issues_list") {
		t.Errorf("a call of a misspelt tool: %v, want the right name", err)
	}
}
