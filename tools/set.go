package tools

import (
	"cmp"
	"slices"
	"sync"
)

// Set is the tools of a caller. A Set is immutable and shared by all callers with the
// same selection.
type Set struct {
	Tools   []*Tool // all that the caller may use, sorted by name
	Listed  []*Tool // those that its host is shown, sorted by name
	Surface Surface // Direct, Folded or Search
	Reason  string  // for the surface; "" where there was nothing to decide

	byName map[string]*Tool
	listed map[*Tool]bool
	// The surface was decided by the number of tools, so it may change while a host keeps
	// the list that it got before. So what is not listed can be called by its name as well.
	decided  bool
	provides bool // for what is connected later, by tools that find and call others
	finder   func() *Finder
	folds    func() map[string]*foldedSearch
	entries  map[Form]func() [][]byte
}

// Get returns the tool of that name, or one that was once called so, or nil.
func (s *Set) Get(name string) *Tool { return s.byName[name] }

// Direct are the tools of the set that can be listed one by one.
func (s *Set) Direct() []*Tool {
	return slices.DeleteFunc(slices.Clone(s.Tools), (*Tool).searches)
}

// isShown reports whether a tool is among those that the host is shown so far.
func (s *Set) isShown(t *Tool) bool {
	_, found := slices.BinarySearchFunc(s.Listed, t, byName)
	return found
}

func (s *Set) names() []string {
	names := make([]string, len(s.Tools))
	for i, t := range s.Tools {
		names[i] = t.Name
	}
	return names
}

// Entries are the tools listed. They are encoded when they are first asked for.
func (s *Set) Entries(f Form) [][]byte { return s.entries[f]() }

// Finder finds tools of the set.
func (s *Set) Finder() *Finder { return s.finder() }

// offers reports whether a host may call a tool of the set by its own name.
func (s *Set) offers(t *Tool) bool { return s.decided || s.listed[t] }

func byName(a, b *Tool) int { return cmp.Compare(a.Name, b.Name) }

// fold is the folded search of that name, nil for none. Like what is not listed, it can be
// called wherever the surface was decided.
func (s *Set) fold(name string) *foldedSearch {
	if !s.decided {
		return nil
	}
	return s.folds()[name]
}

func newSet(list []*Tool, listing Listing) *Set {
	set := &Set{Tools: list, byName: make(map[string]*Tool, len(list))}
	slices.SortFunc(set.Tools, byName)
	for _, t := range set.Tools {
		for _, former := range t.aliases {
			set.byName[former] = t
		}
	}
	for _, t := range set.Tools { // a name in use beats a former one
		set.byName[t.Name] = t
	}
	set.folds = sync.OnceValue(set.foldedSearches)
	listing.present(set)
	set.listed = make(map[*Tool]bool, len(set.Listed))
	for _, t := range set.Listed {
		set.listed[t] = true
	}
	set.finder = sync.OnceValue(func() *Finder { return newFinder(set) })
	set.entries = map[Form]func() [][]byte{}
	for _, f := range forms() {
		set.entries[f] = sync.OnceValue(func() [][]byte { return set.listedBy(func(t *Tool) []byte { return set.entryIn(t, f) }) })
	}
	return set
}

func (s *Set) listedBy(entry func(*Tool) []byte) [][]byte {
	all := make([][]byte, len(s.Listed))
	for i, t := range s.Listed {
		all[i] = entry(t)
	}
	return all
}
