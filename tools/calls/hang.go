package calls

import (
	"context"
	"errors"

	"airbyte-mcp-server/schemas"
)

// hangs explains calls that are not answered in time. Airbyte's executor waits for ever where a
// vendor refuses a consent that has just been renewed.
type hangs struct {
	Executor
	catalog *schemas.Catalog
}

// Execute implements [Executor].
func (h hangs) Execute(ctx context.Context, on Target, x Execution) (*Answer, error) {
	answer, err := h.Executor.Execute(ctx, on, x)
	return answer, h.explain(on, err)
}

// Download implements [Executor].
func (h hangs) Download(ctx context.Context, on Target, x Execution, into Sink) (*File, error) {
	file, err := h.Executor.Download(ctx, on, x, into)
	return file, h.explain(on, err)
}

// explain adds the likely cause to a time-out of a connector that may live by a consent.
func (h hangs) explain(on Target, err error) error {
	failure, ok := errors.AsType[Failure](err)
	if !ok || failure.Kind() != "timeout" || failure.Ended() == "not_sent" || on.Slug == "" {
		return err
	}
	conn, unknown := h.catalog.Connector(on.Slug)
	if unknown != nil {
		return err
	}
	for _, option := range conn.Auth {
		if option.Type == "oauth2" {
			return &hangError{failure}
		}
	}
	return err
}

// hangError is a time-out with its likely cause.
type hangError struct{ Failure }

// Unwrap is the time-out itself.
func (e *hangError) Unwrap() error { return e.Failure }

// Before implements [Failure].
func (e *hangError) Before() error { return e.Failure.Before() }

// Words are those of the time-out, and the cause.
func (e *hangError) Words(tool, doubt string) string {
	words := e.Error() + "."
	if worded, ok := e.Failure.(interface {
		Words(tool, doubt string) string
	}); ok {
		words = worded.Words(tool, doubt)
	}
	return words + " Where every call of this connector ends so, its consent at the vendor may be revoked: check_connector tells, and " +
		"connecting it anew renews it."
}
