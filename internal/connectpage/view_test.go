package connectpage

import (
	"bytes"
	"html/template"
	"strings"
	"testing"
)

// nasty are texts that mean something in a page.
var nasty = []string{
	"", "plain", `<script>alert("1")</script>`, `" onfocus='x' b="`, "a&b+c", "javascript:alert(1)",
	"JavaScript:alert(1)", "data:text/html,x",
	"https://a.example/p?q=1&r=%20%zz#é",
	"/form/t?method=a b", "vbscript&colon;x", "Größe \u2028\x00 'x'", "mailto:a@b.example", "//a.example/\\",
}

func fieldsWith(text string) []fieldView {
	field := fieldView{
		ID: text, Key: text, Label: text, About: text, Hint: text, Kind: "text", Mode: text, Pattern: text, Placeholder: text, Value: text,
		Problem: text, DescribedBy: text, Required: true, Again: true, Twice: true,
	}
	masked, chosen := field, field
	masked.Kind, masked.Secret, masked.Required = "textarea", true, false
	chosen.Kind, chosen.Options = "select", []optionView{{text, text, true}, {text, text, false}}
	return []fieldView{field, masked, chosen, {ID: "bare", Kind: "password", Secret: true}}
}

func pagesWith(text string) map[string]any {
	asking := &askingView{Workspace: text, Principal: text, Operator: text}
	form := formView{
		PageTitle: text, Heading: text, Workspace: text, Title: text, Docs: text, Action: text, Token: text, Until: text, Alarm: text,
		Problem: text, Kept: text, Way: text, Faults: []faultView{{text, text}, {"", text}}, ChoiceFault: text,
		Settings: fieldsWith(text), Name: fieldsWith(text)[0],
		Choices: []choiceView{
			{ID: text, Value: text, Title: text, Vendor: text, Link: text, Checked: true, MadeAt: text, Given: text,
				Fields: fieldsWith(text), Scopes: []string{text, text}},
			{ID: text, Value: text, Title: text, Vendor: text, Link: text, Consent: true},
		},
		Submits: true, Consents: true,
	}
	one := form
	one.Asking, one.Choices, one.Submits, one.Problem = asking, form.Choices[:1], false, ""
	return map[string]any{
		"message":            message{text, text, text, text},
		"done":               doneView{text, text, text, text, text, text, []string{text, text}},
		"wait":               waitView{text, text, text, text},
		"consent":            consentView{text, text, text, text, text, text, false},
		"consent by itself":  consentView{text, text, text, text, text, text, true},
		"form":               form,
		"code":               codeView{Heading: text, Code: text, Asking: *asking, Next: text, Until: text},
		"form of a stranger": one,
	}
}

// TestPagesAreThoseOfTheLibrary: each value is escaped as html/template does it.
func TestPagesAreThoseOfTheLibrary(t *testing.T) {
	t.Parallel()
	library := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"style":    func() template.CSS { return template.CSS(styleCSS) },
		"operator": func() string { return "" }, "contact": func() string { return "" },
	})
	for _, text := range []string{layoutHTML, formHTML, codeHTML} {
		template.Must(library.Parse(text))
	}
	pages := newViews(Options{}).pages
	for _, text := range nasty {
		for name, data := range pagesWith(text) {
			name, _, _ := strings.Cut(name, " ")
			var got, want bytes.Buffer
			if err := library.ExecuteTemplate(&want, name, data); err != nil {
				t.Fatal(err)
			}
			// Where the library writes a mark for an address that leads elsewhere, nothing is enough.
			wanted := bytes.ReplaceAll(want.Bytes(), []byte("#ZgotmplZ"), []byte("#"))
			if err := pages.Execute(&got, name, data); err != nil || !bytes.Equal(got.Bytes(), wanted) {
				t.Errorf("%s with %q (%v) is\n%s\nwant\n%s", name, text, err, got.Bytes(), wanted)
			}
		}
	}
}
