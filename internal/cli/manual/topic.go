package manual

import (
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

//go:embed topics/*.txt
var topicFiles embed.FS

// topicFile is the text of a topic, whose first line is its title.
func topicFile(name string) string {
	text, err := topicFiles.ReadFile("topics/" + name + ".txt")
	if err != nil {
		return ""
	}
	return string(text)
}

// topicNames are all topics, those that are made from tables first.
func topicNames() []string {
	names := []string{"settings", "exit-codes", "topics"}
	files, err := topicFiles.ReadDir("topics")
	if err != nil {
		return names // an embedded folder is there
	}
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".txt"))
	}
	return names
}

// topic is the page about a topic, nil if there is none of that name.
func (m *Manual) topic(words []string) *page {
	p := &page{}
	switch words[0] {
	case "settings":
		return m.settings(words[1:])
	case "exit-codes":
		m.exitCodes(p)
	case "topics":
		p.linef("Pages of %s help, beside those on commands", program)
		var rows [][2]string
		for _, name := range topicNames() {
			rows = append(rows, [2]string{name, topicTitle(name)})
		}
		p.table(rows)
	default:
		text := topicFile(words[0])
		if text == "" {
			return nil
		}
		fmt.Fprint(p, text)
	}
	return p
}

func topicTitle(name string) string {
	switch name {
	case "settings":
		return "All settings by subject: flags, environment variables, defaults. A subject may follow."
	case "exit-codes":
		return "What the exit codes say."
	case "topics":
		return "This list."
	}
	title, _, _ := strings.Cut(topicFile(name), "\n")
	return title
}

// exits are the exit codes of a command with their meanings.
func (m *Manual) exits(codes []string) string {
	var parts []string
	for _, e := range m.ExitCodes {
		if e.Code < 2 || slices.Contains(codes, strconv.Itoa(e.Code)) {
			parts = append(parts, fmt.Sprintf("%d %s", e.Code, e.Short))
		}
	}
	return strings.Join(parts, ", ") + "; all: help exit-codes"
}

func (m *Manual) exitCodes(p *page) {
	p.linef("Exit codes")
	for _, e := range m.ExitCodes {
		p.linef("  %3d  %s", e.Code, cmp.Or(e.Meaning, e.Short))
	}
	p.linef("")
	p.text(0, m.Further)
}

// settings are those of a subject, or of all.
func (m *Manual) settings(subject []string) *page {
	p := &page{}
	wanted := strings.ToLower(strings.Join(subject, " "))
	p.text(0, "A setting comes from its flag, else from its environment variable, else from a file that --env-file names, "+
		"else from the config file, where its key is the flag's name without --; config show tells which. "+
		"Durations are written like 50s or 5m, sizes like 4MiB, lists with commas. Secrets have no flag.")
	found := false
	for _, group := range m.subjects() {
		if wanted == "" || strings.ToLower(group) == wanted {
			m.group(p, group)
			found = true
		}
	}
	if !found {
		p.Reset()
		p.linef("There are no settings of that subject. Subjects: %s", strings.ToLower(strings.Join(m.subjects(), ", ")))
	}
	return p
}

// allSettings is what the page of the serving command has below its own flags.
func (m *Manual) allSettings(p *page) {
	for _, group := range m.subjects() {
		m.group(p, group)
	}
}

// subjects are the groups of settings, in their order.
func (m *Manual) subjects() []string {
	var names []string
	for _, flag := range m.model.Flags {
		if flag.Group != nil && !slices.Contains(names, flag.Group.Key) {
			names = append(names, flag.Group.Key)
		}
	}
	return names
}

// group is the table of the settings of one subject.
func (m *Manual) group(p *page, name string) {
	var rows [][2]string
	for _, flag := range m.model.Flags {
		if flag.Group != nil && flag.Group.Key == name && !flag.Hidden {
			rows = append(rows, m.row(flag))
		}
	}
	for _, s := range m.Secrets {
		if s.Group == name {
			rows = append(rows, [2]string{s.Variable, s.Help})
		}
	}
	p.linef("\n%s", name)
	p.table(rows)
}
