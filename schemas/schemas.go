// Package schemas knows what can be called and what a valid call looks like.
//
// Its data is the catalog: one JSON file per connector that lists the connector's
// entities, their actions and every parameter, with the facts (types, bounds,
// paging) and the words that a model reads. From it the package builds the JSON
// Schema of each action's arguments, and checks arguments against that schema,
// reporting all faults at once in plain words.
//
// The package knows nothing of HTTP, of tokens or of MCP.
package schemas
