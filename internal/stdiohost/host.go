// Package stdiohost is a small MCP host: it runs a server as a subprocess and speaks
// JSON-RPC with it over stdio, one request at a time.
package stdiohost

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// Host has one server.
type Host struct {
	// Answer answers what the server asks in the course of a request; nil refuses all.
	Answer func(method string, params json.RawMessage) (result any, err error)

	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr bytes.Buffer
	last   int
}

// Start runs a program. It ends with ctx, or by Close.
func Start(ctx context.Context, program string, args ...string) (*Host, error) {
	return StartIn(ctx, nil, "", program, args...)
}

// StartIn starts a server with an environment, and in a folder, of its own; nil and "" are
// those of this process.
func StartIn(ctx context.Context, environment []string, folder, program string, args ...string) (*Host, error) {
	h := &Host{cmd: exec.CommandContext(ctx, program, args...)} //nolint:gosec // the caller's own program
	h.cmd.Stderr, h.cmd.Env, h.cmd.Dir = &h.stderr, environment, folder
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

// message is one line of the conversation, in either direction.
type message struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  string          `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *failure        `json:"error,omitempty"`
}

type failure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// Ask sends a request and reads the answer to it. What the server asks meanwhile is
// answered; its notifications are passed over.
func (h *Host) Ask(method string, params, result any) error {
	h.last++
	id := json.RawMessage(strconv.Itoa(h.last))
	if err := h.send(message{ID: id, Method: method}, params); err != nil {
		return fmt.Errorf("sending %s: %w", method, err)
	}
	for {
		m, err := h.read()
		if err != nil {
			return fmt.Errorf("reading the answer to %s: %w", method, err)
		}
		switch {
		case m.Method != "" && m.ID != nil:
			if err := h.reply(m); err != nil {
				return fmt.Errorf("answering %s: %w", m.Method, err)
			}
		case m.Method != "":
		case m.Error != nil:
			return errors.New(m.Error.Message)
		case !bytes.Equal(m.ID, id):
			return fmt.Errorf("reading the answer to %s: the server answered %s", method, m.ID)
		default:
			return json.Unmarshal(m.Result, result)
		}
	}
}

// Tell sends a notification.
func (h *Host) Tell(method string) error { return h.send(message{Method: method}, nil) }

func (h *Host) read() (m message, err error) {
	line, err := h.out.ReadBytes('\n')
	if err != nil {
		return m, fmt.Errorf("%w; the server said: %s", err, strings.TrimSpace(h.stderr.String()))
	}
	return m, json.Unmarshal(line, &m)
}

func (h *Host) reply(asked message) error {
	if h.Answer == nil {
		return h.send(message{ID: asked.ID, Error: &failure{Code: -32601, Message: "this host answers nothing"}}, nil)
	}
	result, err := h.Answer(asked.Method, asked.Params)
	if err != nil {
		return h.send(message{ID: asked.ID, Error: &failure{Code: -32603, Message: err.Error()}}, nil)
	}
	answer := message{ID: asked.ID}
	if answer.Result, err = json.Marshal(result); err != nil {
		return err
	}
	return h.send(answer, nil)
}

func (h *Host) send(m message, params any) (err error) {
	m.Version = "2.0"
	if params != nil {
		if m.Params, err = json.Marshal(params); err != nil {
			return err
		}
	}
	return json.NewEncoder(h.in).Encode(m)
}

// Close ends the conversation as a host does, by closing the server's input.
func (h *Host) Close() error { return errors.Join(h.in.Close(), h.cmd.Wait()) }
