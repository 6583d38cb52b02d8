package tools

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/hosts"
)

// Surface is how tools are put before a host.
type Surface string

// Surfaces.
const (
	Auto   Surface = "auto"   // Direct as long as the tools are few and small enough, else Folded, else Search
	Direct Surface = "direct" // each tool is listed
	Search Surface = "search" // a few tools that find and call the others
	Folded Surface = "folded" // Direct with one search for each connector; what Auto may choose
)

// Defaults of Listing.
const (
	DefaultMaxTools  = 110
	DefaultMaxTokens = 30000
)

// BytesPerToken is the usual rule of thumb for JSON and English.
const BytesPerToken = 4

// Listing says which of a session's tools its host is shown. Hosts take a limited
// number of tools and models pay for every word of them. The zero Listing shows all.
type Listing struct {
	Surface   Surface
	MaxTools  int      // that Auto lists; 0 for what fits the host
	MaxTokens int      // that Auto lets them take; 0 for the default
	Pins      []string // globs over names that Search lists as well
	Host      hosts.Host
	Unasked   bool // the host cannot ask its user, so it should before some calls by itself
	unlisted  bool // the connectors are not known, so Auto has nothing to count
	grows     bool // what is connected later belongs to it
}

// fewConnectors are so few that more are likely to be connected while a host keeps its list.
const fewConnectors = 2

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

// limits are how many tools Auto lists, and in how many tokens. What the operator says beats
// what is known of the host.
func (l Listing) limits() (most, mostTokens int) {
	most, mostTokens = l.MaxTools, cmp.Or(max(l.MaxTokens, 0), DefaultMaxTokens)
	if most <= 0 {
		most = DefaultMaxTools
		if l.Host.MaxTools > 0 {
			most = min(most, l.Host.MaxTools)
		}
	}
	return most, mostTokens
}

// excess is why a list is more than Auto lists, "" where it is not.
func (l Listing) excess(list []*Tool) string {
	most, mostTokens := l.limits()
	if len(list) > most {
		return fmt.Sprintf("%d tools are more than the %d of %s", len(list), most, l.limiter())
	}
	if tokens := tokensOf(list); tokens > mostTokens {
		return fmt.Sprintf("%d tools take about %d tokens, more than the %d of --max-tool-tokens", len(list), tokens, mostTokens)
	}
	return ""
}

// limiter is who limits the number of tools.
func (l Listing) limiter() string {
	if most, _ := l.limits(); l.MaxTools <= 0 && most == l.Host.MaxTools {
		return l.Host.Title
	}
	return "--max-tools"
}

// searchesItself reports whether the host is left to search the tools, of which its model
// then pays for the names alone.
func (l Listing) searchesItself(list []*Tool) bool {
	if !l.Host.SearchesTools || l.MaxTools > 0 || l.MaxTokens > 0 {
		return false
	}
	bytes := 0
	for _, t := range list {
		bytes += len(t.Name) + 1
	}
	return bytes/BytesPerToken <= DefaultMaxTokens
}

// tokensOf is about what a list costs a model.
func tokensOf(list []*Tool) int {
	bytes := 0
	for _, t := range list {
		bytes += len(t.Entry())
	}
	return bytes / BytesPerToken
}

// pinned reports whether Search lists a tool.
func (l Listing) pinned(t *Tool) bool {
	return t.Role != Ordinary || matchesAny(l.Pins, t.Name)
}

// present arranges a set's tools as the listing has it.
func (l Listing) present(set *Set) {
	set.Listed, set.Surface = set.Direct(), Direct
	switch l.Surface {
	case Direct, Search:
		set.Surface, set.Reason = l.Surface, fmt.Sprintf("%s is what the server is set to", l.Surface)
	case Auto:
		set.decided = true
		l.choose(set)
	}
	if set.Surface == Search {
		set.Listed = slices.DeleteFunc(slices.Clone(set.Tools), func(t *Tool) bool { return !l.pinned(t) })
	}
}

// provide lists the tools that find and call others beside a direct list, while there are
// no or few connectors: a host that keeps this list has no other way to the tools of what
// is connected later.
func (l Listing) provide(set *Set) {
	connected := len(set.connectors())
	if !l.grows || connected > fewConnectors || connected > 0 && l.Host.ListChanged {
		return
	}
	more := slices.Clone(set.Listed)
	for _, t := range set.Tools {
		if t.searches() && !set.isShown(t) {
			more = append(more, t)
		}
	}
	slices.SortFunc(more, byName)
	if l.excess(more) == "" {
		set.Listed, set.provides = more, true
	}
}

// choose decides how Auto puts a set before its host, and says why.
func (l Listing) choose(set *Set) {
	all := len(set.Listed)
	if l.unlisted {
		set.Surface, set.Reason = Search, "the connectors are not known"
		return
	}
	if l.searchesItself(set.Listed) {
		set.Reason = fmt.Sprintf("%s searches the %d tools itself", l.Host.Title, all)
		return
	}
	excess := l.excess(set.Listed)
	if excess == "" {
		most, mostTokens := l.limits()
		set.Reason = fmt.Sprintf("%d tools are within %s %d and --max-tool-tokens %d", all, l.limiter(), most, mostTokens)
		l.provide(set)
		return
	}
	if folded := set.folded(); len(folded) < all && l.excess(folded) == "" {
		set.Surface, set.Listed = Folded, folded
		set.Reason = fmt.Sprintf("%s; with one search for each connector they are %d", excess, len(folded))
		l.provide(set)
		return
	}
	set.Surface, set.Reason = Search, excess
}
