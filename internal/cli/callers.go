package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/identity/keys"
	"airbyte-mcp-server/tools"
)

// callers tell HTTP callers apart, as the settings have it.
type callers struct {
	chain    *identity.Chain // nil lets everybody in
	keys     *keys.Set       // of the chain; nil for none
	scopes   identity.Scopes
	metadata *identity.Metadata // nil without OAuth

	keysMarks fileMarks // of the file of the keys, before it was read
}

// callers reads the settings about who may call over HTTP.
func (a *app) callers() (*callers, error) {
	s := a.settings
	c := &callers{scopes: scopesOf(s)}
	if !s.Remote() && !s.BearerToken.IsSet() {
		return c, nil
	}
	c.chain = &identity.Chain{}
	if s.BearerToken.IsSet() {
		c.chain.Static = &identity.StaticToken{Token: s.BearerToken, Workspace: s.Workspace}
	}
	for _, add := range []func(*callers) error{a.addKeys, a.addOAuth, a.addProxy} {
		if err := add(c); err != nil {
			return nil, &usageError{err: err}
		}
	}
	return c, nil
}

func scopesOf(s *config.Settings) identity.Scopes {
	if s.ScopesOff() || len(s.OAuthScopes) < 3 {
		return identity.Scopes{Off: true, Challenge: s.OAuthChallengeScopes}
	}
	return identity.Scopes{Read: s.OAuthScopes[0], Write: s.OAuthScopes[1], Delete: s.OAuthScopes[2], Challenge: s.OAuthChallengeScopes}
}

func (a *app) addKeys(c *callers) (err error) {
	s := a.settings
	switch {
	case s.KeysFile != "" && s.Keys.IsSet():
		return errors.New("--keys-file and AIRBYTE_MCP_KEYS are both set: remove one of them")
	case s.KeysFile != "":
		c.keysMarks = fileMarksOf(s.KeysFile)
		c.keys, err = keys.Load(keys.File(s.KeysFile))
	case s.Keys.IsSet():
		c.keys, err = keys.Parse("AIRBYTE_MCP_KEYS", []byte(s.Keys.Reveal()))
	default:
		return nil
	}
	c.chain.Keys = c.keys
	return err
}

func (a *app) addOAuth(c *callers) error {
	s := a.settings
	if len(s.OAuthIssuers) == 0 && s.IntrospectionURL == "" {
		return nil
	}
	resource, err := identity.CanonicalResource(s.Audience())
	if err != nil {
		return err
	}
	audience := identity.Audience{Resource: resource, Addresses: s.Addresses()}
	mapping := identity.Mapping{Workspace: s.OAuthWorkspace, Principal: s.OAuthPrincipal, Workspaces: s.OAuthWorkspaces, Scopes: c.scopes}
	var issuers []identity.Issuer
	for _, url := range s.OAuthIssuers {
		issuers = append(issuers, identity.Issuer{URL: url, Audience: audience, Algorithms: s.OAuthAlgorithms, Mapping: mapping})
	}
	if len(issuers) > 0 {
		if c.chain.JWT, err = identity.NewJWT(issuers...); err != nil {
			return err
		}
	}
	if s.IntrospectionURL != "" {
		c.chain.Introspection, err = identity.NewIntrospection(identity.Endpoint{
			URL: s.IntrospectionURL, ClientID: s.IntrospectionClientID, ClientSecret: s.IntrospectionClientSecret,
			Audience: audience, Mapping: mapping,
		})
		if err != nil {
			return err
		}
	}
	c.metadata = &identity.Metadata{
		Base: cmp.Or(s.PublicURL, strings.TrimSuffix(resource, "/mcp")), Audience: s.OAuthAudience,
		AuthorizationServers: s.OAuthIssuers, Scopes: c.scopes.Names(), Name: "Airbyte connectors",
	}
	c.chain.Scope = strings.Join(c.scopes.First(), " ")
	return c.metadata.Check()
}

func (a *app) addProxy(c *callers) (err error) {
	s := a.settings
	if !s.TrustsProxy() {
		return nil
	}
	c.chain.Proxy, err = identity.NewProxy(identity.Proxy{
		PrincipalHeader: s.ProxyPrincipalHeader, WorkspaceHeader: s.ProxyWorkspaceHeader, Secret: s.ProxySecret,
		ClientCert: s.TLSClientCA != "", Subjects: s.ProxySubjects, Workspaces: s.OAuthWorkspaces,
	})
	return err
}

// authenticator is the chain, or nil to let everybody in.
func (c *callers) authenticator() identity.Authenticator {
	if c.chain == nil {
		return nil
	}
	return c.chain
}

// words say who is let in.
func (c *callers) words() string {
	if c.chain == nil {
		return "any program on this machine"
	}
	return "who shows credentials"
}

// checkKeys refuses keys whose choice of tools means nothing.
func checkKeys(list []keys.Key, directory *tools.Directory) error {
	for _, key := range list {
		effects, err := tools.ParseEffects(key.Policy.Effects)
		if err == nil && key.Policy.Surface != "" {
			_, err = tools.ParseSurface(key.Policy.Surface)
		}
		if err == nil {
			policy := tools.Policy{Tools: key.Policy.Tools, Exclude: key.Policy.ExcludeTools, Effects: effects}
			err = directory.CheckChoice(tools.Session{Policy: policy})
		}
		if err != nil {
			return fmt.Errorf("key %s: %w", key.ID, err)
		}
	}
	return nil
}

// onHangups calls a function whenever the process is told to read again what may change while
// serving, until ctx ends. From its return on such a signal does not end the process.
func (a *app) onHangups(ctx context.Context, reread func()) {
	if a.Hangups == nil {
		return
	}
	hangups := a.Hangups()
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
			}
			reread()
		}
	}()
}

// watchKeys reads the file of the keys again whenever it has changed, until ctx ends.
func (a *app) watchKeys(ctx context.Context, c *callers, directory *tools.Directory) {
	if c.keys == nil || a.settings.KeysFile == "" {
		return
	}
	onChange(ctx, a.settings.KeysFile, c.keysMarks, func() { a.reloadKeys(c, directory) })
}

// reloadKeys reads the keys again. Keys that are wrong leave those in use as they are.
func (a *app) reloadKeys(c *callers, directory *tools.Directory) {
	if c.keys == nil {
		a.log.Info().Msg("told to read the keys again, but there are none")
		return
	}
	if err := c.keys.Reload(func(list []keys.Key) error { return checkKeys(list, directory) }); err != nil {
		a.log.Error().Err(err).Msg("the keys could not be read again; those in use stay")
		return
	}
	a.log.Info().Int("keys", len(c.keys.List())).Msg("keys read again")
}

// reportIssuers logs which issuers cannot be reached when serving begins. Their callers
// are refused until they can.
func (a *app) reportIssuers(ctx context.Context, c *callers) {
	if c.chain == nil || c.chain.JWT == nil {
		return
	}
	for url, err := range c.chain.JWT.Unreachable(ctx) {
		a.log.Warn().Str("issuer", url).Err(err).Msg("an OAuth issuer cannot be reached: its tokens are refused until it can")
	}
}
