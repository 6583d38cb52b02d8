package toolsearch_test

import (
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// depot is a connector with entities that many vendors have.
func depot() library {
	var docs []toolsearch.Document
	for _, entity := range []string{"invoices", "customers", "projects", "messages", "orders"} {
		for _, action := range []string{"list", "create", "delete"} {
			docs = append(docs, toolOf("depot", entity+"."+action, ""))
		}
	}
	return newLibrary(docs)
}

// TestLanguages finds tools by words of other languages, also where those are joined to a
// name in Latin letters.
func TestLanguages(t *testing.T) {
	t.Parallel()
	l := depot()
	for question, want := range map[string]string{
		"Rechnungen im Depot anzeigen": "depot_invoices_list", "les factures de depot": "depot_invoices_list",
		"facturas": "depot_invoices_list", "请求书 depot發票": "depot_invoices_list", "depotの請求書を一覧": "depot_invoices_list",
		"列出depot客户": "depot_customers_list", "depotの顧客を作成": "depot_customers_create", "список клиентов depot": "depot_customers_list",
		"depot 고객 목록": "depot_customers_list", "crear un proyecto en depot": "depot_projects_create",
		"Nachricht in depot löschen": "depot_messages_delete", "créer une commande": "depot_orders_create",
		"usuń zamówienie depot": "depot_orders_delete", "удали заказ": "depot_orders_delete",
	} {
		if got := l.names(toolsearch.Query{Text: question, Limit: 1}); len(got) == 0 || got[0] != want {
			t.Errorf("%q gives %q, want %s", question, got, want)
		}
	}
	for _, question := range []string{"hirngespinst", "ありがとう", "这是"} {
		if got := l.names(toolsearch.Query{Text: question}); len(got) > 0 {
			t.Errorf("%q gives %q, want nothing", question, got)
		}
	}
}

// TestTopics: a connector that records are about is not the one that has them.
func TestTopics(t *testing.T) {
	t.Parallel()
	docs := []toolsearch.Document{
		toolOf("alpha", "issues.list", ""), toolOf("alpha", "comments.list", ""), toolOf("beta", "charges.list", ""),
		toolOf("beta", "comments.list", ""), toolOf("gauge", "visits.list", ""), toolOf("alpha", "gauge.list", "Measures."),
	}
	l := newLibrary(docs)
	for question, want := range map[string]string{
		"alpha comments about beta": "alpha_comments_list", "beta comments about alpha": "beta_comments_list",
		"issues about beta": "alpha_issues_list", "issues regarding beta": "alpha_issues_list",
		"beta issues":        "beta_charges_list", // named, so that nothing else is meant
		"the gauge of alpha": "alpha_gauge_list",
	} {
		if got := l.names(toolsearch.Query{Text: question, Limit: 1}); len(got) == 0 || got[0] != want {
			t.Errorf("%q gives %q, want %s", question, got, want)
		}
	}
}
