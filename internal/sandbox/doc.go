// Package sandbox emulates Airbyte's hosted agent-connector API well enough to
// develop, test and demonstrate clients without an account.
//
// It is a real HTTP service: tokens are signed and expire, workspaces keep their
// connectors apart, calls are checked against the catalog of connectors, and what
// is written can be read back. Records are made up from the catalog's facts: they
// are a pure function of the seed, the connector, the entity and its scope, such
// as owner and repo.
//
// # What a new sandbox holds
//
// One organization with four workspaces:
//
//	default     GitHub (repository acme/widgets) and, of the catalog, some of the
//	            best known connectors
//	acme-corp   two GitHub connectors; the second one's Context Store is building
//	everything  one connector of each kind in the catalog
//	empty       nothing
//
// Everything but faults and switches survives in [Options.StateFile], if one is
// given. [Options.Dataset] makes lists shorter or longer.
//
// Entities that can be searched in the Context Store are also tables for SQL (see
// package sqlstore).
//
// Two dialects are served, the current one and that of January 2026, which act on
// the same objects. [Options.Dialect] leaves one of them out: what only the other
// one has is then unknown, as any other path is.
//
// Some values stand for trouble: a connector whose credentials contain the word
// "invalid" is refused by its vendor, and fails its check; a file of which the
// identifier is all nines does not exist, so that its download is empty. Dialogs in
// the browser need nobody: the one for credentials is filled in by the second time
// that its session is asked for, and OAuth consent is given at once.
//
// # Faults
//
// A rule makes requests fail. Rules come with [Options], from POST
// /__sandbox/faults, or in the request header X-Sandbox-Fault, which concerns that
// one request. A rule is a list, separated by commas, of matchers and one effect:
//
//	route=execute,action=create,nth=2,status=503,body=5
//
// Matchers, all of which must fit:
//
//	route=NAME      short name of the route: token, connectors, connector, execute,
//	                workspaces ...; without it, any
//	connector=ID    of an execute request: id, name or kind of the connector
//	entity=NAME
//	action=NAME
//	nth=N           only the Nth request that the other matchers fit
//	rate=0.1        a share of requests, chosen by the seed
//	times=N         at most N times
//
// Effects:
//
//	status=503      answers with that status; body=1..5 chooses the form of the
//	                body: 1 message and errors (the default), 2 detail text,
//	                3 detail list, 4 error, 5 a gateway's HTML page;
//	                retry_after=N adds the header
//	delay=300ms     waits, then answers as usual
//	hang            never answers
//	reset           resets the connection before the request is carried out
//	reset_body      carries the request out, then resets in the middle of the answer
//	truncate        ends the connection in the middle of the answer
//	malformed       answers 200 with broken JSON
//	empty           answers 200 without a body
//	slow            sends the answer a byte at a time, one every 100 ms
//	huge=1GB        answers 200 with a result of that size
//	redirect=URL    answers 307; redirect_status=N another status
//	expire_token    refuses the bearer token, now and later, as expired
//	inband          answers 200 with the status "error" in the envelope
//	vendor=502      relays a failure of the vendor with that status, under the API's
//	                own 400; body=1..5 as for status
//	nothing         carries the request out, and answers with the result null
//	quota           answers that the organization's allowance is used up
//
// reset_body, truncate, slow, nothing and a vendor's 408 and 5xx carry the request out;
// the other effects, except delay, do not.
//
// # Looking inside
//
//	GET    /__sandbox/requests       counts of what was asked for
//	DELETE /__sandbox/requests       sets them to zero
//	GET    /__sandbox/config         the choices made where the API is not certain
//	PUT    /__sandbox/config         {"switches": {"name": "value"}} changes some
//	POST   /__sandbox/faults         {"rules": [...]} replaces the rules
//	DELETE /__sandbox/faults         removes them
//	POST   /__sandbox/expire-tokens  ends the life of all tokens issued so far
//
// The counts of requests are exact, but only the latest 20,000 kinds of execute
// requests have a row each. The older ones share rows in which [Folded] stands for
// what they differ in, writes last.
package sandbox
