package server

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"airbyte-mcp-server/airbyte"
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
)

// choiceHeaders are the headers of a choice and the words of the path that mean the same.
var choiceHeaders = []struct{ header, segment string }{
	{headerConnectors, "connectors"},
	{headerTools, "tools"},
	{headerExclude, "exclude-tools"},
	{headerEffects, "effects"},
	{headerSurface, "surface"},
	{headerReadOnly, "readonly"},
}

// choice is what a client asks for.
type choice struct {
	policy   tools.Policy
	surface  tools.Surface // "" where it does not say
	readOnly string        // as it was given
}

// choiceError is a choice that cannot be followed.
type choiceError struct {
	status  int
	message string
}

func (e *choiceError) Error() string { return e.message }

// narrowed returns a session with what a request asks for, within what the session has.
func (h *HTTP) narrowed(s tools.Session, r *http.Request) (tools.Session, error) {
	fromPath, err := pathChoice(r)
	if err != nil {
		return s, err
	}
	for _, values := range []func(string) []string{fromPath, r.Header.Values} {
		c, err := readChoice(values)
		if err == nil && h.opts.Toolsets != nil {
			err = c.resolve(h.opts.Toolsets)
		}
		if err != nil {
			return s, &choiceError{http.StatusBadRequest, err.Error()}
		}
		if s, err = h.choose(s, r, c); err != nil {
			return s, err
		}
	}
	return s, nil
}

// choose narrows a session by one choice.
func (h *HTTP) choose(s tools.Session, r *http.Request, c choice) (tools.Session, error) {
	if c.surface != "" {
		listing, err := s.Listing.Narrow(c.surface)
		if err != nil {
			return s, &choiceError{http.StatusForbidden, err.Error()}
		}
		s.Listing = listing
	}
	if c.readOnly == "false" && s.Policy.Reads() {
		return s, &choiceError{http.StatusForbidden, headerReadOnly + ": false would widen what this server offers, which is read-only"}
	}
	narrowed, err := h.server.opts.Box.Narrow(r.Context(), s, c.policy)
	var unknown *tools.UnknownToolError
	var located *airbyte.LocateError
	switch {
	case errors.As(err, &unknown), errors.As(err, &located):
		return s, &choiceError{http.StatusBadRequest, err.Error()}
	case err != nil:
		return s, &choiceError{http.StatusForbidden, err.Error()}
	}
	return narrowed, nil
}

// readChoice reads a choice by the names of its headers.
func readChoice(values func(string) []string) (c choice, err error) {
	c.policy.Connectors = items(values(headerConnectors))
	c.policy.Tools = items(values(headerTools))
	c.policy.Exclude = items(values(headerExclude))
	if c.policy.Effects, err = tools.ParseEffects(items(values(headerEffects))); err != nil {
		return c, fmt.Errorf("%s: %w", headerEffects, err)
	}
	if given := items(values(headerSurface)); len(given) > 0 {
		if c.surface, err = tools.ParseSurface(strings.Join(given, ",")); err != nil {
			return c, fmt.Errorf("%s: %w", headerSurface, err)
		}
	}
	if given := items(values(headerReadOnly)); len(given) > 0 {
		if c.policy.ReadOnly, err = strconv.ParseBool(strings.Join(given, ",")); err != nil {
			return c, fmt.Errorf("%s: want true or false", headerReadOnly)
		}
		c.readOnly = strconv.FormatBool(c.policy.ReadOnly)
	}
	return c, nil
}

// resolve puts the globs of toolsets in the places of their names.
func (c *choice) resolve(toolsets func([]string) ([]string, error)) (err error) {
	if c.policy.Tools, err = toolsets(c.policy.Tools); err != nil {
		return err
	}
	c.policy.Exclude, err = toolsets(c.policy.Exclude)
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
func pathChoice(r *http.Request) (func(string) []string, error) {
	given := map[string][]string{}
	segments := strings.Split(strings.Trim(r.PathValue("choice"), "/"), "/")
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
