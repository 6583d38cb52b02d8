package identity

import (
	"crypto/subtle"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/secret"
)

// shortestSecret is the least length of a secret that a person configures, in bytes.
const shortestSecret = 16

// Proxy is a gateway before this server that has checked the caller and names it in
// headers. These are believed only together with the proof that is configured: a
// secret header, a client certificate that the TLS listener has verified, or both.
type Proxy struct {
	PrincipalHeader string      // "" for X-Forwarded-User
	WorkspaceHeader string      // "" for X-Workspace
	SecretHeader    string      // "" for X-Proxy-Secret
	Secret          secret.Text // of the secret header; unset if there is none
	ClientCert      bool        // asks for a client certificate
	Subjects        []string    // common, DNS or URI names that the certificate may have; nil for any
	Workspaces      map[string]string
}

// NewProxy checks the configuration and fills in the names of the headers.
func NewProxy(p Proxy) (*Proxy, error) {
	for header, usual := range map[*string]string{
		&p.PrincipalHeader: "X-Forwarded-User", &p.WorkspaceHeader: "X-Workspace", &p.SecretHeader: "X-Proxy-Secret",
	} {
		if *header == "" {
			*header = usual
		}
		*header = http.CanonicalHeaderKey(*header)
	}
	names := []string{p.PrincipalHeader, p.WorkspaceHeader, p.SecretHeader}
	slices.Sort(names)
	switch {
	case len(slices.Compact(names)) < 3 || slices.Contains(names, "Authorization"):
		return nil, errors.New("trusted proxy: want three different headers, none of them Authorization")
	case !p.Secret.IsSet() && !p.ClientCert:
		return nil, errors.New("trusted proxy: anyone could be the proxy: configure a secret or client certificates")
	case p.Secret.IsSet() && len(p.Secret.Reveal()) < shortestSecret:
		return nil, fmt.Errorf("trusted proxy: the secret is shorter than %d characters: make a longer one", shortestSecret)
	}
	for value, name := range p.Workspaces {
		if err := checkName(name, longestWorkspace); err != nil {
			return nil, fmt.Errorf("trusted proxy: workspaces: the workspace of %q: %w", value, err)
		}
	}
	return &p, nil
}

func (p *Proxy) headers() []string {
	return []string{p.PrincipalHeader, p.WorkspaceHeader, p.SecretHeader}
}

// Speaks reports whether a request has any of the proxy's headers, which then have to
// be right.
func (p *Proxy) Speaks(r *http.Request) bool {
	return slices.ContainsFunc(p.headers(), func(name string) bool { return len(r.Header[name]) > 0 })
}

// Authenticate believes the headers of a request of the proxy, and takes them off.
func (p *Proxy) Authenticate(r *http.Request) (Identity, error) {
	header := r.Header.Clone()
	for _, name := range p.headers() {
		r.Header.Del(name)
		if len(header[name]) > 1 {
			return Identity{}, badRequest("send the header " + name + " once")
		}
	}
	if !p.proves(r, header.Get(p.SecretHeader)) {
		return Identity{}, &Refusal{Status: http.StatusUnauthorized, Description: fmt.Sprintf(
			"the headers %s are believed only from the trusted proxy, with its proof", strings.Join(p.headers(), ", "))}
	}
	principal, asked := header.Get(p.PrincipalHeader), header.Get(p.WorkspaceHeader)
	if err := checkName(principal, longestPrincipal); err != nil {
		return Identity{}, badRequest("the header " + p.PrincipalHeader + " names no caller: " + err.Error())
	}
	if err := checkName(asked, longestWorkspace); err != nil {
		return Identity{}, badRequest("the header " + p.WorkspaceHeader + " names no workspace: " + err.Error())
	}
	workspace, err := listedWorkspace(p.Workspaces, asked)
	if err != nil {
		return Identity{}, err
	}
	return Identity{Principal: "proxy:" + principal, Workspace: workspace}, nil
}

// proves reports whether a request comes from the proxy. A Proxy that NewProxy did not
// check may have no proof at all: then none does.
func (p *Proxy) proves(r *http.Request, sent string) bool {
	if p.Secret.IsSet() && !sameText(sent, p.Secret.Reveal()) || !p.Secret.IsSet() && !p.ClientCert {
		return false
	}
	return !p.ClientCert || r.TLS != nil && len(r.TLS.VerifiedChains) > 0 && p.knows(r.TLS.VerifiedChains[0])
}

func (p *Proxy) knows(chain []*x509.Certificate) bool {
	if p.Subjects == nil || len(chain) == 0 {
		return len(chain) > 0
	}
	names := append([]string{chain[0].Subject.CommonName}, chain[0].DNSNames...)
	for _, uri := range chain[0].URIs {
		names = append(names, uri.String())
	}
	return slices.ContainsFunc(names, func(name string) bool { return name != "" && slices.Contains(p.Subjects, name) })
}

// sameText compares in a time that tells nothing; digests have one length.
func sameText(got, want string) bool {
	a, b := digestOf(got), digestOf(want)
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
