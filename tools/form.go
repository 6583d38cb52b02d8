package tools

import "encoding/json"

// Form is in which form a host is sent its list of tools.
type Form struct {
	Structured bool // with output schemas
	Hints      bool // with hints in _meta that the host reads
	Unasked    bool // the host cannot ask its user: it is told to do so before calls that need it
}

// FormFor is the form for a session.
func FormFor(s Session) Form {
	hints := s.Listing.Host.AnthropicHints
	return Form{Structured: s.Answers.Structured == StructuredOn, Hints: hints, Unasked: hints && s.Listing.Unasked}
}

// forms are all that there are.
func forms() (all []Form) {
	for _, structured := range []bool{false, true} {
		for _, f := range []Form{{}, {Hints: true}, {Hints: true, Unasked: true}} {
			f.Structured = structured
			all = append(all, f)
		}
	}
	return all
}

// Hints that Claude Code reads in the _meta of a tool; docs/hosts.md has the sources.
const (
	hintAlwaysLoad = "anthropic/alwaysLoad"              // the tool is not left to the host's own search
	hintResultSize = "anthropic/maxResultSizeChars"      // up to this size a result is not moved into a file
	hintAsksUser   = "anthropic/requiresUserInteraction" // a person is asked before each call
	mostResultSize = 500_000                             // of what the host takes; our own limit is below
)

// hints are those that help with a tool of the set, nil for none.
func (s *Set) hints(t *Tool, f Form) map[string]any {
	if !f.Hints {
		return nil
	}
	meta := map[string]any{}
	if t.searches() && s.Surface == Search {
		meta[hintAlwaysLoad] = true
	}
	if t.Name == readResult {
		meta[hintResultSize] = mostResultSize
	}
	if f.Unasked && (t.asked || t.Name == callWriteTool) {
		meta[hintAsksUser] = true
	}
	return meta
}

// entryIn is a tool of the set as tools/list has it.
func (s *Set) entryIn(t *Tool, f Form) []byte {
	meta := s.hints(t, f)
	if !f.Structured && len(meta) == 0 {
		return s.Entry(t)
	}
	var output json.RawMessage
	if f.Structured {
		output = t.Output()
	}
	return s.described(t).encode(output, meta)
}
