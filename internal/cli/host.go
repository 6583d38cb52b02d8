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
