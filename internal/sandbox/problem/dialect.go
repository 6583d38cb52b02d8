package problem

// Dialect is the way a route speaks of errors.
type Dialect int

// The dialects of error answers.
const (
	Current   Dialect = iota
	SeedEra           // the API of January 2026
	Framework         // answers that no route of the API gives
)
