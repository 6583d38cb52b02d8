package htmlpage_test

import (
	"bytes"
	"html/template"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/htmlpage"
)

type data struct {
	Text  string
	List  []string
	One   *data
	Count int
	On    bool
	Pair  [2]string
}

func (data) Method() string { return "called" }

func fill(text string, d any) (string, error) {
	pages, err := htmlpage.Parse(map[string]string{"raw": "<b>"}, `{{define "page"}}`+text+`{{end}}{{define "part"}}[{{.}}]{{end}}`)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = pages.Execute(&out, "page", d)
	return out.String(), err
}

// TestLanguage: what a page says is what html/template makes of it.
func TestLanguage(t *testing.T) {
	t.Parallel()
	full := data{Text: `a<"b">&c`, List: []string{"x", "<y>"}, One: &data{Text: "inner"}, Count: 2, On: true, Pair: [2]string{"<1>", "2"}}
	for _, text := range []string{
		`{{.Text}} {{- /* a remark */ -}} {{.One.Text}}`, `<p title="{{.Text}}">{{with .One}}{{.Text}}{{$.Text}}{{end}}</p>`,
		`{{with .Text}}{{.}}{{else}}none{{end}}`, `{{if .On}}on{{else if .Text}}text{{else}}off{{end}}`,
		`{{range .List}}<li>{{.}}</li>{{else}}none{{end}}`, `{{range $i, $s := .List}}{{if $i}}, {{end}}{{$s}}{{end}}`,
		`{{if gt (len .List) 1}}many{{end}}{{if eq .Text "none"}}none{{end}}{{if not .On}}off{{end}}`, `{{if or .On .Text}}some{{end}}`,
		`{{template "part" .Text}}{{template "part" .One.Text}}`,
		`{{.Count}}{{index .Pair 1}}{{range .Pair}}{{.}}{{end}}`,
		`<a href="{{.Text}}">x</a><a href="/p?q={{.Text}}#{{.Text}}">y</a>`,
	} {
		library := template.Must(template.New("").Parse(`{{define "page"}}` + text + `{{end}}{{define "part"}}[{{.}}]{{end}}`))
		for _, d := range []data{full, {One: &data{}}} {
			var want bytes.Buffer
			if err := library.ExecuteTemplate(&want, "page", d); err != nil {
				t.Fatal(err)
			}
			if got, err := fill(text, d); err != nil || got != want.String() {
				t.Errorf("%s is %q (%v), want %q", text, got, err, want.String())
			}
		}
	}
}

// TestWhatIsNoPage: nothing is written where it could become markup, a script or a style,
// and nothing is called.
func TestWhatIsNoPage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`<p title={{.Text}}>`:                 "double quotes",
		`<p {{.Text}}>`:                       "double quotes",
		`<p title='{{.Text}}'>`:               "double quotes",
		`<script>{{.Text}}</script>`:          "script or a style",
		`<style>{{.Text}}</style>`:            "script or a style",
		`<p onclick="{{.Text}}">`:             "script or a style",
		`<p style="{{.Text}}">`:               "script or a style",
		`{{.Method}}`:                         "has no field Method",
		`{{.Absent}}`:                         "has no field Absent",
		`{{.On}}`:                             "not a text",
		`{{index .List 1}}`:                   "no element 1 of 1",
		`{{index .List "0"}}`:                 "no element 0 of 1",
		`{{.Text | len}}`:                     "more than one step",
		`{{len .Text}}`:                       "no list",
		`{{range .Text}}{{end}}`:              "no list",
		`{{if eq .Text}}{{end}}`:              "1 values",
		`{{if gt .Text 1}}{{end}}`:            "no numbers",
		`{{template "absent"}}`:               "no page",
		`{{template "page" .}}`:               "without end",
		`{{printf "%s" .Text}}`:               "not defined",
		`{{range .List}}{{break}}{{end}}`:     "no part",
		`{{with $x := .Text}}{{$x.Y}}{{end}}`: "",
	} {
		_, err := fill(text, data{Text: "t", List: []string{"x"}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gives %v, want %q", text, err, want)
		}
	}
}

func TestRawTexts(t *testing.T) {
	t.Parallel()
	if got, err := fill(`{{raw}}{{.Text}}`, data{Text: "<i>"}); err != nil || got != "<b>&lt;i&gt;" {
		t.Errorf("got %q (%v)", got, err)
	}
}

// TestPlainText: of a page that is no HTML nothing is escaped.
func TestPlainText(t *testing.T) {
	t.Parallel()
	pages, err := htmlpage.Parse(nil, `{{define "text"}}{{.Text}} {{.Count}}{{end}}`)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := pages.ExecuteText(&out, "text", data{Text: "a<b", Count: -3}); err != nil || out.String() != "a<b -3" {
		t.Errorf("got %q (%v)", out.String(), err)
	}
}

// TestAddresses: they stay harmless however a scheme is spelt.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"javascript:x": "#", "JAVASCRIPT:x": "#", " javascript:x": "#", "data:x": "#", "x:y": "#", "java\tscript:x": "#",
		"https://a.example/b c": "https://a.example/b%20c", "/a:b": "/a:b", "?a:b": "?a:b", "HTTP://x": "HTTP://x", "": "", "100%": "100%25",
	} {
		if got, err := fill(`<a href="{{.Text}}">`, data{Text: address}); err != nil || got != `<a href="`+want+`">` {
			t.Errorf("%q gives %s (%v), want %s", address, got, err, want)
		}
	}
}
