package connectpage

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas/setup"
)

// choice is one way to authenticate, as it is offered.
type choice struct {
	value   string // of the radio button
	title   string
	method  int  // index in Setup.Methods; -1 for none
	consent bool // by OAuth in the browser
}

const noCredentials = "none"

// choices lists the ways to authenticate; the first is the one to recommend.
func (f *Form) choices() []choice {
	var consents, others, ownApps []choice
	for i, m := range f.Setup.Methods {
		title := m.Title
		if m.OAuth && f.Consent != nil {
			consents = append(consents, choice{"consent:" + m.Name, "Sign in at " + f.Setup.Title, i, true})
			title += " with keys of your own"
		}
		one := choice{m.Name, title, i, false}
		if m.OAuth { // few people have an app of their own at the vendor
			ownApps = append(ownApps, one)
			continue
		}
		others = append(others, one)
	}
	others = append(others, ownApps...)
	if name, err := f.Setup.InferMethod(nil); name == "" && err == nil && len(others) > 0 {
		others = append(others, choice{noCredentials, "Without credentials", -1, false})
	}
	return append(consents, others...)
}

// input is a field of the form.
type input struct {
	id    string // for labels and links
	key   string // name of the value that the browser sends
	field setup.Field
}

func (f *Form) settings() []input { return inputs("s", f.Setup.Settings) }

// credentials are the fields of a choice; a consent has none.
func (f *Form) credentials(c choice) []input {
	if c.method < 0 || c.consent {
		return nil
	}
	return inputs(fmt.Sprintf("m%d", c.method), f.Setup.Methods[c.method].Fields)
}

func inputs(group string, fields []setup.Field) []input {
	list := make([]input, len(fields))
	for i, field := range fields {
		list[i] = input{fmt.Sprintf("%s-%d", group, i), group + "." + field.Name, field}
	}
	return list
}

// entry is what is in a form.
type entry struct {
	choice  choice
	name    string
	texts   map[string]string // by key of the input, secrets left out
	given   map[string]bool   // keys of the inputs with secrets that were filled in
	values  setup.Values      // of the choice
	secrets []string          // what must not be shown, longest first
}

// withoutSecrets is what may be kept and shown again.
func (e *entry) withoutSecrets() *entry {
	return &entry{choice: e.choice, name: e.name, texts: e.texts, given: e.given}
}

// blank is a form that nobody has touched. The method preselects a choice.
func (f *Form) blank(method string) *entry {
	e := &entry{name: f.Name, texts: map[string]string{}}
	all := f.settings()
	for i, c := range f.choices() {
		if i == 0 || c.value == method {
			e.choice = c
		}
		all = append(all, f.credentials(c)...)
	}
	for _, in := range all {
		if !in.field.Secret {
			e.texts[in.key] = plainText(in.field.Default)
		}
	}
	return e
}

// plainText is a default as a person would write it.
func plainText(raw json.RawMessage) string {
	var text string
	var list []string
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return text
	case json.Unmarshal(raw, &list) == nil:
		return strings.Join(list, "\n")
	default:
		return string(raw)
	}
}

// parse takes in what a browser sent. Only the fields of the chosen way count. It
// reports whether a way was chosen.
func (f *Form) parse(form url.Values) (e *entry, ok bool) {
	e = &entry{name: strings.TrimSpace(form.Get("name")), texts: map[string]string{}, given: map[string]bool{}}
	choices := f.choices()
	for _, c := range choices {
		if c.value == form.Get("method") || len(choices) == 1 {
			e.choice, ok = c, true
		}
		e.remember(form, f.credentials(c))
	}
	settings := f.settings()
	e.remember(form, settings)
	ok = ok || len(choices) == 0
	if len(choices) == 0 {
		e.choice.method = -1
	}
	e.values = setup.Values{Name: e.name, Fields: map[string]string{}, Secrets: map[string]secret.Text{}}
	if ok && e.choice.method >= 0 {
		e.values.Method = f.Setup.Methods[e.choice.method].Name
		for _, in := range f.credentials(e.choice) {
			e.set(in, form, true)
		}
	}
	for _, in := range settings {
		// Among the secrets, the name would be that of the credential.
		_, taken := e.values.Secrets[in.field.Name]
		e.set(in, form, in.field.Secret && !taken)
	}
	return e, ok
}

// remember notes what may be shown again, and what must not be shown at all, which
// includes what was typed for a way that was not chosen in the end.
func (e *entry) remember(form url.Values, list []input) {
	for _, in := range list {
		text := lines(form.Get(in.key))
		if !in.field.Secret {
			e.texts[in.key] = text
			continue
		}
		e.given[in.key] = strings.TrimSpace(text) != ""
		e.addSecret(text)
	}
}

// set adds what was typed to the values.
func (e *entry) set(in input, form url.Values, hidden bool) {
	text := lines(form.Get(in.key))
	switch {
	case strings.TrimSpace(text) == "":
	case hidden:
		e.values.Secrets[in.field.Name] = secret.New(text)
	default:
		e.values.Fields[in.field.Name] = text
	}
}

// lines undoes how browsers send line breaks.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// shortestHidden is how many bytes a secret must have to be looked for in texts.
// Shorter ones are in every text.
const shortestHidden = 4

// addSecret notes a secret in the forms in which an error may quote it.
func (e *entry) addSecret(text string) {
	parts := append(strings.Split(text, "\n"), text)
	seen := map[string]bool{}
	for _, part := range append(parts, strings.TrimSpace(text)) {
		quoted, err := json.Marshal(part)
		if err != nil {
			continue // text can always be written
		}
		for _, form := range []string{
			part, strings.TrimSpace(part), string(quoted[1 : len(quoted)-1]), url.QueryEscape(part), url.PathEscape(part),
		} {
			seen[form] = len(form) >= shortestHidden
		}
	}
	for _, form := range slices.Sorted(maps.Keys(seen)) {
		if seen[form] {
			e.secrets = append(e.secrets, form)
		}
	}
	slices.SortStableFunc(e.secrets, func(a, b string) int { return len(b) - len(a) })
}

// scrub takes secrets out of a text that will be shown.
func (e *entry) scrub(text string) string {
	for _, hidden := range e.secrets {
		text = strings.ReplaceAll(text, hidden, "(hidden)")
	}
	return text
}
