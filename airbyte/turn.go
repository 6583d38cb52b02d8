package airbyte

import (
	"context"
	"time"

	"airbyte-mcp-server/internal/budget"
)

// Large answers take turns. Many at once are not answered any sooner than a few after each
// other, while each of them is held several times: as it came, and as it is written. A turn
// lasts until the call that asked has been answered.
const (
	// turnShare is the part of the memory for answers that turns have.
	turnShare = 16
	// longestTurn is how long an answer waits for its turn. Nobody who reads slowly, and no
	// vendor who sends slowly, keeps others waiting for longer.
	longestTurn = time.Second
)

// newTurns are the turns within a memory for answers; nil for one without a bound.
func newTurns(memory *budget.Pool) *budget.Pool {
	if memory == nil {
		return nil
	}
	return budget.New(memory.Use().Size/turnShare, memory.Share()/turnShare)
}

// awaitTurn waits until a large answer of a size may be read, but not for long.
func (c *Client) awaitTurn(ctx context.Context, workspace string, size int64) {
	if c.turns == nil {
		return
	}
	waiting, cancel := context.WithTimeout(ctx, longestTurn)
	defer cancel()
	turn, err := c.turns.Take(waiting, workspace, min(size, c.turns.Share()))
	if err == nil {
		budget.AccountOf(ctx).Adopt(turn)
	}
}
