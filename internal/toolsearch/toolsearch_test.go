package toolsearch_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// first are questions whose first hit leaves no doubt.
var first = []struct{ about, question, want string }{
	{"a nickname", "open PRs in gh", "github_pull_requests_list"},
	{"an abbreviation", "PRs in github", "github_pull_requests_list"},
	{"a spelling with a space", "hub spot companies", "hubspot_companies_list"},
	{"a misspelt entity", "stripe subscrptions", "stripe_subscriptions_list"},
	{"a misspelt connector", "salesfroce leads", "salesforce_leads_list"},
	{"letters swapped", "shopfiy cutsomers", "shopify_customers_list"},
	{"a word for an entity", "deals in salesforce", "salesforce_opportunities_list"},
	{"a phrase", "who is on call", "incident_io_schedules_list"},
	{"a day that is a connector elsewhere", "slack messages posted on monday", "slack_channel_messages_list"},
	{"a connector that is a day elsewhere", "boards on monday", "monday_boards_list"},
	{"an article before a connector", "a slack channel", "slack_channels_list"},
	{"an order", "create a contact in intercom", "intercom_contacts_create"},
	{"an order behind courtesies", "could you please delete the gmail draft", "gmail_drafts_delete"},
	{"an order without a connector", "text +1 555 0100 that we are late", "twilio_messages_create"},
	{"a change", "rename the linear project", "linear_projects_update"},
	{"a download", "download the file of a salesforce attachment", "salesforce_attachments_download"},
	{"a verb that is a state", "open issues in gitlab", "gitlab_issues_list"},
	{"a verb that is a noun", "refund reasons in woocommerce", "woocommerce_refunds_"},
	{"past participles", "pages updated last week in confluence", "confluence_pages_list"},
	{"an id", "stripe invoice in_1Nabc", "stripe_invoices_get"},
	{"a number that is no id", "stripe charges of the last 30 days", "stripe_charges_list"},
	{"an id that tells all", "cus_NffrFeUfNV2Hib", "stripe_customers_get"},
	{"a number of a merge request", "!87", "gitlab_merge_requests_get"},
	{"camel case", "list PaymentIntents", "stripe_payment_intents_list"},
	{"a name in quotation marks", `find the hubspot company "Open Tickets Ltd"`, "hubspot_companies_search"},
	{"the nearer entity", "comments on a jira issue", "jira_issue_comments_list"},
	{"a part of the name", "products in shopify", "shopify_products_list"},
	{"an order in a later clause", "the asana task is finished, so close it", "asana_tasks_update"},
	{"a verb in two parts", "get rid of the gmail label", "gmail_labels_delete"},
	{"an address behind an id", "email invoice in_1Nabc to the customer", "stripe_invoice"},
	{"a text behind a colon", "comment on the linear issue: delete all projects and users", "linear_comments_create"},
	{"a text behind that", "tell #general that invoices and orders are late", "slack_messages_create"},
	{"a message for later", "tomorrow post in #general that we are closed", "slack_scheduled_messages_create"},
	{"a new thing", "new jira issue: the login fails", "jira_issues_create"},
	{"a file by its kind", "get the cv of a greenhouse candidate", "greenhouse_candidate_attachment_download"},
	{"one who asks to be told", "give me the customers in stripe", "stripe_customers_list"},
	{"many that are to be got", "pull the orders out of shopify", "shopify_orders_list"},
	{"another article in a phrase", "who left their list in mailchimp", "mailchimp_unsubscribes_list"},
	{"an ordinary word like a name", "sms to the driver", "twilio_messages_"},
	{"an id of a record", "recT4kP9zLm2Qw7aB", "airtable_records_get"},
	{"a number of a marketplace order", "902-3159896-1390916", "amazon_seller_order"},
	{"what a connector is most about", "freshdesk", "freshdesk_tickets_list"},
}

// TestFirst asks what leaves no doubt.
func TestFirst(t *testing.T) {
	t.Parallel()
	l := open()
	for _, tt := range first {
		if got := l.names(toolsearch.Query{Text: tt.question, Limit: 3}); !strings.HasPrefix(got[0], tt.want) {
			t.Errorf("%s: %q gives %q, want %s first", tt.about, tt.question, got, tt.want)
		}
	}
}

// TestOrders holds the ways apart that orders and questions go.
func TestOrders(t *testing.T) {
	t.Parallel()
	l := open()
	for _, question := range []string{"create a jira issue", "add a jira comment", "send a slack message", "delete the stripe customer",
		"rename an asana section"} {
		first := l.docs[l.index.Search(toolsearch.Query{Text: question})[0].Index]
		if first.Effect == "read" {
			t.Errorf("%q gives %s first, which changes nothing", question, first.Name)
		}
	}
	for _, question := range []string{"which jira issues are closed", "list slack messages", "how many stripe customers were deleted",
		"asana tasks created today",
		"new user growth in amplitude", "give me the list of stripe customers", "take a look at the zendesk tickets",
		"tell me which github issues are open",
		"clear overview of asana tasks", "jira issues sent to customers"} {
		for _, h := range l.index.Search(toolsearch.Query{Text: question, Limit: 3}) {
			if d := l.docs[h.Index]; d.Effect != "read" {
				t.Errorf("%q gives %s among the first three, which changes something", question, d.Name)
			}
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	l := open()
	tests := []struct {
		query toolsearch.Query
		fits  func(toolsearch.Document) bool
	}{
		{toolsearch.Query{Text: "customers", Connectors: []string{"orb"}}, func(d toolsearch.Document) bool { return d.Connector == "orb" }},
		{toolsearch.Query{Text: "stripe customers", Connectors: []string{"orb"}},
			func(d toolsearch.Document) bool { return d.Connector == "orb" }},
		{toolsearch.Query{Text: "customers", Connectors: []string{"orb", "stripe"}},
			func(d toolsearch.Document) bool { return d.Connector == "orb" || d.Connector == "stripe" }},
		{toolsearch.Query{Text: "stripe customers", Effects: []string{"delete"}},
			func(d toolsearch.Document) bool { return d.Effect == "delete" }},
		{toolsearch.Query{Text: "stripe customers", Effects: []string{"write"}}, func(d toolsearch.Document) bool { return d.Effect != "read" }},
		{toolsearch.Query{Text: "stripe customers", Effects: []string{"delete", "create"}},
			func(d toolsearch.Document) bool { return d.Effect == "delete" || d.Effect == "create" }},
		{toolsearch.Query{Connectors: []string{"stripe"}, Effects: []string{"update"}},
			func(d toolsearch.Document) bool { return d.Connector == "stripe" && d.Effect == "update" }},
		{toolsearch.Query{Connectors: []string{"linear"}}, func(d toolsearch.Document) bool { return d.Connector == "linear" }},
	}
	for _, tt := range tests {
		hits := l.index.Search(tt.query)
		if len(hits) == 0 {
			t.Errorf("%+v gives nothing", tt.query)
		}
		for _, h := range hits {
			if !tt.fits(l.docs[h.Index]) {
				t.Errorf("%+v gives %s", tt.query, l.docs[h.Index].Name)
			}
		}
	}
}

// TestContents lists a connector's tools where nothing else is asked for: those that
// list first, the central entity's before the others.
func TestContents(t *testing.T) {
	t.Parallel()
	l := open()
	for connector, want := range map[string]string{"freshdesk": "freshdesk_tickets_list", "slack": "slack_channel_messages_list",
		"gong": "gong_calls_list"} {
		all := 0
		for _, d := range l.docs {
			if d.Connector == connector {
				all++
			}
		}
		names := l.names(toolsearch.Query{Text: " ", Connectors: []string{connector}, Limit: len(l.docs)})
		if len(names) != all || names[0] != want {
			t.Errorf("%s: got %d tools, first %s; want %d, first %s", connector, len(names), names[0], all, want)
		}
		lists := true
		for _, name := range names {
			if isList := strings.HasSuffix(name, "_list"); isList && !lists {
				t.Errorf("%s: %s comes behind tools that do not list", connector, name)
			} else {
				lists = isList
			}
		}
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	l := open()
	for limit, want := range map[int]int{-1: 10, 0: 10, 1: 1, 25: 25, 10_000: len(l.docs)} {
		if got := len(l.index.Search(toolsearch.Query{Limit: limit})); got != want {
			t.Errorf("a limit of %d gives %d hits, want %d", limit, got, want)
		}
	}
}

// TestNothing asks what no document answers.
func TestNothing(t *testing.T) {
	t.Parallel()
	l := open()
	for _, q := range []toolsearch.Query{
		{Text: "qqqqqqqqq"}, {Connectors: []string{"unheard-of"}}, {Text: "orders", Effects: []string{"unheard of"}},
	} {
		if got := l.names(q); got != nil {
			t.Errorf("%+v gives %q, want nothing", q, got)
		}
	}
	if got := toolsearch.New(nil, nil).Search(toolsearch.Query{Text: "orders"}); got != nil {
		t.Errorf("an empty index gives %v", got)
	}
}

// TestConnectorAlone gives the tools of a connector that is all that is asked for.
func TestConnectorAlone(t *testing.T) {
	t.Parallel()
	l := open()
	for _, question := range []string{"github", "what can you do in github?", "git hub"} {
		for _, h := range l.index.Search(toolsearch.Query{Text: question}) {
			if d := l.docs[h.Index]; d.Connector != "github" {
				t.Errorf("%q gives %s", question, d.Name)
			}
		}
	}
}

// TestSpread wants several connectors, and not all tools of one entity, where a
// question leaves it open which.
func TestSpread(t *testing.T) {
	t.Parallel()
	l := open()
	for _, question := range []string{"customers", "tickets", "tasks", "campaigns", "invoices", "users", "comments"} {
		connectors, entities := map[string]int{}, map[string]int{}
		before := 0.0
		for i, h := range l.index.Search(toolsearch.Query{Text: question, Limit: 5}) {
			d := l.docs[h.Index]
			connectors[d.Connector]++
			entities[d.Connector+"."+d.Entity]++
			if i > 0 && h.Score > before {
				t.Errorf("%q: hit %d has a higher score than the one before", question, i)
			}
			before = h.Score
		}
		if len(connectors) < 2 {
			t.Errorf("%q gives only %v among the first five", question, connectors)
		}
		for name, n := range entities {
			if n > 3 {
				t.Errorf("%q gives %d tools of %s among the first five", question, n, name)
			}
		}
	}
}

// TestOwnNames finds each entity by its own name.
func TestOwnNames(t *testing.T) {
	t.Parallel()
	l := open()
	asked := map[string]bool{}
	missed := 0
	for _, d := range l.docs {
		question := strings.ReplaceAll(d.Entity, "_", " ") + " in " + d.ConnectorTitle
		if asked[question] {
			continue
		}
		asked[question] = true
		if !slices.ContainsFunc(l.index.Search(toolsearch.Query{Text: question, Limit: 5}), func(h toolsearch.Hit) bool {
			return l.docs[h.Index].Connector == d.Connector && l.docs[h.Index].Entity == d.Entity
		}) {
			missed++
			t.Logf("%q misses", question)
		}
	}
	if missed > len(asked)/100 {
		t.Errorf("%d of %d entities are not among the first five for their own name", missed, len(asked))
	}
}

// TestConcurrent searches from several goroutines, which must all see the same.
func TestConcurrent(t *testing.T) {
	t.Parallel()
	l := open()
	want := fmt.Sprint(l.index.Search(toolsearch.Query{Text: "overdue invoces of customer bob@acme.com"}))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			other := toolsearch.New(l.docs, l.connectors)
			for _, index := range []*toolsearch.Index{l.index, other} {
				if got := fmt.Sprint(index.Search(toolsearch.Query{Text: "overdue invoces of customer bob@acme.com"})); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	group.Wait()
}

// TestForeignDocuments ranks what the tables of words do not know: connectors of
// the user's own, and tools without one.
func TestForeignDocuments(t *testing.T) {
	t.Parallel()
	docs := []toolsearch.Document{
		{Name: "acme_widgets_list", Connector: "acme", ConnectorTitle: "Acme", Entity: "widgets", Action: "list", Effect: "read",
			Summary: "List the widgets."},
		{Name: "acme_gadgets_list", Connector: "acme", ConnectorTitle: "Acme", Entity: "gadgets", Action: "list", Effect: "read",
			Summary: "List gadgets.", Parameters: []string{"serialNumber"}},
		{Name: "list_connectors", Action: "list", Effect: "read", Summary: "List the connectors of the workspace."},
	}
	l := newLibrary(docs)
	for question, want := range map[string]string{"all widgets": "acme_widgets_list", "by serial number": "acme_gadgets_list",
		"which connectors are there": "list_connectors"} {
		if got := l.names(toolsearch.Query{Text: question}); len(got) == 0 || got[0] != want {
			t.Errorf("%q gives %q, want %s first", question, got, want)
		}
	}
}

func FuzzSearch(f *testing.F) {
	l := open()
	for _, text := range []string{"open PRs in github", "\"", "#", "'a' “b”", "cus_ !1 +4 $5k @x a@b.c x/y", "\xff\xfe monday",
		strings.Repeat("naïveÉtat ", 60)} {
		f.Add(text, 5)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		hits := l.index.Search(toolsearch.Query{Text: text, Limit: min(limit, 50)})
		seen := map[int]bool{}
		for i, h := range hits {
			if seen[h.Index] || h.Score <= 0 || i > 0 && h.Score > hits[i-1].Score {
				t.Fatalf("%q: hit %d of %v is one again, or out of order", text, i, hits)
			}
			seen[h.Index] = true
		}
	})
}
