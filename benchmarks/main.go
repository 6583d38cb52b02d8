// Command benchmarks measures the server beside two small proxies, in one run: "bare" has no
// library, "raw" is what the MCP library's documentation shows. All three turn one call into
// one request to the same upstream, so what they add can be compared; figures of different
// runs cannot. See docs/performance.md.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	folder := flag.String("bin", "../bin/bench", "folder with the built programs: airbyte-mcp-server, bare, raw, upstream")
	length := flag.Duration("length", 2*time.Second, "of one measurement")
	starts := flag.Int("starts", 15, "how often a process is started")
	asJSON := flag.Bool("json", false, "print the rows as JSON")
	transports := flag.String("transports", "stdio,http,sse", "which to measure")
	flag.Parse()
	rows, err := run(*folder, strings.Split(*transports, ","), &bench{length: *length, starts: *starts})
	if err != nil {
		log.Fatal(err)
	}
	if *asJSON {
		_ = json.NewEncoder(os.Stdout).Encode(rows)
		return
	}
	fmt.Print(table(rows, *folder))
}

// programs are those that are compared. The first is the one that it is about.
func programs(folder, upstream string) []program {
	peer := func(upstream, addr string) []string {
		args := []string{"-upstream", upstream}
		if addr != "" {
			args = append(args, "-http", addr)
		}
		return args
	}
	ours := func(_, addr string) []string {
		args := []string{"serve", "--max-result-bytes", "8MB", "--log-level", "error"}
		if addr != "" {
			args = append(args, "--http", addr)
		}
		return args
	}
	return []program{
		{name: "ours", path: filepath.Join(folder, "airbyte-mcp-server"), args: ours, tool: "github_issues_list", env: []string{
			"AIRBYTE_API_HOST=" + upstream, "AIRBYTE_CLOUD_HOST=" + upstream, "AIRBYTE_CLIENT_ID=bench", "AIRBYTE_CLIENT_SECRET=bench",
			"HOME=/nonexistent",
		}},
		{name: "bare", path: filepath.Join(folder, "bare"), args: peer, tool: "list"},
		{name: "raw", path: filepath.Join(folder, "raw"), args: peer, tool: "list"},
	}
}

func run(folder string, transports []string, b *bench) ([]row, error) {
	upstream, stop, err := startUpstream(filepath.Join(folder, "upstream"))
	if err != nil {
		return nil, err
	}
	defer stop()
	b.upstream = upstream
	if err := b.reachable(); err != nil {
		return nil, err
	}
	direct, err := b.direct()
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, transport := range transports {
		for _, p := range programs(folder, upstream) {
			if transport == "sse" && p.name != "ours" {
				continue
			}
			r, err := b.measure(p, transport, direct)
			if err != nil {
				return nil, fmt.Errorf("%s on %s: %w", p.name, transport, err)
			}
			rows = append(rows, r)
		}
	}
	if len(rows) > 0 && rows[0].Transport == "stdio" {
		rows[0].StartAll, err = b.coldOfAll(programs(folder, upstream)[0])
	}
	return rows, err
}

// coldOfAll is cold for a workspace with every connector.
func (b *bench) coldOfAll(p program) (float64, error) {
	p.env = append(p.env, "AIRBYTE_WORKSPACE=all")
	return b.cold(p, "stdio")
}

// table is the rows for people.
func table(rows []row, folder string) string {
	var out strings.Builder
	out.WriteString("| | added p50, 1 kB (ms) | CPU per call, 1 kB / 20 kB / 1 MB (ms) | calls/s at 16, 1 kB / 20 kB / 1 MB " +
		"| start to tools/list (ms) | tools/list (ms) | RSS idle; after 64 x 1 MB (MB) | of ideal behind 20 ms | binary (MB) |\n" +
		"|---|---|---|---|---|---|---|---|---|\n")
	for _, r := range rows {
		start := fmt.Sprintf("%.0f", r.Start)
		if r.StartAll > 0 {
			start += fmt.Sprintf("; all connectors %.0f", r.StartAll)
		}
		name := r.Program
		if name == "ours" {
			name = "airbyte-mcp-server"
		}
		size := 0.0
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil {
			size = float64(info.Size()) / 1e6
		}
		fmt.Fprintf(&out, "| %s, %s | %.2f | %.3f / %.2f / %.1f | %.0f / %.0f / %.0f | %s | %.2f | %.0f; %.0f | %.0f %% | %.1f |\n",
			r.Program, r.Transport, r.Added, r.CPU[0], r.CPU[1], r.CPU[2], r.Rate[0], r.Rate[1], r.Rate[2], start, r.List,
			r.RSS, r.RSSAfter, 100*r.OfIdeal, size)
	}
	return out.String()
}
