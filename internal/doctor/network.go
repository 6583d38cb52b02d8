package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"airbyte-mcp-server/airbyte"
)

// network asks every host that may be needed for anything at all.
func (e *exam) network(ctx context.Context) Layer {
	hosts := e.Client.Hosts(airbyte.DialectAuto)
	l := Layer{Status: OK}
	for i, host := range hosts {
		probe, err := e.Client.Probe(ctx, host)
		e.probes = append(e.probes, probe)
		if err == nil {
			l.Details = append(l.Details, describeProbe(probe))
			continue
		}
		l.Details = append(l.Details, probe.Host+": "+err.Error())
		// The second host is needed where the API turns out to speak its older dialect.
		needed := i == 0 || e.Settings.APIDialect == string(airbyte.DialectSeed)
		switch {
		case needed && l.Status != Problem:
			l.Status, l.Text = Problem, err.Error()
			l.Advice = networkAdvice(err)
			l.Details = append(l.Details, e.setting([]string{"api-host", "cloud-host"}[min(i, 1)]))
		case !needed && l.Status == OK:
			l.Status, l.Text = Warn, fmt.Sprintf("%s; only the API's older dialect needs this host", err)
			l.Advice = networkAdvice(err) + "\nor set AIRBYTE_MCP_API_DIALECT=current, so that it is never asked"
		}
	}
	if l.Status == OK {
		l.Text = strings.Join(hosts, " and ") + " can be reached"
	}
	if e.Settings.CAFile != "" {
		l.Details = append(l.Details, "trusted besides the system's authorities: "+e.Settings.CAFile)
	}
	return l
}

// networkAdvice is what to do about a host that cannot be reached.
func networkAdvice(err error) string {
	if failure, ok := errors.AsType[*airbyte.ProbeError](err); ok && failure.Hint != "" {
		return failure.Hint
	}
	return "check the network"
}

// describeProbe describes the way to a host.
func describeProbe(p *airbyte.Probe) string {
	parts := []string{strings.Join(p.Addresses, " ")}
	if p.Proxy != "" {
		parts = []string{"through the proxy " + p.Proxy}
	}
	if p.TLS != "" {
		parts = append(parts, p.TLS)
	}
	if !p.CertificateExpires.IsZero() {
		parts = append(parts, "certificate until "+p.CertificateExpires.UTC().Format(time.DateOnly))
	}
	return fmt.Sprintf("%s: %s, %d ms", p.Host, strings.Join(parts, ", "), p.Took.Milliseconds())
}

// mostSkew is how far clocks may be apart before tokens and certificates suffer.
const mostSkew = 2 * time.Minute

// clock compares this machine's clock with the server's.
func (e *exam) clock(context.Context) Layer {
	for _, p := range e.probes {
		if p.ServerTime.IsZero() {
			continue
		}
		if p.Skew.Abs() <= mostSkew {
			return Layer{Status: OK, Text: "agrees with the server's, within two minutes"}
		}
		direction := "ahead of"
		if p.Skew < 0 {
			direction = "behind"
		}
		return Layer{
			Status: Problem, Text: fmt.Sprintf("this machine's clock is %s %s the server's", p.Skew.Abs().Round(time.Second), direction),
			Advice: "set this machine's clock and let it follow a time server (NTP): tokens and certificates are judged by it",
			Details: []string{"here " + p.ServerTime.Add(p.Skew).UTC().Format(time.DateTime),
				"at " + p.Host + " " + p.ServerTime.UTC().Format(time.DateTime)},
		}
	}
	return Layer{Status: Skipped, Text: "no host tells its time"}
}
