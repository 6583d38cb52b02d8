package records

import (
	"slices"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/schemas"
)

// searchQuery is a vendor's search text, read in the part that many vendors share:
// words that must occur, and qualifiers such as state:open.
type searchQuery struct {
	words      []string
	qualifiers []qualifier
}

type qualifier struct {
	key, value string
	not        bool
	bound      string // >, >=, < or <=, where a value is compared with
}

var (
	qualified = lazyregexp.New(`(-?)([A-Za-z_][\w.\-]*(?:\["?[\w-]+"?\]|\['[\w-]+'\])?)\s*` +
		`(!?[:=~]|[<>]=?)\s*("[^"]*"|'[^']*'|\([^)]*\)|[^\s"']+)`)
	quoted = lazyregexp.New(`"([^"]*)"|'([^']*)'|\{([^}]*)\}`)
	tail   = lazyregexp.New(`(?i)\s+(order\s+by|in\s+\w+\s+fields|returning|limit)\b.*$`)
)

// glue are words of query languages that are not searched for.
var glue = map[string]bool{"and": true, "or": true, "not": true, "find": true, "*": true}

func (c *Call) parseSearch(text string) *searchQuery {
	q := &searchQuery{}
	text = tail.ReplaceAllString(text, "")
	text = qualified.ReplaceAllStringFunc(text, func(match string) string {
		part := qualified.FindStringSubmatch(match)
		q.qualifiers = append(q.qualifiers, newQualifier(part[1], part[2], part[3], part[4]))
		return " "
	})
	text = quoted.ReplaceAllStringFunc(text, func(match string) string {
		q.words = append(q.words, strings.ToLower(strings.Trim(match, `"'{}`)))
		return " "
	})
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		if word = strings.Trim(word, "(){}*"); word != "" && !glue[word] {
			q.words = append(q.words, word)
		}
	}
	return q
}

// newQualifier reads one qualifier. The comparison may stand before the value:
// created:>=2026-01-01.
func newQualifier(sign, key, operator, value string) qualifier {
	q := qualifier{key: key, not: sign == "-" || strings.HasPrefix(operator, "!")}
	if strings.ContainsAny(operator, "<>") {
		q.bound = operator
	}
	if rest := strings.TrimLeft(value, "<>="); rest != value {
		q.bound, value = value[:len(value)-len(rest)], rest
	}
	q.value = strings.Trim(value, `"'()`)
	return q
}

// test is the condition on a record that the query states.
func (q *searchQuery) test(m *model) test {
	var tests []test
	for _, part := range q.qualifiers {
		if t := part.test(m); t != nil {
			tests = append(tests, t)
		}
	}
	return func(r *record) bool {
		if slices.ContainsFunc(tests, func(t test) bool { return !t(r) }) {
			return false
		}
		if len(q.words) == 0 {
			return true
		}
		text := r.text()
		return !slices.ContainsFunc(q.words, func(w string) bool { return !strings.Contains(text, w) })
	}
}

// test compares the field that the qualifier names; nil if there is none.
func (q qualifier) test(m *model) test {
	name := q.key
	if strings.EqualFold(name, "is") {
		name = "state"
	}
	if q.bound != "" {
		if f := m.timeField(name); f != nil {
			return timeTest(f, q.value, strings.HasPrefix(q.bound, ">"))
		}
		return nil
	}
	var f *schemas.Field
	for _, candidate := range []string{strings.TrimSuffix(name, "s"), name, name + "s"} {
		if f == nil {
			f = m.fieldOf(candidate)
		}
	}
	if f == nil || strings.EqualFold(q.key, "is") && !slices.Contains(stateWords, strings.ToLower(q.value)) {
		return nil
	}
	t := fieldTest(f, q.value)
	if t == nil || !q.not {
		return t
	}
	return func(r *record) bool { return !t(r) }
}

// stateWords are what `is:` says about a record's state; other uses of it name
// the kind of record.
var stateWords = []string{"open", "closed", "merged"}

// text is everything written in a record, in lower case.
func (r *record) text() string {
	r.once.Do(func() {
		var b strings.Builder
		gather(&b, r.fields)
		r.words = strings.ToLower(b.String())
	})
	return r.words
}

func gather(b *strings.Builder, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, inner := range v {
			gather(b, inner)
		}
	case []any:
		for _, inner := range v {
			gather(b, inner)
		}
	case string:
		if !strings.HasPrefix(v, "https://") {
			b.WriteString(v)
			b.WriteByte('\n')
		}
	default:
		b.WriteString(jsonvalue.AsText(v))
		b.WriteByte('\n')
	}
}

// searchScope is where a search looks: everywhere, unless it names a place, as in
// repo:acme/widgets.
func (c *Call) searchScope() scope {
	var sc scope
	for _, p := range c.action.Params {
		if !isSearchText(p.Name) || p.Type != "string" {
			continue
		}
		for _, q := range c.parseSearch(c.text(p.Name)).qualifiers {
			sc = c.place(sc, q)
		}
	}
	for _, p := range c.m.scope {
		if value := c.text(p.name); value != "" {
			sc = sc.with(p.canonical, value)
		}
	}
	return sc
}

// place binds the scope parameters that a qualifier speaks of.
func (c *Call) place(sc scope, q qualifier) scope {
	for _, p := range c.m.scope {
		if p.configKey == "" {
			continue
		}
		head, rest, both := strings.Cut(q.value, "/")
		switch {
		case both && namesTail(p.configKey, q.key) && p.tail:
			sc = sc.with(p.canonical, rest)
		case both && namesTail(p.configKey, q.key):
			sc = sc.with(p.canonical, head)
		case !both && !p.tail && slices.Contains([]string{"user", "org", "owner"}, q.key):
			sc = sc.with(p.canonical, q.value)
		}
	}
	return sc
}
