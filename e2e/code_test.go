package e2e_test

import (
	"encoding/json"
	"net/http"
	"strings"
)

// asking calls connect_connector as a host of the stateless era whose user can be asked; more
// are further members of params.
func (c *cluster) asking(front, arguments, more string) (text, state string) {
	c.t.Helper()
	const version = "2026-07-28"
	a := c.sendWith(front+"/mcp", 0, map[string]string{
		"Mcp-Protocol-Version": version, "Mcp-Method": "tools/call", "Mcp-Name": "connect_connector",
	}, "tools/call", `{"_meta":{"io.modelcontextprotocol/protocolVersion":"`+version+`",`+
		`"io.modelcontextprotocol/clientInfo":{"name":"test","version":"1"},`+
		`"io.modelcontextprotocol/clientCapabilities":{"elicitation":{"form":{}}}},"name":"connect_connector","arguments":`+arguments+more+`}`)
	text = a.body
	if _, event, ok := strings.Cut(text, "data: "); ok {
		text, _, _ = strings.Cut(event, "\n")
	}
	var answer struct{ Result struct{ RequestState string } }
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		c.t.Fatalf("%+v: %v", a, err)
	}
	return text, answer.Result.RequestState
}

// storyOfElicitedCode gives the code in a form of the host, after a wrong one.
func (c *cluster) storyOfElicitedCode(front, session string) {
	c.t.Helper()
	p := &person{c, front, map[string]string{}}
	path, ticket := c.openPage(front, session)
	code := p.fill(path, "githubPAT")
	arguments := `{"ticket":"` + ticket + `"}`
	text, state := c.asking(front, arguments, "")
	for _, step := range []struct{ typed, want string }{{"000000", "4 more tries"}, {code, `\"connected\"`}} {
		if state == "" || !strings.Contains(text, "input_required") {
			c.t.Fatalf("nobody is asked for the code: %s", text)
		}
		text, state = c.asking(front, arguments, `,"requestState":"`+state+
			`","inputResponses":{"question":{"action":"accept","content":{"text":"`+step.typed+`"}}}`)
		if !strings.Contains(text, step.want) {
			c.t.Errorf("typed %s: %s", step.typed, text)
		}
	}
	if end := p.send(path+"/done", nil); end.status != http.StatusOK || !strings.Contains(end.body, "is connected") {
		c.t.Errorf("the last page: %d %.300s", end.status, end.body)
	}
}
