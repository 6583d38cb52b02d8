package connectpage_test

import (
	"bytes"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/connectpage"
)

// dot is a PNG of one pixel.
const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

func logo(t *testing.T, picture []byte) connectpage.Logo {
	t.Helper()
	l, err := connectpage.ReadLogo(picture)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func png(t *testing.T) []byte {
	t.Helper()
	picture, err := base64.StdEncoding.DecodeString(dot)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// Each page says who asks and whom to ask; the logo comes from the pages' own origin.
func TestOperatorOnThePages(t *testing.T) {
	t.Parallel()
	for media, picture := range map[string][]byte{
		"image/png":     png(t),
		"image/svg+xml": []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>`),
	} {
		b := newRig(t, func(o *connectpage.Options, f *connectpage.Form) {
			o.Operator = connectpage.Operator{Name: "Acme <Inc>", Contact: "it@acme.example", Logo: logo(t, picture)}
			f.NeedsCode = true
		}).browser()
		page := b.get("")
		b.want(page, 200, `<img src="/airbyte/connect/logo" alt="">`, "<span>Acme &lt;Inc&gt;</span>",
			`<a href="mailto:it@acme.example" rel="noreferrer">it@acme.example</a>`, "Acme &lt;Inc&gt; (tools.example)")
		if policy := page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "img-src 'self';") {
			t.Errorf("the policy is %s", policy)
		}
		got := b.do(b.request(http.MethodGet, publicURL+"/connect/logo", nil, nil))
		if got.status != 200 || got.header.Get("Content-Type") != media || got.body != string(picture) ||
			!strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("the logo is HTTP %d, %v", got.status, got.header)
		}
		b.want(b.do(b.request(http.MethodGet, publicURL+"/connect/none", nil, nil)), 404, "<span>Acme")
	}
}

// Without an operator nothing is shown and no picture may be loaded.
func TestNoOperator(t *testing.T) {
	t.Parallel()
	b := newRig(t, nil).browser()
	page := b.get("")
	if strings.Contains(page.body, "<header") || strings.Contains(page.header.Get("Content-Security-Policy"), "img-src") {
		t.Errorf("got %s", page.body)
	}
	b.want(b.do(b.request(http.MethodGet, publicURL+"/connect/logo", nil, nil)), 404)
}

func TestReadLogo(t *testing.T) {
	t.Parallel()
	for name, picture := range map[string][]byte{
		"a page": []byte("<!DOCTYPE html><title>x</title>"), "nothing": nil, "a text": []byte("logo"),
		"a large one": append(png(t), bytes.Repeat([]byte{0}, 128<<10)...),
	} {
		if _, err := connectpage.ReadLogo(picture); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
