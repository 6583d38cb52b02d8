package naming

import (
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/sandbox/random"
)

// TestPhrasesOfKinds holds names that records of the demo have had ever since.
func TestPhrasesOfKinds(t *testing.T) {
	t.Parallel()
	for kind, want := range map[Kind][2]string{
		kindThing: {"Website Redesign", "Mobile App 2"}, kindIssue: {"Settings screen shows stale data after an update",
			"Make the timeout configurable for the password reset"},
		kindChange: {"Refactor the image upload", "Add logging to the password reset"}, kindTicket: {"Double charge for order 10400",
			"Double charge for order 10413"},
		KindComment: {"Looks good to me.", "I have sent the customer an update."}, kindTask: {"Clean up the backlog",
			"Send the contract for signature"},
		KindProject: {"Website Redesign", "Mobile App 2"}, kindDeal: {"Juniper support upgrade", "Northwind support upgrade"},
		kindEvent: {"Hiring panel", "Hiring panel"}, kindMessage: {"Invoice attached", "Welcome aboard"},
		kindArticle: {"How to connect your first data source", "Setting up single sign-on 2"}, kindProduct: {"Starter Plan", "Team Plan 2"},
		KindRepository: {"widgets", "sdk-go"}, KindBranch: {"main", "feature/dark-mode-2"}, kindMainBranch: {"main", "main"},
		KindRelease: {"v1.0.0", "v1.3.1"}, KindLabel: {"bug", "design"}, kindChannel: {"general", "random-2"}, KindTeam: {"Platform", "Design 2"},
		kindRole: {"Admin", "Member 3"}, kindFile: {"Roadmap 1.csv", "Org chart 14.csv"}, kindAd: {"Webinar 1", "Webinar 14"},
		kindList: {"Backlog", "Customers 2"}, KindSource: {"README.md", "go.mod-2"}, kindOrder: {"Order 10400", "Order 10413"},
		kindLanguage: {"Python", "Java"}, kindLicense: {"Apache License 2.0", "Apache License 2.0"}, kindState: {"In Review", "In Review"},
	} {
		got := [2]string{kind.Phrase(random.Seed(1).Of("x"), 0), kind.Phrase(random.Seed(2).Of("y"), 13)}
		if got != want {
			t.Errorf("kind %d is called %q, want %q", kind, got, want)
		}
	}
}

func TestCountedNames(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]string{
		0: {"v1.0.0", "main"}, 1: {"v1.0.1", "develop"}, 2: {"v1.0.2", "feature/retry-uploads"}, 3: {"v1.0.3", "feature/dark-mode"},
		4: {"v1.1.0", "feature/csv-export"}, 39: {"v1.9.3", "feature/bulk-actions-4"}, 40: {"v2.0.0", "feature/docs-cleanup-4"},
		47: {"v2.1.3", "feature/sso-5"},
	} {
		if got := [2]string{KindRelease.Phrase(1, n), KindBranch.Phrase(1, n)}; got != want {
			t.Errorf("number %d is %q, want %q", n, got, want)
		}
	}
}

func TestParagraphs(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"Please let me know whether Thursday works for you.": Paragraph(3, 1, 1),
		"The workaround is to reload the page. This looks good to me, with one small question about naming. " +
			"It started after the last release and happens every time.": Paragraph(4, 2, 3),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if capital("") != "" || capital("a b") != "A b" {
		t.Errorf("capitals are %q and %q", capital(""), capital("a b"))
	}
}

func TestKindsOfWorkAndPeople(t *testing.T) {
	t.Parallel()
	works := []Kind{kindIssue, kindChange, kindTicket, kindTask, kindDeal, kindOrder, kindEvent, KindProject}
	for kind := kindThing; kind <= kindState; kind++ {
		work := slices.Contains(works, kind)
		if kind.IsWork() != work {
			t.Errorf("kind %d is work: %t", kind, kind.IsWork())
		}
	}
	if KindOf("") != kindThing || SingularWords("--") != "" || KindOf("nonsense") != kindThing {
		t.Error("a name of nothing known has a kind")
	}
}

func TestPeopleOfTheDemo(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][4]string{
		0:  {"lmiles", "lizzie.miles@acme.example", "Copper Software", "bulah@copper-software.example"},
		15: {"ibutler", "isabella.butler@acme.example", "Meridian Bank", "jerry@meridian-bank.example"},
		16: {"jwolf16", "johnathon.wolf@acme.example", "Sterling Robotics", "lonny@sterling-robotics.example"},
		17: {"qcasper17", "quincy.casper@acme.example", "Lumen Travel", "emory@lumen-travel.example"},
	} {
		staff, customer := Staff(1, n), Customer(1, n)
		if got := [4]string{staff.Login, staff.Email, customer.Company, customer.Email}; got != want || Company(1, n) != want[2] {
			t.Errorf("person %d is %q, want %q", n, got, want)
		}
	}
	first := *Staff(1, 0)
	want := Person{
		First: "Lizzie", Last: "Miles", Login: "lmiles", Email: "lizzie.miles@acme.example", Company: "Acme", Title: "Site Reliability Engineer",
		Phone: "+12935923153", City: "Corpus Christi", Country: "United States", CountryCode: "US", Street: "291 Meadowsview", Zip: "84329",
		State: "Delaware",
	}
	if first != want {
		t.Errorf("the first of the staff is %+v", first)
	}
	logins := map[bool]int{}
	for n := range 200 {
		logins[strings.Contains(Customer(1, n).Login, "-")]++
	}
	if logins[true] < 40 || logins[true] > 80 {
		t.Errorf("of 200 logins %d have an ending, want about 60", logins[true])
	}
}

func TestWordsAndSingulars(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"HTTPServer": "http_server", "userID": "user_id", "a--b": "a_b", "v2Beta": "v2_beta", "X": "x", "": "", "getURLs": "get_ur_ls",
	} {
		if got := Snake(name); got != want {
			t.Errorf("%s in snake case is %s, want %s", name, got, want)
		}
	}
	for name, want := range map[string]string{
		"ties": "tie", "flies": "fly", "classes": "class", "taxes": "tax", "matches": "match", "class": "class", "status": "status",
		"users": "user", "user": "user",
	} {
		if got := Singular(name); got != want {
			t.Errorf("the singular of %s is %s, want %s", name, got, want)
		}
	}
}
