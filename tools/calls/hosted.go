package calls

import (
	"context"

	"airbyte-mcp-server/airbyte"
)

// Hosted executes by Airbyte's hosted API.
type Hosted struct{ Client *airbyte.Client }

var (
	_ Executor = Hosted{}
	_ Failure  = (*airbyte.Error)(nil)
)

// Execute implements [Executor].
func (h Hosted) Execute(ctx context.Context, on Target, x Execution) (*Answer, error) {
	r, err := h.Client.Execute(ctx, on.Workspace, on.ID, x.hosted())
	if err != nil {
		return nil, err
	}
	return answerOf(r), nil
}

// Download implements [Executor].
func (h Hosted) Download(ctx context.Context, on Target, x Execution, into Sink) (*File, error) {
	f, err := h.Client.Download(ctx, on.Workspace, on.ID, x.hosted(), into)
	if err != nil {
		return nil, err
	}
	return &File{Name: f.Name, ContentType: f.ContentType, Answer: answerOf(f.Result)}, nil
}

// Preview implements [Executor].
func (h Hosted) Preview(on Target, x Execution) (*Request, error) {
	method, url, body, err := h.Client.Preview(on.ID, x.hosted())
	if err != nil {
		return nil, err
	}
	return &Request{Method: method, URL: url, Body: body}, nil
}

// SyncedAt implements [Executor]. Asking is not billed.
func (h Hosted) SyncedAt(ctx context.Context, on Target) (map[string]string, error) {
	list, err := h.Client.Inspect(ctx, on.ID)
	if err != nil {
		return nil, err
	}
	at := make(map[string]string, len(list))
	for _, entity := range list {
		at[entity.Entity] = entity.UpdatedAt
	}
	return at, nil
}

// hosted is the execution as the API takes it.
func (x Execution) hosted() airbyte.Execution {
	return airbyte.Execution{
		Entity: x.Entity, Action: x.Action, Params: x.Params, SelectFields: x.SelectFields, ExcludeFields: x.ExcludeFields,
		Writes: x.Writes, Record: x.Record,
	}
}

func answerOf(r *airbyte.Result) *Answer {
	return &Answer{
		Data: r.Data, Survey: r.Survey, Metadata: r.Metadata, Warning: r.Warning, Bytes: r.Bytes,
		Status: r.Status, Requests: r.Requests, RequestID: r.RequestID,
	}
}
