package records

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestListsInOrder walks all pages of lists for which an order is asked.
func TestListsInOrder(t *testing.T) {
	t.Parallel()
	tests := []struct {
		connector, entity, action string
		params                    P
		field                     string // "" where records have no such field
		down                      bool
	}{
		{"woocommerce", "products", "list", P{"orderby": "modified", "order": "asc"}, "date_modified", false},
		{"woocommerce", "products", "list", P{"orderby": "title"}, "name", true},
		{"woocommerce", "products", "list", P{"orderby": "price", "order": "asc"}, "price", false},
		{"woocommerce", "products", "list", P{"orderby": "popularity", "order": "asc"}, "", false},
		{"woocommerce", "products", "list", P{"order": "desc"}, "date_created", true},
		{"woocommerce", "tax_rates", "list", P{"order": "asc"}, "order", false},
		{"zendesk-support", "tickets", "list", P{"sort_by": "subject", "sort_order": "desc"}, "subject", true},
		{"zendesk-support", "tickets", "list", P{"sort_by": "updated_at"}, "updated_at", false},
		{"gitlab", "issues", "list", P{"order_by": "updated_at", "sort": "desc"}, "updated_at", true},
		{"confluence", "spaces", "list", P{"sort": "-name"}, "name", true},
		{"confluence", "blog_posts", "list", P{"sort": "-created-date"}, "createdAt", true},
		{"freshdesk", "tickets", "list", P{"order_by": "due_by", "order_type": "asc"}, "due_by", false},
		{"google-drive", "files", "list", P{"orderBy": "folder,modifiedTime desc"}, "modifiedTime", true},
		{"hubspot", "contacts", "api_search", P{"sorts": []any{P{"propertyName": "lastname", "direction": "DESCENDING"}}},
			"properties.lastname", true},
		{"jira", "issue_comments", "list", P{"orderBy": "-created"}, "created", true},
		{"klaviyo", "events", "list", P{"sort": "-datetime"}, "attributes.datetime", true},
		{"mailchimp", "campaigns", "list", P{"sort_field": "create_time", "sort_dir": "DESC"}, "create_time", true},
		{"notion", "data_sources", "list", P{"sort": P{"timestamp": "last_edited_time", "direction": "descending"}}, "last_edited_time", true},
		{"pinterest", "ad_groups", "list", P{"order": "DESCENDING"}, "created_time", true},
		{"shopify", "tender_transactions", "list", P{"order": "processed_at DESC"}, "processed_at", true},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("%s %s %v", test.connector, test.entity, test.params), func(t *testing.T) {
			t.Parallel()
			x := openTrial(t, &subject{connector: test.connector, entity: test.entity}, "normal")
			got := x.pages(test.action, test.params, 7)
			if want := x.pages(test.action, nil, 100); !slices.Equal(sortedJSON(got), sortedJSON(want)) {
				t.Errorf("%d records in order, %d without, which are not the same", len(got), len(want))
			}
			if test.field == "" {
				return
			}
			checkOrder(t, got, test.field, test.down)
		})
	}
}

// checkOrder compares neighbours by its own rules: numbers, also those in texts, by
// their size, other texts by their bytes; what has no value comes last.
func checkOrder(t *testing.T, rows []P, field string, down bool) {
	t.Helper()
	apart := 0
	for i := 1; i < len(rows); i++ {
		before, after := at(rows[i-1], field), at(rows[i], field)
		if before == "" && after != "" {
			t.Fatalf("row %d has no %s and comes before one that has", i-1, field)
		}
		if after == "" || before == after {
			continue
		}
		apart++
		x, notNumber := strconv.ParseFloat(before, 64)
		y, notNumber2 := strconv.ParseFloat(after, 64)
		less := before < after
		if notNumber == nil && notNumber2 == nil {
			less = x < y
		}
		if less == down {
			t.Errorf("row %d: %s %s comes before %s", i, field, before, after)
		}
	}
	if apart < 3 {
		t.Errorf("only %d rows differ from their neighbours in %s: that proves no order", apart, field)
	}
}

// at is the text at a path of names.
func at(row P, path string) string {
	head, rest, deep := strings.Cut(path, ".")
	if inner, ok := row[head].(P); ok && deep {
		return at(inner, rest)
	}
	if row[head] == nil {
		return ""
	}
	return fmt.Sprint(row[head])
}

func sortedJSON(rows []P) []string {
	var out []string
	for _, row := range rows {
		out = append(out, asJSON(row))
	}
	slices.Sort(out)
	return out
}

// TestOrderedPagesByToken goes on after a record whose token the client has to take
// out of the list.
func TestOrderedPagesByToken(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	form := c.execute("typeform", "forms", "list", P{}).ok().text("result.0.id")
	page := func(more P) *answer {
		maps.Copy(more, P{"form_id": form, "sort": "submitted_at,desc", "page_size": 5})
		return c.execute("typeform", "responses", "list", more).ok()
	}
	first := page(P{})
	second := page(P{"after": first.text("result.4.token")})
	if got, last := second.text("result.0.submitted_at"), first.text("result.4.submitted_at"); len(second.list("result")) != 5 || got >= last {
		t.Errorf("after %s comes %s, want what is older", last, got)
	}
	if got, want := page(P{"before": second.text("result.0.token")}).text("result.0.token"), first.text("result.0.token"); got != want {
		t.Errorf("the page before begins with %s, want %s", got, want)
	}
}
