package calls

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// readResult is the tool that looks into a result that was kept.
func readResult() *tools.Tool {
	names := &schemas.Parameter{Type: "string"}
	return tools.Own(tools.Tool{
		Name:        "read_result",
		Title:       "Airbyte: read a kept result",
		Description: "Read more of a result that was too large to be shown whole. Costs no Airbyte operation.",
		Effect:      tools.Read,
		Role:        tools.Companion,
	},
		&schemas.Parameter{Name: "handle", Type: "string", Required: true, Description: "From the answer that was shortened."},
		&schemas.Parameter{Name: "path", Type: "string", Description: "A part of it, e.g. `[3].body` or `[*].user.login`."},
		&schemas.Parameter{Name: "fields", Type: "array", Items: names, Description: "Fields of each record to keep, e.g. `a.b`."},
		&schemas.Parameter{Name: "search", Type: "string", Description: "Only records in which a value has this text."},
		&schemas.Parameter{Name: "offset", Type: "integer", Minimum: "0", Description: "Records, or characters of a text, to pass over."},
		&schemas.Parameter{Name: "limit", Type: "integer", Minimum: "1", Description: "Records or characters at most."},
	)
}

// WholeResult returns a whole result that was kept for a session, by its handle or URI.
// Memory for so many copies of it is taken before it is read; errors about that are those
// of package budget.
func (r *Runner) WholeResult(ctx context.Context, s tools.Session, handle string, copies int64) (json.RawMessage, error) {
	id := strings.TrimPrefix(handle, ResultURI)
	size, here := r.opts.Results.Size(s.CallerKey(), id)
	if !here { // another replica may have it
		size = r.opts.Memory.Share() / copies
	}
	held, err := r.opts.Memory.Take(ctx, s.Workspace, copies*size)
	if err != nil {
		return nil, err
	}
	data, err := r.opts.Results.Get(s.CallerKey(), id)
	if err != nil {
		held.Release()
		return nil, &ReadError{err: err}
	}
	held.Shrink(copies * int64(len(data)))
	budget.AccountOf(ctx).Adopt(held)
	return data, nil
}

// IsAway reports whether an error is about a kept result that another replica may have,
// which cannot be asked.
func IsAway(err error) bool { return errors.Is(err, results.ErrAway) }

// ReadError reports a kept result that cannot be read as asked: it is gone, or does not
// have what was asked for.
type ReadError struct {
	err       error
	rightCall string // "" for none
}

func (e *ReadError) Error() string { return e.err.Error() }

// Unwrap gives the cause: results.ErrGone or a *results.PathError.
func (e *ReadError) Unwrap() error { return e.err }

// Words says it to a model.
func (e *ReadError) Words(tool, _ string) string {
	words := tool + ": " + e.Error() + "."
	if e.rightCall != "" {
		words += "\nA right call: " + tool + " " + e.rightCall
	}
	return words
}

// runReadResult takes a window out of a kept result.
func runReadResult(ctx context.Context, c *Call) (*Result, error) {
	var wanted struct {
		Handle, Path, Search string
		Fields               []string
		Offset, Limit        wholeNumber
	}
	if err := c.Arguments(&wanted); err != nil {
		return nil, err
	}
	data, err := c.runner.WholeResult(ctx, c.Session, wanted.Handle, 1)
	if err != nil {
		return nil, c.readError(err, c.runner.opts.Results.Newest(c.CallerKey()))
	}
	window, err := results.Read(data, results.View{
		Path: wanted.Path, Fields: wanted.Fields, Search: wanted.Search,
		Offset: int(wanted.Offset), Limit: int(wanted.Limit), MaxBytes: c.runner.budget() - envelopeRoom/2,
	})
	if err != nil {
		return nil, c.readError(err, wanted.Handle)
	}
	result, err := madeHere(window)
	if err != nil {
		return nil, err
	}
	result.Origin = "a kept result"
	return result, nil
}

// readError marks an error about what was asked for, or about the room for it. Another
// call of a result by its handle shows what can be asked for.
func (c *Call) readError(err error, handle string) error {
	if errors.Is(err, budget.ErrBusy) || errors.Is(err, budget.ErrTooLarge) || IsAway(err) {
		return &ReadError{err: err}
	}
	e := &ReadError{err: err}
	if known, ok := errors.AsType[*ReadError](err); ok {
		e.err = known.err
	} else if _, ok := errors.AsType[*results.PathError](err); !ok {
		return err
	}
	if handle != "" {
		e.rightCall = string(schemas.Arguments{{Name: "handle", Value: rawjson.Quote(handle)}}.JSON())
	}
	return e
}
