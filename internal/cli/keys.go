package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/identity/keys"
	"airbyte-mcp-server/tools"
)

type keysCmd struct {
	Create keysCreateCmd `cmd:"" help:"Make an API key for HTTP callers, and print it once."`
	List   keysListCmd   `cmd:"" help:"List the API keys of the file."`
	Revoke keysRevokeCmd `cmd:"" help:"Let a key in no more; a running server sees it within 10 seconds."`
}

type keysCreateCmd struct {
	// For names the workspace: --workspace is the one that this program itself serves.
	For         string        `arg:"" name:"for-workspace" completion-predictor:"workspace" help:"Airbyte workspace that the key's callers act in."`
	ID          string        `name:"id" help:"Id of the key; by default a random one."`
	Principal   string        `name:"principal" help:"Name of the caller in logs; by default the id."`
	Only        []string      `name:"only-tools" placeholder:"GLOB" help:"Tools that the key may use, as for --tools."`
	Except      []string      `name:"except-tools" placeholder:"GLOB" help:"Tools that it may not use."`
	Types       []string      `name:"only-connectors" placeholder:"NAME" help:"Connectors that it may use."`
	NoWrites    bool          `name:"no-writes" help:"Only tools that change nothing."`
	Rate        float64       `name:"rate" help:"Most calls in a second; 0 for the server's default."`
	InFlight    int           `name:"in-flight" help:"Most calls at the same time; 0 for the server's default."`
	MaxSessions int           `name:"key-sessions" help:"Most sessions; 0 for the server's default."`
	Valid       time.Duration `name:"valid" placeholder:"DURATION" help:"${keys_valid}"`
}

// file is where the keys are.
func (a *app) keyFile() (keys.File, error) {
	if a.settings.KeysFile == "" {
		return "", &usageError{err: errors.New("name the file of keys by --keys-file or AIRBYTE_MCP_KEYS_FILE")}
	}
	return keys.File(a.settings.KeysFile), nil
}

// Run makes a key.
func (c *keysCreateCmd) Run(a *app) error {
	file, err := a.keyFile()
	if err != nil {
		return err
	}
	m := a.catalogManager()
	defer m.Close()
	if err := m.Directory().CheckChoice(tools.Session{Policy: tools.Policy{Tools: c.Only, Exclude: c.Except}}); err != nil {
		return &usageError{err: err}
	}
	key := keys.Key{
		ID: c.ID, Principal: c.Principal, Workspace: c.For,
		Policy: identity.Policy{Connectors: c.Types, Tools: c.Only, ExcludeTools: c.Except, ReadOnly: c.NoWrites},
		Limits: identity.Limits{CallsPerSecond: c.Rate, InFlight: c.InFlight, Sessions: c.MaxSessions},
	}
	if c.Valid > 0 {
		key.Expires = time.Now().Add(c.Valid).UTC().Truncate(time.Second)
	}
	text, made, err := file.Create(key)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.Stderr, "Key %s for workspace %s is in %s as a hash. This is its text, shown once:\n", made.ID, made.Workspace, file)
	_, err = fmt.Fprintln(a.Stdout, text.Reveal())
	return err
}

type keysListCmd struct {
	JSON bool `name:"json" help:"Print JSON."`
}

// keyRow is a key as keys list prints it.
type keyRow struct {
	ID        string     `json:"id"`
	Principal string     `json:"principal"`
	Workspace string     `json:"workspace"`
	State     string     `json:"state"` // good, revoked or expired
	Created   time.Time  `json:"created"`
	Expires   *time.Time `json:"expires,omitempty"`
	Policy    keyPolicy  `json:"policy"`
	Limits    keyLimits  `json:"limits"`
}

// keyPolicy is what a key may do; what is left out is not narrowed.
type keyPolicy struct {
	Connectors   []string `json:"connectors,omitempty"`
	Tools        []string `json:"tools,omitempty"`
	ExcludeTools []string `json:"exclude_tools,omitempty"`
	Effects      []string `json:"effects,omitempty"`
	ReadOnly     bool     `json:"read_only"`
	Surface      string   `json:"surface,omitempty"`
}

// words are the rights in a column of a table.
func (p keyPolicy) words() string {
	var parts []string
	if p.ReadOnly {
		parts = append(parts, "reads only")
	}
	for _, list := range []struct {
		name  string
		items []string
	}{{"connectors ", p.Connectors}, {"tools ", p.Tools}, {"not ", p.ExcludeTools}, {"effects ", p.Effects}} {
		if len(list.items) > 0 {
			parts = append(parts, list.name+strings.Join(list.items, ","))
		}
	}
	return cmp.Or(strings.Join(parts, "; "), "all")
}

// keyLimits are the limits of a key; 0 is the server's default.
type keyLimits struct {
	CallsPerSecond float64 `json:"calls_per_second"`
	Burst          int     `json:"burst"`
	InFlight       int     `json:"in_flight"`
	Sessions       int     `json:"sessions"`
}

// words are the limits in a column of a table.
func (l keyLimits) words() string {
	var parts []string
	for _, limit := range []struct {
		value float64
		unit  string
	}{{l.CallsPerSecond, "/s"}, {float64(l.Burst), " at once"}, {float64(l.InFlight), " in flight"}, {float64(l.Sessions), " sessions"}} {
		if limit.value > 0 {
			parts = append(parts, strconv.FormatFloat(limit.value, 'g', -1, 64)+limit.unit)
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "the server's")
}

func rowOf(k keys.Key) keyRow {
	row := keyRow{ID: k.ID, Principal: k.Principal, Workspace: k.Workspace, State: "good", Created: k.Created, Policy: keyPolicy(k.Policy),
		Limits: keyLimits(k.Limits)}
	if !k.Expires.IsZero() {
		row.Expires = &k.Expires
	}
	switch {
	case k.Revoked:
		row.State = "revoked"
	case row.Expires != nil && time.Now().After(k.Expires):
		row.State = "expired"
	}
	return row
}

// Run lists the keys.
func (c *keysListCmd) Run(a *app) error {
	file, err := a.keyFile()
	if err != nil {
		return err
	}
	keys, err := file.List()
	if err != nil {
		return err
	}
	rows := make([]keyRow, len(keys))
	for i, k := range keys {
		rows[i] = rowOf(k)
	}
	if c.JSON {
		return a.printJSON(rows)
	}
	w := tabwriter.NewWriter(a.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tPRINCIPAL\tWORKSPACE\tSTATE\tCREATED\tEXPIRES\tRIGHTS\tLIMITS")
	for _, r := range rows {
		expires := "never"
		if r.Expires != nil {
			expires = r.Expires.Format(time.DateOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.ID, r.Principal, r.Workspace, r.State, r.Created.Format(time.DateOnly),
			expires, r.Policy.words(), r.Limits.words())
	}
	return w.Flush()
}

type keysRevokeCmd struct {
	ID string `arg:"" help:"Id of the key."`
}

// Run revokes a key.
func (c *keysRevokeCmd) Run(a *app) error {
	file, err := a.keyFile()
	if err != nil {
		return err
	}
	if err := file.Revoke(c.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.Stdout, "Key %s is revoked; a running server sees it within 10 seconds.\n", c.ID)
	return err
}
