package server

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

// talkPause is how long the suite wants a tool to pause between two messages.
const talkPause = 50 * time.Millisecond

// Schemas of forms for the user of the session era.
const (
	contactForm = `{"type":"object","properties":{
		"username":{"type":"string","description":"User's response"},
		"email":{"type":"string","description":"User's email address"}},
		"required":["username","email"]}`
	defaultsForm = `{"type":"object","properties":{
		"name":{"type":"string","default":"John Doe"},
		"age":{"type":"integer","default":30},
		"score":{"type":"number","default":95.5},
		"status":{"type":"string","enum":["active","inactive","pending"],"default":"active"},
		"verified":{"type":"boolean","default":true}}}`
	enumsForm = `{"type":"object","properties":{
		"untitledSingle":{"type":"string","enum":["option1","option2","option3"]},
		"titledSingle":{"type":"string","oneOf":[{"const":"value1","title":"First"},{"const":"value2","title":"Second"}]},
		"legacyEnum":{"type":"string","enum":["opt1","opt2"],"enumNames":["Option One","Option Two"]},
		"untitledMulti":{"type":"array","items":{"type":"string","enum":["option1","option2","option3"]}},
		"titledMulti":{"type":"array","items":{"anyOf":[{"const":"value1","title":"First"},{"const":"value2","title":"Second"}]}}}}`
)

// addTalks adds the tools that say or ask something before they answer.
func (f *fixtures) addTalks() {
	f.tool("test_tool_with_logging", "Logs three messages.", func(ctx context.Context, _ mcp.CallToolRequest) *mcp.CallToolResult {
		return say("logged",
			func() error { return f.log(ctx, "Tool execution started") },
			func() error { return f.log(ctx, "Tool processing data") },
			func() error { return f.log(ctx, "Tool execution completed") })
	})
	f.tool("test_tool_with_progress", "Reports progress.", func(ctx context.Context, r mcp.CallToolRequest) *mcp.CallToolResult {
		return say("progressed",
			func() error { return f.progress(ctx, r, 0) },
			func() error { return f.progress(ctx, r, 50) },
			func() error { return f.progress(ctx, r, 100) })
	})
	f.tool("test_sampling", "Asks the model of the client.", sample, mcp.WithString("prompt", mcp.Required()))
	f.tool("test_elicitation", "Asks the user for an address.", func(ctx context.Context, r mcp.CallToolRequest) *mcp.CallToolResult {
		return f.elicit(ctx, r.GetString("message", ""), contactForm)
	}, mcp.WithString("message", mcp.Required()))
	f.tool("test_elicitation_sep1034_defaults", "Asks with defaults.",
		func(ctx context.Context, _ mcp.CallToolRequest) *mcp.CallToolResult {
			return f.elicit(ctx, "Provide your information", defaultsForm)
		})
	f.tool("test_elicitation_sep1330_enums", "Asks with choices.", func(ctx context.Context, _ mcp.CallToolRequest) *mcp.CallToolResult {
		return f.elicit(ctx, "Select options", enumsForm)
	})
}

// say sends messages with pauses between them. The answer follows the last one at
// once: that is where messages get lost.
func say(answer string, messages ...func() error) *mcp.CallToolResult {
	for i, send := range messages {
		if i > 0 {
			time.Sleep(talkPause)
		}
		if err := send(); err != nil {
			return mcp.NewToolResultError(err.Error())
		}
	}
	return mcp.NewToolResultText(answer)
}

func (f *fixtures) log(ctx context.Context, message any) error {
	return f.mcp.SendLogMessageToClient(ctx, mcp.NewLoggingMessageNotification(mcp.LoggingLevelInfo, "fixtures", message))
}

// progress reports to a caller that wants it.
func (f *fixtures) progress(ctx context.Context, r mcp.CallToolRequest, percent int) error {
	if r.Params.Meta == nil || r.Params.Meta.ProgressToken == nil {
		return nil
	}
	return f.mcp.SendNotificationToClient(ctx, string(mcp.MethodNotificationProgress), map[string]any{
		"progressToken": r.Params.Meta.ProgressToken, "progress": percent, "total": 100,
	})
}

// sample asks in the manner of the stateless era, which mcp-go turns into a request
// of the server for clients of the older one.
func sample(_ context.Context, r mcp.CallToolRequest) *mcp.CallToolResult {
	if answer := sampled(r.Params.InputResponses, "prompt"); answer != "" {
		return mcp.NewToolResultText("LLM response: " + answer)
	}
	return mcpserver.NewInputRequestBuilder("").Sample("prompt", userPrompt(r.GetString("prompt", ""))).ToolResult()
}

// userPrompt asks a model of the client to answer one sentence of the user.
func userPrompt(sentence string) mcp.CreateMessageParams {
	return mcp.CreateMessageParams{
		Messages:  []mcp.SamplingMessage{{Role: mcp.RoleUser, Content: textContent(sentence)}},
		MaxTokens: 100,
	}
}

func (f *fixtures) elicit(ctx context.Context, message, form string) *mcp.CallToolResult {
	answer, err := f.mcp.RequestElicitation(ctx, mcp.ElicitationRequest{
		Params: mcp.ElicitationParams{Message: message, RequestedSchema: json.RawMessage(form)},
	})
	if err != nil {
		return mcp.NewToolResultError(err.Error())
	}
	return mcp.NewToolResultText(fmt.Sprintf("User response: action=%s, content=%v", answer.Action, answer.Content))
}
