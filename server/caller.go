package server

import (
	"cmp"
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/tools"
)

// caller is whom a request acts for, and what it may take.
type caller struct {
	tools.Session
	limits identity.Limits
}

// authenticate tells whom a request acts for. It answers a request of nobody, and
// reports whether it goes on.
func (h *HTTP) authenticate(w http.ResponseWriter, r *http.Request) (*caller, bool) {
	if h.opts.Authenticator == nil {
		return &caller{h.opts.Caller, h.opts.Limits}, true
	}
	id, err := h.opts.Authenticator.Authenticate(r)
	var who *caller
	if err == nil {
		who, err = h.callerOf(id)
	}
	if err == nil {
		err = h.narrowToAudience(r.Context(), who, id.Choices)
	}
	if err != nil {
		h.refuse(w, r, err)
		return nil, false
	}
	return who, true
}

// callerOf is what the server offers, narrowed to what an identity may use.
func (h *HTTP) callerOf(id identity.Identity) (*caller, error) {
	s := h.opts.Caller
	s.Principal, s.Workspace = id.Principal, id.Workspace
	effects, err := tools.ParseEffects(id.Policy.Effects)
	if err == nil && id.Policy.Surface != "" {
		s.Listing, err = s.Listing.Narrow(tools.Surface(id.Policy.Surface))
	}
	if err != nil {
		return nil, &identity.Refusal{Status: http.StatusForbidden, Cause: err,
			Description: "what is configured for this caller cannot be followed: ask the server's operator"}
	}
	s.Policy = s.Policy.Narrow(tools.Policy{
		ReadOnly: id.Policy.ReadOnly, Connectors: id.Policy.Connectors, Tools: id.Policy.Tools, Exclude: id.Policy.ExcludeTools, Effects: effects,
	})
	if id.Effects != nil {
		s.Grants = make([]tools.Effect, len(id.Effects))
		for i, e := range id.Effects {
			s.Grants[i] = tools.Effect(e)
		}
	}
	return &caller{s, identity.Limits{
		CallsPerSecond: cmp.Or(id.Limits.CallsPerSecond, h.opts.Limits.CallsPerSecond),
		Burst:          cmp.Or(id.Limits.Burst, h.opts.Limits.Burst),
		InFlight:       cmp.Or(id.Limits.InFlight, h.opts.Limits.InFlight),
		Sessions:       cmp.Or(id.Limits.Sessions, h.opts.Limits.Sessions),
	}}, nil
}

// refuse answers a request whose credential is not enough. What the operator should
// know goes to the log.
func (h *HTTP) refuse(w http.ResponseWriter, r *http.Request, err error) {
	refusal, ok := errors.AsType[*identity.Refusal](err)
	if !ok {
		refusal = &identity.Refusal{Status: http.StatusServiceUnavailable, Cause: err,
			Description: "the caller cannot be checked just now: try again later"}
	}
	h.server.log.Warn().Int("status", refusal.Status).Str("error", refusal.Code).Str("remote", r.RemoteAddr).
		Str("request_id", r.Header.Get(requestIDHeader)).AnErr("cause", refusal.Cause).
		Msg("a request was refused: " + refusal.Description)
	about := ""
	if h.opts.Metadata != nil {
		about = h.opts.Metadata.URL(addressedPath(r))
	}
	refusal.WriteTo(w, about)
}

// knowsWorkspace reports whether the workspace of a caller may exist. It answers a request
// for one that was found not to.
func (h *HTTP) knowsWorkspace(w http.ResponseWriter, r *http.Request, who *caller) bool {
	if !h.server.opts.Calls.Directory().Lacks(who.Workspace) {
		return true
	}
	h.refuse(w, r, &identity.Refusal{Status: http.StatusForbidden, Description: noWorkspace})
	return false
}

// admitCall is permitted, and takes a place for the call. The function that it returns
// must be called when the call has ended.
func (h *HTTP) admitCall(w http.ResponseWriter, r *http.Request, who *caller, f *frame) (end func(), ok bool) {
	if !h.permitted(w, r, who, f) {
		return nil, false
	}
	end, ok = h.place(r.Context(), who, f, who.limits.InFlight)
	if !ok {
		h.limited(w, f, "in_flight", time.Second, "too many calls at the same time: at most "+strconv.Itoa(who.limits.InFlight))
	}
	return end, ok
}

// permitted holds a call against what its caller's credential is good for and against
// the caller's rate. It answers one that must not go on.
func (h *HTTP) permitted(w http.ResponseWriter, r *http.Request, who *caller, f *frame) bool {
	if f.method != string(mcp.MethodToolsCall) {
		return true
	}
	if who.Grants != nil {
		found, err := h.server.opts.Calls.Directory().Find(r.Context(), who.Session, f.params.name, f.params.arguments)
		if err == nil && !who.Grants.Allow(found.Tool.Effect) {
			h.refuse(w, r, h.opts.Scopes.Check(heldEffects(who.Grants), string(found.Tool.Effect)))
			return false
		}
		f.found = found
	}
	rate := who.limits.CallsPerSecond
	if rate <= 0 {
		return true
	}
	burst := cmp.Or(who.limits.Burst, max(1, int(math.Ceil(rate))))
	ok, wait := h.opts.Shared.Allow(r.Context(), who.CallerKey(), rate, burst)
	if !ok {
		h.limited(w, f, "rate", wait, "too many calls: at most "+strconv.FormatFloat(rate, 'g', -1, 64)+" in a second")
	}
	return ok
}

// heldEffects are the effects that a credential is good for, none of them for all.
func heldEffects(grants tools.Grants) identity.Effects {
	held := make(identity.Effects, len(grants))
	for i, effect := range grants {
		held[i] = string(effect)
	}
	return held
}

// place takes a place among the calls of a caller that may run at the same time.
func (h *HTTP) place(ctx context.Context, who *caller, f *frame, most int) (end func(), ok bool) {
	if most <= 0 || f.method != string(mcp.MethodToolsCall) {
		return func() {}, true
	}
	return h.opts.Shared.Acquire(ctx, who.CallerKey(), most)
}

// limited answers a call that is over a limit. Nothing was sent.
func (h *HTTP) limited(w http.ResponseWriter, f *frame, kind string, wait time.Duration, words string) {
	h.server.opts.Metrics.LimitHit(kind)
	w.Header().Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil(wait.Seconds())))))
	writeProblem(w, &requestError{id: f.id, code: busyCode, message: words + "; nothing was sent, try again later"},
		http.StatusTooManyRequests)
}

// Shared is what the replicas of a server hold together about their tenants' limits.
type Shared interface {
	Allow(ctx context.Context, key string, rate float64, burst int) (ok bool, retryAfter time.Duration)
	Acquire(ctx context.Context, key string, limit int) (release func(), ok bool)
}
