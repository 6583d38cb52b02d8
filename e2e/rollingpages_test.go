package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// keptThing is a page or a file that one replica has.
type keptThing struct {
	name, path string
	replica    int
	cookies    map[string]string
	bearer     string
	ticket     string // of a page
	code       string // of a page that waits for it
}

// life is how far a replica has got that is asked to stop.
type life = atomic.Int32

const (
	running int32 = iota
	stopping
	stopped
)

// keepThings opens two pages at each replica, of which one is filled in, and downloads a file.
func (c *cluster) keepThings() []keptThing {
	c.t.Helper()
	var things []keptThing
	for i, address := range c.address {
		front := "http://" + address
		session := c.openSession(front+"/mcp", 0)
		path, ticket := c.openPage(front, session)
		things = append(things, keptThing{name: fmt.Sprint("form of ", i), path: path, replica: i, ticket: ticket})
		path, ticket = c.openPage(front, session)
		p := &person{c, c.front, map[string]string{}}
		code := p.fill(path, "githubPAT")
		things = append(things, keptThing{
			name: fmt.Sprint("code of ", i), path: path + "/code", replica: i, cookies: p.cookies, ticket: ticket, code: code,
		})
		file, _ := c.download(front, session)
		things = append(things, keptThing{name: fmt.Sprint("file of ", i), path: file, replica: i, bearer: c.keys[0]})
	}
	return things
}

// look asks for a thing once.
func (k *keptThing) look(c *cluster, front string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, front+k.path, nil)
	if err != nil {
		return 0, "", err
	}
	req.Host = publicName
	for name, value := range k.cookies {
		req.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if k.bearer != "" {
		req.Header.Set("Authorization", "Bearer "+k.bearer)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

// fault is what is wrong with an answer about a thing of a replica whose life was one of
// these while it was asked for.
func (k *keptThing) fault(lives []int32, status int, body string, err error) string {
	isGone := status == http.StatusGone && strings.Contains(body, "stopped")
	isAway := status == http.StatusServiceUnavailable && strings.Contains(body, "at another replica")
	isThere := status == http.StatusOK && strings.Contains(body, k.code) || status == http.StatusSeeOther && k.code != "" // it was used
	switch {
	case err == nil && isThere && !slices.Equal(lives, []int32{stopped, stopped}):
		return ""
	case err == nil && (isGone || isAway) && lives[1] == stopping:
		return ""
	case err == nil && isGone && lives[1] == stopped:
		return ""
	}
	return fmt.Sprintf("%s, %v: %d %v %.200s", k.name, lives, status, err, body)
}

// TestPagesDuringRollingRestart asks for forms, codes and files through both balancers while
// one replica after the other is restarted: they are there until their replica ends, whichever
// replica is asked, and then say so.
func TestPagesDuringRollingRestart(t *testing.T) {
	t.Parallel()
	c := startPages(t)
	fronts := []string{c.front, c.nginx()}
	things := c.keepThings()
	var lives [3]life
	stop, looking := make(chan struct{}), sync.WaitGroup{}
	for _, front := range fronts {
		looking.Go(func() { c.watch(front, things, &lives, stop) })
	}
	for i := range c.address {
		lives[i].Store(stopping)
		c.stop(i)
		lives[i].Store(stopped)
		c.start(i)
		c.askForPages(things, i)
	}
	close(stop)
	looking.Wait()
	for _, front := range fronts {
		p := &person{c, front, map[string]string{}}
		if got := p.send(things[0].path, url.Values{"token": {"x"}, "m0.token": {"ghp_e2e"}}); got.status != http.StatusGone ||
			!strings.Contains(got.body, "nothing was kept") || strings.Contains(got.body, "ghp_e2e") {
			t.Errorf("a form sent after the end of its replica: %d %.300s", got.status, got.body)
		}
		c.story(front)
	}
}

// watch looks at things through a balancer, in turn, until it shall stop.
func (c *cluster) watch(front string, things []keptThing, lives *[3]life, stop <-chan struct{}) {
	seen, faults := map[int]int{}, 0
	for n := 0; ; n++ {
		k := &things[n%len(things)]
		before := lives[k.replica].Load()
		status, body, err := k.look(c, front)
		seen[status]++
		if fault := k.fault([]int32{before, lives[k.replica].Load()}, status, body, err); fault != "" {
			if faults++; faults < 10 {
				c.t.Errorf("through %s: %s", front, fault)
			}
		}
		select {
		case <-stop:
			c.t.Logf("through %s: answers by status %v, %d faults", front, seen, faults)
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// askForPages calls with the tickets of the pages whose replica was the last to restart or did
// so before, and with those of the next replica.
func (c *cluster) askForPages(things []keptThing, restarted int) {
	c.t.Helper()
	session := c.openSession(c.front+"/mcp", 0)
	for _, k := range things {
		want := `"connected"`
		switch {
		case k.ticket == "" || k.replica > restarted+1:
			continue
		case k.replica <= restarted:
			want = "replica that has stopped"
		case k.code == "":
			want = "waiting_for_user"
		}
		if text := c.connecting(c.front, session, `{"ticket":"`+k.ticket+`","code":"`+k.code+`"}`); !strings.Contains(text, want) {
			c.t.Errorf("%s after the restart of %d: %s", k.name, restarted, text)
		}
	}
}
