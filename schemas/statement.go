package schemas

import (
	"slices"

	"airbyte-mcp-server/internal/lazyregexp"
)

// TakesStatement reports whether an action that reads by its name takes a statement of a
// language that can write as well, such as SQL: what it does is up to the caller. A file whose
// action takes such statements of reads alone says `"effect": "read"`.
func (a *Action) TakesStatement() bool {
	return slices.ContainsFunc(a.Params, func(p *Parameter) bool { return p.In != "path" && a.isStatement(p) })
}

// isStatement looks at the name and the words of a text that may be anything, and into objects.
func (a *Action) isStatement(p *Parameter) bool {
	inner := slices.Concat(p.Properties, p.OneOf)
	if p.Items != nil {
		inner = append(inner, p.Items)
	}
	for _, q := range inner {
		named := *q
		if named.Name == "" {
			named.Name = p.Name
		}
		if a.isStatement(&named) {
			return true
		}
	}
	if p.Type != "string" || len(p.Enum) > 0 || p.Format != "" && p.Format != "sql" && p.Format != "graphql" {
		return false
	}
	words := nameWords(p.Name)
	if len(words) == 0 {
		return false
	}
	last := words[len(words)-1]
	switch {
	case p.Format != "" || slices.Contains(statements, last):
		return true
	case slices.Contains(queries, last):
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(languages, w) }) ||
			writingLanguage.MatchString(p.Description) || writingLanguage.MatchString(a.Summary)
	default:
		return false
	}
}

var (
	// statements are last words of names of texts that can do anything.
	statements = []string{"sql", "dml", "ddl", "statement", "statements", "mutation", "script", "graphql"}
	// queries are last words of names that need to be told more of.
	queries = []string{"query", "queries", "q", "text", "body", "code", "source", "program", "command", "expression", "input", "document"}
	// languages are first words of names of queries that can write.
	languages = []string{"sql", "graphql", "dml", "cypher", "sparql"}

	// writingLanguage finds languages that can write in words for a parameter. Those that
	// cannot, such as SOQL and GAQL, have names of their own.
	writingLanguage = lazyregexp.New(`(?i)\b(sql|(my|postgre|hive)sql|graphql|mutations?|dml|ddl|cypher|sparql|` +
		`insert into|delete from|drop table|scripts?|stored procedures?)\b`)
)
