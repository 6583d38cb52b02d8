package schemas

import "encoding/json"

// Emulator tells the emulator what makes a connector's records recognisable, beside
// their ids.
type Emulator struct {
	Host   string `json:"host,omitempty"`   // of web addresses, with a path if all of them share it
	Nested bool   `json:"nested,omitempty"` // web addresses repeat what a record belongs to
	// Paths are, by entity, its part of a web address where that is not its name. A "/" leaves out what the record
	// belongs to.
	Paths map[string]string `json:"paths,omitempty"`
	Texts map[string]string `json:"texts,omitempty"` // by the name of a field in snake case: its text; "{id}" stands for the record's id
}

// Showcase makes the emulator seed a connector in its default workspace.
type Showcase struct {
	Rank   int             `json:"rank"`             // order; the first is seeded in the workspaces of other tenants as well
	Config json.RawMessage `json:"config,omitempty"` // settings of the seeded connectors, as a JSON object
}
