package airbyte_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/secret"
)

// exampleAPI stands for Airbyte: one workspace with one GitHub connector.
func exampleAPI() *httptest.Server {
	mux := http.NewServeMux()
	for pattern, answer := range map[string]string{
		"POST " + tokenPath: `{"access_token":"a-bearer","expires_in":900}`,
		"GET " + connectorsPath: `{"data":[{"id":"c-1","name":"GitHub - acme",
			"summarized_source_template":{"name":"GitHub","connector_name":"github"}}]}`,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) })
	}
	mux.HandleFunc("POST "+executePath, func(w http.ResponseWriter, r *http.Request) {
		var body struct {
			Action string `json:"action"`
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		if body.Action == "create" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_, _ = io.WriteString(w, `{"status":"success","result":[{"number":12345678901234567890,"title":"It breaks"}]}`)
	})
	return httptest.NewServer(mux)
}

func exampleClient(host, clientSecret string) *airbyte.Client {
	client, err := airbyte.New(airbyte.Config{Host: host, ClientID: "an-id", ClientSecret: secret.New(clientSecret)})
	if err != nil {
		panic(err)
	}
	return client
}

// A Client needs an id and a secret. New sends nothing yet.
func ExampleNew() {
	client, err := airbyte.New(airbyte.Config{ClientID: "an-id", ClientSecret: secret.New("a-secret")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	fmt.Println(client.Hosts(airbyte.DialectCurrent))

	_, err = airbyte.New(airbyte.Config{Host: "http://api.example.com", ClientID: "an-id", ClientSecret: secret.New("a-secret")})
	fmt.Println(err)
	// Output:
	// [https://api.airbyte.ai]
	// airbyte host "http://api.example.com": plain http is only allowed to this machine; use https
}

// The connectors of a workspace are found by id, name or type.
func ExampleClient_Connectors() {
	api := exampleAPI()
	defer api.Close()
	client := exampleClient(api.URL, "a-secret")
	defer client.Close()

	list, err := client.Connectors(context.Background(), "main")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range list {
		fmt.Println(c.ID, c.Name, c.Is("github"))
	}
	// Output: c-1 GitHub - acme true
}

// Records come byte for byte, so that large numbers keep every digit.
func ExampleClient_Execute() {
	api := exampleAPI()
	defer api.Close()
	client := exampleClient(api.URL, "a-secret")
	defer client.Close()

	result, err := client.Execute(context.Background(), "main", "c-1", airbyte.Execution{
		Entity: "issues", Action: "list", Params: json.RawMessage(`{"owner":"acme","repo":"app"}`),
		SelectFields: []string{"number", "title"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", result.Data)
	// Output: [{"number":12345678901234567890,"title":"It breaks"}]
}

// A write is sent once. The Outcome of its error says whether it may have happened.
func ExampleError() {
	api := exampleAPI()
	defer api.Close()
	client := exampleClient(api.URL, "a-secret")
	defer client.Close()

	_, err := client.Execute(context.Background(), "main", "c-1", airbyte.Execution{
		Entity: "issues", Action: "create", Params: json.RawMessage(`{"title":"It breaks"}`),
	})
	if failure, ok := errors.AsType[*airbyte.Error](err); ok {
		fmt.Println(failure)
		fmt.Println(failure.Code, failure.Outcome, failure.Requests, failure.Doubtful())
		fmt.Println(failure.Hint)
	}
	// Output:
	// executing issues.create: bad gateway (HTTP 502)
	// unavailable unknown 1 true
	// look with a list or get whether it was done before doing it again
}

// CheckToken tries the credentials and nothing else.
func ExampleClient_CheckToken() {
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"detail":"Invalid client secret a-wrong-secret"}`)
	}))
	defer api.Close()
	client := exampleClient(api.URL, "a-wrong-secret")
	defer client.Close()

	err := client.CheckToken(context.Background())
	fmt.Println(err)
	if failure, ok := errors.AsType[*airbyte.Error](err); ok {
		fmt.Println(failure.Hint)
	}
	// Output:
	// minting a token: Invalid client secret REDACTED (HTTP 401)
	// check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET: they may be wrong, rotated or of another organization
}

// Probe describes the way to a host without credentials.
func ExampleClient_Probe() {
	api := exampleAPI()
	defer api.Close()
	client := exampleClient(api.URL, "a-secret")
	defer client.Close()

	got, err := client.Probe(context.Background(), api.URL)
	fmt.Println(got.Host == api.URL, got.TLS == "", err)

	_, err = client.Probe(context.Background(), "http://127.0.0.1:1")
	if failure, ok := errors.AsType[*airbyte.ProbeError](err); ok {
		fmt.Printf("%s: %v\n", failure.Layer, failure)
	}
	// Output:
	// true true <nil>
	// connect: no connection to 127.0.0.1:1: connection refused
}
