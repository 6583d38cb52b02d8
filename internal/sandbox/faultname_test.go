package sandbox

import (
	"strings"
	"testing"
)

// TestFaultNames: rules about what there is not are refused with what may have been meant,
// wherever they come from.
func TestFaultNames(t *testing.T) {
	t.Parallel()
	c := newClient(t)
	for rule, says := range map[string]string{
		"route=exeute,status=500":                              "did you mean execute?",
		"connector=githbu,status=500":                          "did you mean github?",
		"connector=Stripe - defalt,hang":                       "did you mean Stripe - default",
		"connector=github,entity=isues,status=500":             "did you mean issues?",
		"connector=GitHub - default,entity=customers,hang":     "entity=customers: no such entity",
		"entity=isues,status=500":                              "did you mean issues",
		"connector=github,entity=issues,action=lst,status=500": "did you mean list?",
		"action=creat,status=500":                              "did you mean create?",
		"connector=github,entity=issues,action=download,hang":  "action=download: no such action",
	} {
		if _, err := New(Options{Catalog: catalog(), Faults: []string{rule}}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("New with %s gives %v, want %q", rule, err, says)
		}
		if a := c.send("POST", "/__sandbox/faults", P{"rules": []string{rule}}, nil); a.status != 400 || !strings.Contains(string(a.body), says) {
			t.Errorf("the route gives %d %s for %s, want %q", a.status, a.body, rule, says)
		}
	}
	for _, rule := range []string{
		"connector=stripe,entity=customers,action=list,hang", "entity=customers,action=context_store_search,hang",
		"connector=github - DEFAULT,action=describe,hang", "action=context_store_sql_query,hang",
		"connector=00000000-0000-4000-8000-000000000001,entity=issues,hang", "route=execute,hang",
	} {
		if a := c.send("POST", "/__sandbox/faults", P{"rules": []string{rule}}, nil); a.status != 200 {
			t.Errorf("rule %s: %d %s", rule, a.status, a.body)
		}
	}
}
