package airbyte

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// advice is the next step after a failure. For a doubtful write it begins with a check.
func (e *Error) advice() string {
	if !e.Doubtful() {
		return e.remedy()
	}
	check := "look with a list or get whether it was done before doing it again"
	if remedy := e.remedy(); remedy != "" {
		return check + "; " + remedy
	}
	return check
}

// remedy is the advice of the first fitting row of hints.
func (e *Error) remedy() string {
	if _, hint := handshakeFault(e.err); hint != "" && e.Code == CodeNetwork {
		return hint
	}
	if e.limited {
		return e.patience()
	}
	text := strings.ToLower(e.Message)
	for _, row := range hints {
		if row.fits(e, text) {
			return row.advice
		}
	}
	switch {
	case e.Code == CodeRateLimited && e.RetryAfter > 0:
		return fmt.Sprintf("wait %s, then try again", e.RetryAfter.Round(time.Second))
	case e.Retryable():
		return "try again later"
	default:
		return ""
	}
}

// hint is the advice about one kind of failure. An empty condition fits all failures.
type hint struct {
	ops      []operation
	codes    []Code
	statuses []int
	upstream []int    // HTTP statuses of the vendor's refusal
	words    []string // in lower case; the message has at least one of them
	advice   string
}

func (h *hint) fits(e *Error, text string) bool {
	return (h.ops == nil || slices.Contains(h.ops, e.op)) &&
		(h.codes == nil || slices.Contains(h.codes, e.Code)) &&
		(h.statuses == nil || slices.Contains(h.statuses, e.Status)) &&
		(h.upstream == nil || slices.Contains(h.upstream, e.vendorStatus)) &&
		(h.words == nil || slices.ContainsFunc(h.words, func(word string) bool { return strings.Contains(text, word) }))
}

// usedUp is about a subscription whose operations are used up.
var usedUp = hint{
	statuses: []int{http.StatusPaymentRequired, http.StatusForbidden, http.StatusTooManyRequests},
	words:    []string{"allowance", "spending cap", "quota", "operations used", "used up", "plan limit"},
	advice: "the subscription's operations are used up until its next period; raise the plan or the spending cap in Airbyte, and " +
		"do not repeat the call until then",
}

// hints are the known failures of the API, the particular before the general. Rows
// without a condition on the operation go by words that occur in no record.
var hints = []hint{
	// The caller: credentials, organization, subscription.
	{
		words:  []string{"specify target organization"},
		advice: "set AIRBYTE_ORGANIZATION_ID to the organization to use",
	},
	{
		codes: []Code{CodeUnauthorized}, ops: []operation{opToken}, words: []string{"credentials are missing"},
		advice: "set what is missing in the environment of this server, which is `env` in the configuration of most hosts, and " +
			"restart it; nothing can be called before",
	},
	{
		codes: []Code{CodeUnauthorized}, ops: []operation{opToken},
		advice: "check AIRBYTE_CLIENT_ID and AIRBYTE_CLIENT_SECRET: they may be wrong, rotated or of another organization",
	},
	{
		codes:  []Code{CodeUnauthorized},
		advice: "Airbyte refused the token that it has issued; check whether the client id was revoked, and AIRBYTE_ORGANIZATION_ID",
	},
	{
		codes: []Code{CodeForbidden}, words: []string{"not valid for this workspace"},
		advice: "the token is of another workspace: check that the connector belongs to the workspace in use; a call on the whole " +
			"organization needs AIRBYTE_MCP_TOKEN_SCOPE=application",
	},
	{
		codes: []Code{CodeForbidden}, words: []string{"not authenticated", "missing bearer", "authorization header"},
		advice: "the request arrived without its token: check whether a proxy in between removes the Authorization header",
	},
	usedUp,
	{
		codes: []Code{CodeForbidden}, words: []string{"subscription", "enrol"},
		advice: "the organization has no active subscription to Airbyte's agent connectors; an administrator must subscribe or enroll " +
			"it in Airbyte, or AIRBYTE_ORGANIZATION_ID must name one that is",
	},
	{
		codes:  []Code{CodeForbidden},
		advice: "the organization, its subscription or the workspace does not permit this; the credentials themselves were accepted",
	},

	// Unknown names, ids and routes.
	{
		words: []string{"workspace not found"},
		advice: "check AIRBYTE_WORKSPACE: it must be the exact name of an existing workspace; airbyte-mcp-server workspaces create NAME " +
			"makes a new one",
	},
	{
		ops: []operation{opToken}, statuses: []int{http.StatusNotFound, http.StatusMethodNotAllowed},
		advice: "check AIRBYTE_API_HOST and AIRBYTE_CLOUD_HOST, and AIRBYTE_MCP_API_DIALECT where it is set",
	},
	{
		ops: []operation{opCreate, opCheckNew, opConsent}, statuses: []int{http.StatusNotFound},
		advice: "use a type's exact display name, or its definition id: airbyte-mcp-server connectors types lists them",
	},
	{
		ops:      []operation{opConnector, opUpdate, opDelete, opCheck, opInspect, opExecute},
		statuses: []int{http.StatusNotFound},
		advice:   "list the connectors and use one that exists; this one may have been deleted",
	},
	{
		ops: []operation{opTemplate, opCloneTemplate}, statuses: []int{http.StatusNotFound},
		advice: "list the templates and use the id of one that exists",
	},
	{
		codes: []Code{CodeUnsupported},
		advice: "do it in Airbyte's web app, https://app.airbyte.ai; where the API has the newer routes too, set " +
			"AIRBYTE_MCP_API_DIALECT=current",
	},

	// The configuration of a connector.
	{
		words:  []string{"one of connector_type"},
		advice: "say of which type the connector is: by its type, its definition id or a template's id",
	},
	{
		words: []string{"do not match any auth scheme"},
		advice: "give the keys of exactly one of the schemes that the message lists; airbyte-mcp-server connect TYPE --show-fields " +
			"explains them",
	},
	{
		ops: []operation{opCreate, opCheckNew, opUpdate, opCheck, opConsent}, words: []string{"required property"},
		advice: "give the setting that the message names; it belongs into the replication configuration, not among the credentials",
	},
	{
		ops:    []operation{opCreate, opCheckNew, opUpdate, opCheck, opConsent},
		words:  []string{"unknown property", "additional properties", "unexpected property", "extra inputs"},
		advice: "leave out the setting that the message names: the type has none of that name",
	},
	{
		words: []string{"no organization-specific source template"},
		advice: "the organization needs a template of its own for this type first: clone the global one, which is done in Airbyte's web " +
			"app or by airbyte-mcp-server connect",
	},
	{
		ops: []operation{opCloneTemplate}, words: []string{"already exists"},
		advice: "use the template that exists, or give another name",
	},
	{
		ops: []operation{opCloneTemplate}, words: []string{"actor_definition_id"},
		advice: "the type's definition id is unknown: airbyte-mcp-server connectors types lists those that exist",
	},

	// Failures of the vendor or of the connector.
	{
		words: []string{"unable to map source configuration"},
		advice: "the stored configuration lacks the credentials where they are looked for: create the connector anew with the fields of " +
			"its template",
	},
	{
		upstream: []int{http.StatusUnauthorized, http.StatusForbidden},
		advice:   "the vendor refused the connector's stored credentials, or they do not reach this far; renew them in Airbyte",
	},
	{
		upstream: []int{http.StatusNotFound},
		advice:   "the vendor knows no such record; check the names and ids among the arguments",
	},
	{
		words:  []string{"context store is not ready", "context store not ready"},
		advice: "use the list or get tool until the store is ready",
	},
	{
		ops: []operation{opExecute}, words: []string{"not found in connector", "available entities"},
		advice: "use one of the entities that the connector has, spelled exactly; describe lists them",
	},
	{
		ops: []operation{opExecute}, words: []string{"not supported for entity", "supported actions"},
		advice: "use one of the entity's actions; describe lists them",
	},
	{
		ops: []operation{opExecute}, words: []string{"missing required path parameter", "missing required body field"},
		advice: "add the parameters that the message names, spelled exactly",
	},
	{
		ops: []operation{opExecute}, words: []string{"invalid value", "expects a"},
		advice: "change the value that the message names to one that it allows",
	},
	{
		codes:  []Code{CodeFailed},
		advice: "the connector ran and failed; act on the reason that it gives",
	},
	{
		ops: []operation{opExecute}, words: []string{emptyDownload},
		advice: "check the id of the file: list what it belongs to first",
	},
	{
		statuses: []int{http.StatusUnprocessableEntity},
		advice:   "change what the message names: the request does not have the form that the API wants",
	},

	// The connection to Airbyte.
	{
		codes:  []Code{CodeTooLarge},
		advice: "ask for fewer records per page or select fewer fields",
	},
	{
		codes:  []Code{CodeRedirect},
		advice: "check AIRBYTE_API_HOST: it answers with a redirect, which is never followed",
	},
	{
		codes: []Code{CodeNetwork}, statuses: []int{0},
		advice: "check the network and AIRBYTE_API_HOST",
	},
}
