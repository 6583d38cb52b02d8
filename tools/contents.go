package tools

import (
	"fmt"
	"strings"
)

// maxContents bounds the bytes in which find_tools tells what is connected: 400 tokens.
const maxContents = 400 * BytesPerToken

// described is a tool of the set with the words that belong to the set: find_tools names
// what it finds tools of, in a description that every host shows its model.
func (s *Set) described(t *Tool) *Tool {
	if t.Name != FindTools {
		return t
	}
	of := *t
	of.Description += " " + s.contents()
	return &of
}

// Entry is a tool of the set as tools/list has it.
func (s *Set) Entry(t *Tool) []byte {
	if of := s.described(t); of != t {
		return of.plainEntry()
	}
	return t.Entry()
}

// contents names the connectors of the set: with their entities while that is short enough,
// without, or only how many there are.
func (s *Set) contents() string {
	slugs := s.connectors()
	if len(slugs) == 0 {
		return "No connector has tools here yet; list_connectors shows what is connected."
	}
	if s.provides { // the tools are listed, and so are what they work on
		return "Connected: " + strings.Join(slugs, ", ") + "."
	}
	entities := s.entities()
	with := make([]string, len(slugs))
	for i, slug := range slugs {
		with[i] = slug + ": " + strings.Join(entities[slug], ", ")
	}
	text := fmt.Sprintf("Connected: %d connectors, see list_connectors.", len(slugs))
	for _, longer := range []string{
		"Connected: " + strings.Join(slugs, ", ") + ".",
		"Connected, with entities: " + strings.Join(with, "; ") + ".",
	} {
		if len(longer) <= maxContents {
			text = longer
		}
	}
	if len(text)+len(AlsoTaken) < maxContents {
		text += " " + AlsoTaken
	}
	return text
}

// entities are the names of the entities of each connector, in the order of their tools.
func (s *Set) entities() map[string][]string {
	entities := map[string][]string{}
	seen := map[[2]string]bool{}
	for _, t := range s.Tools {
		if key := [2]string{t.Connector, t.Entity}; t.Connector != "" && !seen[key] {
			seen[key] = true
			entities[t.Connector] = append(entities[t.Connector], t.Entity)
		}
	}
	return entities
}
