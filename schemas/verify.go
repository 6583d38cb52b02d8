package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/rawjson"
)

// CheckFile reports keys of a connector's file that no connector has, which reading
// it ignores: mostly misspelt ones.
func (c *Catalog) CheckFile(name string) error {
	data, err := c.readFile(name)
	if err != nil {
		return fmt.Errorf("reading connector %s: %w", name, err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(new(Connector)); err != nil {
		return fmt.Errorf("reading connector %s: %w", name, rawjson.Fault(err))
	}
	return nil
}

// CheckWords reports everything that is wrong with what a file says beside the calls
// of its connector: words, ids, forms of settings and what the emulator needs.
func (c *Connector) CheckWords() error {
	v := &wordsCheck{connector: c}
	if c.Called != nil {
		v.called("called", c.Called.Called)
		v.everyday()
	}
	for _, e := range c.Entities {
		if e.Called != nil {
			v.called("entity "+e.Name+": called", *e.Called)
		}
	}
	if c.IDs != nil {
		v.identifiers()
	}
	v.effects()
	v.settings()
	v.emulator()
	return errors.Join(v.problems...)
}

// wordsCheck is one run of CheckWords.
type wordsCheck struct {
	connector *Connector
	problems  []error
}

func (v *wordsCheck) report(where, format string, args ...any) {
	v.problems = append(v.problems, fmt.Errorf("connector %s: %s: %s", v.connector.Name, where, fmt.Sprintf(format, args...)))
}

// longestCalled is the most words of a phrase that the search for tools reads.
const longestCalled = 7

// values are the kinds of value that may stand among the words for an entity.
var values = []string{
	"<email>", "<channel>", "<handle>", "<request number>", "<issue key>", "<phone>",
	"<repository>", "<file>", "<code>", "<url>", "<later message>",
}

func (v *wordsCheck) called(where string, words Called) {
	seen := map[string]bool{}
	for _, word := range slices.Concat(words.Names, words.Likely, words.Unlikely) {
		switch {
		case seen[word]:
			v.report(where, "%q stands there twice", word)
		case strings.TrimSpace(word) == "" || word != strings.ToLower(word) || strings.TrimSpace(word) != word:
			v.report(where, "%q must be in lower case, without space around it", word)
		case strings.HasPrefix(word, "<") && !slices.Contains(values, word):
			v.report(where, "%q is no kind of value; known: %s", word, strings.Join(values, ", "))
		case len(strings.Fields(word)) > longestCalled:
			v.report(where, "%q has more than %d words", word, longestCalled)
		}
		seen[word] = true
	}
}

func (v *wordsCheck) everyday() {
	c := v.connector
	own := []string{strings.ToLower(c.Title), strings.ReplaceAll(c.Name, "-", " ")}
	known := slices.Concat(c.Called.Names, c.Called.Likely, c.Called.Unlikely, own)
	for name, sort := range c.Called.Everyday {
		if !slices.Contains(known, name) {
			v.report("called: everyday", "%q is not among the names", name)
		}
		if !slices.Contains([]string{EverydayNoun, EverydayVerb, EverydayDay}, sort) {
			v.report("called: everyday", "%q must be noun, verb or day", name)
		}
	}
}

var mask = lazyregexp.New(`^[^1-9]*0[^1-9]*$`)

func (v *wordsCheck) identifiers() {
	ids := v.connector.IDs
	if ids.Alphabet != "" && ids.Length < 1 {
		v.report("ids", "an `alphabet` needs a `length`")
	}
	for i, kind := range ids.Kinds {
		where := fmt.Sprintf("ids: kinds[%d]", i)
		switch {
		case kind.Of == "":
			v.report(where, "`of` is missing")
		case (kind.Prefix == "") == (kind.Mask == ""):
			v.report(where, "needs either a `prefix` or a `mask`")
		case kind.Mask != "" && !mask.MatchString(kind.Mask):
			v.report(where, "the digits of a `mask` are written as 0")
		case kind.Least > 0 && kind.Alphabet+ids.Alphabet == "":
			v.report(where, "`least` needs an `alphabet`, here or of all ids")
		case (kind.Least > 0 || kind.Mask != "") != (len(kind.Entities)+len(kind.Related) > 0):
			v.report(where, "what is recognised by `least` or `mask` needs `entities` or `related`, and they need it")
		}
		for _, entity := range slices.Concat(kind.Entities, kind.Related) {
			v.entity(where, entity)
		}
	}
}

func (v *wordsCheck) entity(where, name string) {
	if v.connector.Entity(name) == nil {
		v.report(where, "there is no entity %q", name)
	}
}

// effects are create, update, delete and write, and read where it says more than the name.
func (v *wordsCheck) effects() {
	for _, e := range v.connector.Entities {
		for _, a := range e.Actions {
			where := e.Name + "." + a.Name + ": effect"
			switch {
			case a.Effect == "read" && !a.TakesStatement():
				v.report(where, "`read` is for actions that take statements of a language, which this one does not")
			case !slices.Contains([]string{"", "create", "update", "delete", "write", "read"}, a.Effect):
				v.report(where, "%q must be create, update, delete, write or read", a.Effect)
			}
		}
	}
}

// settings checks the words and forms of everything that connecting asks for.
func (v *wordsCheck) settings() {
	c := v.connector
	lists := [][]Setting{c.Config.Environment, c.Config.Replication}
	for _, option := range c.Auth {
		lists = append(lists, option.Fields)
		if option.MadeAt != "" && !strings.HasPrefix(option.MadeAt, "https://") {
			v.report("auth "+option.Name, "`made_at` is no https address")
		}
	}
	for _, s := range slices.Concat(lists...) {
		where := "setting " + s.Name
		if s.Secret && s.Example != "" {
			v.report(where, "a secret has no example")
		}
		if s.Form == nil {
			continue
		}
		needsDomain := s.Form.Kind == FormSubdomain || s.Form.Kind == FormRepository
		switch {
		case !slices.Contains([]string{FormSubdomain, FormHost, FormRepository, FormNumber}, s.Form.Kind):
			v.report(where, "unknown form %q", s.Form.Kind)
		case needsDomain != (s.Form.Domain != ""):
			v.report(where, "a `domain` belongs to the forms subdomain and repository, and only to them")
		}
	}
}

func (v *wordsCheck) emulator() {
	c := v.connector
	if e := c.Emulator; e != nil {
		for entity := range e.Paths {
			v.entity("emulator: paths", entity)
		}
		if strings.Contains(e.Host, "://") {
			v.report("emulator: host", "must have no scheme")
		}
	}
	if s := c.Showcase; s != nil {
		var config map[string]json.RawMessage
		if s.Rank < 1 {
			v.report("showcase: rank", "must be 1 or more")
		}
		if s.Config != nil && json.Unmarshal(s.Config, &config) != nil {
			v.report("showcase: config", "must be an object")
		}
	}
}
