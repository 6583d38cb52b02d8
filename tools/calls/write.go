package calls

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/tools"
)

// preview shows the request that a write would send.
func (c *Call) preview(on Target, x Execution) (*Result, error) {
	request, err := c.runner.executor.Preview(on, x)
	if err != nil {
		return nil, err
	}
	return madeHere(map[string]any{
		"dry_run":   true,
		"connector": map[string]string{"id": on.ID, "name": on.Name, "type": on.Type},
		"request":   map[string]any{"method": request.Method, "url": request.URL, "body": request.Body},
	})
}

// write sends a write once, if the policy and, where it asks for it, a person agree.
func (c *Call) write(ctx context.Context, on Target, x Execution) (*Result, error) {
	what := fmt.Sprintf("%s %s of %s", x.Action, x.Entity, cleantext.Quote(on.Name))
	mode := c.runner.opts.Rules.mode(cmp.Or(on.Slug, on.Type), x.Entity, x.Action, c.tool.Destroys)
	if mode == Confirm {
		what = strings.TrimSpace(what + " " + c.runner.seen.label(seenKey(c.CallerKey(), on.ID, x.Entity), x.Entity, x.Params))
	}
	key := strings.Join([]string{c.CallerKey(), on.ID, x.Entity, x.Action, string(canonical(x.Params))}, "\x00")
	finish, err := c.approve(mode, what, key)
	if err != nil {
		return nil, err
	}
	if err := c.Intend(); err != nil {
		finish(err)
		return nil, err
	}
	defer c.beat(on)()
	c.runner.shared.wrote(on.ID)
	x.Writes, x.Record = true, c.tool.Record
	answer, err := c.runner.executor.Execute(ctx, on, x)
	c.runner.shared.wrote(on.ID)
	c.trace.took(answer, err)
	finish(err)
	if err != nil {
		return nil, err
	}
	return readAnswer(c.tool, c.args, answer), nil
}

// approve lets a write pass: by the policy, or by a person. The function that it
// returns must be told how the write ended.
func (c *Call) approve(mode Mode, what, key string) (finish func(error), err error) {
	if mode == Deny {
		return nil, &tools.RefusedError{Tool: c.tool.Name, Reason: "the write policy denies it"}
	}
	sum := sha256.Sum256([]byte(key)) // arguments may be large
	key = string(sum[:])
	earlier, id := c.runner.recent.earlier(key, mode == Allow)
	finish = func(err error) { c.runner.recent.end(key, id, earlier, err) }
	question := "Shall it " + what + "?"
	switch {
	case earlier.state != writeIsNew:
		question = repeatQuestion(what, time.Since(earlier.at), earlier.state)
	case mode == Allow:
		return finish, nil
	}
	if err := c.confirm(question, earlier.stamp()); err != nil {
		return nil, err
	}
	if id = c.runner.recent.claim(key, earlier); id == "" {
		return nil, &tools.RefusedError{Tool: c.tool.Name, Reason: "the same request has just been made by another call"}
	}
	return finish, nil
}

func repeatQuestion(what string, ago time.Duration, state writeState) string {
	if state == writeInDoubt {
		return fmt.Sprintf("The same request (%s) was sent %s ago, and it is not known whether it took effect. Send it again?",
			what, ago.Round(time.Second))
	}
	return fmt.Sprintf("The same request (%s) was made %s ago. Make it again?", what, ago.Round(time.Second))
}

// Change makes a change to a connector itself, under the rules of writes.
func (c *Call) Change(i tools.Instance, action, what string, do func() (any, error)) (*Result, error) {
	c.About(i.ID)
	if c.chosen.dryRun {
		return madeHere(map[string]any{"dry_run": true, "would": what})
	}
	key := strings.Join([]string{c.CallerKey(), i.ID, c.tool.Name, string(canonical(c.args.JSON()))}, "\x00")
	finish, err := c.approve(c.runner.opts.Rules.ForConnectors(action), what, key)
	if err != nil {
		return nil, err
	}
	if err := c.Intend(); err != nil {
		finish(err)
		return nil, err
	}
	c.runner.shared.wrote(i.ID)
	done, err := do()
	c.runner.shared.wrote(i.ID)
	c.trace.took(nil, err)
	finish(err)
	if err != nil {
		return nil, err
	}
	return Made(done)
}

// MayConnect refuses the creation of a connector where the session or the rules do not
// allow it. Whoever gives the credentials has confirmed it by that.
func (c *Call) MayConnect() error {
	switch {
	case !c.Policy.Allows(tools.Create) || !c.Grants.Allow(tools.Create):
		return &tools.RefusedError{Tool: c.tool.Name, Reason: "the server is read-only"}
	case c.runner.opts.Rules.ForConnectors(c.tool.Action) == Deny:
		return &tools.RefusedError{Tool: c.tool.Name, Reason: "the write policy denies it"}
	}
	return nil
}
