package connectpage

// forgetEnded makes room for another form of an owner: it remembers as many ended forms as
// it may have open ones, the last that have ended. The lock is held.
func (p *Pages) forgetEnded(owner string) {
	for {
		var oldest *Ticket
		ended := 0
		for _, t := range p.tickets {
			if t.owner != owner || t.phase == open {
				continue
			}
			ended++
			if oldest == nil || t.deadline.Before(oldest.deadline) {
				oldest = t
			}
		}
		if ended <= p.opts.MaxOpen {
			return
		}
		oldest.timer.Stop()
		delete(p.tickets, oldest.hash)
	}
}
