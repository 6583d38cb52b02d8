package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// addStateless adds the tools that try the rules of the stateless era.
func (f *fixtures) addStateless() {
	f.tool("test_missing_capability", "Needs a client that can sample.", func(context.Context, mcp.CallToolRequest) *mcp.CallToolResult {
		return mcp.NewToolResultText("The client can sample.")
	})
	f.tool("test_logging_tool", "Logs a message.", func(ctx context.Context, _ mcp.CallToolRequest) *mcp.CallToolResult {
		return say("logged", func() error { return f.log(ctx, "The tool was called") })
	})
	f.tool("test_trigger_tool_change", "Changes the list of tools.", func(context.Context, mcp.CallToolRequest) *mcp.CallToolResult {
		f.changeTools()
		f.publish(mcp.MethodNotificationToolsListChanged, func(s mcp.SubscriptionFilter) bool { return s.ToolsListChanged })
		return mcp.NewToolResultText("changed")
	})
	f.tool("test_trigger_prompt_change", "Changes the list of prompts.", func(context.Context, mcp.CallToolRequest) *mcp.CallToolResult {
		f.changePrompts()
		f.publish(mcp.MethodNotificationPromptsListChanged, func(s mcp.SubscriptionFilter) bool { return s.PromptsListChanged })
		return mcp.NewToolResultText("changed")
	})
}

func (f *fixtures) changeTools() {
	const name = "test_tool_that_comes_and_goes"
	if f.mcp.GetTool(name) != nil {
		f.mcp.DeleteTools(name)
		return
	}
	f.tool(name, "Is there half of the time.", func(context.Context, mcp.CallToolRequest) *mcp.CallToolResult {
		return mcp.NewToolResultText("here")
	})
}

func (f *fixtures) changePrompts() {
	const name = "test_prompt_that_comes_and_goes"
	if _, there := f.mcp.ListPrompts()[name]; there {
		f.mcp.DeletePrompts(name)
		return
	}
	f.prompt(name, func(map[string]string) []mcp.Content { return []mcp.Content{textContent("here")} })
}

// subscriptionHooks keep track of who listens.
func (f *fixtures) subscriptionHooks() *mcpserver.Hooks {
	hooks := &mcpserver.Hooks{}
	hooks.AddBeforeSubscriptionsListen(func(ctx context.Context, id any, _ *mcp.SubscriptionsListenRequest) {
		f.mu.Lock()
		defer f.mu.Unlock()
		x, _ := exchangeOf(ctx)
		f.listeners[x] = id
	})
	hooks.AddAfterSubscriptionsListen(func(ctx context.Context, _ any, _ *mcp.SubscriptionsListenRequest,
		_ *mcp.SubscriptionsListenResult) {
		f.mu.Lock()
		defer f.mu.Unlock()
		x, _ := exchangeOf(ctx)
		delete(f.listeners, x)
	})
	return hooks
}

// publish notifies all who have asked for it. mcp-go does so only for sessions
// that it knows, and it does not know exchanges.
func (f *fixtures) publish(method string, wanted func(mcp.SubscriptionFilter) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for x, id := range f.listeners {
		if filter, active := x.SubscriptionFilter(); !active || !wanted(filter) {
			continue
		}
		x.NotificationChannel() <- mcp.JSONRPCNotification{
			JSONRPC: mcp.JSONRPC_VERSION,
			Notification: mcp.Notification{Method: method, Params: mcp.NotificationParams{
				Meta: map[string]any{mcp.MetaKeySubscriptionID: id},
			}},
		}
	}
}

// requireSampling refuses calls of a tool by clients that cannot sample. A handler
// of mcp-go has no way to answer with that error.
func requireSampling(tool string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if f, problem := parseFrame(body); problem == nil && f.params.name == tool && !canSample(f) {
			b, _ := encodeError(f.id, mcp.JSONRPCErrorDetails{
				Code: mcp.MISSING_REQUIRED_CLIENT_CAPABILITY, Message: tool + " needs a client that can sample",
				Data: map[string]any{"requiredCapabilities": mcp.ClientCapabilities{Sampling: &mcp.SamplingCapability{}}},
			})
			writeJSON(w, b, statusOf(mcp.MISSING_REQUIRED_CLIENT_CAPABILITY))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// canSample reports whether the client of a stateless message can sample.
func canSample(f *frame) bool {
	var params struct {
		Meta *mcp.Meta `json:"_meta"`
	}
	if json.Unmarshal(f.params.raw, &params) != nil {
		return false
	}
	caps := params.Meta.ClientCapabilities()
	return caps != nil && caps.Sampling != nil
}
