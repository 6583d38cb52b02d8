package server

import (
	"context"

	"airbyte-mcp-server/tools"
)

// list are the entries of the tools that a caller is shown, and that its client, if it is
// not nil, will keep. A host asks once and keeps what it got, so a list is given even when
// the API cannot be asked: the tools that help to find out why. Then it is not sure.
func (s *Server) list(ctx context.Context, caller tools.Session, client *keeper) (entries [][]byte, sure bool) {
	if client != nil {
		client.begin()
	}
	set, err := s.opts.Calls.Directory().Select(ctx, caller)
	if err != nil {
		s.log.Error().Err(err).Str("workspace", caller.Workspace).
			Msg("cannot tell which connectors the workspace has; offering the tools that need none")
		set = s.opts.Calls.Directory().Management(caller)
	}
	if client != nil {
		s.keepers.keep(client, caller, set)
	}
	s.log.Info().Str("host", caller.Listing.Host.Title).Str("surface", string(set.Surface)).Str("reason", set.Reason).
		Int("listed", len(set.Listed)).Int("usable", len(set.Tools)).
		Str("workspace", caller.Workspace).Msg("tools listed")
	return set.Entries(tools.FormFor(caller)), err == nil
}
