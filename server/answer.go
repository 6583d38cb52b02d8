package server

import (
	"context"
	"errors"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/tools/calls"
)

// busyAnswer is said where there is no memory for an answer in time.
const busyAnswer = "the server is busy: too many of your answers have not been read yet; try again later"

// answers is the memory for answers to clients.
func (s *Server) answers() *budget.Pool {
	if s.opts.Memory == nil {
		return nil
	}
	return s.opts.Memory.Answers
}

// holdList takes the memory for an answer to tools/list before it is encoded. It is held
// until the answer is written: a client that does not read holds it, and its further
// answers wait.
func (s *Server) holdList(ctx context.Context, x *exchange) error {
	size := int64(0)
	for _, entry := range x.listEntries {
		size += int64(len(entry))
	}
	if size == 0 {
		return nil
	}
	ctx, cancel := s.inTime(ctx, x)
	defer cancel()
	held, err := s.answers().Take(ctx, tenantOf(x.caller), size)
	if err == nil {
		x.frame.account.Adopt(held)
	}
	return err
}

// noRoom reports that an error is about memory, and says so to the client of an exchange.
func (x *exchange) noRoom(err error) bool {
	switch {
	case errors.Is(err, budget.ErrTooLarge):
		x.refusal = &refusal{mcp.INTERNAL_ERROR, busyCode, "the result is too large to be read whole here; read_result reads parts of it"}
	case errors.Is(err, budget.ErrBusy):
		x.refusal = &refusal{mcp.INTERNAL_ERROR, busyCode, busyAnswer}
	case calls.IsAway(err):
		x.refusal = &refusal{mcp.INTERNAL_ERROR, busyCode, err.Error()}
	default:
		return false
	}
	return true
}

// holdDownload takes the memory for an answer with a file.
func (s *Server) holdDownload(ctx context.Context, size int64) error {
	x, ok := exchangeOf(ctx)
	if !ok {
		return errNoResource
	}
	ctx, cancel := s.inTime(ctx, x)
	defer cancel()
	held, err := s.answers().Take(ctx, tenantOf(x.caller), fileCopies*size)
	if err != nil {
		x.noRoom(err)
		return err
	}
	x.frame.account.Adopt(held)
	return nil
}
