package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
)

const (
	// tinyPNG is an image of one pixel, tinyWAV a sound of one sample.
	tinyPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
	tinyWAV = "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA=="
)

// draft2020Schema has the vocabulary of JSON Schema that must reach clients as it is.
const draft2020Schema = `{
	"$schema": "https://json-schema.org/draft/2020-12/schema",
	"type": "object",
	"$defs": {"address": {"$anchor": "addressDef", "type": "object",
		"properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
	"properties": {
		"name": {"type": "string"},
		"address": {"$ref": "#/$defs/address"},
		"contactMethod": {"type": "string", "enum": ["phone", "email"]},
		"phone": {"type": "string"},
		"email": {"type": "string"}
	},
	"allOf": [{"anyOf": [{"required": ["phone"]}, {"required": ["email"]}]}],
	"if": {"properties": {"contactMethod": {"const": "phone"}}, "required": ["contactMethod"]},
	"then": {"required": ["phone"]},
	"else": {"required": ["email"]},
	"additionalProperties": false
}`

func textContent(s string) mcp.TextContent { return mcp.TextContent{Type: "text", Text: s} }

// addContent adds the tools that return each kind of content.
func (f *fixtures) addContent() {
	for _, t := range []struct {
		name, description string
		content           []mcp.Content
	}{
		{"test_simple_text", "Returns a text.",
			[]mcp.Content{textContent("This is a simple text response for testing.")}},
		{"test_image_content", "Returns an image.",
			[]mcp.Content{mcp.NewImageContent(tinyPNG, "image/png")}},
		{"test_audio_content", "Returns a sound.",
			[]mcp.Content{mcp.NewAudioContent(tinyWAV, "audio/wav")}},
		{"test_embedded_resource", "Returns a resource.",
			[]mcp.Content{mcp.NewEmbeddedResource(textResource("test://embedded-resource", "This is an embedded resource content."))}},
		{"test_multiple_content_types", "Returns a text, an image and a resource.",
			[]mcp.Content{textContent("Multiple content types test:"), mcp.NewImageContent(tinyPNG, "image/png"),
				mcp.NewEmbeddedResource(textResource("test://mixed-content-resource", `{"test":"data","value":123}`))}},
	} {
		f.tool(t.name, t.description, func(context.Context, mcp.CallToolRequest) *mcp.CallToolResult {
			return &mcp.CallToolResult{Content: t.content}
		})
	}
	f.tool("test_error_handling", "Always fails.", func(context.Context, mcp.CallToolRequest) *mcp.CallToolResult {
		return mcp.NewToolResultError("This tool intentionally returns an error for testing")
	})
	f.mcp.AddTool(mcp.NewToolWithRawSchema("json_schema_2020_12_tool", "Has a schema with all the vocabulary.",
		json.RawMessage(draft2020Schema)),
		func(context.Context, mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return mcp.NewToolResultText("ok"), nil
		})
}

func textResource(uri, body string) mcp.TextResourceContents {
	return mcp.TextResourceContents{URI: uri, MIMEType: "text/plain", Text: body}
}

func (f *fixtures) addResources() {
	for _, r := range []struct {
		uri, name string
		contents  mcp.ResourceContents
	}{
		{"test://static-text", "static-text", textResource("test://static-text", "This is the content of the static text resource.")},
		{"test://static-binary", "static-binary",
			mcp.BlobResourceContents{URI: "test://static-binary", MIMEType: "image/png", Blob: tinyPNG}},
		{"test://watched-resource", "watched-resource", textResource("test://watched-resource", "Nothing happens here.")},
	} {
		f.mcp.AddResource(mcp.NewResource(r.uri, r.name, mcp.WithResourceDescription("A resource of the fixtures.")),
			func(context.Context, mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
				return []mcp.ResourceContents{r.contents}, nil
			})
	}
	f.mcp.AddResourceTemplate(mcp.NewResourceTemplate("test://template/{id}/data", "template",
		mcp.WithTemplateDescription("A resource per id."), mcp.WithTemplateMIMEType("application/json")), readTemplate)
}

func readTemplate(_ context.Context, r mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
	id := strings.TrimSuffix(strings.TrimPrefix(r.Params.URI, "test://template/"), "/data")
	body := fmt.Sprintf(`{"id":%q,"templateTest":true,"data":%q}`, id, "Data for ID: "+id)
	return []mcp.ResourceContents{mcp.TextResourceContents{URI: r.Params.URI, MIMEType: "application/json", Text: body}}, nil
}

func (f *fixtures) addPrompts() {
	f.prompt("test_simple_prompt", func(map[string]string) []mcp.Content {
		return []mcp.Content{textContent("This is a simple prompt for testing.")}
	})
	f.prompt("test_prompt_with_arguments", func(args map[string]string) []mcp.Content {
		return []mcp.Content{textContent(fmt.Sprintf("Prompt with arguments: arg1='%s', arg2='%s'", args["arg1"], args["arg2"]))}
	}, "arg1", "arg2")
	f.prompt("test_prompt_with_embedded_resource", func(args map[string]string) []mcp.Content {
		return []mcp.Content{mcp.NewEmbeddedResource(textResource(args["resourceUri"], "Embedded resource content for testing.")),
			textContent("Please process the embedded resource above.")}
	}, "resourceUri")
	f.prompt("test_prompt_with_image", func(map[string]string) []mcp.Content {
		return []mcp.Content{mcp.NewImageContent(tinyPNG, "image/png"), textContent("Please analyze the image above.")}
	})
}

// prompt adds a prompt whose messages are all the user's. Its parameters are required.
func (f *fixtures) prompt(name string, say func(args map[string]string) []mcp.Content, params ...string) {
	options := []mcp.PromptOption{mcp.WithPromptDescription("A prompt of the fixtures.")}
	for _, p := range params {
		options = append(options, mcp.WithArgument(p, mcp.ArgumentDescription("A text."), mcp.RequiredArgument()))
	}
	f.mcp.AddPrompt(mcp.NewPrompt(name, options...), func(_ context.Context, r mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		return userSays(say(r.Params.Arguments)...), nil
	})
}

func userSays(contents ...mcp.Content) *mcp.GetPromptResult {
	result := &mcp.GetPromptResult{}
	for _, c := range contents {
		result.Messages = append(result.Messages, mcp.PromptMessage{Role: mcp.RoleUser, Content: c})
	}
	return result
}
