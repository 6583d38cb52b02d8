package server

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/tools"
)

// A client over HTTP may ask for less than the server offers: by headers, or, where a
// host lets its user give nothing but a URL, by the path behind /mcp or /sse, such as
// /mcp/connectors/github,slack/readonly.
const (
	headerConnectors = "X-Mcp-Connectors"
	headerTools      = "X-Mcp-Tools"
	headerExclude    = "X-Mcp-Exclude-Tools"
	headerEffects    = "X-Mcp-Effects"
	headerReadOnly   = "X-Mcp-Readonly"
	headerSurface    = "X-Mcp-Surface"
	headerStructured = "X-Mcp-Structured"
	headerFormat     = "X-Mcp-Answer-Format"
)

// choiceHeaders are the headers of a choice and the words of the path that mean the same.
var choiceHeaders = []struct{ header, segment string }{
	{headerConnectors, "connectors"},
	{headerTools, "tools"},
	{headerExclude, "exclude-tools"},
	{headerEffects, "effects"},
	{headerSurface, "surface"},
	{headerStructured, "structured"},
	{headerFormat, "answer-format"},
	{headerReadOnly, "readonly"},
}

// choice is what a client asks for.
type choice struct {
	Policy   tools.Policy
	Surface  tools.Surface // "" where it does not say
	ReadOnly string        // as it was given
	Answers  tools.Answers // its members are "" where it does not say
}

// choiceError is a choice that cannot be followed.
type choiceError struct {
	status  int
	message string
}

func (e *choiceError) Error() string { return e.message }

// choices are what a request asks for, by its path and by its headers.
func (h *HTTP) choices(r *http.Request) ([]choice, error) {
	if r.PathValue("choice") == "" && !hasChoice(r.Header) {
		return nil, nil
	}
	fromPath, err := pathChoice(r.PathValue("choice"))
	if err != nil {
		return nil, err
	}
	var all []choice
	for _, values := range []func(string) []string{fromPath, r.Header.Values} {
		c, err := h.readChoice(values)
		if err != nil {
			return nil, &choiceError{http.StatusBadRequest, err.Error()}
		}
		if !reflect.DeepEqual(c, choice{}) {
			all = append(all, c)
		}
	}
	return all, nil
}

// hasChoice reports whether a header has a choice: most have none.
func hasChoice(header http.Header) bool {
	return slices.ContainsFunc(choiceHeaders, func(c struct{ header, segment string }) bool { return header[c.header] != nil })
}

// choose narrows a session by one choice.
func (h *HTTP) choose(ctx context.Context, s tools.Session, c choice) (tools.Session, error) {
	if c.Surface != "" {
		listing, err := s.Listing.Narrow(c.Surface)
		if err != nil {
			return s, &choiceError{http.StatusForbidden, err.Error()}
		}
		s.Listing = listing
	}
	s.Answers.Structured = cmp.Or(c.Answers.Structured, s.Answers.Structured)
	s.Answers.Format = cmp.Or(c.Answers.Format, s.Answers.Format)
	if c.ReadOnly == "false" && s.Policy.Reads() {
		return s, &choiceError{http.StatusForbidden, headerReadOnly + ": false would widen what this server offers, which is read-only"}
	}
	narrowed, err := h.server.opts.Calls.Directory().Narrow(ctx, s, c.Policy)
	if err == nil {
		return narrowed, nil
	}
	switch tools.Kind(err) {
	case tools.KindNoTool, tools.KindNoConnector:
		return s, &choiceError{http.StatusBadRequest, err.Error()}
	default:
		return s, &choiceError{http.StatusForbidden, err.Error()}
	}
}

// readChoice reads a choice by the names of its headers, with globs in the places of
// toolsets.
func (h *HTTP) readChoice(values func(string) []string) (choice, error) {
	c, err := parseChoice(values)
	if err == nil && h.opts.Toolsets != nil {
		err = c.resolve(h.opts.Toolsets)
	}
	return c, err
}

func parseChoice(values func(string) []string) (c choice, err error) {
	c.Policy.Connectors = items(values(headerConnectors))
	c.Policy.Tools = items(values(headerTools))
	c.Policy.Exclude = items(values(headerExclude))
	if c.Policy.Effects, err = tools.ParseEffects(items(values(headerEffects))); err != nil {
		return c, fmt.Errorf("%s: %w", headerEffects, err)
	}
	if given := items(values(headerSurface)); len(given) > 0 {
		if c.Surface, err = tools.ParseSurface(strings.Join(given, ",")); err != nil {
			return c, fmt.Errorf("%s: %w", headerSurface, err)
		}
	}
	if given := items(values(headerStructured)); len(given) > 0 {
		if c.Answers.Structured, err = tools.ParseStructured(strings.Join(given, ",")); err != nil {
			return c, fmt.Errorf("%s: %w", headerStructured, err)
		}
	}
	if given := items(values(headerFormat)); len(given) > 0 {
		if c.Answers.Format, err = tools.ParseFormat(strings.Join(given, ",")); err != nil {
			return c, fmt.Errorf("%s: %w", headerFormat, err)
		}
	}
	if given := items(values(headerReadOnly)); len(given) > 0 {
		if c.Policy.ReadOnly, err = strconv.ParseBool(strings.Join(given, ",")); err != nil {
			return c, fmt.Errorf("%s: want true or false", headerReadOnly)
		}
		c.ReadOnly = strconv.FormatBool(c.Policy.ReadOnly)
	}
	return c, nil
}

// resolve puts the globs of toolsets in the places of their names.
func (c *choice) resolve(toolsets func([]string) ([]string, error)) (err error) {
	if c.Policy.Tools, err = toolsets(c.Policy.Tools); err != nil {
		return err
	}
	c.Policy.Exclude, err = toolsets(c.Policy.Exclude)
	return err
}

// items are the elements of lists that are separated by commas.
func items(values []string) []string {
	var all []string
	for _, v := range values {
		for item := range strings.SplitSeq(v, ",") {
			if item = strings.TrimSpace(item); item != "" {
				all = append(all, item)
			}
		}
	}
	return all
}

// pathChoice reads the path behind /mcp or /sse: words and their values in turn, but
// readonly, which stands alone.
func pathChoice(path string) (func(string) []string, error) {
	given := map[string][]string{}
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for len(segments) > 0 && segments[0] != "" {
		header := headerOf(segments[0])
		switch {
		case header == "":
			return nil, &choiceError{http.StatusNotFound, fmt.Sprintf("not found: %q is no part of a path here; want %s", segments[0], pathForm())}
		case header == headerReadOnly:
			given[header], segments = []string{"true"}, segments[1:]
		case len(segments) < 2:
			return nil, &choiceError{http.StatusNotFound, fmt.Sprintf("not found: %q wants a value behind it; want %s", segments[0], pathForm())}
		default:
			given[header], segments = append(given[header], segments[1]), segments[2:]
		}
	}
	return func(header string) []string { return given[header] }, nil
}

func headerOf(segment string) string {
	for _, c := range choiceHeaders {
		if c.segment == segment {
			return c.header
		}
	}
	return ""
}

func pathForm() string {
	var words []string
	for _, c := range choiceHeaders {
		word := "/" + c.segment
		if c.header != headerReadOnly {
			word += "/VALUE,VALUE"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}
