package hostfile

import (
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"airbyte-mcp-server/internal/lazyregexp"
)

// Diff shows what would be different, with three lines around it. Values that look like
// secrets, which are other servers' as a rule, are not shown.
func (c *Change) Diff() string {
	name := c.File
	before := name
	if !c.Exists {
		before = "/dev/null"
	}
	text := string(diff.Diff(before, visible(c.Before), name, visible(c.After)))
	if _, body, ok := strings.Cut(text, "\n"); ok && strings.HasPrefix(text, "diff ") {
		text = body
	}
	return Masked(text)
}

// visible is a text without what would disturb a terminal, and with an end of its last line.
func visible(data []byte) []byte {
	text := strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) && r != '\ufeff' {
			return r
		}
		return -1
	}, string(data))
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return []byte(text)
}

// secretMember is a name that says secret and its value, as JSON, TOML and YAML have them.
var secretMember = lazyregexp.New(`(?i)(["']?[\w.-]*(?:secret|token|passw|api[-_]?key|authorization|credential)` +
	`[\w.-]*["']?\s*[:=]\s*)` +
	`("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"',{}\[\]#][^,}\]#\n]*)`)

// knownSecret is what some issuers' secrets begin with.
var knownSecret = lazyregexp.New(`\b(?:sk-|gh[opsu]_|[a-z]+_pat_|xox[abps]-|eyJ|AKIA)[\w.-]{8,}|(?i:bearer )[\w.~+/-]{8,}`)

// harmless is a value that is no secret: a reference, a truth, a number.
var harmless = lazyregexp.New(`^["']?(?:Bearer )?(?:\$\{[^}]*\}|\{env:\w+\}|\$\w+|true|false|null|\d+|)["']?\s*$`)

// secretName is a variable that holds a secret by its name.
var secretName = lazyregexp.New(`(?i)secret|token|passw|api_?key|authorization|credential`)

// IsSecret reports whether a variable holds a secret in plain text.
func IsSecret(name, value string) bool {
	isFile := strings.HasSuffix(strings.ToLower(name), "_file")
	return !isFile && !harmless.MatchString(value) && (secretName.MatchString(name) || knownSecret.MatchString(value))
}

// Masked is a text of a host's file without what looks like a secret.
func Masked(text string) string {
	text = secretMember.ReplaceAllStringFunc(text, func(member string) string {
		parts := secretMember.FindStringSubmatch(member)
		name := strings.ToLower(strings.Trim(parts[1], `"' :=`))
		if harmless.MatchString(parts[2]) || strings.HasSuffix(name, "file") || strings.HasSuffix(name, "_env_var") {
			return member
		}
		quote := ""
		if parts[2][0] == '"' || parts[2][0] == '\'' {
			quote = parts[2][:1]
		}
		return parts[1] + quote + "(not shown)" + quote
	})
	return knownSecret.ReplaceAllString(text, "(not shown)")
}
