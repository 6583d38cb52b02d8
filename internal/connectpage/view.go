package connectpage

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the pages
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"

	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/htmlpage"
	"airbyte-mcp-server/schemas"
)

//go:embed page/layout.html
var layoutHTML string

//go:embed page/form.html
var formHTML string

//go:embed page/code.html
var codeHTML string

//go:embed page/style.css
var styleCSS string

// views are the pages, ready to be filled in.
type views struct {
	pages     *htmlpage.Pages
	styleHash string // as a source for style-src
	logo      Logo
}

func newViews(opts Options) *views {
	at := base{}
	if opts.BaseURL != nil {
		at, _ = parseBase(opts.BaseURL()) // whoever asks for a page is told what is wrong with it
	}
	raw := map[string]string{"style": styleCSS, "operator": opts.Operator.header(at), "contact": opts.Operator.footer()}
	pages, err := htmlpage.Parse(raw, layoutHTML, formHTML, codeHTML)
	if err != nil {
		panic(err) // our own files
	}
	sum := sha256.Sum256([]byte(styleCSS))
	return &views{pages, "sha256-" + base64.StdEncoding.EncodeToString(sum[:]), opts.Operator.Logo}
}

// write sends a page whole, or an error.
func (v *visitor) write(status int, page string, data any) {
	var b bytes.Buffer
	if err := v.views.pages.Execute(&b, page, data); err != nil {
		http.Error(v.w, "this page could not be made", http.StatusInternalServerError)
		return
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(status)
	_, _ = v.w.Write(b.Bytes()) // a browser that is gone misses nothing
}

// message is a page that only tells something.
type message struct{ Title, Text, Link, LinkText string }

func (v *visitor) showMessage(status int, title, text string) {
	v.write(status, "message", message{Title: title, Text: text})
}

// showMessageWithLink is showMessage, with the way back to the form.
func (v *visitor) showMessageWithLink(status int, title, text string) {
	v.write(status, "message", message{title, text, v.ticket.path, "Open the form"})
}

// showEnded tells why there is no form any more.
func (v *visitor) showEnded(now snapshot) {
	switch now.phase {
	case done:
		v.showMessage(http.StatusGone, "This link has been used",
			"The connector was created with it. For another connector you need another link. "+v.ticket.pages.anew())
	case cancelled:
		defer v.ticket.markResultSeen()
		v.showMessage(http.StatusGone, "Cancelled", "Nothing was created and nothing was kept. "+
			"You can close this page and go back to "+v.ticket.pages.asker()+".")
	case void:
		v.showMessage(http.StatusGone, "This link is void", "Five wrong codes were given for it. Nothing was created and nothing was kept.")
	case expired:
		v.showMessage(http.StatusGone, "This link has expired", "Nothing was kept. "+v.ticket.pages.anew())
	default:
		v.showMessage(http.StatusGone, "This link is closed", "The program that it belongs to was stopped, and nothing was kept.")
	}
}

// doneView is the page about the connector that was created.
type doneView struct {
	Heading, Name, Workspace, Warning string
	Asker, Kept                       string
	Lines                             []string
}

// showEnd shows what came of the form. It can be looked at again.
func (v *visitor) showEnd() {
	switch now := v.ticket.snapshot(); now.phase {
	case open:
		v.redirect("")
	case done:
		v.ticket.markResultSeen()
		out := now.outcome
		v.write(http.StatusOK, "done", doneView{
			v.ticket.title + " is connected", cleantext.Line(out.ConnectorName), v.ticket.workspace, out.Warning,
			v.ticket.pages.asker(), v.ticket.kept(), out.Lines,
		})
	default:
		v.showEnded(now)
	}
}

// consentView is the page before the consent.
type consentView struct {
	Heading, Title, Host, Target, Back, Until string
	Leads                                     bool // by itself
}

func newConsentView(t *Ticket, now snapshot) consentView {
	return consentView{"Sign in at " + t.title, t.title, now.consent.url.Host, now.consent.url.String(), t.path, until(now), false}
}

func until(now snapshot) string {
	left := "for less than a minute"
	switch minutes := int(math.Ceil(time.Until(now.deadline).Minutes())); {
	case minutes == 2:
		left = "for two more minutes"
	case minutes > 2:
		left = fmt.Sprintf("for %d more minutes", minutes)
	}
	return "This link can be used once, " + left + "."
}

// kept says what becomes of what is entered, and how to end that.
func (t *Ticket) kept() string {
	return "Airbyte keeps what you enter, to call " + t.title + " with it, until the connector is deleted: by " + t.pages.asker() +
		", or in Airbyte. To end the access at once, revoke it at " + t.title + ", where you made it. This server keeps nothing."
}

// formView is the form.
type formView struct {
	PageTitle, Heading, Workspace string
	Asking                        *askingView // where the form may have come to a stranger
	Title, Docs                   string
	Action, Token, Until          string
	Alarm, Problem, Kept, Way     string
	Faults                        []faultView
	ChoiceFault                   string
	Choices                       []choiceView
	Settings                      []fieldView
	Name                          fieldView
	Submits, Consents             bool // whether there are choices that do
}

// faultView is a line of the summary of errors.
type faultView struct{ ID, Text string }

type choiceView struct {
	ID, Value, Title, Vendor, Link string
	MadeAt, Given                  string // where what is given is made, and what it is
	Checked, Consent               bool
	Fields                         []fieldView
	Scopes                         []string
}

func newFormView(t *Ticket, b base, now snapshot, e *entry, problem string, faults []schemas.Fault) formView {
	f := now.form
	view := formView{
		Heading: "Connect " + t.title, Workspace: t.workspace, Title: t.title, Docs: webURL(f.Setup.DocsURL),
		Action: t.path, Token: t.token, Until: until(now),
		Alarm: "That did not work", Problem: problem, Kept: t.kept(), Way: t.pages.way(),
	}
	if t.needsCode {
		asking := t.asking(b)
		view.Asking, view.Workspace = &asking, ""
	}
	view.PageTitle = view.Heading
	again := problem != "" || len(faults) > 0
	if again {
		view.PageTitle = "Error: " + view.Heading
	}
	if len(faults) > 0 {
		view.Alarm = "Something has to be put right"
	}
	for i, c := range f.choices() {
		view.add(i, c, t, f, e)
	}
	view.Submits = view.Submits || len(view.Choices) == 0
	view.Settings = fieldViews(f.settings(), e)
	view.Name = fieldView{ID: "name", Key: "name", Label: "Name of the connector", Kind: "text", Value: e.name,
		About: "To tell it from others of its kind."}
	view.point(faults)
	view.describe(again)
	return view
}

func (view *formView) add(i int, c choice, t *Ticket, f *Form, e *entry) {
	one := choiceView{
		ID: fmt.Sprintf("method-%d", i), Value: c.value, Title: c.title, Vendor: t.title,
		Link: t.path + "?method=" + url.QueryEscape(c.value), Checked: c.value == e.choice.value, Consent: c.consent,
		Fields: fieldViews(f.credentials(c), e),
	}
	if c.method >= 0 {
		one.Scopes = f.Setup.Methods[c.method].Scopes
	}
	if c.method >= 0 && !c.consent && webURL(f.Setup.Methods[c.method].MadeAt) != "" {
		one.MadeAt, one.Given, view.Docs = f.Setup.Methods[c.method].MadeAt, f.given(c), ""
	}
	if len(one.Fields) > 0 && one.Fields[0].Label == c.title {
		one.Fields[0].Twice = true
	}
	view.Submits, view.Consents = view.Submits || !c.consent, view.Consents || c.consent
	view.Choices = append(view.Choices, one)
}

// point puts each fault beside the fields that it names, and all into the summary.
func (view *formView) point(faults []schemas.Fault) {
	for _, f := range faults {
		line := faultView{Text: f.String()}
		path, _, _ := strings.Cut(f.Path, "[")
		fields := view.named(path)
		for i, field := range fields {
			text := field.word(f.Problem)
			field.Problem = strings.TrimSpace(field.Problem + " " + text)
			if i == 0 {
				line = faultView{field.ID, text}
			}
		}
		if len(fields) == 0 && path == "method" && len(view.Choices) > 1 {
			view.ChoiceFault = "The way to sign in " + f.Problem
			line = faultView{view.Choices[0].ID, view.ChoiceFault}
		}
		view.Faults = append(view.Faults, line)
	}
}

// named finds the fields of a name among those that count.
func (view *formView) named(name string) []*fieldView {
	var found []*fieldView
	look := func(fields []fieldView) {
		for i := range fields {
			if fields[i].name == name {
				found = append(found, &fields[i])
			}
		}
	}
	for _, c := range view.Choices {
		if c.Checked {
			look(c.Fields)
		}
	}
	look(view.Settings)
	if len(found) == 0 && name == "name" {
		found = append(found, &view.Name)
	}
	return found
}

// describe tells each field what belongs to it, once all of it is known.
func (view *formView) describe(again bool) {
	for _, c := range view.Choices {
		for i := range c.Fields {
			c.Fields[i].describe(again)
		}
	}
	for i := range view.Settings {
		view.Settings[i].describe(again)
	}
	view.Name.describe(again)
}

// webURL keeps links to the web, and nothing else.
func webURL(text string) string {
	if strings.HasPrefix(text, "https://") {
		return text
	}
	return ""
}
