package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/internal/sandbox/sqlstore"
	"airbyte-mcp-server/schemas"
)

// Options configure a Server.
type Options struct {
	Catalog   *schemas.Catalog // required
	Log       zerolog.Logger
	Seed      uint64        // 0 means 1; the data is a pure function of the seed
	TokenLife time.Duration // of application tokens; 0 means 15 minutes
	Faults    []string      // rules; see the package documentation

	Dataset   string            // how many records there are: small, normal (the default) or large
	Dialect   string            // of the routes: both (the default), current or seed; it wins over Switches
	Switches  map[string]string // choices where the API is uncertain, as in /__sandbox/config
	StateFile string            // keeps what callers change; none if empty

	LogRequests bool // at level info instead of debug
}

// Server is the emulated API. It is an http.Handler.
type Server struct {
	options  Options
	log      zerolog.Logger
	tables   map[table][]*route
	mint     *mint
	world    *world
	faults   *faults
	switches *switches
	ledger   *ledger
	rate     *rate
	sql      *sqlstore.Engine
	closing  chan struct{} // ends hanging requests
}

// Credentials are what a client of the sandbox signs in with. They are the same
// in every sandbox, but for the id of the workspace, and protect nothing.
type Credentials struct {
	ClientID, ClientSecret, OrganizationID, Workspace string

	WorkspaceID string // of that workspace; it follows from the seed
}

// The fixed credentials; not secret.
const (
	clientID       = "5a4db0c5-0000-4000-8000-000000000001"
	clientSecret   = "sandbox-client-secret-not-a-secret"
	organizationID = "5a4db0c5-0000-4000-8000-00000000000a"

	// dormantOrganizationID belongs to an organization without a subscription.
	dormantOrganizationID = "5a4db0c5-0000-4000-8000-00000000000d"
)

const defaultTokenLife = 15 * time.Minute

var _ http.Handler = (*Server)(nil)

// New makes a sandbox. It fails if the catalog cannot be read, a fault rule is
// malformed, or an option has a value that it cannot have.
func New(o Options) (*Server, error) {
	if o.Catalog == nil {
		return nil, errors.New("sandbox: no catalog given")
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.TokenLife <= 0 {
		o.TokenLife = defaultTokenLife
	}
	s := &Server{options: o, log: o.Log, mint: newMint(time.Now), rate: newRate(time.Now), ledger: newLedger(), sql: sqlstore.New(),
		closing: make(chan struct{})}
	s.tables = s.routes()
	if err := s.prepare(); err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	return s, nil
}

// prepare makes the parts of which each can refuse its options.
func (s *Server) prepare() (err error) {
	o := s.options
	if s.switches, err = newSwitches(o.Switches); err != nil {
		return err
	}
	if o.Dialect != "" {
		if err = s.switches.change(map[string]string{dialectSwitch: o.Dialect}); err != nil {
			return err
		}
	}
	if s.world, err = newWorld(o.Catalog, random.Seed(o.Seed), o.Dataset, time.Now); err != nil {
		return err
	}
	if o.StateFile == "" {
		s.world.populate()
	} else if err = s.keepState(o.StateFile); err != nil {
		return err
	}
	s.faults, err = newFaults(o.Faults, random.Seed(o.Seed), s.routeNames(), s.world)
	return err
}

// keepState takes the world from the state file and writes changes back to it.
func (s *Server) keepState(path string) error {
	found, err := s.world.loadState(path, s.options.Seed)
	if err != nil {
		return err
	}
	if !found {
		s.world.populate()
	}
	s.world.save = func() {
		if err := s.world.saveState(path, s.options.Seed); err != nil {
			s.log.Error().Err(err).Msg("state file not written")
		}
	}
	return nil
}

// Credentials returns what a client signs in with.
func (s *Server) Credentials() Credentials {
	return Credentials{
		ClientID: clientID, ClientSecret: clientSecret, OrganizationID: organizationID, Workspace: defaultWorkspace,
		WorkspaceID: s.world.seed.Of("workspace", defaultWorkspace).UUID(),
	}
}

// Requests returns how often each operation was asked for.
func (s *Server) Requests() Requests { return s.ledger.requests() }
