package naming

import (
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/random"
)

func TestFormsOfNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, snake, fold, singular string }{
		{"createdAt", "created_at", "createdat", "created_at"},
		{"pull_requests", "pull_requests", "pullrequests", "pull_request"},
		{"companies", "companies", "companies", "company"},
		{"boxes", "boxes", "boxes", "box"},
	} {
		if got := Snake(test.name); got != test.snake {
			t.Errorf("%s in snake case is %s, want %s", test.name, got, test.snake)
		}
		if got := Fold(test.name); got != test.fold {
			t.Errorf("%s folded is %s, want %s", test.name, got, test.fold)
		}
		if got := SingularWords(test.name); got != test.singular {
			t.Errorf("one of %s is %s, want %s", test.name, got, test.singular)
		}
	}
}

func TestKindsOfNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]Kind{
		"users": KindStaff, "contacts": KindCustomer, "org_repositories": KindRepository, "issue_comments": KindComment,
		"teams": KindTeam, "releases": KindRelease, "companies": KindCompany,
	} {
		if got := KindOf(name); got != want {
			t.Errorf("%s are of the kind %d, want %d", name, got, want)
		}
	}
	if !KindStaff.IsPerson() || !KindCustomer.IsPerson() || KindCompany.IsPerson() {
		t.Error("people are staff and customers")
	}
	if !KindOf("issues").IsWork() || KindTeam.IsWork() {
		t.Error("issues are work, teams are none")
	}
}

func TestNamesRepeatWithNumbers(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b"}
	var got []string
	for n := range 5 {
		got = append(got, Dashed(names, n))
	}
	if text := strings.Join(got, " "); text != "a b a-2 b-2 a-3" {
		t.Errorf("the names are %s", text)
	}
	if got := Slug("It's a Title: 2nd"); got != "it-s-a-title-2nd" {
		t.Errorf("the slug is %s", got)
	}
}

func TestPeopleFollowFromTheSeed(t *testing.T) {
	t.Parallel()
	a, b := Staff(random.Seed(1), 3), Staff(random.Seed(1), 3)
	if *a != *b || a.Name() != a.First+" "+a.Last || !strings.Contains(a.Email, "@") {
		t.Errorf("the same person is %+v and %+v", a, b)
	}
	if other := Staff(random.Seed(1), 4); other.Name() == a.Name() {
		t.Errorf("two people are called %s", a.Name())
	}
}
