package sandbox

import (
	"bytes"
	"cmp"
	_ "embed" // the pages
	"fmt"
	"net/http"
	"strings"

	"airbyte-mcp-server/internal/htmlpage"
)

//go:embed pages/landing.html
var landingHTML string

//go:embed pages/landing.txt
var landingTXT string

// landing is what the page at / shows.
type landing struct {
	URL              string
	Variables        [][2]string
	Workspaces       []landingWorkspace
	Dataset, Dialect string
	Seed             uint64
	Faults           int
}

type landingWorkspace struct{ Name, Connectors string }

// showLanding answers people who open the address of the sandbox, in a browser or without.
func (s *Server) showLanding(x *roundTrip) error {
	page := s.landing("http://" + x.r.Host)
	pages, err := htmlpage.Parse(nil, landingHTML, landingTXT)
	if err != nil {
		return fmt.Errorf("landing page: %w", err)
	}
	var out bytes.Buffer
	contentType := "text/plain; charset=utf-8"
	if strings.Contains(x.r.Header.Get("Accept"), "text/html") {
		contentType = "text/html; charset=utf-8"
		x.w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
		err = pages.Execute(&out, "landing", page)
	} else {
		err = pages.ExecuteText(&out, "landing in text", page)
	}
	if err != nil {
		return fmt.Errorf("landing page: %w", err)
	}
	x.replyRaw(http.StatusOK, contentType, out.Bytes())
	return nil
}

func (s *Server) landing(url string) landing {
	page := landing{
		URL: url, Variables: s.Credentials().Variables(url), Dataset: cmp.Or(s.options.Dataset, "normal"), Seed: s.options.Seed,
		Dialect: s.switches.Get(dialectSwitch), Faults: s.faults.count(),
	}
	s.world.mu.RLock()
	defer s.world.mu.RUnlock()
	for _, ws := range s.world.workspaces {
		var names []string
		for _, c := range s.world.connectors {
			if c.workspace == ws && c.Deleted == nil {
				names = append(names, c.Name)
			}
		}
		w := landingWorkspace{ws.Name, strings.Join(names, ", ")}
		switch n := len(names); {
		case n == 0:
			w.Connectors = "none"
		case n > mostNamed:
			w.Connectors = fmt.Sprintf("%d, such as %s", n, strings.Join(names[:3], ", "))
		}
		page.Workspaces = append(page.Workspaces, w)
	}
	return page
}

// mostNamed is how many connectors of a workspace are listed.
const mostNamed = 12

// Variables point clients at a sandbox with this address: this program and Airbyte's own
// command line and SDKs, then PyAirbyte, which has other names for most things.
func (k Credentials) Variables(url string) [][2]string {
	return [][2]string{
		{"AIRBYTE_API_HOST", url},
		{"AIRBYTE_CLOUD_HOST", url},
		{"AIRBYTE_WEBAPP_URL", url},
		{"SDK_DEV_ADP_API_HOST", url},
		{"AIRBYTE_CLIENT_ID", k.ClientID},
		{"AIRBYTE_CLIENT_SECRET", k.ClientSecret},
		{"AIRBYTE_ORGANIZATION_ID", k.OrganizationID},
		{"AIRBYTE_WORKSPACE", k.Workspace},
		{"AIRBYTE_AGENTS_API_URL", url + "/api/v1"},
		{"AIRBYTE_CLOUD_API_URL", url + "/v1"},
		{"AIRBYTE_CLOUD_CLIENT_ID", k.ClientID},
		{"AIRBYTE_CLOUD_CLIENT_SECRET", k.ClientSecret},
		{"AIRBYTE_CLOUD_ORGANIZATION_ID", k.OrganizationID},
		{"AIRBYTE_CLOUD_WORKSPACE_ID", k.WorkspaceID},
	}
}
