package config

import (
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"airbyte-mcp-server/internal/secret"
)

// Settings are all settings of the program, valid after Complete. Durations are
// written like 50s or 5m, sizes like 4MiB (see Size), lists with commas.
//
// The two secrets have no flag, because arguments are visible to every process
// of a machine: they come from the environment or from a file.
type Settings struct {
	// ClientID and ClientSecret are Airbyte's API credentials.
	ClientID     string      `name:"client-id" env:"AIRBYTE_CLIENT_ID" group:"Airbyte" placeholder:"ID" help:"Client id of the Airbyte API credentials."`
	ClientSecret secret.Text `kong:"-" name:"client-secret" env:"AIRBYTE_CLIENT_SECRET" group:"Airbyte" help:"Client secret of the Airbyte API credentials."`
	// ClientSecretFile is a path; the file must be its owner's alone.
	ClientSecretFile string `name:"client-secret-file" env:"AIRBYTE_CLIENT_SECRET_FILE" group:"Airbyte" placeholder:"PATH" help:"File that holds the client secret (mode 0600), unless AIRBYTE_CLIENT_SECRET holds it."`
	// OrganizationID is a UUID; an account with one organization needs none.
	OrganizationID string `name:"organization-id" env:"AIRBYTE_ORGANIZATION_ID" group:"Airbyte" placeholder:"UUID" help:"Airbyte organization, for accounts that have several."`
	// Workspace is a workspace's name, never empty. The further names are those that
	// Airbyte's older documents give it.
	Workspace string `name:"workspace" completion-predictor:"workspace" aliases:"workspace-name,external-user-id,customer-name" env:"AIRBYTE_WORKSPACE,AIRBYTE_WORKSPACE_NAME,AIRBYTE_EXTERNAL_USER_ID,AIRBYTE_CUSTOMER_NAME" default:"default" group:"Airbyte" help:"Airbyte workspace whose connectors are served."`
	// APIHost is scheme and host without a slash at the end; https, or http to this machine.
	APIHost string `name:"api-host" env:"AIRBYTE_API_HOST" default:"https://api.airbyte.ai" group:"Airbyte" help:"Base URL of the Airbyte API."`

	// CloudHost is like APIHost; empty means https://cloud.airbyte.com where APIHost is
	// Airbyte's own, else the same as APIHost.
	CloudHost string `name:"cloud-host" env:"AIRBYTE_CLOUD_HOST" group:"Airbyte" placeholder:"URL" help:"Base URL of the token endpoint of the API's older dialect; by default https://cloud.airbyte.com, or the API host if that is another one."`
	// APIDialect is auto, current or seed.
	APIDialect string `name:"api-dialect" env:"AIRBYTE_MCP_API_DIALECT" default:"auto" enum:"auto,current,seed" group:"Airbyte" help:"Routes of the API: ${enum} (of January 2026); auto asks the current token route first."`
	// TokenScope is auto, application or workspace.
	TokenScope string `name:"token-scope" env:"AIRBYTE_MCP_TOKEN_SCOPE" default:"auto" enum:"auto,application,workspace" group:"Airbyte" help:"Token for calls on a workspace's connectors: of the whole organization, or of that workspace alone (${enum}); auto is workspace where callers of several workspaces are served."`
	// CAFile is a path of PEM certificates.
	CAFile string `name:"ca-file" env:"AIRBYTE_MCP_CA_FILE" group:"Airbyte" placeholder:"PATH" help:"PEM file of certificate authorities to trust besides the system's, for proxies that inspect TLS."`

	// Sandbox serves from the embedded emulator; no credentials are needed then.
	Sandbox bool `name:"sandbox" env:"AIRBYTE_MCP_SANDBOX" default:"false" group:"Serving" help:"Serve everything from the built-in emulator; needs no Airbyte account."`
	// Connectors are connector names; empty means all of the workspace.
	Connectors []string `name:"connectors" completion-predictor:"type" env:"AIRBYTE_MCP_CONNECTORS" group:"Serving" placeholder:"NAME" help:"Serve only these connectors."`
	// Catalog is a folder, which need not exist.
	Catalog string `name:"catalog" env:"AIRBYTE_MCP_CATALOG" group:"Serving" placeholder:"DIR" help:"Folder of your own catalog files, which add connectors and replace built-in ones; by default airbyte-mcp-server/catalog in the user's configuration folder."`
	// Tools and ExcludeTools are globs over names; @NAME stands for a toolset, until
	// Complete has put the toolset's globs in its place.
	Tools        []string `name:"tools" env:"AIRBYTE_MCP_TOOLS" group:"Serving" placeholder:"GLOB" help:"Serve only these tools: names, globs such as 'github_*_list', or @NAME for a toolset."`
	ExcludeTools []string `name:"exclude-tools" env:"AIRBYTE_MCP_EXCLUDE_TOOLS" group:"Serving" placeholder:"GLOB" help:"Leave out these tools: names, globs or @NAME."`
	// Toolsets are globs, separated by commas, by a name.
	Toolsets map[string]string `name:"toolsets" env:"AIRBYTE_MCP_TOOLSETS" group:"Serving" placeholder:"NAME=GLOB,GLOB" help:"Names for groups of tools, for --tools, --exclude-tools and --pin; best kept in the config file."`
	// Effects are read, write or delete; empty means all.
	Effects []string `name:"effects" env:"AIRBYTE_MCP_EFFECTS" group:"Serving" placeholder:"EFFECT" help:"Serve only tools with these effects: read, write (creates and updates), delete."`
	// ReadOnly leaves out every tool that can change something.
	ReadOnly bool `name:"read-only" env:"AIRBYTE_MCP_READ_ONLY" default:"false" group:"Serving" help:"Serve only tools that change nothing."`
	// Surface is auto, direct or search.
	Surface string `name:"surface" env:"AIRBYTE_MCP_SURFACE" default:"auto" enum:"auto,direct,search" group:"Serving" help:"How tools are put before the host: direct lists each, search lists a few that find and call the others, auto is direct while --max-tools and --max-tool-tokens allow it, or where the host searches tools itself; with one search for each connector if that is enough; else search."`
	// MaxTools and MaxToolTokens are at least 1.
	MaxTools      int `name:"max-tools" env:"AIRBYTE_MCP_MAX_TOOLS" default:"110" group:"Serving" help:"Most tools that --surface=auto lists, whatever is known of the host; left out: 110, or less where the host takes less."`
	MaxToolTokens int `name:"max-tool-tokens" env:"AIRBYTE_MCP_MAX_TOOL_TOKENS" default:"30000" group:"Serving" help:"Most tokens that the tools listed by --surface=auto may take, at 4 bytes a token."`
	// Pin are globs like Tools.
	Pin []string `name:"pin" env:"AIRBYTE_MCP_PIN" group:"Serving" placeholder:"GLOB" help:"Tools that --surface=search lists as well: names, globs or @NAME."`
	// CallTimeout bounds one tool call.
	CallTimeout time.Duration `name:"call-timeout" env:"AIRBYTE_MCP_CALL_TIMEOUT" default:"50s" group:"Serving" help:"Longest time of one tool call; hosts give up after 60s."`
	// EOFGrace is how long a read that makes no progress may go on after standard
	// input has ended, when a host has lost interest.
	EOFGrace time.Duration `name:"eof-grace" env:"AIRBYTE_MCP_EOF_GRACE" default:"900ms" group:"Serving" help:"How long a silent read may go on when standard input has ended; raise it to pipe slow calls into serve."`
	// MaxConcurrentCalls is at least 1.
	MaxConcurrentCalls int `name:"max-concurrent-calls" env:"AIRBYTE_MCP_MAX_CONCURRENT_CALLS" default:"64" group:"Serving" help:"Most tool calls at a time per connection."`

	// MemoryBudget is in bytes; 0 means by the system.
	MemoryBudget Size `name:"memory-budget" env:"AIRBYTE_MCP_MEMORY_BUDGET" default:"0" group:"Serving" help:"Memory for requests, answers and kept results; 0 for half of the control group's limit, or 256MiB where there is none."`

	// MaxResultBytes is at least 4096.
	MaxResultBytes Size `name:"max-result-bytes" env:"AIRBYTE_MCP_MAX_RESULT_BYTES" default:"60kB" group:"Answers" help:"Largest answer of a tool; the rest of a larger result is kept for read_result."`
	// AnswerFormat is compact, json or table; empty means by the command.
	AnswerFormat string `name:"answer-format" env:"AIRBYTE_MCP_ANSWER_FORMAT" default:"" enum:",compact,json,table" group:"Answers" help:"How answers are written: compact leaves null and empty members out (the default of serve), json has the exact envelope (the default of call), table writes lists of records as rows."`
	// Structured is auto, on or off.
	Structured string `name:"structured" env:"AIRBYTE_MCP_STRUCTURED" default:"auto" enum:"auto,on,off" group:"Answers" help:"Whether answers have structuredContent beside their text, and tools an outputSchema; auto is for clients that read nothing else."`
	// WriteRules are CONNECTOR.ENTITY.ACTION=MODE.
	WriteRules []string `name:"write-rules" env:"AIRBYTE_MCP_WRITE_RULES" group:"Answers" placeholder:"RULE" help:"Which writes to allow, confirm or deny, e.g. 'stripe.*.*=confirm'; the last rule that fits counts. Without one, deletions are confirmed and other writes allowed."`
	// Cache is a lifetime; 0 means that nothing is cached.
	Cache time.Duration `name:"cache" env:"AIRBYTE_MCP_CACHE" default:"0s" group:"Answers" help:"How long equal reads are answered from memory; 0s for not at all. A write to the connector empties it."`
	// OrganizationDomains are e-mail domains.
	OrganizationDomains []string `name:"organization-domains" env:"AIRBYTE_MCP_ORGANIZATION_DOMAINS" group:"Answers" placeholder:"DOMAIN" help:"E-mail domains of your organization; records with addresses of others are marked."`
	// AuditLog is a path, or stderr; empty means none.
	AuditLog string `name:"audit-log" env:"AIRBYTE_MCP_AUDIT_LOG" group:"Answers" placeholder:"FILE" help:"File, or stderr, for lines of JSON on every call: who did what, never a value. A write is recorded before it is sent."`
	// AuditKey is at least 16 characters; empty means that it follows from the client secret.
	AuditKey secret.Text `kong:"-" name:"audit-key" env:"AIRBYTE_MCP_AUDIT_KEY" group:"Answers" help:"Key of the audit log's chain, at least 16 characters."`
	// AuditKeyFile is a path; the file must be its owner's alone.
	AuditKeyFile string `name:"audit-key-file" env:"AIRBYTE_MCP_AUDIT_KEY_FILE" group:"Answers" placeholder:"PATH" help:"File that holds the key of the audit log's chain (mode 0600), unless AIRBYTE_MCP_AUDIT_KEY holds it; by default it follows from the client secret."`
	// DownloadDir is a folder; empty means a private one that is removed at the end.
	DownloadDir string `name:"download-dir" env:"AIRBYTE_MCP_DOWNLOAD_DIR" group:"Answers" placeholder:"DIR" help:"Folder for downloaded files; by default a private one, removed at the end."`
	// MaxDownload is in bytes, at least 1.
	MaxDownload Size `name:"max-download" env:"AIRBYTE_MCP_MAX_DOWNLOAD" default:"1GiB" group:"Answers" help:"Largest file that is downloaded."`

	// BearerToken is what HTTP callers must present; empty means none is asked for.
	BearerToken secret.Text `kong:"-" name:"bearer-token" env:"AIRBYTE_MCP_BEARER_TOKEN" group:"HTTP" help:"Token that HTTP callers must present."`
	// BearerTokenFile is a path; the file must be its owner's alone.
	BearerTokenFile string `name:"bearer-token-file" env:"AIRBYTE_MCP_BEARER_TOKEN_FILE" group:"HTTP" placeholder:"PATH" help:"File that holds the token HTTP callers must present (mode 0600), unless AIRBYTE_MCP_BEARER_TOKEN holds it."`
	// MaxSessions is at least 1; SessionIdle and SessionLife are more than zero.
	MaxSessions int           `name:"max-sessions" env:"AIRBYTE_MCP_MAX_SESSIONS" default:"20000" group:"HTTP" help:"Most sessions and streams at a time, of each HTTP transport."`
	SessionIdle time.Duration `name:"session-idle" env:"AIRBYTE_MCP_SESSION_IDLE" default:"1h" group:"HTTP" help:"How long an unused session is remembered."`
	SessionLife time.Duration `name:"session-life" env:"AIRBYTE_MCP_SESSION_LIFE" default:"24h" group:"HTTP" help:"How long a session may last."`
	// DrainDelay is zero or more.
	DrainDelay time.Duration `name:"drain-delay" env:"AIRBYTE_MCP_DRAIN_DELAY" default:"0s" group:"HTTP" help:"How long requests are still taken after SIGTERM, when /readyz says no already; for balancers that check it."`
	// KeepAlive is more than zero.
	KeepAlive time.Duration `name:"keep-alive" env:"AIRBYTE_MCP_KEEP_ALIVE" default:"15s" group:"HTTP" help:"Longest silence of an event stream. A POST whose answer takes longer becomes one, where the client accepts it."`
	// TLSCert, TLSKey and TLSClientCA are paths of PEM files.
	TLSCert     string `name:"tls-cert" env:"AIRBYTE_MCP_TLS_CERT" group:"HTTP" placeholder:"PATH" help:"Certificate of this server (PEM, with its chain); changed files are read again."`
	TLSKey      string `name:"tls-key" env:"AIRBYTE_MCP_TLS_KEY" group:"HTTP" placeholder:"PATH" help:"Private key of the certificate (PEM)."`
	TLSClientCA string `name:"tls-client-ca" env:"AIRBYTE_MCP_TLS_CLIENT_CA" group:"HTTP" placeholder:"PATH" help:"Authorities (PEM) of client certificates, by which a trusted proxy shows who it is."`
	// TenantMetrics gives metrics names of tenants.
	TenantMetrics bool `name:"tenant-metrics" env:"AIRBYTE_MCP_TENANT_METRICS" default:"false" group:"HTTP" help:"Count calls by workspace in /metrics, up to 200 of them."`

	// AllowedHosts are host or host:port as in the Host header.
	AllowedHosts []string `name:"allowed-hosts" env:"AIRBYTE_MCP_ALLOWED_HOSTS" group:"HTTP" placeholder:"HOST" help:"Host names under which HTTP requests are accepted."`
	// AllowedOrigins are scheme://host[:port] as in the Origin header.
	AllowedOrigins []string `name:"allowed-origins" env:"AIRBYTE_MCP_ALLOWED_ORIGINS" group:"HTTP" placeholder:"URL" help:"Web origins whose pages may send HTTP requests, like https://app.example.com."`
	// PublicURL is like APIHost, perhaps with a path; empty means the address that is listened on.
	PublicURL string `name:"public-url" env:"AIRBYTE_MCP_PUBLIC_URL" group:"HTTP" placeholder:"URL" help:"URL under which users reach this server, for links to its pages."`
	// PageName, PageLogo and PageContact are the operator's, on the pages for credentials. PageLogo is a path.
	PageName    string `name:"page-name" env:"AIRBYTE_MCP_PAGE_NAME" group:"HTTP" placeholder:"TEXT" help:"Operator's name on the pages for credentials."`
	PageLogo    string `name:"page-logo" env:"AIRBYTE_MCP_PAGE_LOGO" group:"HTTP" placeholder:"PATH" help:"Operator's logo there: PNG, JPEG, GIF, WebP or SVG of at most 128 KiB."`
	PageContact string `name:"page-contact" env:"AIRBYTE_MCP_PAGE_CONTACT" group:"HTTP" placeholder:"ADDRESS" help:"Whom to ask, there: a mail address or an https address."`
	// MaxRequestBody is in bytes, at least 1.
	MaxRequestBody Size `name:"max-request-body" env:"AIRBYTE_MCP_MAX_REQUEST_BODY" default:"4MiB" group:"HTTP" help:"Largest HTTP request."`

	// KeysFile is a path. Keys is the text of such a file.
	KeysFile string      `name:"keys-file" env:"AIRBYTE_MCP_KEYS_FILE" group:"Callers" placeholder:"PATH" help:"File of API keys, as keys create writes it (mode 0600); a changed one is read again."`
	Keys     secret.Text `kong:"-" name:"keys" env:"AIRBYTE_MCP_KEYS" group:"Callers" help:"API keys, as the text of a keys file."`
	// OAuthIssuers are URLs, as in the iss of tokens.
	OAuthIssuers []string `name:"oauth-issuers" env:"AIRBYTE_MCP_OAUTH_ISSUERS" group:"Callers" placeholder:"URL" help:"OAuth 2.1 issuers whose access tokens (JWTs) are accepted."`
	// OAuthAudience is a URI; empty means PublicURL and /mcp, /sse or a path behind them.
	OAuthAudience string `name:"oauth-audience" env:"AIRBYTE_MCP_OAUTH_AUDIENCE" group:"Callers" placeholder:"URI" help:"Resource that tokens must have been made for; by default the public URL with /mcp or /sse, or a path behind them."`
	// OAuthWorkspace and OAuthPrincipal are templates over the claims of a token.
	OAuthWorkspace string `name:"oauth-workspace" env:"AIRBYTE_MCP_OAUTH_WORKSPACE" group:"Callers" placeholder:"TEMPLATE" help:"Airbyte workspace of a token, such as '{claims.org_id}'."`
	OAuthPrincipal string `name:"oauth-principal" env:"AIRBYTE_MCP_OAUTH_PRINCIPAL" group:"Callers" placeholder:"TEMPLATE" help:"Name of a token's caller; by default '{claims.sub}'."`
	// OAuthWorkspaces is a list of what may be the workspace; empty means anything.
	OAuthWorkspaces map[string]string `name:"oauth-workspaces" env:"AIRBYTE_MCP_OAUTH_WORKSPACES" group:"Callers" placeholder:"VALUE=WORKSPACE" help:"Values of --oauth-workspace that are let in, and their workspaces; without it every value is its own."`
	// OAuthScopes are the scopes for reads, writes and deletions, or off.
	OAuthScopes []string `name:"oauth-scopes" env:"AIRBYTE_MCP_OAUTH_SCOPES" default:"airbyte:read,airbyte:write,airbyte:delete" group:"Callers" placeholder:"SCOPE" help:"Scopes that allow reads, writes and deletions, or off for tokens without scopes."`
	// OAuthChallengeScopes are scopes, or all; empty means the one for reads.
	OAuthChallengeScopes []string `name:"oauth-challenge-scopes" env:"AIRBYTE_MCP_OAUTH_CHALLENGE_SCOPES" group:"Callers" placeholder:"SCOPE" help:"Scopes that callers without a token are told to ask for, or all for those of --oauth-scopes; by default the one for reads."`
	// OAuthAlgorithms are JWS algorithms; empty means RS256, ES256, PS256 and EdDSA.
	OAuthAlgorithms []string `name:"oauth-algorithms" env:"AIRBYTE_MCP_OAUTH_ALGORITHMS" group:"Callers" placeholder:"ALG" help:"Signature algorithms that tokens may have; by default RS256, ES256, PS256, EdDSA."`
	// IntrospectionURL is an endpoint of RFC 7662.
	IntrospectionURL      string `name:"introspection-url" env:"AIRBYTE_MCP_INTROSPECTION_URL" group:"Callers" placeholder:"URL" help:"Endpoint that is asked about opaque tokens (RFC 7662)."`
	IntrospectionClientID string `name:"introspection-client-id" env:"AIRBYTE_MCP_INTROSPECTION_CLIENT_ID" group:"Callers" placeholder:"ID" help:"Client id for the introspection endpoint."`
	// IntrospectionClientSecret belongs to the client id.
	IntrospectionClientSecret secret.Text `kong:"-" name:"introspection-client-secret" env:"AIRBYTE_MCP_INTROSPECTION_CLIENT_SECRET" group:"Callers" help:"Client secret for the introspection endpoint."`
	// ProxySecret makes the headers of a trusted proxy believed.
	ProxySecret          secret.Text `kong:"-" name:"proxy-secret" env:"AIRBYTE_MCP_PROXY_SECRET" group:"Callers" help:"Secret by which a trusted proxy shows who it is, in the header X-Proxy-Secret."`
	ProxyPrincipalHeader string      `name:"proxy-principal-header" env:"AIRBYTE_MCP_PROXY_PRINCIPAL_HEADER" default:"X-Forwarded-User" group:"Callers" help:"Header in which a trusted proxy names the caller; needs AIRBYTE_MCP_PROXY_SECRET or --tls-client-ca."`
	ProxyWorkspaceHeader string      `name:"proxy-workspace-header" env:"AIRBYTE_MCP_PROXY_WORKSPACE_HEADER" default:"X-Workspace" group:"Callers" help:"Header in which a trusted proxy names the caller's workspace."`
	ProxySubjects        []string    `name:"proxy-subjects" env:"AIRBYTE_MCP_PROXY_SUBJECTS" group:"Callers" placeholder:"NAME" help:"Names that the client certificate of a trusted proxy may have; by default any that --tls-client-ca has signed."`
	// TenantRate is calls in a second; 0 means no limit, as for the others.
	TenantRate     float64 `name:"tenant-rate" env:"AIRBYTE_MCP_TENANT_RATE" default:"0" group:"Callers" help:"Most tool calls of one caller in a second; 0 for no limit. A key may have limits of its own."`
	TenantBurst    int     `name:"tenant-burst" env:"AIRBYTE_MCP_TENANT_BURST" default:"0" group:"Callers" help:"Most tool calls of one caller at once above its rate; 0 for as many as in a second."`
	TenantInFlight int     `name:"tenant-in-flight" env:"AIRBYTE_MCP_TENANT_IN_FLIGHT" default:"256" group:"Callers" help:"Most tool calls of one caller at the same time; 0 for no limit."`
	TenantSessions int     `name:"tenant-sessions" env:"AIRBYTE_MCP_TENANT_SESSIONS" default:"0" group:"Callers" help:"Most sessions of one caller; 0 for no limit."`

	// ExecuteTimeout bounds one execute request to Airbyte, body included.
	ExecuteTimeout time.Duration `name:"execute-timeout" env:"AIRBYTE_MCP_EXECUTE_TIMEOUT" default:"300s" group:"API client" help:"Longest time of one execute request to Airbyte."`
	// RequestTimeout bounds one request to any other route of Airbyte.
	RequestTimeout time.Duration `name:"request-timeout" env:"AIRBYTE_MCP_REQUEST_TIMEOUT" default:"30s" group:"API client" help:"Longest time of any other request to Airbyte."`
	// MaxResponseBody is in bytes after decompression, at least 1.
	MaxResponseBody Size `name:"max-response-body" env:"AIRBYTE_MCP_MAX_RESPONSE_BODY" default:"64MiB" group:"API client" help:"Largest answer taken from Airbyte, after decompression."`
	// ConnectorCache is a lifetime.
	ConnectorCache time.Duration `name:"connector-cache" env:"AIRBYTE_MCP_CONNECTOR_CACHE" default:"5m" group:"API client" help:"How long a workspace's list of connectors is remembered."`

	// LogLevel is debug, info, warn or error.
	LogLevel string `name:"log-level" env:"AIRBYTE_MCP_LOG_LEVEL" default:"info" enum:"debug,info,warn,error" group:"Logging" help:"Least level that is logged: ${enum}."`
	// LogFormat is auto, json or console; auto means console on a terminal.
	LogFormat string `name:"log-format" env:"AIRBYTE_MCP_LOG_FORMAT" default:"auto" enum:"auto,json,console" group:"Logging" help:"Form of log lines: ${enum}."`

	// NoProgress keeps commands from saying on a terminal what they wait for.
	NoProgress bool `name:"no-progress" env:"AIRBYTE_MCP_NO_PROGRESS" default:"false" group:"Logging" help:"Do not show on a terminal what is being waited for."`

	// Config is the path of the config file that was read; empty if there is none.
	Config string `name:"config" env:"AIRBYTE_MCP_CONFIG" group:"Configuration" placeholder:"PATH" help:"YAML or JSON file with flag names as keys; by default airbyte-mcp-server/config.yaml in the user's configuration folder."`
	// EnvFile is the path of the env file that was read; empty if there is none.
	EnvFile string `name:"env-file" env:"AIRBYTE_MCP_ENV_FILE" group:"Configuration" placeholder:"PATH" help:"File of NAME=value lines (mode 0600) that stand for environment variables which are not set, such as AIRBYTE_CLIENT_SECRET; for hosts that pass none on."`

	// A function, because no verb of fmt looks into one: given holds the file's secrets.
	given func() *given `kong:"-"`
}

// field is one setting as the tags of its field describe it.
type field struct {
	index      int
	name       string
	group      string
	vars       []string
	help       string
	secret     bool
	hasDefault bool
}

// fields returns all settings in the order of the struct.
func fields() []field {
	t := reflect.TypeFor[Settings]()
	all := make([]field, 0, t.NumField())
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		if !t.Field(i).IsExported() {
			continue
		}
		_, hasDefault := tag.Lookup("default")
		all = append(all, field{
			index: i, name: tag.Get("name"), group: tag.Get("group"), vars: strings.Split(tag.Get("env"), ","),
			help: tag.Get("help"), secret: tag.Get("kong") == "-", hasDefault: hasDefault,
		})
	}
	return all
}

// Complete finishes the settings after kong has parsed the arguments: it notes
// where each value came from, reads the secrets, takes over the Airbyte CLI's
// login if no credentials are given, and checks each value. Its error names
// every wrong value, where it stands and what is wanted instead.
func (s *Settings) Complete(kctx *kong.Context, env Env) error {
	if s.given == nil {
		return errors.New("settings were not loaded: pass config.Options to kong.New and embed config.Settings in the root struct")
	}
	s.given().noteOrigins(kctx)
	s.resolvePaths(env)
	if err := s.readSecrets(env); err != nil {
		return err
	}
	s.adoptLogin(env)
	s.trimLists()
	if err := s.resolveToolsets(); err != nil {
		return err
	}
	if err := s.checkExpanded(); err != nil {
		return err
	}
	return s.check()
}

// stderr is the value of AuditLog that is no path.
const stderr = "stderr"

// resolvePaths makes paths independent of who wrote them: ~/ is the user's home,
// and a relative path in the config file is relative to that file.
func (s *Settings) resolvePaths(env Env) {
	s.Config, s.EnvFile = s.given().config, s.given().envFile
	paths := map[string]*string{
		"client-secret-file": &s.ClientSecretFile, "bearer-token-file": &s.BearerTokenFile, "catalog": &s.Catalog,
		"ca-file": &s.CAFile, "download-dir": &s.DownloadDir, "keys-file": &s.KeysFile, "page-logo": &s.PageLogo,
		"audit-key-file": &s.AuditKeyFile,
		"tls-cert":       &s.TLSCert, "tls-key": &s.TLSKey, "tls-client-ca": &s.TLSClientCA,
	}
	if s.AuditLog != stderr {
		paths["audit-log"] = &s.AuditLog
	}
	for name, path := range paths {
		*path = env.expand(*path)
		from := s.origin(name)
		if from.level == configFile && !filepath.IsAbs(*path) {
			*path = filepath.Join(filepath.Dir(from.file), *path)
		}
	}
}

// trimLists drops the white space and the empty items of "a, b,".
func (s *Settings) trimLists() {
	for _, list := range []*[]string{&s.Connectors, &s.AllowedHosts, &s.AllowedOrigins, &s.WriteRules, &s.OrganizationDomains, &s.Tools,
		&s.ExcludeTools, &s.Effects, &s.Pin,
		&s.OAuthIssuers, &s.OAuthScopes, &s.OAuthAlgorithms, &s.ProxySubjects} {
		var kept []string
		for _, item := range *list {
			if item = strings.TrimSpace(item); item != "" {
				kept = append(kept, item)
			}
		}
		*list = kept
	}
}
