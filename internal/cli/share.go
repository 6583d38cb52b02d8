package cli

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/internal/state"
	"airbyte-mcp-server/server"
)

// leaseMargin is how much longer a place is held for a call than the call may take.
const leaseMargin = 10 * time.Second

// share connects a server over HTTP to what its replicas share. They have Airbyte's
// client secret in common, so the keys that they need follow from that.
func (a *app) share(p *platform, common secret.Text, overHTTP bool) error {
	if a.stateURL == "" || !overHTTP {
		return nil
	}
	var err error
	p.state, err = state.Open(state.Options{
		URL: a.stateURL, Secret: common.Reveal(), Lease: a.settings.CallTimeout + leaseMargin, Log: a.log,
	})
	if err != nil {
		return &usageError{err}
	}
	p.seal = seal.Shared(common.Reveal(), "airbyte-mcp-server client state", p.state.Once)
	return nil
}

// checkState keeps a password out of the arguments, which every process can see.
func (a *app) checkState(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Host == "" {
		return errors.New("--state: want a URL like redis://localhost:6379/0, or rediss:// for TLS")
	}
	password, has := u.User.Password()
	if has && slices.ContainsFunc(a.Args, func(arg string) bool { return strings.Contains(arg, password) }) {
		return errors.New("--state: a URL with a password belongs into AIRBYTE_MCP_STATE: other users can see arguments")
	}
	return nil
}

// results are kept for all replicas, if there are several.
func (p *platform) results() *results.Store {
	if p.state == nil {
		return results.New(results.Options{})
	}
	return results.New(results.Options{Shared: p.state})
}

// connect gives the HTTP transports what the replicas share.
func (p *platform) connect(o *server.HTTPOptions) {
	if p.state != nil {
		o.Shared, o.ReplicaBus, o.Revocations = p.state, p.state, p.state
	}
}
