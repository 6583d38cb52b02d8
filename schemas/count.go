package schemas

// Counts are the sizes of a connector.
type Counts struct {
	Entities int // with at least one action
	Actions  int
	Searches int // entities whose replica can be searched
}

// Tools is the number of tools: one per action, one per search.
func (n Counts) Tools() int { return n.Actions + n.Searches }

// Count counts what a connector offers.
func (c *Connector) Count() Counts {
	var n Counts
	for _, e := range c.Entities {
		if len(e.Actions) > 0 {
			n.Entities++
		}
		n.Actions += len(e.Actions)
		if e.Searchable() {
			n.Searches++
		}
	}
	return n
}

// ActionNames lists what can be done with the entity, the search included.
func (e *Entity) ActionNames() []string {
	var names []string
	for _, a := range e.Actions {
		names = append(names, a.Name)
	}
	if e.Searchable() {
		names = append(names, ActionContextStoreSearch)
	}
	return names
}
