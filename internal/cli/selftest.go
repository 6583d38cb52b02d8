package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/doctor"
)

// host is a small MCP host: it runs a server as a subprocess and speaks JSON-RPC
// with it over stdio, one request at a time.
type host struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
	last   int
}

func startHost(ctx context.Context, program string, args ...string) (*host, error) {
	h := &host{cmd: exec.CommandContext(ctx, program, args...)} //nolint:gosec // this very program
	h.cmd.Stderr = &h.stderr
	in, err := h.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := h.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	h.in, h.out = in, bufio.NewReader(out)
	return h, nil
}

// ask sends a request and reads the answer to it.
func (h *host) ask(method string, params, result any) error {
	h.last++
	message := map[string]any{"jsonrpc": "2.0", "id": h.last, "method": method}
	if params != nil {
		message["params"] = params
	}
	if err := json.NewEncoder(h.in).Encode(message); err != nil {
		return fmt.Errorf("sending %s: %w", method, err)
	}
	line, err := h.out.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("reading the answer to %s: %w; the server said: %s", method, err, strings.TrimSpace(h.stderr.String()))
	}
	var answer struct {
		Result json.RawMessage
		Error  *struct{ Message string }
	}
	if err := json.Unmarshal(line, &answer); err != nil {
		return fmt.Errorf("reading the answer to %s: %w", method, err)
	}
	if answer.Error != nil {
		return errors.New(answer.Error.Message)
	}
	return json.Unmarshal(answer.Result, result)
}

// close ends the conversation as a host does, by closing the server's input.
func (h *host) close() error {
	return errors.Join(h.in.Close(), h.cmd.Wait())
}

// selfTestTime bounds the conversation with this program.
const selfTestTime = 10 * time.Second

// selfTest starts this program as a host would, with the same settings, and has it
// list its tools.
func (a *app) selfTest(ctx context.Context) (said doctor.Conversation, err error) {
	if a.Executable == "" {
		return said, errors.New("the path of this program is not known")
	}
	if addr := a.servesHTTP(); addr != "" {
		said.Advice = "unset AIRBYTE_MCP_HTTP, or `http` in the configuration file, for hosts that talk over standard input and output"
		return said, fmt.Errorf("serve listens over HTTP at %s, whoever starts it", addr)
	}
	ctx, cancel := context.WithTimeout(ctx, selfTestTime)
	defer cancel()
	h, err := startHost(ctx, a.Executable, append([]string{"serve"}, a.flags()...)...)
	if err != nil {
		return said, err
	}
	err = converse(h, a.version(), &said)
	closeErr := h.close()
	if err == nil && closeErr != nil {
		err = fmt.Errorf("it listed %d tools, but did not end well: %w", said.Tools, closeErr)
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("no answer on standard output within %s", selfTestTime)
	}
	return said, err
}

// servesHTTP is the address at which serve would listen instead of talking with the
// one who starts it; empty if it would not.
func (a *app) servesHTTP() string {
	root := &program{}
	env := config.Env{LookupEnv: a.LookupEnv, HomeDir: a.HomeDir, ConfigDir: a.ConfigDir}
	parser, err := kong.New(root, optionsFor(env)...)
	if err != nil {
		return ""
	}
	if _, err := parser.Parse(append([]string{"serve"}, a.flags()...)); err != nil {
		return "" // the conversation will show it
	}
	return root.Serve.HTTP
}

// converse says hello and asks for the tools.
func converse(h *host, version string, said *doctor.Conversation) error {
	var hello struct{ ProtocolVersion string }
	err := h.ask("initialize", map[string]any{
		"protocolVersion": "2025-11-25", "capabilities": map[string]any{},
		"clientInfo": map[string]string{"name": "doctor", "version": version},
	}, &hello)
	if err != nil {
		return err
	}
	var list struct{ Tools []struct{ Name string } }
	err = h.ask("tools/list", nil, &list)
	said.Protocol, said.Tools = hello.ProtocolVersion, len(list.Tools)
	return err
}

// flags are the settings that this program was given as arguments; another one takes
// the others from where this one does.
func (a *app) flags() []string {
	var args []string
	for _, v := range a.settings.Report() {
		if flag, ok := strings.CutPrefix(v.Origin, "flag --"); ok {
			args = append(args, "--"+flag+"="+v.Value)
		}
	}
	return args
}
