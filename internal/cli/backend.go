package cli

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/audit"
	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/config"
	"airbyte-mcp-server/internal/connectpage"
	"airbyte-mcp-server/internal/downloads"
	"airbyte-mcp-server/internal/peers"
	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/internal/state"
	"airbyte-mcp-server/internal/telemetry"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// backend is the API client of a command, with the tools and the services around it.
type backend struct {
	client  *airbyte.Client
	manager *manage.Manager
	session tools.Session
	sandbox *sandbox.Running // nil when the real API is used
	audit   *audit.Log       // nil when none is kept
	forms   forms
	seal    *seal.Seal
	// sessions seals session ids. Its key follows from the client secret, so that sessions
	// outlive a restart.
	sessions *seal.Seal
	memory   *budget.Memory
	// severalTenants says that none of them may take the others' room.
	severalTenants bool
	redis          *state.Redis       // nil for a server of one replica
	peers          *peers.Peers       // nil likewise
	metrics        *telemetry.Metrics // nil unless it serves over HTTP
	tracer         *telemetry.Tracer

	readiness readiness
}

// open connects to the API that the settings name, or to an emulator that is
// started for the purpose. Nothing is sent yet.
func (a *app) open() (*backend, error) {
	operator, err := a.operator()
	if err != nil {
		return nil, err
	}
	return a.openWith(connectpage.NewLocal(connectpage.Options{Log: a.log, Terminal: a.asks, Operator: operator}), nil)
}

// openWith is open with the pages for credentials, which Close closes, and the
// address under which callers on other machines reach this program, if any do.
func (a *app) openWith(shown pages, public func() string) (*backend, error) {
	p := &backend{session: a.session(), forms: forms{pages: shown, address: public}, seal: seal.New(), memory: a.memory(),
		severalTenants: a.settings.Remote()}
	cfg, err := a.apiConfig()
	cfg.Memory = p.memory.Upstream
	if err == nil {
		a.startTelemetry(p, &cfg, public != nil)
	}
	if err == nil {
		err = a.findAPI(p, &cfg)
	}
	if a.explains && errors.Is(err, config.ErrMissingCredentials) {
		a.log.Error().Err(err).Msg("serving without credentials: every call explains what is missing")
		cfg.NoCredentials, err = err, nil
	}
	if err == nil {
		err = a.openRedis(p, cfg.ClientSecret, public != nil)
	}
	var options calls.Options
	if err == nil {
		options, err = a.callOptions(p, cfg.ClientSecret)
	}
	if err == nil {
		p.client, err = airbyte.New(cfg)
	}
	if err != nil {
		p.Close()
		return nil, err
	}
	options.PublicURL, options.Seal = public, p.seal
	p.manager = manage.New(a.catalog(), p.client, manage.Options{Calls: options, Forms: p.forms})
	if err := p.manager.Directory().CheckChoice(p.session); err != nil {
		p.Close()
		return nil, &usageError{err: err}
	}
	return p, nil
}

// apiConfig is what the settings say about the API.
func (a *app) apiConfig() (airbyte.Config, error) {
	s := a.settings
	roots, err := certificates(s.CAFile)
	if err != nil {
		return airbyte.Config{}, &usageError{err: err}
	}
	return airbyte.Config{
		Host:              s.APIHost,
		CloudHost:         s.CloudHost,
		Dialect:           airbyte.Dialect(s.APIDialect),
		TokenScope:        a.tokenScope(),
		ClientID:          s.ClientID,
		ClientSecret:      s.ClientSecret,
		OrganizationID:    s.OrganizationID,
		MaxBody:           int64(s.MaxResponseBody),
		ExecuteTimeout:    s.ExecuteTimeout,
		RequestTimeout:    s.RequestTimeout,
		ConnectorLifetime: s.ConnectorCache,
		UserAgent:         "airbyte-mcp-server/" + a.version(),
		RootCAs:           roots,
		Log:               a.log,
	}, nil
}

// certificates are the system's authorities and those of a PEM file; nil without a
// file means the system's.
func certificates(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // there is nothing to add, and nothing wrong
	}
	data, err := readPEM(path)
	if err != nil {
		return nil, fmt.Errorf("ca-file: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // the file's alone
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("ca-file: %s has no certificate in PEM form (-----BEGIN CERTIFICATE-----)", path)
	}
	return pool, nil
}

// findAPI starts the emulator if it is asked for, and points the client at it, else
// looks whether there are credentials.
func (a *app) findAPI(p *backend, cfg *airbyte.Config) error {
	if !a.settings.Sandbox {
		return a.settings.MissingCredentials()
	}
	dialect := cmp.Or(a.settings.APIDialect, string(airbyte.DialectAuto))
	if dialect == string(airbyte.DialectAuto) {
		dialect = "both"
	}
	running, err := sandbox.Start("127.0.0.1:0", sandbox.Options{Catalog: a.catalog(), Log: a.log, Dialect: dialect})
	if err != nil {
		return fmt.Errorf("starting the sandbox: %w", err)
	}
	p.sandbox = running
	k := running.Credentials()
	cfg.Host, cfg.CloudHost = running.URL, running.URL
	cfg.ClientID, cfg.ClientSecret, cfg.OrganizationID = k.ClientID, secret.New(k.ClientSecret), k.OrganizationID
	return nil
}

// callOptions is what the settings say about calls.
func (a *app) callOptions(p *backend, clientSecret secret.Text) (calls.Options, error) {
	s := a.settings
	rules, err := calls.ParseRules(s.WriteRules)
	if err != nil {
		return calls.Options{}, &usageError{err: err}
	}
	o := calls.Options{
		MaxResultBytes: int(s.MaxResultBytes),
		Rules:          rules,
		Writes:         p.sharedWrites(),
		Domains:        s.OrganizationDomains,
		Cache:          s.Cache,
		DownloadPrefix: p.peers.Prefix(),
		Downloads:      downloads.New(s.DownloadDir, int64(s.MaxDownload)),
		Results:        p.resultStore(),
		Memory:         p.memory.Answers,
		Log:            a.log,
	}
	if s.AuditLog == "" {
		return o, nil
	}
	return o, a.openAudit(p, &o, clientSecret)
}

// Close ends what open has started.
func (p *backend) Close() {
	p.forms.Close() // first: what they are doing needs the rest
	if p.manager != nil {
		p.manager.Close()
	}
	if p.client != nil {
		p.client.Close()
	}
	if p.redis != nil {
		p.redis.Close()
	}
	p.peers.Close()
	if p.sandbox != nil {
		_ = p.sandbox.Close() // it holds nothing that could be lost
	}
	if p.audit != nil {
		_ = p.audit.Close() // where the stop line cannot be written, audit verify says that there is none
	}
	ctx, cancel := context.WithTimeout(context.Background(), tracesTime)
	defer cancel()
	_ = p.tracer.Close(ctx) // what cannot be sent in time is lost
}

// tracesTime is what the last traces may take.
const tracesTime = 2 * time.Second

// tokenScope is that of the workspace where callers of several are served.
func (a *app) tokenScope() airbyte.TokenScope {
	switch s := a.settings; {
	case s.TokenScope != "auto":
		return airbyte.TokenScope(s.TokenScope)
	case s.Remote():
		return airbyte.ScopeWorkspace
	default:
		return airbyte.ScopeApplication
	}
}

// withBackend does something that asks the API, within the time of one call. Where a
// person may be asked, their time is added.
func (a *app) withBackend(ctx context.Context, do func(context.Context, *backend) error) error {
	p, err := a.open()
	if err != nil {
		return err
	}
	defer p.Close()
	limit := a.settings.CallTimeout
	if a.terminal() != nil {
		limit += answerTime
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	a.status.Show("Asking Airbyte")
	defer a.status.Stop()
	return explain(do(ctx, p))
}

// answerTime is what a person has for an answer.
const answerTime = 5 * time.Minute

// session is the caller of a process that serves one: the user who started it.
func (a *app) session() tools.Session {
	return tools.Session{
		Workspace: a.settings.Workspace, Policy: a.policy(), Listing: a.listing(), Answers: a.answers(tools.ExactJSON),
		Operator: true, Local: true,
	}
}

func (a *app) policy() tools.Policy {
	s := a.settings
	effects, _ := tools.ParseEffects(s.Effects) // checked by the settings
	return tools.Policy{ReadOnly: s.ReadOnly, Connectors: s.Connectors, Tools: s.Tools, Exclude: s.ExcludeTools, Effects: effects}
}

// answers are how results are written; usual is what a command does if nobody says.
func (a *app) answers(usual tools.Format) tools.Answers {
	return tools.Answers{
		Format: cmp.Or(tools.Format(a.settings.AnswerFormat), usual), Structured: tools.Structured(a.settings.Structured),
	}
}

func (a *app) listing() tools.Listing {
	s := a.settings
	l := tools.Listing{Surface: tools.Surface(s.Surface), Pins: s.Pin}
	if s.Given("max-tools") { // else what fits the host
		l.MaxTools = s.MaxTools
	}
	if s.Given("max-tool-tokens") {
		l.MaxTokens = s.MaxToolTokens
	}
	return l
}

// mayWrite refuses what would change something where nothing may be changed. Calls of
// tools are looked at in tools; this is for the rest.
func (a *app) mayWrite(what string) error {
	if a.settings.ReadOnly {
		return &tools.RefusedError{Tool: what, Reason: "--read-only is set"}
	}
	return nil
}

// catalogTools are the tools that the program could offer a session, whatever a
// workspace has; no account is needed to see them.
func (a *app) catalogTools(s tools.Session) (*tools.Set, error) {
	m := a.catalogManager()
	defer m.Close()
	if err := m.Directory().CheckChoice(s); err != nil {
		return nil, &usageError{err: err}
	}
	return m.Directory().CatalogSet(s)
}

// catalogManager knows what could be offered; no account is needed.
func (a *app) catalogManager() *manage.Manager {
	return manage.New(a.catalog(), nil, manage.Options{})
}

// unsupported reports that the API's dialect lacks an operation.
func unsupported(err error) bool {
	failure, ok := errors.AsType[*airbyte.Error](err)
	return ok && failure.Code == airbyte.CodeUnsupported
}
