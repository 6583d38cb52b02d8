package tools

import (
	"fmt"
	"slices"
	"strings"
)

// Surface is how tools are put before a host.
type Surface string

// Surfaces.
const (
	Auto   Surface = "auto"   // Direct as long as the tools are few and small enough, else Search
	Direct Surface = "direct" // each tool is listed
	Search Surface = "search" // a few tools that find and call the others
)

// Defaults of Listing.
const (
	DefaultMaxTools  = 100
	DefaultMaxTokens = 30000
)

// BytesPerToken is the usual rule of thumb for JSON and English.
const BytesPerToken = 4

// Listing says which of a session's tools its host is shown. Hosts take a limited
// number of tools and models pay for every word of them. The zero Listing shows all.
type Listing struct {
	Surface   Surface
	MaxTools  int      // that Auto lists; 0 for the default
	MaxTokens int      // that Auto lets them take; 0 for the default
	Pins      []string // globs over names that Search lists as well
}

// ParseSurface reads a Surface.
func ParseSurface(name string) (Surface, error) {
	s := Surface(strings.ToLower(name))
	if s != Auto && s != Direct && s != Search {
		return "", fmt.Errorf("surface %q: want auto, direct or search", name)
	}
	return s, nil
}

// Narrow returns the listing with a surface that its caller asks for. A caller may
// choose where the server leaves it open, and ask for less than it gives.
func (l Listing) Narrow(s Surface) (Listing, error) {
	if s == l.Surface || l.Surface == Auto || s == Search {
		l.Surface = s
		return l, nil
	}
	return l, fmt.Errorf("surface %q is more than this server gives, which is %q", s, l.Surface)
}

// choose decides between Direct and Search, and says why.
func (l Listing) choose(list []*Tool) (Surface, string) {
	switch l.Surface {
	case Direct, Search:
		return l.Surface, fmt.Sprintf("%s is what the server is set to", l.Surface)
	case "":
		return Direct, ""
	}
	most, mostTokens := l.MaxTools, l.MaxTokens
	if most <= 0 {
		most = DefaultMaxTools
	}
	if mostTokens <= 0 {
		mostTokens = DefaultMaxTokens
	}
	if len(list) > most {
		return Search, fmt.Sprintf("%d tools are more than the %d of --max-tools", len(list), most)
	}
	bytes := 0
	for _, t := range list {
		bytes += len(t.Entry())
	}
	if tokens := bytes / BytesPerToken; tokens > mostTokens {
		return Search, fmt.Sprintf("%d tools take about %d tokens, more than the %d of --max-tool-tokens", len(list), tokens, mostTokens)
	}
	return Direct, fmt.Sprintf("%d tools are within --max-tools %d and --max-tool-tokens %d", len(list), most, mostTokens)
}

// pinned reports whether Search lists a tool.
func (l Listing) pinned(t *Tool) bool {
	return t.Role != Ordinary || matchesAny(l.Pins, t.Name)
}

// present arranges a set's tools as the listing has it.
func (l Listing) present(set *Set) {
	set.Listed = set.Direct()
	set.Surface, set.Reason = l.choose(set.Listed)
	if set.Surface == Search {
		set.Listed = slices.DeleteFunc(slices.Clone(set.Tools), func(t *Tool) bool { return !l.pinned(t) })
	}
	set.decided = l.Surface == Auto
}
