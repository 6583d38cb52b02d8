package importer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/schemas"
)

// listedFrom is the number of names from which a default is kept as a list of
// names instead of as the text that holds them.
const listedFrom = 5

// setDefault takes over a default value. Some are templates or queries in a text;
// those are taken apart, and a template that is not understood is no default.
func (r *reader) setDefault(p *schemas.Parameter, n *node) {
	written := n.scalar()
	switch {
	case n == nil || !r.spend(len(written)/costlyText):
	case n.kind != text:
		p.Default = r.raw(n)
	case strings.Contains(written, "{{"):
		p.DefaultRelative = relativeTime(written)
	default:
		if names, encoding := listedNames(written); len(names) >= listedFrom {
			p.DefaultList, p.DefaultListEncoding = names, encoding
		} else if p.DefaultQuery = defaultQuery(written); p.DefaultQuery == nil {
			p.Default = r.raw(n)
		}
	}
}

var (
	dayDelta  = lazyregexp.New(`^\s*\{\{\s*day_delta\(\s*([+-]?\d+)\s*(?:,\s*(?:format\s*=\s*)?['"]([^'"]*)['"]\s*)?\)\s*\}\}\s*$`)
	timeDelta = lazyregexp.New(`^\s*\{\{\s*\(?\s*(?:now_utc|today_utc)\(\)\s*(?:-\s*duration\(\s*['"](P[0-9A-Z]+)['"]\s*\)\s*)?\)?` +
		`\s*\.\s*strftime\(\s*['"]([^'"]*)['"]\s*\)\s*\}\}\s*$`)
)

// dayDeltaForm is how day_delta writes a time that it is given no form for.
const dayDeltaForm = "%Y-%m-%dT%H:%M:%S.%f%z"

// relativeTime reads the templates that stand for a time before now; nil for others.
func relativeTime(template string) json.RawMessage {
	if m := timeDelta.FindStringSubmatch(template); m != nil {
		return before(cmp.Or(m[1], "P0D"), m[2])
	}
	if m := dayDelta.FindStringSubmatch(template); m != nil {
		days, err := strconv.Atoi(m[1])
		switch {
		case err != nil:
			return nil
		case days > 0:
			return before(fmt.Sprintf("-P%dD", days), cmp.Or(m[2], dayDeltaForm))
		}
		return before(fmt.Sprintf("P%dD", -days), cmp.Or(m[2], dayDeltaForm))
	}
	return nil
}

// before is a time as the catalog writes it: an ISO 8601 duration before now.
func before(duration, form string) json.RawMessage {
	return encode(struct {
		BeforeNow string `json:"before_now"`
		Strftime  string `json:"strftime"`
	}{duration, form})
}

// encode is for values that JSON can hold.
func encode(value any) json.RawMessage {
	made, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	return made
}

var commaList = lazyregexp.New(`^[A-Za-z_][\w.]*(?:\s*,\s*[A-Za-z_][\w.]*)+$`)

// listedNames reads a list of names out of a text, sorted.
func listedNames(written string) (names []string, encoding string) {
	if json.Unmarshal([]byte(written), &names) == nil && len(names) > 0 {
		slices.Sort(names)
		return names, "json"
	}
	if !commaList.MatchString(written) {
		return nil, ""
	}
	return splitNames(written), "comma"
}

func splitNames(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		names = append(names, strings.TrimSpace(name))
	}
	slices.Sort(names)
	return names
}

var query = lazyregexp.New(`(?is)^\s*SELECT\s+(.+?)\s+FROM\s+(\w+)(?:\s+WHERE\s+(.+?))?(?:\s+ORDER\s+BY\s+(.+?))?` +
	`(?:\s+LIMIT\s+(\d+))?\s*;?\s*$`)

// defaultQuery takes a query of a vendor's language apart; nil for other text.
func defaultQuery(written string) json.RawMessage {
	m := query.FindStringSubmatch(written)
	if m == nil {
		return nil
	}
	limit, _ := strconv.Atoi(m[5]) // digits or nothing
	return encode(struct {
		From    string   `json:"from"`
		Select  []string `json:"select"`
		Where   string   `json:"where,omitempty"`
		OrderBy string   `json:"order_by,omitempty"`
		Limit   int      `json:"limit,omitempty"`
	}{m[2], splitNames(m[1]), m[3], m[4], limit})
}
