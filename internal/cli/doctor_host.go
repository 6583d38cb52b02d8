package cli

import (
	"cmp"
	"context"

	"airbyte-mcp-server/internal/doctor"
	"airbyte-mcp-server/internal/hostfile"
)

// examineHost looks at what a host's file says of this program. It needs no settings.
func (c *doctorCmd) examineHost(ctx context.Context, a *app) error {
	h, err := hostfile.Find(c.Host)
	if err != nil {
		return &usageError{err: err}
	}
	m, err := a.machine()
	if err != nil {
		return err
	}
	screen := doctor.NewScreen(a.Stdout, a.showsSymbols(), c.Verbose)
	subject := doctor.HostSubject{
		Host: h, Machine: m, Project: c.Scope == "project", Name: cmp.Or(c.Entry, "airbyte"), Version: a.version(),
		VersionOf: func(ctx context.Context, path string) (string, error) { return versionOfProgram(ctx, m, path) },
		Start: func(ctx context.Context, entry hostfile.Entry) (doctor.Conversation, error) {
			known := map[string]string{clientIDVariable: a.settings.ClientID, clientSecretVariable: a.settings.ClientSecret.Reveal()}
			if answered(&entry, known) && known[clientSecretVariable] == "" {
				return doctor.Conversation{}, doctor.ErrAsksUser
			}
			return a.startAsHost(ctx, m, entry)
		},
	}
	if !c.JSON {
		subject.Found = screen.Layer
	}
	return c.tell(ctx, a, screen, doctor.ExamineHost(ctx, subject))
}
