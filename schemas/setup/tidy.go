package setup

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// tidy gives a text the form that a setting has, where people copy more than that,
// such as the address of their account for its subdomain. It changes only what can be
// meant in one way, and refuses the rest.
func tidy(form *schemas.Form, text string) (tidied, problem string) {
	if form == nil {
		return text, ""
	}
	switch form.Kind {
	case schemas.FormSubdomain:
		return subdomain(text, "."+form.Domain)
	case schemas.FormHost:
		return hostName(text)
	case schemas.FormRepository:
		return repository(text, form.Domain)
	case schemas.FormNumber:
		return dashedNumber.ReplaceAllString(text, "$1$2$3"), ""
	}
	return text, ""
}

// hostLabel is one part of a host name.
var hostLabel = lazyregexp.New(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// subdomain reads the part of an account's address before the vendor's domain.
func subdomain(text, domain string) (string, string) {
	problem := "must be the name alone: acme for https://acme" + domain
	name := strings.ToLower(text)
	if strings.ContainsAny(name, ".:/") {
		host, _ := hostOf(name)
		var ours bool
		if name, ours = strings.CutSuffix(host, domain); !ours {
			return "", problem
		}
	}
	if !hostLabel.MatchString(name) || name == "www" {
		return "", problem
	}
	return name, ""
}

// hostName reads a host, of which the address in the browser may be given.
func hostName(text string) (string, string) {
	host, ok := hostOf(strings.ToLower(text))
	u, err := url.Parse("//" + host)
	if !ok || err != nil || u.Path != "" || !strings.Contains(u.Hostname(), ".") && u.Hostname() != "localhost" {
		return "", "must be a host name alone, such as host.example.com"
	}
	for part := range strings.SplitSeq(u.Hostname(), ".") {
		if !hostLabel.MatchString(part) {
			return "", "must be a host name alone, such as host.example.com"
		}
	}
	rest := strings.TrimPrefix(strings.TrimPrefix(strings.ToLower(text), "https://"), "http://")
	if _, path, _ := strings.Cut(rest, "/"); path != "" {
		return "", "must be a host name without a path, such as host.example.com"
	}
	return host, ""
}

// hostOf is the host of an address with or without its scheme.
func hostOf(text string) (string, bool) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	if err != nil || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return "", false
	}
	return u.Host, true
}

var (
	repositoryForm = lazyregexp.New(`^[A-Za-z0-9][A-Za-z0-9-]*/([A-Za-z0-9_.-]+|\*)$`)
	dashedNumber   = lazyregexp.New(`\b(\d{3})-(\d{3})-(\d{4})\b`)
)

// repository reads owner/name, of which the address in the browser or the one to
// clone from may be given.
func repository(text, domain string) (string, string) {
	name := text
	for _, prefix := range []string{"https://" + domain + "/", "http://" + domain + "/", domain + "/", "git@" + domain + ":"} {
		if rest, ok := strings.CutPrefix(text, prefix); ok {
			name = strings.TrimSuffix(strings.TrimSuffix(rest, "/"), ".git")
		}
	}
	if !repositoryForm.MatchString(name) {
		return "", "must be owner/name, or owner/* for all of an owner"
	}
	return name, ""
}

// resolve is the value of a constant at a point in time; nil for one that cannot
// be told.
func resolve(c schemas.ConfigAssign, now time.Time) json.RawMessage {
	relative := c.Relative
	var age struct {
		BeforeNow string `json:"before_now"`
		Strftime  string `json:"strftime"`
	}
	if relative == nil {
		relative = c.Value
	}
	if json.Unmarshal(relative, &age) != nil || age.BeforeNow == "" {
		return c.Value
	}
	days, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(age.BeforeNow, "P"), "D"))
	if err != nil {
		return nil
	}
	layout := strings.NewReplacer("%Y", "2006", "%m", "01", "%d", "02", "%H", "15", "%M", "04", "%S", "05").Replace(age.Strftime)
	return json.RawMessage(strconv.Quote(now.UTC().AddDate(0, 0, -days).Format(layout)))
}
