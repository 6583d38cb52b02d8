package tools

import "testing"

func TestTitleByRule(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"labels": "a label", "issues": "an issue", "branches": "a branch", "boxes": "a box", "companies": "a company",
		"incident_statuses": "an incident status", "users": "a user", "units": "a unit", "hours": "an hour", "balance": "the balance",
		"addresses": "an address", "sla_policies": "an SLA policy", "pr_comments": "a PR comment", "ivrs": "an IVR",
		"current_status": "the current status", "series": "the series", "caller_ids": "a caller ID",
	} {
		if got := which(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
