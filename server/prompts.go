package server

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"airbyte-mcp-server/tools"
)

// prompt is a common job that a person picks in a host.
type prompt struct {
	name, title, about string
	arguments          []promptArgument
	text               func(given map[string]string) string
}

type promptArgument struct {
	name, about string
	required    bool
	kind        tools.Completable // of its values; "" for anything
}

// prompts are the jobs. Their words fit every surface: what is not listed is found.
func prompts() []prompt {
	return []prompt{
		{
			"connect", "Connect a service", "Connect one more service to Airbyte, without giving credentials to the chat.",
			[]promptArgument{{"service", "Type of connector, e.g. github.", true, tools.CompleteType}},
			connectPrompt,
		},
		{
			"find", "Find a tool", "Find out which tool does a job, and what it needs.",
			[]promptArgument{
				{"task", "What is to be done, in plain words.", true, ""},
				{"connector", "Only tools of this type of connector.", false, tools.CompleteConnector},
				{"entity", "Only tools for this kind of record.", false, tools.CompleteEntity},
				{"action", "Only tools that do this, e.g. list.", false, tools.CompleteAction},
			},
			findPrompt,
		},
		{
			"report", "Report on a connector", "Summarize what a connector has about a subject.",
			[]promptArgument{
				{"connector", "Type of connector, e.g. stripe.", true, tools.CompleteConnector},
				{"subject", "What the report is about, e.g. last month's refunds.", false, ""},
				{"entity", "Kind of record to begin with.", false, tools.CompleteEntity},
			},
			reportPrompt,
		},
	}
}

func connectPrompt(given map[string]string) string {
	return fmt.Sprintf(`Connect %s to my Airbyte workspace.
1. See with list_connectors whether it is connected already; if so, say so and ask before adding another.
2. Tell me what it will need, from describe_connector_setup, and which way to authenticate you recommend.
3. Start connect_connector and give me the page that it answers with. I enter the credentials there: never ask for them here.
4. When it is done, confirm it with check_connector and name three things that I can do with it now.`, given["service"])
}

func findPrompt(given map[string]string) string {
	var where strings.Builder
	for _, part := range []struct{ name, words string }{{"action", " by "}, {"entity", " with "}, {"connector", " in "}} {
		if given[part.name] != "" {
			where.WriteString(part.words + given[part.name])
		}
	}
	return fmt.Sprintf(`Which tool does this%s: %s
Look with find_tools if it is there, else among the tools that you have. Where the arguments that it shows are not enough, `+
		`describe_tool gives the inputSchema. Tell me its name, what it needs and whether it changes anything, and `+
		`ask for what is missing. Do not run it before I agree.`, where.String(), given["task"])
}

func reportPrompt(given map[string]string) string {
	subject := given["subject"]
	if subject == "" {
		subject = "what has happened lately"
	}
	begin := ""
	if given["entity"] != "" {
		begin = " Begin with " + given["entity"] + "."
	}
	return fmt.Sprintf(`Write a short report from %[1]s about %[2]s.%[3]s
The resource %[4]s%[1]s names its entities, their tools and how they belong together. Use tools that read only. `+
		`Prefer a …_search for many records (it may lag, so give its as_of), and a …_list for the latest ones. `+
		`Choose fields by select_fields, and read on while page.has_more says so or say that you did not.
Give figures with the query that they came from, mark what is uncertain, and end with what I should look at.`,
		given["connector"], subject, begin, tools.ConnectorURI)
}

// addPrompts offers the jobs.
func (s *Server) addPrompts() {
	for _, p := range prompts() {
		options := []mcp.PromptOption{mcp.WithPromptTitle(p.title), mcp.WithPromptDescription(p.about)}
		for _, a := range p.arguments {
			about := []mcp.ArgumentOption{mcp.ArgumentDescription(a.about)}
			if a.required {
				about = append(about, mcp.RequiredArgument())
			}
			options = append(options, mcp.WithArgument(a.name, about...))
		}
		s.mcp.AddPrompt(mcp.NewPrompt(p.name, options...), p.get)
	}
}

// maxPromptValue bounds what is put into a prompt, in bytes.
const maxPromptValue = 2000

func (p *prompt) get(ctx context.Context, r mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
	given := map[string]string{}
	for _, a := range p.arguments {
		value := strings.TrimSpace(r.Params.Arguments[a.name])
		if len(value) > maxPromptValue {
			return nil, invalidPrompt(ctx, fmt.Sprintf("the argument %s is longer than %d bytes", a.name, maxPromptValue))
		}
		if a.required && value == "" {
			return nil, invalidPrompt(ctx, fmt.Sprintf("the prompt %s needs the argument %s: %s", p.name, a.name, a.about))
		}
		given[a.name] = value
	}
	return mcp.NewGetPromptResult(p.about, []mcp.PromptMessage{
		mcp.NewPromptMessage(mcp.RoleUser, mcp.NewTextContent(p.text(given))),
	}), nil
}

// invalidPrompt refuses the arguments of a prompt.
func invalidPrompt(ctx context.Context, message string) error {
	if x, ok := exchangeOf(ctx); ok {
		x.refusal = &refusal{mcp.INTERNAL_ERROR, mcp.INVALID_PARAMS, message}
	}
	return errors.New(message)
}

// completer completes arguments of prompts and parts of resource URIs.
type completer struct{ server *Server }

var (
	_ mcpserver.PromptCompletionProvider   = completer{}
	_ mcpserver.ResourceCompletionProvider = completer{}
)

// CompletePromptArgument implements [mcpserver.PromptCompletionProvider].
func (c completer) CompletePromptArgument(
	ctx context.Context, name string, argument mcp.CompleteArgument, known mcp.CompleteContext,
) (*mcp.Completion, error) {
	for _, p := range prompts() {
		if p.name != name {
			continue
		}
		for _, a := range p.arguments {
			if a.name == argument.Name && a.kind != "" {
				return c.complete(ctx, a.kind, argument.Value, known), nil
			}
		}
	}
	return nil, nil //nolint:nilnil // nothing to complete is no fault
}

// CompleteResourceArgument implements [mcpserver.ResourceCompletionProvider].
func (c completer) CompleteResourceArgument(
	ctx context.Context, uri string, argument mcp.CompleteArgument, known mcp.CompleteContext,
) (*mcp.Completion, error) {
	for _, t := range overviews {
		if t.uri == uri && t.variable == argument.Name {
			return c.complete(ctx, t.kind, argument.Value, known), nil
		}
	}
	return nil, nil //nolint:nilnil // nothing to complete is no fault
}

// maxCompletions is the protocol's bound.
const maxCompletions = 100

// complete is empty where the connectors cannot be listed: a host asks at every key.
func (c completer) complete(ctx context.Context, kind tools.Completable, text string, known mcp.CompleteContext) *mcp.Completion {
	caller, ok := callerOf(ctx)
	if !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, introductionTime)
	defer cancel()
	names, err := c.server.opts.Calls.Directory().Complete(ctx, caller, kind, text, tools.Known{
		Connector: known.Arguments["connector"], Entity: known.Arguments["entity"], Action: known.Arguments["action"],
	})
	if err != nil {
		c.server.log.Warn().Err(err).Msg("nothing to complete with")
		return nil
	}
	shown := names[:min(len(names), maxCompletions)]
	return &mcp.Completion{Values: shown, Total: len(names), HasMore: len(names) > len(shown)}
}
