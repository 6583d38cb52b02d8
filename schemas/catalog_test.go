package schemas_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/schemas"
)

// connectorFile is the beginning of a catalog file, and rest.
func connectorFile(name, title, id, rest string) *fstest.MapFile {
	return &fstest.MapFile{Data: fmt.Appendf(nil, `{"name":%q,"title":%q,"definition_id":%q,%s`, name, title, id, rest)}
}

const whole = `"summary":"Words.","entities":[]}`

func smallCatalog() *schemas.Catalog {
	return schemas.Open(fstest.MapFS{
		"github.json":          connectorFile("github", "GitHub", "aaaa-1", whole),
		"gitlab.json":          connectorFile("gitlab", "GitLab", "aaaa-2", whole),
		"zendesk-support.json": connectorFile("zendesk-support", "Zendesk Support", "aaaa-3", whole),
		"amazon-ads.json":      connectorFile("amazon-ads", "Amazon Ads", "aaaa-4", `"prefix":"amzn_ads",`+whole),
		"torn.json":            connectorFile("torn", "Torn", "aaaa-5", `"summary":"Words.","entities":[{`),
		"other.json":           connectorFile("another", "Other", "aaaa-6", whole),
		"README.md":            {Data: []byte("no connector")},
	})
}

func TestCatalogNames(t *testing.T) {
	t.Parallel()
	got, err := smallCatalog().Names()
	want := []string{"amazon-ads", "github", "gitlab", "other", "torn", "zendesk-support"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Names() = %q, %v, want %q", got, err, want)
	}
}

// TestCatalogIsLazy reads a connector beside one that is broken.
func TestCatalogIsLazy(t *testing.T) {
	t.Parallel()
	catalog := smallCatalog()
	conn, err := catalog.Connector("github")
	if err != nil || conn.Title != "GitHub" {
		t.Errorf("Connector(github) = %+v, %v, want GitHub", conn, err)
	}
	again, err := catalog.Connector("github")
	if err != nil || again != conn {
		t.Errorf("the file was read again: %p, %v, want %p", again, err, conn)
	}
	name, err := catalog.Match("", "gitlab", "")
	if err != nil || name != "gitlab" {
		t.Errorf("Match(gitlab) = %q, %v, want gitlab", name, err)
	}
}

func TestCatalogErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, want string
		unknown    bool
	}{
		{"githup", `"githup": no such connector in the catalog; did you mean github?`, true},
		{"GitHub", `"GitHub": no such connector in the catalog; did you mean github or gitlab?`, true},
		{"zendesk", `"zendesk": no such connector in the catalog; did you mean zendesk-support?`, true},
		{"salesforce", `"salesforce": no such connector in the catalog`, true},
		{"", `"": no such connector in the catalog`, true},
		{"../github", `"../github": no such connector in the catalog; did you mean github?`, true},
		{"torn", `reading connector torn: unexpected end of JSON input`, false},
		{"other", `reading connector other: the file calls itself "another"`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := smallCatalog().Connector(tt.name)
			if err == nil || err.Error() != tt.want || errors.Is(err, schemas.ErrUnknownConnector) != tt.unknown {
				t.Errorf("got error %v, want %s", err, tt.want)
			}
		})
	}
}

func TestCatalogMatch(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, id, slug, title, want string }{
		{"by definition id", "aaaa-3", "", "", "zendesk-support"},
		{"by definition id, upper case", "AAAA-3", "", "", "zendesk-support"},
		{"by slug", "", "zendesk-support", "", "zendesk-support"},
		{"by slug, upper case", "", "GitHub", "", "github"},
		{"by title", "", "", "zendesk SUPPORT", "zendesk-support"},
		{"the id counts most", "aaaa-2", "github", "GitHub", "gitlab"},
		{"an unknown id and a known slug", "bbbb-9", "github", "", "github"},
		{"an unknown slug and a known title", "", "source-github", "GitHub", "github"},
		{"nothing known", "bbbb-9", "x", "y", ""},
		{"nothing given", "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := smallCatalog().Match(tt.id, tt.slug, tt.title); err != nil || got != tt.want {
				t.Errorf("Match(%q, %q, %q) = %q, %v, want %q", tt.id, tt.slug, tt.title, got, err, tt.want)
			}
		})
	}
}

func TestCatalogHeads(t *testing.T) {
	t.Parallel()
	got, err := smallCatalog().Heads()
	want := []schemas.Head{
		{Name: "amazon-ads", Title: "Amazon Ads", DefinitionID: "aaaa-4", Prefix: "amzn_ads"},
		{Name: "github", Title: "GitHub", DefinitionID: "aaaa-1", Prefix: "github"},
		{Name: "gitlab", Title: "GitLab", DefinitionID: "aaaa-2", Prefix: "gitlab"},
		{Name: "other", Title: "Other", DefinitionID: "aaaa-6", Prefix: "other"},
		{Name: "torn", Title: "Torn", DefinitionID: "aaaa-5", Prefix: "torn"},
		{Name: "zendesk-support", Title: "Zendesk Support", DefinitionID: "aaaa-3", Prefix: "zendesk_support"},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Heads() = %+v, %v, want %+v", got, err, want)
	}
}

// TestHeadsAgree compares the heads of the real catalog with its whole files.
func TestHeadsAgree(t *testing.T) {
	heads, err := catalog.Heads()
	if err != nil {
		t.Fatal(err)
	}
	ids, titles := []string{}, []string{}
	for _, h := range heads {
		ids, titles = append(ids, h.DefinitionID), append(titles, h.Title)
	}
	unique(t, "definition ids", ids)
	unique(t, "titles", titles)
	everyConnector(t, func(t *testing.T, conn *schemas.Connector) {
		i := slices.IndexFunc(heads, func(h schemas.Head) bool { return h.Name == conn.Name })
		if i < 0 || heads[i].Title != conn.Title || heads[i].DefinitionID != conn.DefinitionID {
			t.Fatalf("the heads do not agree with %s, %s, %s", conn.Name, conn.Title, conn.DefinitionID)
		}
		if got, err := catalog.Match(conn.DefinitionID, "", ""); err != nil || got != conn.Name {
			t.Errorf("Match(%s) = %q, %v, want %q", conn.DefinitionID, got, err, conn.Name)
		}
		if got, want := conn.ToolName("x", "y"), heads[i].Prefix+"_x_y"; got != want {
			t.Errorf("a tool is called %q, want %q by the head", got, want)
		}
	})
}

// TestCatalogWithoutFolder reports a folder that cannot be read.
func TestCatalogWithoutFolder(t *testing.T) {
	t.Parallel()
	catalog := schemas.Open(os.DirFS(t.TempDir() + "/missing"))
	if _, err := catalog.Names(); err == nil {
		t.Error("Names of a missing folder gave no error")
	}
	if _, err := catalog.Match("", "github", ""); err == nil {
		t.Error("Match in a missing folder gave no error")
	}
}
