package connectpage

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"net/http"
	"strings"
)

// Operator is who runs the server, as the pages show it. The zero Operator shows nothing.
type Operator struct {
	Name    string
	Contact string // a mail address, or an https address
	Logo    Logo
}

// Logo is a picture that the pages serve themselves.
type Logo struct {
	bytes []byte
	media string
}

// maxLogo bounds a logo, in bytes.
const maxLogo = 128 << 10

// ReadLogo takes a picture of a type that every browser shows, by its first bytes.
func ReadLogo(picture []byte) (Logo, error) {
	if len(picture) > maxLogo {
		return Logo{}, fmt.Errorf("the logo has %d bytes; at most %d are served", len(picture), maxLogo)
	}
	media := http.DetectContentType(picture)
	switch media {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return Logo{picture, media}, nil
	}
	start := bytes.TrimSpace(picture[:min(len(picture), 512)])
	if bytes.HasPrefix(start, []byte("<")) && bytes.Contains(start, []byte("<svg")) {
		return Logo{picture, "image/svg+xml"}, nil
	}
	return Logo{}, errors.New("the logo is no PNG, JPEG, GIF, WebP or SVG picture")
}

// logoName is the page with the logo, in the place of a page's secret, which is longer.
const logoName = "logo"

// serveLogo serves the picture. A browser runs nothing of it: the policy of every answer
// forbids that.
func (v *visitor) serveLogo(l Logo) {
	v.w.Header().Set("Content-Type", l.media)
	_, _ = v.w.Write(l.bytes) // a browser that is gone misses nothing
}

// header is above each page.
func (o Operator) header(base base) string {
	if o.Name == "" && o.Logo.bytes == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<header class="operator">`)
	if o.Logo.bytes != nil {
		alt := ""
		if o.Name == "" {
			alt = "Logo of the operator"
		}
		fmt.Fprintf(&b, `<img src="%s" alt="%s">`, html.EscapeString(base.path+Mount+logoName), alt)
	}
	if o.Name != "" {
		b.WriteString(`<span>` + html.EscapeString(o.Name) + `</span>`)
	}
	b.WriteString("</header>\n")
	return b.String()
}

// footer is below each page.
func (o Operator) footer() string {
	if o.Contact == "" {
		return ""
	}
	address := o.Contact
	if !strings.HasPrefix(address, "https://") {
		address = "mailto:" + address
	}
	return fmt.Sprintf(`<p>Questions: <a href="%s" rel="noreferrer">%s</a></p>`+"\n", html.EscapeString(address), html.EscapeString(o.Contact))
}
