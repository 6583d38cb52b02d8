package server

import "time"

// What the server tells of itself beside its name.
const (
	// website is where a person sees the connectors.
	website = "https://app.airbyte.ai"
	// icon is two arrows, to and fro. Clients show it beside the server's name; it is short, since
	// each answer of the stateless era has it.
	icon = "data:image/svg+xml;base64," +
		"PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyNCAyNCI+PHBhdGggZD0iTTQgN2g5bS0zLTMg" +
		"MyAzLTMgM00yMCAxN2gtOW0zLTMtMyAzIDMgMyIgZmlsbD0ibm9uZSIgc3Ryb2tlPSIjNjE1ZWZmIiBzdHJva2Utd2lkdGg9IjIiLz48L3N2Zz4="
	// listLife is how long a client may keep a list in the stateless era: a connector that is added
	// in between can be called all the same, by what connecting it answers.
	listLife = time.Minute
)
