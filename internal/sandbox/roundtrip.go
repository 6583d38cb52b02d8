package sandbox

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/problem"
)

// maxBody bounds a request's body; uploads travel as base64.
const maxBody = 64 << 20

// roundTrip is one request and its answer.
type roundTrip struct {
	s      *Server
	w      http.ResponseWriter
	r      *http.Request
	route  *route
	values []string // of the path's placeholders
	body   []byte
	call   callNames
	caller claims
	effect string // of the fault rule that concerned it

	answered bool
	noted    bool
}

// callNames say what an execute request is about, as far as its body tells.
type callNames struct {
	Connector string          `json:"-"`
	Entity    string          `json:"entity"`
	Action    string          `json:"action"`
	Params    json.RawMessage `json:"params"`
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	began, watched := time.Now(), &watchedWriter{ResponseWriter: w}
	x := &roundTrip{s: s, w: watched, r: r}
	defer func() { s.logRequest(x, watched, began) }()
	rt, values, allowed := find(s.tables[s.served()], r.Method, r.URL.Path)
	x.route, x.values = rt, values
	if rt == nil {
		x.refuseRoute(allowed)
		return
	}
	defer x.note(0)
	if err := x.serve(); err != nil {
		x.fail(err)
	}
}

func (x *roundTrip) serve() error {
	if err := x.read(); err != nil {
		return err
	}
	if x.route.name == "control" {
		return x.route.handle(x)
	}
	if done, err := x.applyFaults(); done || err != nil {
		return err
	}
	if err := x.authorize(); err != nil {
		return err
	}
	if err := x.checkRate(); err != nil {
		return err
	}
	return x.route.handle(x)
}

// refuseRoute answers requests for which there is no route, though perhaps one for
// other methods.
func (x *roundTrip) refuseRoute(allowed []string) {
	x.route = &route{name: "none", method: x.r.Method, path: x.r.URL.Path, dialect: problem.Framework}
	x.s.ledger.route(x.r.Method + " (unknown)")
	if len(allowed) > 0 {
		x.w.Header().Set("Allow", strings.Join(allowed, ", "))
		x.fail(problem.New(http.StatusMethodNotAllowed, "Method Not Allowed"))
		return
	}
	x.fail(problem.New(http.StatusNotFound, "Not Found"))
}

func (x *roundTrip) read() error {
	body, err := io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxBody))
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return problem.New(http.StatusRequestEntityTooLarge, "Request body too large")
	}
	if err != nil {
		return problem.New(http.StatusBadRequest, "There was an error reading the body")
	}
	x.body = body
	if x.route.name == "execute" {
		x.call.Connector = connectorID(x.values[0])
		_ = json.Unmarshal(body, &x.call) // the handler reports what is wrong
	}
	return nil
}

// reply writes a JSON answer.
func (x *roundTrip) reply(status int, v any) error {
	raw, err := jsonvalue.Encode(v)
	if err != nil {
		return err
	}
	x.replyRaw(status, "application/json", raw)
	return nil
}

func (x *roundTrip) replyRaw(status int, contentType string, raw []byte) {
	h := x.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(raw)))
	x.note(status)
	x.answered = true
	x.w.WriteHeader(status)
	_, _ = x.w.Write(raw) // the client may be gone
}

// fail writes an error answer.
func (x *roundTrip) fail(err error) {
	if x.answered {
		return
	}
	p, ok := errors.AsType[*problem.Error](err)
	if !ok {
		x.s.log.Error().Err(err).Str("route", x.route.path).Msg("request failed")
		p = problem.New(http.StatusInternalServerError, "Internal server error")
	}
	if encodeErr := x.reply(p.Status, p.Body(x.route.dialect)); encodeErr != nil {
		x.s.log.Error().Err(encodeErr).Msg("error answer not written")
	}
}

// note records the request before its answer leaves, so that a client that has
// the answer also sees it counted.
func (x *roundTrip) note(status int) {
	if x.noted || x.route.name == "control" || x.route.name == "none" {
		return
	}
	x.noted = true
	x.s.ledger.route(x.route.method + " " + x.route.path)
	if x.route.name == "execute" {
		x.s.ledger.execute(x.call, status)
	}
}

// decodeBody reads a JSON object, reporting faults as body validation does.
func (x *roundTrip) decodeBody() (map[string]json.RawMessage, error) {
	if len(strings.TrimSpace(string(x.body))) == 0 {
		return nil, problem.MissingField("body")
	}
	var object map[string]json.RawMessage
	err := json.Unmarshal(x.body, &object)
	if _, syntax := errors.AsType[*json.SyntaxError](err); syntax {
		return nil, problem.InvalidField("body", "json_invalid", "JSON decode error", nil)
	}
	if err != nil || object == nil {
		return nil, problem.InvalidField("body", "model_attributes_type",
			"Input should be a valid dictionary or object to extract fields from", nil)
	}
	return object, nil
}

// requiredString takes a string out of a body.
func requiredString(body map[string]json.RawMessage, name string) (string, error) {
	raw, ok := body[name]
	if !ok {
		return "", problem.MissingField("body." + name)
	}
	var s string
	if jsonvalue.IsNull(raw) || json.Unmarshal(raw, &s) != nil {
		return "", problem.InvalidField("body."+name, "string_type", "Input should be a valid string", nil)
	}
	return s, nil
}
