package server

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// maxResource is the largest file that is given as a resource, in bytes; larger ones
// are read in ranges over HTTP.
const maxResource = 1 << 20

// resultCopies and fileCopies are how much memory it takes to answer with a kept result
// or a file, as a multiple of its size: as it is read, as text, quoted, and in the answer.
const (
	resultCopies = 4
	fileCopies   = 6
)

// errNoResource reports a resource that the caller does not have.
var errNoResource = errors.New("no such resource: it has expired, or never was")

// overview is a template of resources about what a caller has.
type overview struct {
	uri, variable, name, about string
	kind                       tools.Completable // of the variable's values
}

var overviews = []overview{
	{tools.ConnectorURI + "{connector}", "connector", "connector",
		"A connector: its instances, entities, their tools and how they belong together.",
		tools.CompleteConnector},
	{tools.ToolURI + "{tool}", "tool", "tool", "A tool with its inputSchema, and what to call it with.", tools.CompleteTool},
}

// addResources offers what a caller has, and what calls have left behind: results that
// were too large to be answered whole, and files.
func (s *Server) addResources() {
	s.mcp.AddResource(mcp.NewResource(tools.ConnectorsURI, "connectors", mcp.WithResourceTitle("Connectors"),
		mcp.WithResourceDescription("The connectors of the workspace and how many tools each has here."),
		mcp.WithMIMEType("application/json")), s.readOverview)
	for _, o := range overviews {
		s.mcp.AddResourceTemplate(mcp.NewResourceTemplate(o.uri, o.name, mcp.WithTemplateDescription(o.about),
			mcp.WithTemplateMIMEType("application/json")), s.readOverview)
	}
	for _, t := range []struct {
		uri, name, about string
		read             mcpserver.ResourceTemplateHandlerFunc
	}{
		{calls.ResultURI, "result", "A result that was too large to be answered whole, as JSON.", s.readResult},
		{calls.DownloadURI, "download", "A file that a download tool has fetched.", s.readDownload},
	} {
		s.mcp.AddResourceTemplate(mcp.NewResourceTemplate(t.uri+"{id}", t.name, mcp.WithTemplateDescription(t.about)), t.read)
	}
}

// exchangeOf is the exchange that a request belongs to.
func exchangeOf(ctx context.Context) (*exchange, bool) {
	x, ok := mcpserver.ClientSessionFromContext(ctx).(*exchange)
	return x, ok
}

// callerOf is whom a request acts for.
func callerOf(ctx context.Context) (tools.Session, bool) {
	x, ok := exchangeOf(ctx)
	if !ok {
		return tools.Session{}, false
	}
	return x.caller, true
}

// readOverview reads what is known of a caller's connectors and tools.
func (s *Server) readOverview(ctx context.Context, r mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
	x, ok := exchangeOf(ctx)
	if !ok {
		return nil, errNoResource
	}
	ctx, cancel := s.inTime(ctx, x)
	defer cancel()
	data, err := s.opts.Calls.Directory().Read(ctx, x.caller, r.Params.URI)
	switch {
	case errors.Is(err, tools.ErrNotHere):
		x.refusal = &refusal{mcp.INTERNAL_ERROR, x.noSuchResourceCode(), err.Error()}
		return nil, err
	case err != nil:
		x.refusal = &refusal{mcp.INTERNAL_ERROR, mcp.INTERNAL_ERROR,
			s.words(x.caller, &tools.Tool{Name: "resources/read", Effect: tools.Read}, err)}
		return nil, err
	}
	return []mcp.ResourceContents{mcp.TextResourceContents{URI: r.Params.URI, MIMEType: "application/json", Text: string(data)}}, nil
}

// gone refuses a resource that does not exist for the caller.
func gone(ctx context.Context) error {
	if x, ok := exchangeOf(ctx); ok {
		x.refusal = &refusal{mcp.INTERNAL_ERROR, x.noSuchResourceCode(), errNoResource.Error()}
	}
	return errNoResource
}

func (s *Server) readResult(ctx context.Context, r mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
	x, ok := exchangeOf(ctx)
	if !ok {
		return nil, errNoResource
	}
	ctx, cancel := s.inTime(ctx, x)
	defer cancel()
	data, err := s.opts.Calls.WholeResult(ctx, x.caller, r.Params.URI, resultCopies)
	switch {
	case err != nil && x.noRoom(err):
		return nil, err
	case err != nil:
		return nil, gone(ctx)
	}
	_, exact := cleantext.JSON(data)
	return []mcp.ResourceContents{mcp.TextResourceContents{URI: r.Params.URI, MIMEType: "application/json", Text: string(exact)}}, nil
}

func (s *Server) readDownload(ctx context.Context, r mcp.ReadResourceRequest) ([]mcp.ResourceContents, error) {
	caller, ok := callerOf(ctx)
	if !ok {
		return nil, errNoResource
	}
	if owner := s.opts.Peers.Elsewhere(downloadID(r.Params.URI)); owner != "" {
		return s.readPeerDownload(ctx, caller, owner, r.Params.URI)
	}
	d, ok := s.opts.Calls.Download(caller, r.Params.URI)
	if !ok {
		return nil, gone(ctx)
	}
	if d.Bytes > maxResource {
		return nil, tooLargeFile(d.Bytes)
	}
	if err := s.holdDownload(ctx, d.Bytes); err != nil {
		return nil, err
	}
	data, err := calls.ReadDownload(d, 0, d.Bytes)
	if err != nil {
		return nil, gone(ctx)
	}
	return fileContents(r.Params.URI, d.ContentType, data), nil
}

func fileContents(uri, contentType string, data []byte) []mcp.ResourceContents {
	return []mcp.ResourceContents{mcp.BlobResourceContents{URI: uri, MIMEType: contentType, Blob: base64.StdEncoding.EncodeToString(data)}}
}

func tooLargeFile(size int64) error {
	return fmt.Errorf("the file has %d bytes, more than the %d of a resource; read it by its path or URL", size, maxResource)
}
