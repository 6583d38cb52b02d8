package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas"
)

// Check reads what a user gave. It returns what to send, or all faults at once as
// an *InvalidError whose paths are field names ("method" and "name" for those two).
// No error holds a value that was given.
func (s *Setup) Check(v Values) (*Submission, error) {
	c := &check{setup: s, credentials: map[string]given{}, settings: map[string]given{}}
	entries := c.entries(v)
	c.checkName(v.Name)
	c.chooseMethod(v.Method, entries)
	for _, e := range entries {
		c.sort(e)
	}
	out, err := c.submission()
	switch {
	case err != nil:
		return nil, err
	default:
		if wrong := c.found.Err(); wrong != nil {
			return nil, wrong
		}
		return out, nil
	}
}

// CheckSettings reads the settings alone, for a method whose credentials are given
// elsewhere, as by the vendor's own consent.
func (s *Setup) CheckSettings(v Values) (*Submission, error) {
	only := *s
	only.Methods = nil
	settings := Values{Name: v.Name, Fields: map[string]string{}}
	for name, text := range v.Fields {
		if s.setting(name) != nil {
			settings.Fields[name] = text
		}
	}
	return only.Check(settings)
}

// given is one value that a user gave, without the white space around it.
type given struct {
	name   string
	text   string
	hidden bool // came among the secrets
}

// check is one run of Check.
type check struct {
	setup       *Setup
	method      *Method // nil if there is none, or it cannot be told
	secrets     []string
	credentials map[string]given // by field name
	settings    map[string]given
	found       schemas.FaultList
}

func (c *check) fault(path, problem string) {
	c.found.Add(schemas.Fault{Path: path, Problem: problem})
}

// entries lists the values that are not empty, by name.
func (c *check) entries(v Values) []given {
	var list []given
	for _, name := range slices.Sorted(maps.Keys(v.Fields)) {
		list = append(list, given{name: strings.TrimSpace(name), text: strings.TrimSpace(v.Fields[name])})
	}
	for _, name := range slices.Sorted(maps.Keys(v.Secrets)) {
		text := strings.TrimSpace(v.Secrets[name].Reveal())
		list = append(list, given{strings.TrimSpace(name), text, true})
	}
	list = slices.DeleteFunc(list, func(e given) bool { return e.text == "" })
	for _, e := range list {
		if e.hidden {
			c.secrets = append(c.secrets, e.text)
		}
	}
	return list
}

// longestName is how many bytes the name of a connector may have.
const longestName = 255

func (c *check) checkName(name string) {
	switch {
	case len(name) > longestName:
		c.fault("name", fmt.Sprintf("must have at most %d bytes (has %d)", longestName, len(name)))
	case unprintable(strings.TrimSpace(name)):
		c.fault("name", "must be one line of text")
	}
}

// chooseMethod takes the named method, else the one that the keys tell. If they
// tell too little, the method that they begin is taken, so that what is missing
// is named.
func (c *check) chooseMethod(name string, entries []given) {
	s := c.setup
	if name = strings.TrimSpace(name); name != "" {
		if c.method = s.method(name); c.method == nil {
			c.fault("method", "is unknown"+schemas.AllowedNames(name, s.methodNames()))
		}
		return
	}
	var names []string
	for _, e := range entries {
		// A setting may bear the name of a secret.
		if e.hidden || s.setting(e.name) == nil || !s.isSecret(e.name) {
			names = append(names, e.name)
		}
	}
	m, err := s.infer(names)
	if err != nil {
		if m = s.closest(names); m == nil {
			c.fault("method", "cannot be told: "+err.Error())
		}
	}
	c.method = m
}

// sort puts a value where it belongs. A name that stands for a setting and for a
// credential that is no secret counts for both.
func (c *check) sort(e given) {
	setting, field := c.setup.setting(e.name), (*Field)(nil)
	if c.method != nil {
		field = c.method.field(e.name)
	}
	switch {
	case setting != nil && field != nil && field.Secret:
		// One name for two things: what came among the secrets is the secret.
		if e.hidden {
			c.put(c.credentials, field.Name, e)
		} else {
			c.put(c.settings, setting.Name, e)
		}
	case setting == nil && field == nil:
		c.stranger(e)
	case setting == nil && field.Secret && !e.hidden:
		c.fault(field.Name, "is a secret: give it among the credentials, never as a setting")
		c.credentials[field.Name] = given{} // so that it is not called missing as well
	default:
		if setting != nil {
			c.put(c.settings, setting.Name, e)
		}
		if field != nil {
			c.put(c.credentials, field.Name, e)
		}
	}
}

func (c *check) put(values map[string]given, name string, e given) {
	if other, taken := values[name]; taken && other.text != e.text {
		c.fault(name, "is given twice, with different values")
		return
	}
	values[name] = e
}

// stranger says why a value is not wanted.
func (c *check) stranger(e given) {
	switch {
	case c.found.Full():
		c.fault("", "") // is only counted, and needs no words
	case leaf(e.name) == "option_title":
		// The web app's choice of the method: harmless, and in many samples.
	case c.method == nil && c.setup.knowsCredential(e.name):
		// That the method cannot be told is said already.
	case c.setup.knowsCredential(e.name):
		c.fault(c.label(e.name), fmt.Sprintf("belongs to another method than %s, which takes %s", c.method.Title, c.method.keys()))
	case c.setup.isDiscriminator(e.name):
		c.fault(c.label(e.name), "is not needed: the keys tell the method; leave it out")
	default:
		c.fault(c.label(e.name), "is unknown"+schemas.AllowedNames(e.name, c.known()))
	}
}

// known lists the names that may be given.
func (c *check) known() []string {
	var names []string
	add := func(fields []Field) {
		for _, f := range fields {
			if !slices.Contains(names, f.Name) {
				names = append(names, f.Name)
			}
		}
	}
	if c.method != nil {
		add(c.method.Fields)
	} else {
		for _, m := range c.setup.Methods {
			add(m.Fields)
		}
	}
	add(c.setup.Settings)
	return names
}

var likeName = lazyregexp.New(`^[A-Za-z][A-Za-z0-9_.-]{0,63}$`)

const (
	shortName   = 20 // bytes that a name may have without resembling a known one
	shortSecret = 6  // bytes below which a secret is part of many a word
)

// label is a name that may be shown: people paste values where names belong.
func (c *check) label(name string) string {
	isName := likeName.MatchString(name) &&
		(len(name) <= shortName || c.setup.isDiscriminator(name) || nearest.Hint(name, c.known()) != "")
	leaks := slices.ContainsFunc(c.secrets, func(value string) bool {
		return len(value) >= shortSecret && strings.Contains(name, value) || len(name) >= shortSecret && strings.Contains(value, name)
	})
	if leaks || !isName {
		return fmt.Sprintf("(a name of %d characters)", utf8.RuneCountInString(name))
	}
	return name
}

// submission reads the values and puts them together.
func (c *check) submission() (*Submission, error) {
	out := &Submission{}
	direct, stored := map[string]any{}, map[string]any{}
	if c.method != nil {
		out.Method = c.method.Name
		values := c.read(c.method.Fields, c.credentials)
		for name, value := range values {
			setPath(direct, name, value)
		}
		c.method.store(stored, values, time.Now())
	}
	places := map[string]map[string]any{PlaceEnvironment: {}, PlaceReplication: {}}
	fields := append(slices.Clone(c.setup.Settings), c.setup.quiet...)
	for name, value := range c.read(fields, c.settings) {
		f := c.setup.setting(name)
		if places[f.Placement] != nil {
			setPath(places[f.Placement], name, value)
		}
	}
	raw := make([]json.RawMessage, 4)
	for i, object := range []map[string]any{direct, stored, places[PlaceReplication], places[PlaceEnvironment]} {
		var err error
		if raw[i], err = encodeObject(object); err != nil {
			return nil, err
		}
	}
	out.Credentials, out.StoredAuth = secret.New(string(raw[0])), secret.New(string(raw[1]))
	out.Replication, out.Environment = raw[2], raw[3]
	return out, nil
}

// read reads the values of fields. What is required and has a default is filled in.
func (c *check) read(fields []Field, values map[string]given) map[string]any {
	out := map[string]any{}
	for i := range fields {
		f := &fields[i]
		v, ok := values[f.Name]
		switch {
		case ok && v.text == "": // its fault is known
		case ok:
			value, problem := f.read(v.text)
			if problem != "" {
				c.fault(f.Name, problem)
			}
			out[f.Name] = value
		case f.Required && f.Default != nil:
			out[f.Name] = f.Default
		case f.Required:
			c.fault(f.Name, strings.TrimRight("is required: "+f.Description, ": ."))
		}
	}
	return out
}

// store puts the values of a method, and its constants, where the stored
// configuration has them.
func (m *Method) store(config, values map[string]any, now time.Time) {
	if len(values) == 0 {
		return
	}
	for _, p := range m.stored {
		if value, ok := values[p.Field]; ok {
			setPath(config, p.Path, value)
		}
	}
	if len(m.stored) == 0 {
		for name, value := range values {
			setPath(config, name, value)
		}
	}
	for _, constant := range m.constants {
		if value := resolve(constant, now); value != nil {
			setPath(config, constant.Path, value)
		}
	}
}

// encodeObject writes an object; none for one without members.
func encodeObject(object map[string]any) (json.RawMessage, error) {
	if len(object) == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(object); err != nil {
		return nil, errors.New("encoding the set-up: a value cannot be written as JSON") // err may quote the value
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
