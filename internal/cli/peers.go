package cli

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"

	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/internal/peers"
	"airbyte-mcp-server/internal/secret"
)

// checkPeerURL refuses what is no address of this replica.
func checkPeerURL(text string, secure bool) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	scheme := "http"
	if secure {
		scheme = "https"
	}
	if err != nil || u.Scheme != scheme || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("--peer-url: want a URL like " + scheme + "://10.1.2.3:8080, without a path, with the scheme that this replica serves")
	}
	return nil
}

// openPeers finds the other replicas through Redis.
func (p *backend) openPeers(a *app, common secret.Text) error {
	p.peers = peers.New(peers.Options{Secret: common.Reveal(), Registry: p.redis, TLS: a.tls})
	p.forms.peers = p.peers
	p.peers.Answer(ticketQuestion, p.forms.answerTicket)
	return nil
}

// pagesOfAll serves the pages of all replicas.
func (p *backend) pagesOfAll(own *connectpage.Pages) http.Handler {
	if p.peers == nil {
		return own.Handler()
	}
	return p.peers.Pages(connectpage.Mount, own.Handler(), func(w http.ResponseWriter, r *http.Request, err error) {
		if errors.Is(err, peers.ErrStopped) {
			own.ServeStopped(w, r)
			return
		}
		own.ServeAway(w, r)
	})
}

// announce tells the other replicas where this one is.
func (p *backend) announce(a *app, own *address) {
	if p.peers == nil {
		return
	}
	p.peers.Announce(func() string {
		if a.peerURL != "" {
			return a.peerURL
		}
		return reachable(own.here(), a.stateURL)
	})
}

// reachable is an address of a listener for other machines. One that listens on all
// addresses is reached at that from which Redis is asked: Redis is where all replicas are.
func reachable(listens, redis string) string {
	u, err := url.Parse(listens)
	if err != nil || u.Host == "" {
		return ""
	}
	if ip := net.ParseIP(u.Hostname()); ip == nil || !ip.IsUnspecified() {
		return listens
	}
	store, err := url.Parse(redis)
	if err != nil {
		return ""
	}
	port := store.Port()
	if port == "" {
		port = "6379"
	}
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "udp", net.JoinHostPort(store.Hostname(), port)) // which sends nothing
	if err != nil {
		return ""
	}
	defer conn.Close()
	host, _, err := net.SplitHostPort(conn.LocalAddr().String())
	if err != nil {
		return ""
	}
	u.Host = net.JoinHostPort(host, u.Port())
	return u.String()
}
