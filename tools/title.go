package tools

import (
	"slices"
	"strings"

	"airbyte-mcp-server/schemas"
)

// menuTitle is the title where it says more than the name, from which hosts make one.
func (t *Tool) menuTitle() string {
	if t.plain {
		return ""
	}
	return t.Title
}

// titleOf is a tool's title as a menu has it: what the catalog says, or by rule.
func titleOf(c *schemas.Connector, e *schemas.Entity, a *schemas.Action) string {
	if a.Title != "" {
		return titled(a.Title, c)
	}
	switch a.Name {
	case schemas.ActionList:
		return titled("List "+spelt(e.Name), c)
	case schemas.ActionAPISearch:
		return titled("Search "+spelt(e.Name), c)
	case schemas.ActionGet, schemas.ActionDownload:
		return titled(capital(a.Name)+" "+which(e.Name), c)
	case schemas.ActionCreate, schemas.ActionUpdate, schemas.ActionDelete:
		return titled(capital(a.Name)+" "+withArticle(singular(spelt(e.Name))), c)
	default:
		return titled(capital(spelt(a.Name))+" "+spelt(e.Name), c)
	}
}

// titled adds the connector: a host shows tools of several beside each other.
func titled(title string, c *schemas.Connector) string { return title + " (" + c.Title + ")" }

// spelt is a name in words.
func spelt(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words {
		switch word {
		case "id", "ids", "ivr", "ivrs", "pr", "sla", "url":
			words[i] = strings.ToUpper(strings.TrimSuffix(word, "s")) + word[len(strings.TrimSuffix(word, "s")):]
		}
	}
	return strings.Join(words, " ")
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// which is one of several, or the only one: "a label", "the balance".
func which(entity string) string {
	name := spelt(entity)
	if one := singular(name); one != name {
		return withArticle(one)
	}
	return "the " + name
}

// singular is the singular of a name whose last word is a plural.
func singular(name string) string {
	for _, same := range []string{"ss", "us", "is", "series", "news"} {
		if strings.HasSuffix(name, same) {
			return name
		}
	}
	for _, ending := range []struct{ plural, singular string }{
		{"ies", "y"}, {"sses", "ss"}, {"statuses", "status"}, {"xes", "x"}, {"ches", "ch"}, {"shes", "sh"}, {"s", ""},
	} {
		if stem, ok := strings.CutSuffix(name, ending.plural); ok {
			return stem + ending.singular
		}
	}
	return name
}

// withArticle puts "a" or "an" before a name, as it is spoken.
func withArticle(name string) string {
	spoken := func(start string) bool { return strings.HasPrefix(name, start) }
	vowel := strings.ContainsRune("aeiou", rune(name[0]))
	if vowel && slices.ContainsFunc([]string{"user", "uni", "usa", "one", "eu"}, spoken) {
		vowel = false
	}
	if len(name) > 1 && name[1] >= 'A' && name[1] <= 'Z' { // spoken by its letters
		vowel = strings.ContainsRune("AEFHILMNORSX", rune(name[0]))
	}
	if vowel || spoken("hour") {
		return "an " + name
	}
	return "a " + name
}
