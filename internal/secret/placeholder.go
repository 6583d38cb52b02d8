package secret

import (
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
)

// variable is a reference inside a value, in the forms of shells, hosts and templates. All
// of them have brackets of two characters, which no credential has by chance.
var variable = lazyregexp.New(`[$#%]\{[^{}]*\}|\$\{\{.*\}\}|\{\{.*\}\}|\$\([^()]*\)|%\([^()]*\)s`)

// reference is a value that as a whole refers to another one, or asks for one.
var reference = lazyregexp.New(`^(?:` + strings.Join([]string{
	`\$[A-Z_][A-Z0-9_]*`, `\$[A-Za-z]+_[A-Za-z0-9_]*`, `\$(?i:env)[:.][A-Za-z_]\w*`, // of a shell
	`%[A-Za-z_]\w*%`, // of Windows
	`\{(?i:env|input|file|secret)[:.][^{}]*\}`,
	`(?i:env|input|secret|secrets|keychain|file):[A-Za-z_][\w.-]*`,
	`(?i:op|vault|aws-sm|gcp-sm|secretref|keyring)://.+`,
	`<[^<>]+>`, `\[(?i:your|insert|enter|add|paste|put|the|my)\b[^\[\]]*\]`,
	`(?i)(?:your|my|insert|enter|paste)[-_ ](?:[a-z]+[-_ ])*(?:id|key|secret|token|password|credentials?)(?:[-_ ]here)?`,
	`(?i)change[-_ ]?me|replace[-_ ]?me|\.{3,}|\*+|•+|…|\[?redacted\]?`,
}, "|") + `)$`)

// IsPlaceholder reports whether a text stands for a value rather than being one: a variable
// that a host or a shell did not expand, or the words of a template.
func IsPlaceholder(text string) bool {
	text = strings.Trim(strings.TrimSpace(text), `"'`)
	return variable.MatchString(text) || reference.MatchString(text)
}

// unexpanded is a value that as a whole is a variable of a shell, or a word of a template.
var unexpanded = lazyregexp.New(`^(?:\$[A-Z_][A-Z0-9_]*|\$[A-Za-z]+_[A-Za-z0-9_]*|%[A-Za-z_]\w*%|<[^<>]+>)$`)

// IsUnexpanded is IsPlaceholder for a value that may be a pattern or a name: what only a
// credential would be a placeholder by is none.
func IsUnexpanded(text string) bool {
	text = strings.Trim(strings.TrimSpace(text), `"'`)
	return variable.MatchString(text) || unexpanded.MatchString(text)
}

// PlaceholderHint says what a placeholder is, without quoting it: it might be a value.
const PlaceholderHint = "is a placeholder, like ${NAME} or <your-secret>, that nothing has replaced: the host or shell " +
	"did not expand it; write the value itself, or start the program where the variable is set"
