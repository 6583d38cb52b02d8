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
	"airbyte-mcp-server/internal/telemetry"
	"airbyte-mcp-server/server"
	"airbyte-mcp-server/tools/calls"
)

// leaseMargin is how much longer a place is held for a call than the call may take.
const leaseMargin = 10 * time.Second

// openRedis connects a server over HTTP to the Redis of all its replicas. They have
// Airbyte's client secret in common, so the keys that they need follow from that.
func (a *app) openRedis(p *backend, common secret.Text, overHTTP bool) error {
	if !overHTTP {
		return nil
	}
	p.sessions = seal.Shared(common.Reveal(), "airbyte-mcp-server session ids", nil)
	if a.stateURL == "" {
		return nil
	}
	var err error
	p.redis, err = state.Open(state.Options{
		URL: a.stateURL, Secret: common.Reveal(), Lease: a.settings.CallTimeout + leaseMargin, Log: a.log,
	})
	if err != nil {
		return &usageError{err: err}
	}
	p.seal = seal.Shared(common.Reveal(), "airbyte-mcp-server client state", p.redis)
	return p.openPeers(a, common)
}

// checkRedisURL keeps a password out of the arguments, which every process can see.
func (a *app) checkRedisURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Host == "" {
		return errors.New("--state: want a URL like redis://localhost:6379/0, or rediss:// for TLS")
	}
	password, _ := u.User.Password()
	shows := func(arg string) bool { return strings.Contains(arg, text) || strings.Contains(arg, password) }
	if password != "" && slices.ContainsFunc(a.Args, shows) {
		return errors.New("--state: a URL with a password belongs into AIRBYTE_MCP_STATE: other users can see arguments")
	}
	return nil
}

// resultStore keeps results for all replicas, if there are several.
func (p *backend) resultStore() *results.Store {
	o := results.Options{Memory: p.memory.Kept}
	if p.severalTenants {
		o.OwnerDisk = results.DefaultDisk / 4
	}
	if p.redis != nil {
		o.Shared = p.redis
	}
	store := results.New(o)
	p.metrics.WatchMemory("kept", func() telemetry.Held {
		held, limit := store.InMemory()
		return telemetry.Held{Size: limit, Held: held}
	})
	return store
}

// sharedWrites is what all replicas know of writes, if there are several.
func (p *backend) sharedWrites() calls.SharedWrites {
	if p.redis == nil {
		return nil
	}
	return p.redis
}

// shareHTTPState gives the HTTP transports the state of all replicas.
func (p *backend) shareHTTPState(o *server.HTTPOptions) {
	if p.redis != nil {
		o.Shared, o.ReplicaBus, o.Revocations = p.redis, p.redis, p.redis
	}
}
