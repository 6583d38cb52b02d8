package server

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"
)

var errAltered = errors.New("the request state was altered")

// question is a tool of the stateless era that needs something from the client:
// its result asks, and the client calls again with the answers.
type question struct {
	tool  string
	state string // carried by the client, sealed; "" for none
	ask   func(*mcpserver.InputRequestBuilder)
	reply func(mcp.InputResponses) string // "" as long as an answer is missing
}

// addQuestions adds the tools and the prompt that need input.
func (f *fixtures) addQuestions() {
	for _, q := range []question{
		{tool: "test_input_required_result_elicitation", ask: askName, reply: greet},
		{tool: "test_streaming_elicitation", ask: askName, reply: greet},
		{tool: "test_input_required_result_sampling", ask: askCapital, reply: capital},
		{tool: "test_input_required_result_list_roots", ask: askRoots, reply: roots},
		{tool: "test_input_required_result_request_state", state: "asked", ask: askConfirmation, reply: confirmed},
		{tool: "test_input_required_result_tampered_state", state: "asked", ask: askConfirmation, reply: confirmed},
		{tool: "test_input_required_result_multiple_inputs", state: "asked",
			ask: func(b *mcpserver.InputRequestBuilder) {
				askName(b)
				b.Sample("greeting", userPrompt("Generate a greeting"))
				askRoots(b)
			},
			reply: func(r mcp.InputResponses) string {
				return joined(greet(r), sampled(r, "greeting"), roots(r))
			}},
	} {
		f.question(q)
	}
	f.mcp.AddTool(mcp.NewTool("test_input_required_result_multi_round", mcp.WithDescription("Asks twice.")), f.askTwice)
	f.mcp.AddTool(mcp.NewTool("test_input_required_result_capabilities", mcp.WithDescription("Asks what the client can answer.")),
		askCapable)
	f.mcp.AddPrompt(mcp.NewPrompt("test_input_required_result_prompt", mcp.WithPromptDescription("Needs a context.")), promptInContext)
}

func (f *fixtures) question(q question) {
	f.mcp.AddTool(mcp.NewTool(q.tool, mcp.WithDescription("Needs an answer of the client.")),
		func(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			reply := q.reply(r.Params.InputResponses)
			if reply == "" {
				b := mcpserver.NewInputRequestBuilder(f.seal(q.state))
				q.ask(b)
				return b.ToolResult(), nil
			}
			if state, err := f.open(r.Params.RequestState); err != nil || state != q.state {
				return nil, errAltered
			}
			return mcp.NewToolResultText(reply), nil
		})
}

// askTwice keeps in the state which of its questions has been asked.
func (f *fixtures) askTwice(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	asked, err := f.open(r.Params.RequestState)
	if err != nil {
		return nil, err
	}
	answers := r.Params.InputResponses
	switch {
	case asked == "color" && elicited(answers, "step2", "color") != "":
		return mcp.NewToolResultText("Thank you."), nil
	case asked == "color", asked == "name" && elicited(answers, "step1", "name") != "":
		return mcpserver.NewInputRequestBuilder(f.seal("color")).
			Elicit("step2", form("Step 2: What is your favorite color?", "color", "string")).ToolResult(), nil
	default:
		return mcpserver.NewInputRequestBuilder(f.seal("name")).
			Elicit("step1", form("Step 1: What is your name?", "name", "string")).ToolResult(), nil
	}
}

// askCapable asks for no more than the client has declared that it can answer.
func askCapable(_ context.Context, r mcp.CallToolRequest) (*mcp.CallToolResult, error) {
	if len(r.Params.InputResponses) > 0 {
		return mcp.NewToolResultText("Thank you."), nil
	}
	b, caps := mcpserver.NewInputRequestBuilder(""), r.Params.Meta.ClientCapabilities()
	if caps == nil {
		return mcp.NewToolResultText("The client can answer nothing."), nil
	}
	if caps.Elicitation != nil {
		askName(b)
	}
	if caps.Sampling != nil {
		askCapital(b)
	}
	if caps.Roots != nil {
		askRoots(b)
	}
	return b.ToolResult(), nil
}

func promptInContext(_ context.Context, r mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
	if in := elicited(r.Params.InputResponses, "user_context", "context"); in != "" {
		return userSays(textContent("In the context of " + in + ".")), nil
	}
	return mcpserver.NewInputRequestBuilder("").
		Elicit("user_context", form("What context should the prompt use?", "context", "string")).PromptResult(), nil
}

// The questions, and what their answers make.

func askName(b *mcpserver.InputRequestBuilder) {
	b.Elicit("user_name", form("What is your name?", "name", "string"))
}

func greet(r mcp.InputResponses) string {
	return prefixed("Hello, ", elicited(r, "user_name", "name"))
}

func askCapital(b *mcpserver.InputRequestBuilder) {
	b.Sample("capital_question", userPrompt("What is the capital of France?"))
}

func capital(r mcp.InputResponses) string { return sampled(r, "capital_question") }

func askRoots(b *mcpserver.InputRequestBuilder) { b.Roots("client_roots") }

func roots(r mcp.InputResponses) string {
	answer := mcpserver.RootsResponse(r, "client_roots")
	if answer == nil || answer.Roots == nil {
		return ""
	}
	b, _ := json.Marshal(answer.Roots)
	return "The roots are " + string(b)
}

func askConfirmation(b *mcpserver.InputRequestBuilder) {
	b.Elicit("confirm", form("Please confirm", "ok", "boolean"))
}

func confirmed(r mcp.InputResponses) string {
	return prefixed("state-ok, ", elicited(r, "confirm", "ok"))
}

// form is a form with one field.
func form(message, field, kind string) mcp.ElicitationParams {
	return mcp.ElicitationParams{Message: message, RequestedSchema: map[string]any{
		"type":       "object",
		"properties": map[string]any{field: map[string]any{"type": kind}},
		"required":   []string{field},
	}}
}

// elicited is the field of a form that the user has filled in, "" if there is none.
func elicited(r mcp.InputResponses, id, field string) string {
	answer := mcpserver.ElicitationResponse(r, id)
	if answer == nil || answer.Action != mcp.ElicitationResponseActionAccept {
		return ""
	}
	fields, _ := answer.Content.(map[string]any)
	value, ok := fields[field]
	if !ok {
		return ""
	}
	b, _ := json.Marshal(value)
	return strings.Trim(string(b), `"`)
}

func sampled(r mcp.InputResponses, id string) string {
	answer := mcpserver.SamplingResponse(r, id)
	if answer == nil {
		return ""
	}
	content, err := mcp.ParseSamplingContent(answer.Content)
	if err != nil {
		return ""
	}
	return mcp.GetTextFromContent(content)
}

// prefixed puts words before a text, if there is one.
func prefixed(words, text string) string {
	if text == "" {
		return ""
	}
	return words + text
}

// joined joins texts, if none is missing.
func joined(texts ...string) string {
	if slices.Contains(texts, "") {
		return ""
	}
	return strings.Join(texts, "; ")
}

// seal protects a state that a client carries; no state needs no protection.
func (f *fixtures) seal(state string) string {
	if state == "" {
		return ""
	}
	mac := hmac.New(sha256.New, f.key)
	mac.Write([]byte(state))
	return state + "." + hex.EncodeToString(mac.Sum(nil))
}

// open returns the state within a seal that is whole.
func (f *fixtures) open(sealed string) (string, error) {
	state, _, _ := strings.Cut(sealed, ".")
	if !hmac.Equal([]byte(f.seal(state)), []byte(sealed)) {
		return "", errAltered
	}
	return state, nil
}
