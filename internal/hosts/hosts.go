// Package hosts knows the limits and habits of MCP hosts by the names that they give
// themselves. docs/hosts.md has the source of each fact.
package hosts

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Host is what is known of a host. The zero Host is one of which nothing is known.
type Host struct {
	Title   string
	Clients []string // beginnings of its name, in lower case; after an asterisk: any part of it
	Since   string   // the version from which this holds; "" for all

	MaxTools           int  // it takes of all servers together; 0 where no number is known
	SearchesTools      bool // its model finds tools by a search of the host, and pays for their names alone
	StructuredOnly     bool // its model gets structured content and no text
	ShowsInstructions  bool // its model gets the server's instructions
	HidesInstructions  bool // its model does not
	ListChanged        bool // it lists again when told that the list has changed
	IgnoresListChanged bool // it does not
	AcceptsAlone       bool // it may accept a question without asking anybody
	AnthropicHints     bool // it reads `_meta` members that begin with anthropic/
}

// All are the hosts that are known; one of which versions differ has several rows.
func All() []Host { return slices.Clone(table) }

// Lookup finds the host that calls itself so: the row with the longest fitting name, and of
// several for one host that of the newest version which is not beyond the given one.
func Lookup(name, version string) Host {
	name = strings.ToLower(strings.TrimSpace(name))
	var best Host
	longest := 0
	for _, h := range table {
		fit := h.fit(name)
		if fit == 0 || h.Since != "" && compareVersions(version, h.Since) < 0 {
			continue
		}
		if fit > longest || fit == longest && compareVersions(h.Since, best.Since) > 0 {
			best, longest = h, fit
		}
	}
	return best
}

// Newest is Lookup for the newest version of a host, which may be named by its title as well.
func Newest(name string) Host {
	for _, h := range table {
		if strings.EqualFold(h.Title, strings.TrimSpace(name)) {
			name, _ = strings.CutPrefix(h.Clients[0], "*")
		}
	}
	return Lookup(name, "9999")
}

// fit is the length of the longest of a host's names that a client's name has, 0 for none.
func (h Host) fit(name string) int {
	longest := 0
	for _, client := range h.Clients {
		part, anywhere := strings.CutPrefix(client, "*")
		if anywhere && strings.Contains(name, part) || !anywhere && begins(name, client) {
			longest = max(longest, len(part))
		}
	}
	return longest
}

// begins reports whether a name begins with another one as a whole word: bridges and
// editions add to a host's name ("claude-ai (via mcp-remote 0.1.36)", "cursor-vscode").
func begins(name, word string) bool {
	rest, ok := strings.CutPrefix(name, word)
	return ok && (rest == "" || !isLetter(rest[0]))
}

func isLetter(b byte) bool { return 'a' <= b && b <= 'z' }

// compareVersions compares versions by their leading numbers. What is no version is older
// than any.
func compareVersions(a, b string) int { return slices.Compare(numbers(a), numbers(b)) }

func numbers(version string) []int {
	var list []int
	for part := range strings.SplitSeq(strings.TrimPrefix(version, "v"), ".") {
		end := strings.IndexFunc(part, func(r rune) bool { return r < '0' || r > '9' })
		digits := part
		if end >= 0 {
			digits = part[:end]
		}
		n, err := strconv.Atoi(digits)
		if err != nil {
			break
		}
		list = append(list, n)
		if end >= 0 {
			break // 1.2.3-rc.1 and 1.2.3 (Claude Code) count as 1.2.3
		}
	}
	return list
}

// Key tells the rows of the table apart.
func (h Host) Key() string { return cmp.Or(h.Title, "-") + " " + h.Since }

// Habits are what is known of a host, in words that follow its title.
func (h Host) Habits() []string {
	var known []string
	for _, habit := range []struct {
		has   bool
		words string
	}{
		{h.SearchesTools, "searches the listed tools itself"},
		{h.MaxTools > 0, "takes " + strconv.Itoa(h.MaxTools) + " tools of all servers together"},
		{h.StructuredOnly, "gives its model structured content alone"},
		{h.ShowsInstructions, "shows its model the server's instructions"},
		{h.HidesInstructions, "does not show its model the server's instructions"},
		{h.ListChanged, "lists the tools again when told that they have changed"},
		{h.IgnoresListChanged, "keeps its list of tools whatever it is told"},
		{h.AcceptsAlone, "may accept a question without asking anybody"},
	} {
		if habit.has {
			known = append(known, habit.words)
		}
	}
	return known
}
