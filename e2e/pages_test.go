package e2e_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// publicName is where the pages are, as people see it; the tests go to a replica or a
// balancer under this name.
const publicName = "mcp.example.com"

// startPages starts a cluster whose pages are on the network.
func startPages(t *testing.T) *cluster {
	t.Helper()
	return startCluster(t, "--public-url", "https://"+publicName, "--call-timeout", "10s") // the time of waiting for a page
}

// person fills in pages in a browser.
type person struct {
	c       *cluster
	front   string // URL of a balancer or a replica
	cookies map[string]string
}

// page is an answer to a browser.
type page struct {
	status   int
	body     string
	location string
	header   http.Header
}

// send sends what a browser does; a form makes it a POST.
func (p *person) send(path string, form url.Values, header ...string) page {
	p.c.t.Helper()
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	req, err := http.NewRequestWithContext(p.c.t.Context(), method, p.front+path, strings.NewReader(body))
	if err != nil {
		p.c.t.Fatal(err)
	}
	req.Host = publicName
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", "null")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	for name, value := range p.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		p.c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		p.c.t.Fatal(err)
	}
	for _, cookie := range resp.Cookies() {
		p.cookies[cookie.Name] = cookie.Value
	}
	return page{resp.StatusCode, string(text), strings.TrimPrefix(resp.Header.Get("Location"), "https://"+publicName), resp.Header}
}

// find returns what a pattern finds on a page.
func (p *person) find(pattern, text string) string {
	p.c.t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		p.c.t.Fatalf("there is no %s in %.3000s", pattern, text)
	}
	return found[1]
}

// connecting calls connect_connector and returns the answer's text.
func (c *cluster) connecting(front, session, arguments string) string {
	c.t.Helper()
	a := c.send(front+"/mcp", 0, session, "tools/call", `{"name":"connect_connector","arguments":`+arguments+`}`)
	text := a.body
	if _, event, ok := strings.Cut(text, "data: "); ok {
		text, _, _ = strings.Cut(event, "\n")
	}
	var answer struct {
		Result struct{ Content []struct{ Text string } }
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Result.Content) == 0 {
		c.t.Fatalf("connect_connector %s: %+v", arguments, a)
	}
	return answer.Result.Content[0].Text
}

// openPage asks for a page and returns its path and ticket.
func (c *cluster) openPage(front, session string) (path, ticket string) {
	c.t.Helper()
	text := c.connecting(front, session, `{"type":"github"}`)
	p := person{c: c}
	return p.find(`"url": ?"https://mcp\.example\.com([^"]+)"`, text), p.find(`"ticket": ?"([^"]+)"`, text)
}

// fill sends the form of a page for a way to sign in, and returns the code.
func (p *person) fill(path, way string) (code string) {
	p.c.t.Helper()
	form := p.send(path, nil)
	method := p.find(`value="(`+way+`[^"]*)"`, form.body)
	sent := p.send(path, url.Values{
		"token": {p.find(`name="token" value="([^"]+)"`, form.body)}, "name": {"mine " + way}, "method": {method},
		"m0.token": {"ghp_e2e"}, "m1.token": {"ghp_e2e"}, "m2.token": {"ghp_e2e"}, "s.repositories": {"acme/widgets"},
	})
	if sent.status != http.StatusSeeOther || sent.location != path+"/code" {
		p.c.t.Fatalf("the form is answered with %d to %q: %.2000s", sent.status, sent.location, sent.body)
	}
	return p.find(`<code>([A-Z0-9]{6})</code>`, p.send(path+"/code", nil).body)
}

// story connects by a form and by a consent, and reads a file, while the balancer sends
// each request to another replica than the one before.
func (c *cluster) story(front string) {
	c.t.Helper()
	session := c.openSession(front+"/mcp", 0)
	c.storyOfForm(front, session)
	c.storyOfElicitedCode(front, session)
	c.storyOfConsent(front, session)
	c.storyOfFile(front, session)
}

func (c *cluster) storyOfForm(front, session string) {
	c.t.Helper()
	p := &person{c, front, map[string]string{}}
	path, ticket := c.openPage(front, session)
	code := p.fill(path, "githubPAT")
	if text := c.connecting(front, session, `{"ticket":"`+ticket+`"}`); !strings.Contains(text, "needs_code") {
		c.t.Errorf("waiting for the page: %s", text)
	}
	if text := c.connecting(front, session, `{"ticket":"`+ticket+`","code":"000000"}`); !strings.Contains(text, "4 more tries") {
		c.t.Errorf("a wrong code: %s", text)
	}
	if text := c.connecting(front, session, `{"ticket":"`+ticket+`","code":"`+code+`"}`); !strings.Contains(text, `"connected"`) {
		c.t.Errorf("the code: %s", text)
	}
	if end := p.send(path+"/done", nil); end.status != http.StatusOK || !strings.Contains(end.body, "is connected") {
		c.t.Errorf("the last page: %d %.300s", end.status, end.body)
	}
}

func (c *cluster) storyOfConsent(front, session string) {
	c.t.Helper()
	p := &person{c, front, map[string]string{}}
	path, ticket := c.openPage(front, session)
	code := p.fill(path, "consent:")
	if text := c.connecting(front, session, `{"ticket":"`+ticket+`","code":"`+code+`"}`); !strings.Contains(text, "waiting_for_user") {
		c.t.Errorf("the code before the consent: %s", text)
	}
	if got := p.send(path+"/code", nil); got.location != path+"/consent" {
		c.t.Fatalf("after the code: %d to %q", got.status, got.location)
	}
	vendor := p.find(`href="(http://127[^"]+)"`, p.send(path+"/consent", nil).body)
	resp, err := http.DefaultTransport.RoundTrip(must(http.NewRequestWithContext(c.t.Context(), http.MethodGet, vendor, nil)))
	if err != nil {
		c.t.Fatal(err)
	}
	resp.Body.Close()
	back := strings.TrimPrefix(resp.Header.Get("Location"), "https://"+publicName)
	if got := p.send(back, nil); got.location != path+"/done" {
		c.t.Fatalf("the consent's return to %q: %d to %q: %.600s", back, got.status, got.location, got.body)
	}
	if text := c.connecting(front, session, `{"ticket":"`+ticket+`"}`); !strings.Contains(text, `"connected"`) {
		c.t.Errorf("after the consent: %s", text)
	}
}

func must(r *http.Request, err error) *http.Request {
	if err != nil {
		panic(err)
	}
	return r
}

// download fetches a file by a tool and returns its path and its URI.
func (c *cluster) download(front, session string) (path, uri string) {
	c.t.Helper()
	list := c.send(front+"/mcp", 0, session, "tools/call",
		`{"name":"call_read_tool","arguments":{"name":"google_drive_files_list","arguments":{"pageSize":1}}}`)
	p := person{c: c}
	id := p.find(`\\"id\\": ?\\"([^"\\]+)\\"`, list.body)
	got := c.send(front+"/mcp", 0, session, "tools/call",
		`{"name":"call_read_tool","arguments":{"name":"google_drive_files_download","arguments":{"fileId":"`+id+`","alt":"media"}}}`)
	return p.find(`https://mcp\.example\.com(/downloads/[^"\\]+)`, got.body), p.find(`(airbyte://downloads/[^"\\]+)`, got.body)
}

func (c *cluster) storyOfFile(front, session string) {
	c.t.Helper()
	path, uri := c.download(front, session)
	p := &person{c, front, map[string]string{}}
	mine := []string{"Authorization", "Bearer " + c.keys[0]}
	for range len(c.address) + 1 {
		whole := p.send(path, nil, mine...)
		part := p.send(path, nil, append(mine, "Range", "bytes=2-5")...)
		if whole.status != http.StatusOK || part.status != http.StatusPartialContent || part.body != whole.body[2:6] {
			c.t.Errorf("the file: %d %.100s; a part of it: %d %q", whole.status, whole.body, part.status, part.body)
		}
		if ids := whole.header.Values("X-Request-Id"); len(ids) != 1 {
			c.t.Errorf("the answer has the request ids %q", ids)
		}
		if got := p.send(path, nil, "Authorization", "Bearer "+c.keys[1]); got.status != http.StatusNotFound {
			c.t.Errorf("another caller gets the file: %d", got.status)
		}
		if got := p.send(path, nil); got.status != http.StatusUnauthorized {
			c.t.Errorf("nobody gets the file: %d", got.status)
		}
		if got := c.send(front+"/mcp", 0, session, "resources/read", `{"uri":"`+uri+`"}`); got.failed() || !strings.Contains(got.body, `"blob"`) {
			c.t.Errorf("the file as a resource: %.600s", got.body)
		}
	}
}

// TestPagesAcrossReplicas: whichever replica a request reaches, pages, consents, codes and
// files are there.
func TestPagesAcrossReplicas(t *testing.T) {
	t.Parallel()
	c := startPages(t)
	c.story(c.front)
	c.story(c.nginx())
}

// nginx puts nginx before the replicas and returns its URL.
func (c *cluster) nginx() string {
	c.t.Helper()
	program, err := exec.LookPath("nginx")
	if err != nil {
		c.t.Skip("skipped from here on: nginx is not installed")
	}
	at, dir := freeAddress(c.t), c.t.TempDir()
	var config strings.Builder
	config.WriteString("daemon off;\npid " + dir + "/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n")
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		config.WriteString(kind + "_temp_path " + dir + "/" + kind + ";\n")
	}
	config.WriteString("upstream replicas {\n")
	for _, replica := range c.address {
		config.WriteString("server " + replica + ";\n")
	}
	config.WriteString("}\nserver {\nlisten " + at + ";\nlocation / {\nproxy_pass http://replicas;\nproxy_set_header Host $host;\n" +
		"proxy_buffering off;\nproxy_set_header X-Airbyte-Mcp-Peer \"\";\n}\n}\n}\n")
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(config.String()), 0o600); err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.Command(program, "-c", file, "-p", dir)
	cmd.Stderr = c.t.Output()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { terminate(cmd) })
	c.waitFor("nginx accepts connections", func() bool { return accepts(at) })
	return "http://" + at
}

// TestPagesWhileReplicasRestart: a page of a replica that has stopped says so, others go
// on, and without Redis at least those of the replica itself.
func TestPagesWhileReplicasRestart(t *testing.T) {
	t.Parallel()
	c := startPages(t)
	at := func(i int) *person { return &person{c, "http://" + c.address[i], map[string]string{}} }
	var paths [3]string
	for i := range c.address {
		front := "http://" + c.address[i]
		paths[i], _ = c.openPage(front, c.openSession(front+"/mcp", 0))
	}
	for i := range c.address {
		if got := at(i).send(paths[(i+1)%3], nil); got.status != http.StatusOK || !strings.Contains(got.body, "Connect GitHub") {
			t.Fatalf("a page at another replica: %d %.600s", got.status, got.body)
		}
	}
	c.stop(0)
	c.start(0)
	gone := func(i, of int) bool {
		got := at(i).send(paths[of], nil)
		return got.status == http.StatusGone && strings.Contains(got.body, "replica that has stopped")
	}
	if !gone(1, 0) || !gone(0, 0) {
		t.Errorf("the page of a replica that has stopped: %+v", at(1).send(paths[0], nil))
	}
	kill(c.replicas[1])
	if got := at(2).send(paths[1], nil); got.status != http.StatusServiceUnavailable && got.status != http.StatusGone {
		t.Errorf("the page of a replica that was killed: %d %.300s", got.status, got.body)
	}
	c.waitFor("the page of a replica that was killed is gone", func() bool { return gone(2, 1) && gone(0, 1) })
	unseen, _ := c.openPage("http://"+c.address[0], c.openSession("http://"+c.address[0]+"/mcp", 0))
	kill(c.store)
	if got := at(2).send(paths[2], nil); got.status != http.StatusOK {
		t.Errorf("its own page without the store: %d %.300s", got.status, got.body)
	}
	if got := at(2).send(unseen, nil); got.status != http.StatusServiceUnavailable {
		t.Errorf("another's page without the store: %d %.300s", got.status, got.body)
	}
	for _, header := range []string{"", "forged"} {
		if got := at(2).send(paths[2], nil, "X-Airbyte-Mcp-Peer", header); got.status != http.StatusMisdirectedRequest {
			t.Errorf("a page with the peer header %q: %d", header, got.status)
		}
		if got := at(2).send("/downloads/x", nil, "X-Airbyte-Mcp-Peer", header); got.status != http.StatusMisdirectedRequest {
			t.Errorf("a file with the peer header %q: %d", header, got.status)
		}
	}
}
