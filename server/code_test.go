package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/manage"
)

// filledPage is a page that was filled in and waits for its code.
type filledPage struct {
	mu        sync.Mutex
	tries     int
	connected bool
}

func (p *filledPage) Open(string, manage.Form) (manage.Ticket, error) { return p, nil }
func (p *filledPage) Ticket(_, id string) (manage.Ticket, bool)       { return p, id == p.ID() }
func (p *filledPage) ID() string                                      { return "page-1" }
func (p *filledPage) URL() string                                     { return "https://tools.example/connect/x" }
func (p *filledPage) NeedsCode() bool                                 { return true }

func (p *filledPage) Wait(context.Context) (*manage.Connected, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.connected {
		return nil, manage.ErrNeedsCode
	}
	return &manage.Connected{ID: "c-9", Name: "made"}, nil
}

func (p *filledPage) Redeem(_ context.Context, code string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.connected = code == "ABC234" && p.tries < 5; p.connected {
		return nil
	}
	if p.tries++; p.tries >= 5 {
		return errors.New("the page is void")
	}
	return &manage.WrongCodeError{Left: 5 - p.tries}
}

// newPageRig is a rig with a page that was filled in.
func newPageRig(t *testing.T) *rig {
	t.Helper()
	up := newUpstream()
	client, err := airbyte.New(airbyte.Config{
		Host: "http://127.0.0.1:1", Transport: up, ClientID: "client", ClientSecret: secret.New(testClientSecret),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	manager := manage.New(catalog, client, manage.Options{Forms: &filledPage{}})
	t.Cleanup(manager.Close)
	server := New(Options{Calls: manager.Calls(), Version: "test"})
	return &rig{Server: server, up: up, log: &logBuffer{}, session: tools.Session{Workspace: "default"}}
}

// codeHost is a host of either era whose user gives codes: it makes a call and answers the
// questions.
type codeHost func(arguments string, answers ...string) (asked []mcp.ElicitationParams, text string)

const takesPages = `{"elicitation":{"form":{},"url":{}}}`

func elicitationIn(t *testing.T, raw json.RawMessage) mcp.ElicitationParams {
	t.Helper()
	var params mcp.ElicitationParams
	if err := json.Unmarshal(raw, &params); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return params
}

func (r *rig) stdioCodeHost(t *testing.T, capabilities string) codeHost {
	w := r.stdio(t)
	w.greet(capabilities)
	return func(arguments string, answers ...string) (asked []mcp.ElicitationParams, text string) {
		got := w.ask(callTool("1", "connect_connector", arguments))
		for _, answer := range answers {
			if got.Method != string(mcp.MethodElicitationCreate) {
				break
			}
			asked = append(asked, elicitationIn(t, got.Params))
			w.answer(got, `"result":`+answer)
			got = w.take()[0]
		}
		return asked, got.call(t).text()
	}
}

// sessionCodeHost is one whose answers go by POSTs of their own.
func (r *rig) sessionCodeHost(t *testing.T, capabilities string) codeHost {
	w := r.web(t)
	id := w.post(strings.Replace(initialize("0"), `"capabilities":{}`, `"capabilities":`+capabilities, 1)).header.Get(sessionHeader)
	return func(arguments string, answers ...string) (asked []mcp.ElicitationParams, text string) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://127.0.0.1:8080/mcp",
			strings.NewReader(callTool("1", "connect_connector", arguments)))
		if err != nil {
			t.Fatal(err)
		}
		for i, header := 0, jsonHeaders([]string{sessionHeader, id}); i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		resp, err := w.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
			var m message
			if err := json.NewDecoder(resp.Body).Decode(&m); err != nil {
				t.Fatal(err)
			}
			return nil, m.call(t).text()
		}
		scanEvents(resp.Body, func(e event) {
			m := readMessage(t, []byte(e.data))
			if m.Method != string(mcp.MethodElicitationCreate) {
				text = m.call(t).text()
				return
			}
			asked = append(asked, elicitationIn(t, m.Params))
			w.post(`{"jsonrpc":"2.0","id":`+string(m.ID)+`,"result":`+answers[len(asked)-1]+`}`, sessionHeader, id)
		})
		return asked, text
	}
}

// statelessCodeHost is one of the stateless era.
func (r *rig) statelessCodeHost(t *testing.T, capabilities string) codeHost {
	w := r.web(t)
	return func(arguments string, answers ...string) (asked []mcp.ElicitationParams, text string) {
		more := ""
		for {
			frame := strings.Replace(modern(request("1", "tools/call", `{"name":"connect_connector","arguments":`+arguments+more+`}`)),
				mcp.MetaKeyClientCapabilities+`":{}`, mcp.MetaKeyClientCapabilities+`":`+capabilities, 1)
			m := w.post(frame, modernHeaders(t, frame)...).last(t)
			var q inputRequired
			if err := json.Unmarshal(m.Result, &q); err != nil || q.ResultType != "input_required" {
				return asked, m.call(t).text()
			}
			var request struct{ Params json.RawMessage }
			if err := json.Unmarshal(q.InputRequests[questionID], &request); err != nil {
				t.Fatal(err)
			}
			asked = append(asked, elicitationIn(t, request.Params))
			more = `,"requestState":"` + q.RequestState + `","inputResponses":{"` + questionID + `":` + answers[len(asked)-1] + `}`
		}
	}
}

// TestCodeOfAPage is given in a form of the host, in both eras and over each transport: after
// the page, again after a wrong one, and never to whoever cannot be asked.
func TestCodeOfAPage(t *testing.T) {
	t.Parallel()
	typed := func(code string) string { return `{"action":"accept","content":{"text":"` + code + `"}}` }
	const opened, byTicket, byType = `{"action":"accept"}`, `{"ticket":"page-1"}`, `{"type":"github"}`
	hosts := map[string]func(*rig, *testing.T, string) codeHost{
		"stdio": (*rig).stdioCodeHost, "session over HTTP": (*rig).sessionCodeHost, "stateless over HTTP": (*rig).statelessCodeHost,
	}
	for name, tt := range map[string]struct {
		capabilities, arguments string
		answers                 []string
		asked                   int
		want                    string
	}{
		"page and code":   {takesPages, byType, []string{opened, typed("ABC234")}, 2, `"status":"connected"`},
		"forms alone":     {asksForms, byTicket, []string{typed("ABC234")}, 1, `"status":"connected"`},
		"a wrong one":     {takesPages, byTicket, []string{typed("XYZ"), typed("ABC234")}, 2, `"status":"connected"`},
		"five wrong ones": {asksForms, byTicket, []string{typed("1"), typed("2"), typed("3"), typed("4"), typed("5")}, 5, "the page is void"},
		"declined":        {asksForms, byTicket, []string{`{"action":"decline"}`}, 1, "the user did not give the code"},
		"nothing typed":   {asksForms, byTicket, []string{`{"action":"accept","content":{}}`}, 1, `"status":"needs_code"`},
		"no text":         {asksForms, byTicket, []string{`{"action":"accept","content":{"text":7}}`}, 1, `"status":"needs_code"`},
		"no forms":        {`{"elicitation":{"url":{}}}`, byTicket, nil, 0, `"status":"needs_code"`},
		"no way to ask":   {`{}`, byTicket, nil, 0, `"status":"needs_code"`},
		"by the model":    {`{}`, `{"ticket":"page-1","code":"ABC234"}`, nil, 0, `"status":"connected"`},
	} {
		for transport, host := range hosts {
			t.Run(name+", "+transport, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					asked, text := host(newPageRig(t), t, tt.capabilities)(tt.arguments, tt.answers...)
					if len(asked) != tt.asked || !strings.Contains(text, tt.want) {
						t.Fatalf("got %s after %d questions, want %s after %d", text, len(asked), tt.want, tt.asked)
					}
					for i, q := range asked {
						schema, _ := json.Marshal(q.RequestedSchema)
						if isPage := q.URL != ""; isPage != (i == 0 && tt.arguments == byType) ||
							!isPage && !strings.Contains(string(schema), `"required":["text"]`) {
							t.Errorf("question %d is %+v", i, q)
						}
					}
				})
			})
		}
	}
}
