package e2e_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// tenantsFor is how long TestTenantsUnderFaults runs: `go test ./e2e -run TenantsUnderFaults
// -tenants-for 20m`.
var tenantsFor = flag.Duration("tenants-for", 20*time.Second, "how long TestTenantsUnderFaults runs")

const (
	tenantCount   = 50      // the first is hostile
	maxReplicaRSS = 256_000 // kB
)

// TestTenantsUnderFaults has one tenant attack while the others work and the store is
// restarted twice, behind each balancer. The others notice nothing, no answer has anything
// of another tenant, and each write is made once, with its intent in the audit log.
func TestTenantsUnderFaults(t *testing.T) { //nolint:paralleltest // it counts on the machine for itself
	if testing.Short() {
		t.Skip("skipped: it takes long")
	}
	if _, err := exec.LookPath("nginx"); err != nil {
		t.Skip("skipped: nginx is not installed")
	}
	c := newCluster(t)
	log := filepath.Join(t.TempDir(), "audit.log")
	connectors := c.openWorkspaces()
	c.serve(c.writeTenantKeys(), "--audit-log", log)
	memory := c.watchMemory()
	var healthy []*tenant
	for number := 1; number < tenantCount; number++ {
		healthy = append(healthy, newTenant(c, number))
	}
	for _, balance := range []func(){c.balance, c.balanceWithNginx} {
		balance()
		c.faultyWhile(*tenantsFor/2, healthy, connectors[1])
	}
	judgeAnswers(t, healthy)
	c.judgeWrites(healthy, connectors, log)
	for i, most := range memory() {
		t.Logf("replica %d held at most %d kB", i, most)
		if most > maxReplicaRSS {
			t.Errorf("replica %d held %d kB, more than %d", i, most, maxReplicaRSS)
		}
	}
}

// openWorkspaces makes a workspace with a connector for each tenant. It returns the
// connectors' ids.
func (c *cluster) openWorkspaces() []string {
	c.t.Helper()
	var ids []string
	for number := range tenantCount {
		ids = append(ids, connectGitHub(c.t, c.env, fmt.Sprintf("tenant-%d", number)))
	}
	return ids
}

// writeTenantKeys makes a key for each tenant, and a file of them.
func (c *cluster) writeTenantKeys() (path string) {
	c.t.Helper()
	var file strings.Builder
	file.WriteString("keys:\n")
	for number := range tenantCount {
		id := fmt.Sprintf("tenant%d", number)
		key := fmt.Sprintf("amk_%s_%052d", id, number)
		c.keys = append(c.keys, key)
		fmt.Fprintf(&file, "  - {id: %s, hash: 'sha256:%x', workspace: tenant-%d}\n", id, sha256.Sum256([]byte(key)), number)
	}
	path = filepath.Join(c.t.TempDir(), "keys.yaml")
	if err := os.WriteFile(path, []byte(file.String()), 0o600); err != nil {
		c.t.Fatal(err)
	}
	return path
}

// balanceWithNginx puts nginx before the replicas, as the configuration that is shipped does.
func (c *cluster) balanceWithNginx() {
	c.t.Helper()
	front, dir := freeAddress(c.t), c.t.TempDir()
	var config strings.Builder
	config.WriteString("daemon off;\nmaster_process off;\npid " + dir + "/pid;\nerror_log stderr crit;\n" +
		"events { worker_connections 4096; }\nhttp {\naccess_log off;\n")
	for _, name := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		config.WriteString(name + "_temp_path " + filepath.Join(dir, name) + ";\n")
	}
	config.WriteString("upstream replicas {\nleast_conn;\nkeepalive 64;\n")
	for _, at := range c.address {
		config.WriteString("server " + at + " max_fails=1 fail_timeout=5s;\n")
	}
	config.WriteString("}\nserver {\nlisten " + front + ";\nclient_max_body_size 4m;\nclient_body_timeout 30s;\nproxy_http_version 1.1;\n" +
		"proxy_set_header Connection \"\";\nproxy_set_header Host $host;\nproxy_buffering off;\nproxy_connect_timeout 2s;\n" +
		"proxy_read_timeout 5m;\nproxy_next_upstream error timeout;\nlocation / { proxy_pass http://replicas; }\n}\n}\n")
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(config.String()), 0o600); err != nil {
		c.t.Fatal(err)
	}
	cmd := exec.CommandContext(c.t.Context(), "nginx", "-c", path, "-p", dir)
	cmd.Stderr = &logFile{t: c.t, name: "nginx"}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { kill(cmd) })
	c.front = "http://" + front
	c.waitFor("the balancer has a replica", func() bool { return status(http.MethodGet, c.front+"/readyz") == http.StatusOK })
}

// faultyWhile has the tenants work and the first one attack, while the store is restarted
// twice.
func (c *cluster) faultyWhile(length time.Duration, healthy []*tenant, foreign string) {
	c.t.Helper()
	stop, quiet := make(chan struct{}), make(chan struct{})
	var working, attacking sync.WaitGroup
	attacker := newAttacker(c, foreign)
	attacking.Go(func() { attacker.attack(quiet) })
	for _, one := range healthy {
		working.Go(func() { one.work(stop) })
	}
	for range 2 {
		<-time.After(length / 3)
		kill(c.store)
		c.startStore()
	}
	<-time.After(length / 3)
	close(stop)
	working.Wait()
	close(quiet)
	attacking.Wait()
	c.t.Logf("behind %s: attacks %v", c.front, attacker.report())
}

// watchMemory looks at how much memory the replicas hold, until the function that it returns
// is called, which tells the most in kB.
func (c *cluster) watchMemory() func() []int {
	stop, done := make(chan struct{}), make(chan []int, 1)
	go func() {
		most := make([]int, len(c.replicas))
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			for i, replica := range c.replicas {
				most[i] = max(most[i], residentMemory(replica.Process.Pid))
			}
			select {
			case <-tick.C:
			case <-stop:
				done <- most
				return
			}
		}
	}()
	return func() []int {
		close(stop)
		return <-done
	}
}

// residentMemory is what a process holds, in kB; 0 where the system does not tell.
func residentMemory(pid int) int { return memoryOf(pid, "VmRSS:") }

// memoryOf is what the kernel says about the memory of a process, in kB.
func memoryOf(pid int, what string) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // the process may have ended
	_, rest, _ := strings.Cut(string(text), what)
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	size, _ := strconv.Atoi(fields[0]) // of the kernel
	return size
}

// judgeAnswers wants nearly all of what the tenants asked for answered, and nothing of others.
func judgeAnswers(t *testing.T, healthy []*tenant) {
	t.Helper()
	var calls, failed, again int
	var slowest []time.Duration
	for _, one := range healthy {
		calls, failed, again = calls+one.calls, failed+len(one.failures), again+one.again
		slowest = append(slowest, one.took...)
		for _, text := range one.foreign {
			t.Errorf("tenant %d was shown %s", one.number, text)
		}
		for _, text := range one.failures {
			t.Logf("tenant %d: %s", one.number, text)
		}
	}
	if len(slowest) == 0 {
		t.Fatal("no tenant has called anything")
	}
	slices.Sort(slowest)
	t.Logf("%d calls, %d failed, %d requests were sent again; p50 %v, p99 %v, max %v", calls, failed, again,
		slowest[len(slowest)/2], slowest[len(slowest)*99/100], slowest[len(slowest)-1])
	if failed*1000 > calls {
		t.Errorf("%d of %d calls were not answered, more than one in a thousand", failed, calls)
	}
}

// judgeWrites wants each write once, in the log and at the API.
func (c *cluster) judgeWrites(healthy []*tenant, connectors []string, log string) {
	c.t.Helper()
	if twice := c.repeatedWrites(); len(twice) > 0 {
		c.t.Errorf("%d writes arrived twice", len(twice))
	}
	intents := map[string]int{}
	for _, line := range readAudit(c.t, log) {
		if line.Event == "intent" {
			intents[line.ConnectorID]++
		}
	}
	seen := c.createdWith()
	for _, one := range healthy {
		id := connectors[one.number]
		if seen[id] > intents[id] || seen[id] < one.written {
			c.t.Errorf("tenant %d: %d writes have succeeded, the API has seen %d, the log has %d intents",
				one.number, one.written, seen[id], intents[id])
		}
	}
	for i := range c.replicas {
		c.stop(i)
	}
	report, code := verifyAudit(c.t, c.env, log)
	c.t.Logf("audit verify: code %d, %d starts, %d open intents", code, report.Starts, len(report.Open))
	if code != 0 || report.Starts != len(c.replicas) || len(report.Problems)+len(report.Open) != 0 {
		c.t.Errorf("audit verify: code %d and %+v", code, report)
	}
}

// createdWith counts the writes that the API has seen, by connector.
func (c *cluster) createdWith() map[string]int {
	c.t.Helper()
	var seen struct {
		Executes []struct {
			Connector, Action string
			Count             int
		}
	}
	getJSON(c.t, c.emulator+"/__sandbox/requests", &seen)
	counts := map[string]int{}
	for _, x := range seen.Executes {
		if x.Action == "create" {
			counts[x.Connector] += x.Count
		}
	}
	return counts
}
