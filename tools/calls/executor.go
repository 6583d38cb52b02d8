package calls

import (
	"context"
	"encoding/json"
	"io"

	"airbyte-mcp-server/internal/rawjson"
)

// Executor runs actions at the services that connectors connect. Calls go by nothing else
// of what executes them. An error of an Executor says by its methods what has become of
// the request (see Failure).
type Executor interface {
	// Execute runs an action. A write is sent at most once.
	Execute(ctx context.Context, on Target, x Execution) (*Answer, error)
	// Download runs an action whose answer is a file, and passes the file on.
	Download(ctx context.Context, on Target, x Execution, into Sink) (*File, error)
	// Preview is the request that Execute would send.
	Preview(on Target, x Execution) (*Request, error)
	// SyncedAt tells, by entity, when the synced copy that searches read was last brought
	// up to date. An entity without such a copy is missing.
	SyncedAt(ctx context.Context, on Target) (map[string]string, error)
}

// Target is the connector that an action runs on.
type Target struct {
	Workspace string
	ID        string // of the connector
	Name      string // of the connector, as people gave it
	Type      string // as whoever lists connectors calls it; may be empty
	Slug      string // the catalog's name of its type, "" if the catalog lacks it
}

// Execution is an action with its parameters.
type Execution struct {
	Entity        string
	Action        string
	Params        json.RawMessage // an object
	SelectFields  []string        // only these fields of each record, as dotted paths; nil for all
	ExcludeFields []string        // all but these
	Writes        bool            // though its action reads by its name
	Record        bool            // a success answers with a record
}

// Answer is what an Execution gave. The raw values are as they came.
type Answer struct {
	Data      json.RawMessage  // records, a record or whatever the action answers
	Survey    rawjson.Surveyed // what is known of Data, if anything
	Metadata  json.RawMessage  // the vendor's own about paging, nil or "null" when there is none
	Warning   json.RawMessage
	Bytes     int    // of the whole answer
	Status    int    // HTTP status
	Requests  int    // how many were sent
	RequestID string // by which whoever executes finds the request
}

// Sink takes the bytes of a file as they come. Reset drops what was written, before
// an attempt that begins anew.
type Sink interface {
	io.Writer
	Reset() error
}

// File is what is known of a file that was downloaded.
type File struct {
	Name        string // as the vendor calls it; may be anything, or empty
	ContentType string // as the vendor gives it, or empty
	Answer      *Answer
}

// Request is one that a preview shows.
type Request struct {
	Method string
	URL    string
	Body   json.RawMessage
}

// Failure is an error of an Executor.
type Failure interface {
	error

	// Kind names the failure for logs.
	Kind() string
	// Ended says whether the request has taken effect: rejected, not_sent or unknown.
	Ended() string
	// Sent says how many requests were sent or tried, with which HTTP status the last one
	// was answered, 0 for none, and by which id it is found.
	Sent() (requests, status int, id string)
	// Before is the same failure of something that came before the request itself, which
	// was not sent therefore.
	Before() error
}
