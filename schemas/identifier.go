package schemas

// Identifiers tell what the ids of a connector's records look like. The search for
// tools recognises ids in questions by them, and the emulator makes ids of that form.
type Identifiers struct {
	Prefix   string           `json:"prefix,omitempty"`   // of ids that no kind describes
	Alphabet string           `json:"alphabet,omitempty"` // a name of Alphabet, or the characters; without one the emulator makes UUIDs
	Length   int              `json:"length,omitempty"`   // of the part of a made-up id that is drawn from the alphabet
	Kinds    []IdentifierKind `json:"kinds,omitempty"`
}

// IdentifierKind is the form of the ids of one sort of record.
type IdentifierKind struct {
	Of       string `json:"of"`                 // in the singular, as in names of fields: "customer" for customer_id
	Prefix   string `json:"prefix,omitempty"`   // with which the ids begin
	Then     string `json:"then,omitempty"`     // goes on in made-up ids
	Alphabet string `json:"alphabet,omitempty"` // of ids in questions, if not the connector's
	Least    int    `json:"least,omitempty"`    // characters behind the prefix; without it ids in questions are not recognised
	Mask     string `json:"mask,omitempty"`     // in place of a prefix: "000-00" for three digits, a dash and two digits
	// Entities are what a question with such an id is about, Related what it may be
	// about as well.
	Entities []string `json:"entities,omitempty"`
	Related  []string `json:"related,omitempty"`
}

const (
	digits       = "0123456789"
	lowerLetters = "abcdefghijklmnopqrstuvwxyz"
	upperLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// Alphabet gives the characters of an alphabet's name: decimal, hex, uppercase
// (digits and capitals) or alphanumeric (the small letters as well). Any other text
// is the characters themselves.
func Alphabet(name string) string {
	switch name {
	case "decimal":
		return digits
	case "hex":
		return digits + "abcdef"
	case "uppercase":
		return digits + upperLetters
	case "alphanumeric":
		return digits + upperLetters + lowerLetters
	}
	return name
}
