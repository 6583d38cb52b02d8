package airbyte_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"airbyte-mcp-server/airbyte"
)

// catalogue has a row for each failure that the API is known for, in the order of
// its documentation.
var catalogue = []struct {
	name   string
	route  string // that answers
	answer http.HandlerFunc
	call   func(context.Context, *airbyte.Client) error
	code   airbyte.Code
	hint   string // a part of it, which no other row has
}{
	{"1 client credentials", "POST " + tokenPath, say(401, `{"message":"invalid client credentials"}`), execute(listIssues),
		airbyte.CodeUnauthorized, "AIRBYTE_CLIENT_SECRET"},
	{"2 bearer", "", say(401, `{"detail":"Invalid authentication credentials"}`), execute(listIssues), airbyte.CodeUnauthorized,
		"the token that it has issued"},
	{"3 no bearer", "", say(403, `{"detail":"Not authenticated"}`), execute(listIssues), airbyte.CodeForbidden, "Authorization header"},
	{"4 no subscription", "", say(403, `{"message":"Organization is not enrolled"}`), execute(listIssues), airbyte.CodeForbidden,
		"no active subscription"},
	{"4 any other", "", say(403, `{"message":"Forbidden"}`), execute(listIssues), airbyte.CodeForbidden, "does not permit this"},
	{"5 other workspace", "", say(403, `{"message":"Token is not valid for this workspace"}`), execute(listIssues), airbyte.CodeForbidden,
		"the token is of another workspace"},
	{"6 organization", "", say(400, `{"message":"You must specify target organization"}`), execute(listIssues), airbyte.CodeInvalid,
		"set AIRBYTE_ORGANIZATION_ID"},
	{"7 no type", createRoute,
		say(422, `{"message":"Value error, One of connector_type, definition_id, or source_template_id must be provided",`+
			`"errors":[{"field":"body","error_code":"value_error"}]}`), create, airbyte.CodeInvalid, "of which type"},
	{"8 credentials", createRoute,
		say(400, `{"message":"Credentials do not match any auth scheme. Provided keys: ['x']. Available schemes: PAT (token)"}`), create,
		airbyte.CodeInvalid, "exactly one of the schemes"},
	{"9 missing setting", createRoute, say(422, `{"message":"required property 'repositories' not found"}`), create, airbyte.CodeInvalid,
		"into the replication configuration"},
	{"10 unknown setting", createRoute, say(422, `{"message":"unknown property 'reposs'"}`), create, airbyte.CodeInvalid,
		"leave out the setting"},
	{"11 workspace", createRoute, say(404, `{"message":"Workspace not found"}`), create, airbyte.CodeNotFound, "AIRBYTE_WORKSPACE"},
	{"12 connector", "", say(404, `{"message":"Connector not found"}`), execute(listIssues), airbyte.CodeNotFound, "may have been deleted"},
	{"13 type", createRoute, say(404, `{"message":"Connector type 'facebook_marketing' not found"}`), create, airbyte.CodeNotFound,
		"exact display name"},
	{"14 template for consent", "POST " + connectorsPath + "/oauth/initiate",
		say(400, `{"message":"No organization-specific source template configured for this connector type."}`), consent,
		airbyte.CodeInvalid, "clone the global one"},
	{"15 clone exists", cloneRoute, say(400, `{"message":"A template of that name already exists"}`), clone, airbyte.CodeInvalid,
		"use the template that exists"},
	{"15 clone of nothing", cloneRoute, say(400, `{"message":"invalid actor_definition_id"}`), clone, airbyte.CodeInvalid,
		"definition id is unknown"},
	{"16 mapping", "", say(400, `{"detail":"Unable to map source configuration to any supported auth scheme"}`), execute(listIssues),
		airbyte.CodeInvalid, "create the connector anew"},
	{"17 entity", "", say(400, `{"message":"Entity 'x' not found in connector. Available entities: ['issues']"}`), execute(listIssues),
		airbyte.CodeInvalid, "one of the entities"},
	{"18 action", "", say(400, `{"message":"Action 'x' not supported for entity 'y'. Supported actions: ['list']"}`), execute(listIssues),
		airbyte.CodeInvalid, "one of the entity's actions"},
	{"19 path parameter", "", say(400, `{"message":"Missing required path parameter 'owner'"}`), execute(listIssues), airbyte.CodeInvalid,
		"add the parameters"},
	{"19 body fields", "", say(422, `{"message":"Missing required body fields for issues.create: ['title']"}`), execute(createIssue),
		airbyte.CodeInvalid, "add the parameters"},
	{"20 value", "", say(400, `{"message":"Invalid value 'v' for parameter 'state'; expected one of: ['OPEN']"}`), execute(listIssues),
		airbyte.CodeInvalid, "to one that it allows"},
	{"20 scalar", "", say(400, `{"message":"Parameter 'labels' expects an array; got scalar string"}`), execute(listIssues),
		airbyte.CodeInvalid, "to one that it allows"},
	{"21 store", "", say(400, `{"message":"The Context Store is not ready for issues"}`), execute(listIssues), airbyte.CodeInvalid,
		"until the store is ready"},
	{"22 vendor refuses", "", say(400, `{"message":"Bad credentials","errors":[{"details":{"upstream_status":401}}]}`), execute(listIssues),
		airbyte.CodeInvalid, "stored credentials"},
	{"22 vendor knows not", "", say(400, `{"message":"Not Found","errors":[{"details":{"upstream_status":404}}]}`), execute(listIssues),
		airbyte.CodeInvalid, "no such record"},
	{"22 vendor throttles", "", say(400, `{"message":"slow down","errors":[{"details":{"upstream_status":429}}]}`), execute(listIssues),
		airbyte.CodeInvalid, "the vendor asks for fewer calls"},
	{"23 form", "", say(422, `{"message":"Field required","errors":[{"field":"body.action","error_code":"missing"}]}`), execute(listIssues),
		airbyte.CodeInvalid, "does not have the form"},
	{"24 throttled", "", say(429, `{"message":"rate limit exceeded"}`, "Retry-After", "90"), execute(listIssues), airbyte.CodeRateLimited,
		"wait 1m30s"},
	{"24 throttled, no time", "", say(429, `{"message":"rate limit exceeded"}`), execute(listIssues), airbyte.CodeRateLimited,
		"try again later"},
	{"25 allowance, 402", "", say(402, `{"message":"Monthly allowance used up"}`), execute(listIssues), airbyte.CodeForbidden,
		"until its next period"},
	{"25 allowance, 403", "", say(403, `{"message":"Spending cap reached for your subscription"}`), execute(listIssues),
		airbyte.CodeForbidden, "until its next period"},
	{"25 allowance, 429", "", say(429, `{"message":"quota exceeded"}`), execute(listIssues), airbyte.CodeRateLimited,
		"until its next period"},
	{"26 server", "", say(500, `{"message":"Internal server error"}`), execute(listIssues), airbyte.CodeServer, "try again later"},
	{"27 gateway", "", say(502, `<html>`), execute(listIssues), airbyte.CodeUnavailable, "try again later"},
	{"27 gateway, a write", "", say(504, ``), execute(createIssue), airbyte.CodeUnavailable, "whether it was done"},
	{"28 in-band", "", say(200, `{"status":"error","result":{"error":"boom"}}`), execute(listIssues), airbyte.CodeFailed,
		"the connector ran and failed"},
	{"29 empty file", "", say(200, ``), execute(airbyte.Execution{Entity: "attachments", Action: "download"}), airbyte.CodeBadResponse,
		"check the id of the file"},
	{"no such token route", "POST " + tokenPath, say(404, `{"detail":"Not Found"}`), execute(listIssues), airbyte.CodeNotFound,
		"AIRBYTE_MCP_API_DIALECT"},
	{"redirect", "", say(302, ``), execute(listIssues), airbyte.CodeRedirect, "never followed"},
	{"nobody answers", "", hangUp, execute(listIssues), airbyte.CodeNetwork, "check the network"},
}

const (
	createRoute = "POST " + connectorsPath
	cloneRoute  = "POST " + templatesPath
)

func create(ctx context.Context, c *airbyte.Client) error {
	_, err := c.CreateConnector(ctx, github("main"))
	return err
}

func clone(ctx context.Context, c *airbyte.Client) error {
	_, err := c.CloneTemplate(ctx, "t-1", "")
	return err
}

func consent(ctx context.Context, c *airbyte.Client) error {
	_, err := c.StartConsent(ctx, airbyte.Consent{Workspace: "main", Type: "GitHub"})
	return err
}

func TestEveryKnownFailureHasAHint(t *testing.T) {
	t.Parallel()
	for _, test := range catalogue {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := newAPI()
				a.execute = test.answer
				if test.route != "" {
					a.others[test.route] = test.answer
				}
				err := test.call(t.Context(), a.serveInMemory(t, inDialect(airbyte.DialectCurrent)))
				failure := failureOf(t, err)
				if failure == nil || failure.Code != test.code || !strings.Contains(failure.Hint, test.hint) {
					t.Errorf("got %+v with hint %q, want %s and %q", failure, failure.Hint, test.code, test.hint)
				}
			})
		})
	}
}

// What a vendor or a record says must not be taken for Airbyte's own words.
func TestHintsHeedTheOperation(t *testing.T) {
	t.Parallel()
	for message, hint := range map[string]string{
		"title already exists":        "use the template",
		"required property 'x'":       "replication configuration",
		"invalid actor_definition_id": "definition id is unknown",
	} {
		a := newAPI()
		a.execute = say(400, `{"message":"`+message+`"}`)
		if failure := run(t.Context(), t, a.serve(t), createIssue); strings.Contains(failure.Hint, hint) {
			t.Errorf("%s: got hint %q about another operation", message, failure.Hint)
		}
	}
}
