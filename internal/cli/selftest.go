package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/doctor"
	"airbyte-mcp-server/internal/stdiohost"
)

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
	return a.converseWith(ctx, func(ctx context.Context) (*stdiohost.Host, error) {
		return stdiohost.Start(ctx, a.Executable, append([]string{"serve"}, a.flags()...)...)
	}, converse)
}

// conversation is what is said to a server.
type conversation func(h *stdiohost.Host, version string, said *doctor.Conversation) error

// converseWith starts a server, talks with it, and ends it.
func (a *app) converseWith(
	ctx context.Context, start func(context.Context) (*stdiohost.Host, error), talk conversation,
) (said doctor.Conversation, err error) {
	ctx, cancel := context.WithTimeout(ctx, selfTestTime)
	defer cancel()
	h, err := start(ctx)
	if err != nil {
		return said, err
	}
	err = talk(h, a.version(), &said)
	closeErr := h.Close()
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
func converse(h *stdiohost.Host, version string, said *doctor.Conversation) error {
	var hello struct{ ProtocolVersion string }
	err := h.Ask("initialize", map[string]any{
		"protocolVersion": "2025-11-25", "capabilities": map[string]any{},
		"clientInfo": map[string]string{"name": "doctor", "version": version},
	}, &hello)
	if err != nil {
		return err
	}
	var list struct{ Tools []struct{ Name string } }
	err = h.Ask("tools/list", nil, &list)
	said.Protocol, said.Tools = hello.ProtocolVersion, len(list.Tools)
	return err
}

// converseToTheEnd asks for the connectors too, which costs nothing: a server without
// credentials lists tools all the same, to say with them what is missing.
func converseToTheEnd(h *stdiohost.Host, version string, said *doctor.Conversation) error {
	if err := converse(h, version, said); err != nil {
		return err
	}
	var answer struct {
		IsError bool
		Content []struct{ Text string }
	}
	err := h.Ask("tools/call", map[string]any{"name": "list_connectors", "arguments": map[string]any{}}, &answer)
	if err == nil && answer.IsError && len(answer.Content) > 0 {
		return errors.New(answer.Content[0].Text)
	}
	return nil // a server that is told to serve only some tools may not have that one
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
