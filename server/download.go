package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/peers"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// downloadsPath is where files are, below the public address.
const downloadsPath = "/downloads/"

func downloadID(uri string) string { return strings.TrimPrefix(uri, calls.DownloadURI) }

// routeDownload serves a request for a file where the file is. Whom it acts for is decided
// by the replica that it reaches first, which tells the one with the file; that one decides
// whether the file is this caller's.
func (h *HTTP) routeDownload(w http.ResponseWriter, r *http.Request) {
	if !peers.IsPassed(r) {
		h.guarded(h.findDownload)(w, r)
		return
	}
	passed, facts := h.server.opts.Peers.Accept(w, r)
	if passed == nil {
		return
	}
	var who tools.Session
	if json.Unmarshal(facts, &who) != nil {
		http.Error(w, "the caller is missing", http.StatusBadRequest)
		return
	}
	h.downloads(w, passed, &caller{Session: who})
}

// findDownload serves a file of this replica or passes the request on.
func (h *HTTP) findDownload(w http.ResponseWriter, r *http.Request, who *caller) {
	owner := h.server.opts.Peers.Elsewhere(path.Base(r.URL.Path))
	if owner == "" {
		h.downloads(w, r, who)
		return
	}
	facts, err := json.Marshal(who.Session)
	if err != nil {
		http.Error(w, "the file cannot be asked for", http.StatusInternalServerError)
		return
	}
	h.server.opts.Peers.Forward(w, r, owner, tenantOf(who.Session), facts, func(err error) {
		if errors.Is(err, peers.ErrStopped) {
			http.Error(w, "gone: "+err.Error(), http.StatusGone)
			return
		}
		w.Header().Set("Retry-After", "1")
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
	})
}

// downloadQuestion asks another replica for a file of a caller, as a resource.
const downloadQuestion = "download"

type (
	fileQuestion struct {
		Caller tools.Session
		URI    string
	}
	fileAnswer struct {
		Known    bool
		Bytes    int64
		Type     string
		Contents []byte // without it the file is too large
	}
)

// readPeerDownload reads a file that another replica has.
func (s *Server) readPeerDownload(ctx context.Context, who tools.Session, owner, uri string) ([]mcp.ResourceContents, error) {
	x, ok := exchangeOf(ctx)
	if !ok {
		return nil, errNoResource
	}
	if err := s.holdDownload(ctx, maxResource); err != nil { // how large it is, is not known yet
		return nil, err
	}
	question, err := json.Marshal(fileQuestion{who, uri})
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.inTime(ctx, x)
	defer cancel()
	answer, err := s.opts.Peers.Ask(ctx, owner, downloadQuestion, question)
	var file fileAnswer
	if err == nil {
		err = json.Unmarshal(answer, &file)
	}
	switch {
	case err != nil:
		x.refusal = &refusal{mcp.INTERNAL_ERROR, x.noSuchResourceCode(), err.Error()}
		return nil, err
	case !file.Known:
		return nil, gone(ctx)
	case file.Bytes > maxResource:
		return nil, tooLargeFile(file.Bytes)
	}
	return fileContents(uri, file.Type, file.Contents), nil
}

// answerDownload answers the question of another replica.
func (s *Server) answerDownload(_ context.Context, question []byte) ([]byte, error) {
	var q fileQuestion
	if err := json.Unmarshal(question, &q); err != nil {
		return nil, err
	}
	d, ok := s.opts.Calls.Download(q.Caller, q.URI)
	if !ok {
		return json.Marshal(fileAnswer{})
	}
	file := fileAnswer{Known: true, Bytes: d.Bytes, Type: d.ContentType}
	if d.Bytes <= maxResource {
		var err error
		if file.Contents, err = calls.ReadDownload(d, 0, d.Bytes); err != nil {
			return nil, err
		}
	}
	return json.Marshal(file)
}

// downloads serves files to callers on other machines, ranges included.
func (h *HTTP) downloads(w http.ResponseWriter, r *http.Request, who *caller) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	d, ok := h.server.opts.Calls.Download(who.Session, path.Base(r.URL.Path))
	if !ok {
		http.Error(w, "not found: "+errNoResource.Error(), http.StatusNotFound)
		return
	}
	file, err := d.Open()
	if err != nil {
		http.Error(w, "not found: "+errNoResource.Error(), http.StatusNotFound)
		return
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		http.Error(w, "the file cannot be read", http.StatusInternalServerError)
		return
	}
	head := w.Header()
	// Whatever the vendor says, a browser must not run it.
	head.Set("Content-Type", "application/octet-stream")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Disposition", `attachment; filename="`+strings.Map(ascii, d.Name)+`"`)
	head.Set("ETag", `"`+d.SHA256+`"`)
	http.ServeContent(w, r, d.Name, info.ModTime(), file)
}

// ascii leaves of a file name what every header takes.
func ascii(r rune) rune {
	if r < 0x20 || r > 0x7E || r == '"' || r == '\\' {
		return '_'
	}
	return r
}
