package manage_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
	"airbyte-mcp-server/tools/manage"
)

// task is what a user may want, as a model goes about it: it puts the wish into the API's
// words, takes the first of the tools found that suits, and forms the call from what stands
// in its row. The arguments are what the user said.
type task struct {
	query     string
	tool      string // that suits
	arguments string
}

// tasks are over eight connectors, of which a workspace has those and all others.
var tasks = []task{
	{"github list open issues of a repository", "github_issues_list",
		`{"owner":"acme","repo":"widgets","states":"OPEN","select_fields":["number","title"]}`},
	{"github search issues, bugs about login", "github_issues_api_search", `{"query":"login repo:acme/widgets"}`},
	{"github create issue, bug", "github_issues_create", `{"owner":"acme","repo":"widgets","title":"Login fails","labels":["bug"]}`},
	{"github list pull requests", "github_pull_requests_list", `{"owner":"acme","repo":"widgets"}`},
	{"github create comment on issue", "github_comments_create",
		`{"owner":"acme","repo":"widgets","issue_number":3,"body":"Fixed in main."}`},
	{"stripe list customers", "stripe_customers_list", `{"limit":3}`},
	{"stripe list open invoices, unpaid bills", "stripe_invoices_list", `{"status":"open","limit":3}`},
	{"stripe search invoices by status, synced copy", "stripe_invoices_search",
		`{"filter":[{"field":"status","op":"eq","value":"open"}],"sort":"-created","limit":3,"fields":["id","status","total"]}`},
	{"stripe get balance", "stripe_balance_get", `{}`},
	{"stripe create customer", "stripe_customers_create", `{"email":"ada@example.com","name":"Ada"}`},
	{"jira search issues with JQL", "jira_issues_api_search", `{"jql":"project = WEB order by created","maxResults":2}`},
	{"jira list projects", "jira_projects_api_search", `{"maxResults":2}`},
	{"jira create comment on issue", "jira_issue_comments_create", `{"issueIdOrKey":"WEB-1","body":"Done."}`},
	{"slack list channels", "slack_channels_list", `{"limit":3}`},
	{"slack create channel", "slack_channels_create", `{"name":"launch"}`},
	{"slack list users, members", "slack_users_list", `{"limit":3}`},
	{"hubspot list contacts", "hubspot_contacts_list", `{"limit":3}`},
	{"hubspot list deals, opportunities", "hubspot_deals_list", `{"limit":3}`},
	{"zendesk support list tickets", "zendesk_support_tickets_list", `{"select_fields":["id","subject","status"]}`},
	{"zendesk support search synced tickets by status open", "zendesk_support_tickets_search",
		`{"filter":[{"field":"status","op":"eq","value":"open"}],"limit":3,"fields":["id","subject"]}`},
	{"notion search pages", "notion_pages_list", `{"page_size":3}`},
	{"notion list users", "notion_users_list", `{}`},
	{"shopify list orders, purchases", "shopify_orders_list", `{"limit":2,"select_fields":["id","name","total_price"]}`},
	{"shopify list products", "shopify_products_list", `{"limit":2,"select_fields":["id","title"]}`},
}

// TestTasks does each task on the search surface: no call is refused, and nothing is
// described before. On the direct surface the same calls need no finding.
func TestTasks(t *testing.T) {
	t.Parallel()
	m, _ := newManager(t, calls.Options{})
	session := inEverything
	session.Listing = tools.Listing{Surface: tools.Search}
	did, direct, searched := 0, 0, 0
	for _, task := range tasks {
		found := findRows(t, m, session, task.query)
		at := slices.IndexFunc(found.Tools, func(r row) bool { return r.Name == task.tool })
		if at < 0 {
			t.Errorf("%q does not find %s: %+v", task.query, task.tool, found.Tools)
			continue
		}
		found.Tools[at].serves(t, found.Filters, task.arguments)
		by := map[bool]string{true: "call_read_tool", false: "call_write_tool"}[found.Tools[at].Effect == "read"]
		arguments := `{"name":"` + task.tool + `","arguments":` + task.arguments + `}`
		answer, err := m.Calls().Call(t.Context(), session, calls.Silent{}, by, json.RawMessage(arguments))
		if err != nil {
			t.Errorf("%q: %s %s: %v", task.query, task.tool, task.arguments, err)
			continue
		}
		did++
		direct += (len(task.arguments) + len(answer.JSON())) / tools.BytesPerToken
		searched += (len(task.query) + found.size + len(arguments) + len(answer.JSON())) / tools.BytesPerToken
	}
	if did == 0 {
		t.Fatal("no task is done")
	}
	t.Logf("%d of %d tasks; direct: 1 call and %d tokens each; search: 2 calls and %d tokens each",
		did, len(tasks), direct/did, searched/did)
	if direct/did > 900 || searched/did > 1300 {
		t.Errorf("a task takes %d tokens directly and %d by search, want 900 and 1300", direct/did, searched/did)
	}
}

// row is a tool that was found.
type row struct{ Name, Arguments, Effect, Summary string }

type foundRows struct {
	Tools   []row
	Filters string
	size    int // in bytes
}

func findRows(t *testing.T, m *manage.Manager, s tools.Session, query string) foundRows {
	t.Helper()
	asked, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := m.Calls().Call(t.Context(), s, calls.Silent{}, tools.FindTools, asked)
	if err != nil {
		t.Fatal(err)
	}
	found := foundRows{size: len(answer.JSON())}
	if err := json.Unmarshal(answer.JSON(), &found); err != nil {
		t.Fatal(err)
	}
	return found
}

// serves checks that each argument stands in the row, or in what find_tools says of all
// tools, and that what a condition is made of is told.
func (r row) serves(t *testing.T, filters, arguments string) {
	t.Helper()
	var given map[string]json.RawMessage
	if err := json.Unmarshal([]byte(arguments), &given); err != nil {
		t.Fatal(err)
	}
	for name := range given {
		if !strings.Contains(r.Arguments+" "+tools.AlsoTaken, name) {
			t.Errorf("%s%s does not tell of %s", r.Name, r.Arguments, name)
		}
	}
	if _, filtered := given["filter"]; filtered && !strings.Contains(filters, `{"field","op","value"}`) {
		t.Errorf("%s is found without the grammar of filters: %q", r.Name, filters)
	}
}
