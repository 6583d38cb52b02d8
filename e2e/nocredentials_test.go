package e2e_test

import (
	"bytes"
	"strings"
	"testing"
)

// callsOfAnyKind are calls of a vendor's tool, of the server's own, and by another tool.
var callsOfAnyKind = handshake + listCall(1) +
	`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"list_connectors","arguments":{}}}` + "\n" +
	`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"call_write_tool","arguments":{"name":"execute_action",` +
	`"arguments":{"connector":"github","entity":"issues","action":"create"}}}}` + "\n" +
	`{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"call_read_tool","arguments":` +
	`{"name":"list_connector_types","arguments":{}}}}` + "\n"

// TestServeWithoutCredentialsExplains: a host shows little of a server that has ended, so that
// one over stdio stays, whatever is wrong with its credentials. Over HTTP it does not start.
func TestServeWithoutCredentialsExplains(t *testing.T) {
	t.Parallel()
	const where = "`env` in the configuration of most hosts"
	for name, c := range map[string]struct {
		vars []string
		says []string
	}{
		"none":          {nil, []string{"set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET", where}},
		"no secret":     {[]string{"AIRBYTE_CLIENT_ID=a"}, []string{"set AIRBYTE_CLIENT_SECRET", where}},
		"a placeholder": {[]string{"AIRBYTE_CLIENT_ID=a", "AIRBYTE_CLIENT_SECRET=${input:secret}"}, []string{"AIRBYTE_CLIENT_SECRET", where}},
		"an audit log": {[]string{"AIRBYTE_MCP_AUDIT_LOG=" + t.TempDir() + "/audit"},
			[]string{"set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"}},
		"a workspace's token": {[]string{"AIRBYTE_MCP_TOKEN_SCOPE=workspace", "AIRBYTE_MCP_API_DIALECT=current"},
			[]string{"set AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, "serve")
			cmd.Env = append(cmd.Env, c.vars...)
			cmd.Stdin = strings.NewReader(callsOfAnyKind)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			if err := cmd.Run(); err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			got := readMessages(t, stdout.Bytes())
			for _, id := range []string{"1", "2", "3", "4"} {
				m := got[id]
				if !m.Result.IsError || len(m.Result.Content) == 0 {
					t.Errorf("call %s: got %+v, want an explanation", id, m)
					continue
				}
				for _, words := range c.says {
					if !strings.Contains(m.Result.Content[0].Text, words) {
						t.Errorf("call %s: got %q, want %q in it", id, m.Result.Content[0].Text, words)
					}
				}
			}
			overHTTP := program(t, "serve", "--http", "127.0.0.1:0")
			overHTTP.Env = append(overHTTP.Env, c.vars...)
			if out, err := overHTTP.CombinedOutput(); err == nil {
				t.Errorf("over HTTP it has started: %s", out)
			}
		})
	}
}
