package schemas

import "context"

// fewSteps is how many elements are read between two looks at the call.
const fewSteps = 1024

// pulse ends the reading of arguments with the call that they are for: a caller that has
// gone, or whose time is over, costs no more.
type pulse struct {
	ctx   context.Context
	steps int
	over  bool
}

// isOver counts a step, and reports whether the call has ended. Without a pulse no call ends.
func (p *pulse) isOver() bool {
	if p == nil {
		return false
	}
	if p.steps++; !p.over && p.steps%fewSteps == 0 {
		p.over = p.ctx.Err() != nil
	}
	return p.over
}
