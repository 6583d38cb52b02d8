package schemas

// Called is what people call a connector or an entity besides its own name. The
// search for tools reads it. Words stand in lower case; plurals and other endings
// need not be listed. A word of an entity may be a kind of value in angle brackets,
// such as "<email>": see docs/catalog.md.
type Called struct {
	Names    []string `json:"names,omitempty"`    // mean this one
	Likely   []string `json:"likely,omitempty"`   // may mean another one as well
	Unlikely []string `json:"unlikely,omitempty"` // rather mean another one
}

// ConnectorNames are what people call a connector.
type ConnectorNames struct {
	Called

	// Everyday are those of its names, its title included, that are ordinary words as
	// well, with what sort of word they are: EverydayNoun, EverydayVerb or EverydayDay.
	Everyday map[string]string `json:"everyday,omitempty"`
}

// Sorts of ordinary words that are names of connectors as well. They tell how a
// question is read that has one.
const (
	EverydayNoun = "noun" // "a notion" is none, "a notion page" is one
	EverydayVerb = "verb" // "drive to the office" and "to drive" are none
	EverydayDay  = "day"  // "on monday" is none, "monday boards" is one
)
