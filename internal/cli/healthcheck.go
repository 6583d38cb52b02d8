package cli

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"
)

type healthcheckCmd struct {
	URL string `arg:"" optional:"" help:"What to ask; by default /healthz of the address that AIRBYTE_MCP_HTTP names."`
}

// healthTime bounds the question.
const healthTime = 3 * time.Second

// Run asks a server whether it is alive. A server over stdio has nobody to ask but its
// host, and is as well as it can be.
func (c *healthcheckCmd) Run(ctx context.Context, a *app) error {
	url := c.URL
	if url == "" {
		addr, _ := a.LookupEnv("AIRBYTE_MCP_HTTP")
		if addr == "" {
			_, err := fmt.Fprintln(a.Stdout, "nothing is served over HTTP")
			return err
		}
		url = a.healthURL(addr)
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return &usageError{err}
	}
	// It is this machine that is asked, and its certificate is for another name.
	anyName := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // nothing is sent
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: anyName}}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("asking %s: %w", url, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered with HTTP %d", url, resp.StatusCode)
	}
	_, err = fmt.Fprintln(a.Stdout, "ok")
	return err
}

func (a *app) healthURL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || host == "" || net.ParseIP(host).IsUnspecified() {
		host = "127.0.0.1"
	}
	scheme := "http"
	if a.settings.TLSCert != "" {
		scheme = "https"
	}
	return scheme + "://" + net.JoinHostPort(host, port) + "/healthz"
}
