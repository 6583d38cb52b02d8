// Command raw is a small proxy as the MCP library's documentation has it: one tool, whose
// call is one request and whose answer is the text of the response.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/http"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	upstream := flag.String("upstream", "", "URL of the API")
	addr := flag.String("http", "", "serve over HTTP on this address")
	flag.Parse()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	s := server.NewMCPServer("raw", "1", server.WithToolCapabilities(false))
	tool := mcp.NewToolWithRawSchema("list", "Lists.", json.RawMessage(`{"type":"object"}`))
	s.AddTool(tool, func(ctx context.Context, call mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		arguments, err := json.Marshal(call.GetRawArguments())
		if err != nil {
			return nil, err
		}
		text, err := post(ctx, client, *upstream+"/execute", arguments)
		if err != nil {
			return mcp.NewToolResultError(err.Error()), nil
		}
		return mcp.NewToolResultText(text), nil
	})
	if *addr != "" {
		log.Fatal(server.NewStreamableHTTPServer(s).Start(*addr))
	}
	if err := server.ServeStdio(s, server.WithWorkerPoolSize(64)); err != nil {
		log.Fatal(err)
	}
}

func post(ctx context.Context, client *http.Client, url string, body []byte) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	answer, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}
