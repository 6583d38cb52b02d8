package cli

import (
	"errors"
	"fmt"

	"airbyte-mcp-server/internal/audit"
	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/tools/calls"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Say whether an audit log is whole, and which writes have no result."`
}

type auditVerifyCmd struct {
	Files []string `arg:"" name:"file" help:"Files of the log, those moved away included, in any order."`
	JSON  bool     `name:"json" help:"Print JSON."`
}

// Help is shown below the flags.
func (*auditVerifyCmd) Help() string {
	return "The key is that of --audit-key-file, else it follows from the client secret, as when the log was written. " +
		"Exit codes: 0 the log is whole and every write has a result; 1 lines are missing, changed, repeated or moved, or a write has " +
		"no result; 2 the command line is wrong, there is no key, or a file cannot be read."
}

// Run verifies files.
func (c *auditVerifyCmd) Run(a *app) error {
	key, err := a.auditKey(a.settings.ClientSecret)
	if err != nil {
		return &usageError{err: err}
	}
	report, err := audit.Verify(key, c.Files...)
	if err != nil {
		return &usageError{err: err}
	}
	if c.JSON {
		err = a.printJSON(report)
	} else {
		err = report.Print(a.Stdout)
	}
	if err != nil {
		return err
	}
	if !report.Fine() {
		return &problemFoundError{exitFailure}
	}
	return nil
}

// auditKey is the key of the audit log's chain: that of the settings, else one that follows
// from the client secret, which all processes of an installation have in common.
func (a *app) auditKey(clientSecret secret.Text) ([]byte, error) {
	own := a.settings.AuditKey
	if !own.IsSet() {
		own = clientSecret
	}
	if !own.IsSet() {
		return nil, errors.New("there is no key: name its file by --audit-key-file, or set AIRBYTE_CLIENT_SECRET as when the log was written")
	}
	return seal.Key(own.Reveal(), "airbyte-mcp-server audit log"), nil
}

// openAudit has calls written down as the settings say.
func (a *app) openAudit(p *backend, o *calls.Options, clientSecret secret.Text) error {
	var key []byte
	if a.settings.AuditLog != audit.Stderr {
		var err error
		key, err = a.auditKey(clientSecret)
		if err != nil && a.explains && a.settings.MissingCredentials() != nil {
			a.log.Warn().Msg("no audit log is kept: its key follows from the client secret, which is missing, and nothing can be called")
			return nil //nolint:nilerr // nothing can be called, so that nothing is to be recorded
		}
		if err != nil {
			return &usageError{err: err}
		}
	}
	log, err := audit.Open(a.settings.AuditLog, audit.Options{Key: key, Version: a.version(), Stderr: a.Stderr})
	if err != nil {
		return err
	}
	p.audit = log
	failed := func(err error, words string) {
		p.metrics.AuditFailed()
		a.log.Error().Err(err).Msg(words)
	}
	o.Intend = func(r calls.Record) error {
		err := log.Intent(r)
		if err != nil {
			p.metrics.AuditFailed() // the call says it
		}
		return err
	}
	o.Audit = func(r calls.Record) {
		write := log.Note
		if r.Event == calls.EventResult {
			write = log.Result
		}
		if err := write(r); err != nil {
			failed(err, fmt.Sprintf("the audit log lacks the record of a call (%s): it cannot be written", r.Event))
		}
	}
	return nil
}

// beginAudit writes the start line. That it cannot be written keeps nobody from reading.
func (a *app) beginAudit(p *backend) {
	if p.audit == nil {
		return
	}
	if err := p.audit.Begin(); err != nil {
		p.metrics.AuditFailed()
		a.log.Error().Err(err).Msg("writes are refused until the audit log can be written")
	}
}

// reopenAudit goes on with the audit log in a new file, if the old one was moved away. On
// a failure the old file stays in use.
func (a *app) reopenAudit(p *backend) {
	if p.audit == nil {
		return
	}
	if err := p.audit.Reopen(); err != nil {
		a.log.Error().Err(err).Msg("the audit log could not be opened again; the file in use stays")
		return
	}
	a.log.Info().Msg("audit log opened again")
}
