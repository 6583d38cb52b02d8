package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/tools"
)

// bodyWait bounds the wait of a request for memory for its body.
const bodyWait = 10 * time.Second

// unreadTime is what a client that was answered before its body was read has for the rest of
// it, without which its connection cannot be used again.
const unreadTime = time.Second

// readPOST reads the message of a POST. Where there is no valid one it answers the
// request and returns nil. A place among the messages in progress is taken before the body
// is waited for, and memory for the body before it is allocated; both are held until the
// account of the frame is closed.
func (h *HTTP) readPOST(w http.ResponseWriter, r *http.Request, who *caller) *frame {
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		http.Error(w, "unsupported media type: send application/json", http.StatusUnsupportedMediaType)
		return nil
	}
	if isEncoded(r) {
		w.Header().Set("Accept-Encoding", "identity") // RFC 9110, section 12.5.3
		http.Error(w, "unsupported content encoding: send the JSON as it is", http.StatusUnsupportedMediaType)
		return nil
	}
	limit := h.server.bodyLimit()
	if r.ContentLength > limit {
		refuseBody(w, limit)
		return nil
	}
	account := &budget.Account{}
	f := h.readHeld(w, r, who, limit, account)
	if f == nil {
		account.Close()
		return nil
	}
	f.account = account
	return f
}

// readHeld reads a message for which an account holds a place and memory.
func (h *HTTP) readHeld(w http.ResponseWriter, r *http.Request, who *caller, limit int64, account *budget.Account) *frame {
	place, err := h.posts.TryTake(tenantOf(who.Session), 1)
	if err != nil {
		h.busy(w, "posts", "the server is busy: too many messages are in progress; try again")
		return nil
	}
	account.Adopt(place)
	ctx, cancel := context.WithTimeout(r.Context(), bodyWait)
	defer cancel()
	held, err := h.server.bodies().Take(ctx, tenantOf(who.Session), bodySize(r, limit))
	if err != nil {
		h.busy(w, "bodies", "the server has no memory left for the body of this request; try again")
		return nil
	}
	account.Adopt(held)
	f := h.readFrame(w, r, limit)
	if f != nil {
		held.Shrink(int64(len(f.raw)))
	}
	return f
}

// isEncoded reports whether a body is compressed, or encoded in another way.
func isEncoded(r *http.Request) bool {
	return slices.ContainsFunc(r.Header.Values("Content-Encoding"), func(coding string) bool {
		return !strings.EqualFold(strings.TrimSpace(coding), "identity")
	})
}

// bodySize is what the body of a request may take: as much as it announces, else the limit.
func bodySize(r *http.Request, limit int64) int64 {
	if r.ContentLength < 0 {
		return limit
	}
	return r.ContentLength
}

// readFrame reads and decodes the body of a POST.
func (h *HTTP) readFrame(w http.ResponseWriter, r *http.Request, limit int64) *frame {
	body, err := readWhole(http.MaxBytesReader(w, r.Body, limit), r.ContentLength)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		refuseBody(w, limit)
		return nil
	case err != nil:
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return nil
	}
	f, problem := parseFrame(body)
	if problem != nil {
		writeProblem(w, problem, http.StatusBadRequest)
		return nil
	}
	f.header = r.Header
	return f
}

// readWhole reads a body. One of an announced length is read into that much memory and no
// more.
func readWhole(body io.Reader, announced int64) ([]byte, error) {
	if announced < 0 {
		return io.ReadAll(body)
	}
	b := make([]byte, announced)
	_, err := io.ReadFull(body, b)
	return b, err
}

func refuseBody(w http.ResponseWriter, limit int64) {
	w.Header().Set("Connection", "close") // what is on its way is not read
	http.Error(w, fmt.Sprintf("request entity too large: a message has at most %d bytes", limit), http.StatusRequestEntityTooLarge)
}

// busy answers a request for which there is no room just now, before it has been read.
func (h *HTTP) busy(w http.ResponseWriter, kind, words string) {
	h.server.opts.Metrics.LimitHit(kind)
	w.Header().Set("Retry-After", "1")
	writeProblem(w, &requestError{code: busyCode, message: words}, http.StatusServiceUnavailable)
}

// bodies is the memory for messages of clients.
func (s *Server) bodies() *budget.Pool {
	if s.opts.Memory == nil {
		return nil
	}
	return s.opts.Memory.Bodies
}

// bodyLimit is the largest message: as configured, if one caller may hold so much.
func (s *Server) bodyLimit() int64 {
	if share := s.bodies().Share(); share > 0 {
		return min(s.opts.MaxMessage, share)
	}
	return s.opts.MaxMessage
}

// maxTenantStreams bounds the event streams of one tenant, of which each takes a
// connection.
const maxTenantStreams = 1000

// tenantShare is how many of so many places one tenant may hold.
func tenantShare(places int, severalTenants bool) int {
	if severalTenants {
		return max(1, places/4)
	}
	return places
}

// tenantOf is the key under which is counted what a caller holds: all callers of one
// workspace are one tenant.
func tenantOf(s tools.Session) string { return s.Workspace }
