package server

import "time"

// What the server tells of itself beside its name.
const (
	// website is where a person sees the connectors.
	website = "https://app.airbyte.ai"
	// listLife is how long a client may keep a list in the stateless era: a connector that is added
	// in between can be called all the same, by what connecting it answers.
	listLife = time.Minute
)
