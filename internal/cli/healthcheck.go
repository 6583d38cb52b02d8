package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

type healthcheckCmd struct {
	URL string `arg:"" optional:"" help:"Server to ask, such as http://127.0.0.1:8080; by default the address that AIRBYTE_MCP_HTTP names."`
}

// healthTime bounds the question.
const healthTime = 3 * time.Second

// Run asks a server over HTTP whether it is alive.
func (c *healthcheckCmd) Run(ctx context.Context, a *app) error {
	target, err := c.target(a)
	if err != nil {
		return &usageError{err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return &usageError{err: err}
	}
	// It is this machine that is asked, and its certificate is for another name.
	anyName := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // nothing is sent
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: anyName}}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("asking %s: %w", target, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered with HTTP %d", target, resp.StatusCode)
	}
	_, err = fmt.Fprintln(a.Stdout, "ok")
	return err
}

// target is the URL that is asked. A URL without a path means the usual one.
func (c *healthcheckCmd) target(a *app) (string, error) {
	if c.URL == "" {
		addr, _ := a.LookupEnv("AIRBYTE_MCP_HTTP")
		if addr == "" {
			return "", errors.New("no server to ask: nothing is served over HTTP here (AIRBYTE_MCP_HTTP is not set), and no URL was given")
		}
		return a.healthURL(addr), nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("%q: want a URL such as http://127.0.0.1:8080", c.URL)
	}
	if u.Path == "" || u.Path == "/" {
		u.Path = "/healthz"
	}
	return u.String(), nil
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
