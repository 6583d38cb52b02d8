package toolsearch

import "strings"

// Unknown lists what the tables of words name and the documents do not have.
func Unknown(docs []Document) []string {
	b := newBuilder(docs)
	known := map[string]bool{}
	for _, g := range b.groups {
		name := strings.Join(g.name, " ")
		known[name], known[g.connector+":"+name], known[g.connector] = true, true, true
	}
	var unknown []string
	for _, table := range meanings {
		for _, m := range table {
			for target := range strings.FieldsSeq(m.entities) {
				if !known[targetKey(strings.TrimLeft(target, "~"))] {
					unknown = append(unknown, target)
				}
			}
		}
	}
	for _, n := range nicknames {
		if !known[n.connector] {
			unknown = append(unknown, n.connector)
		}
	}
	return unknown
}

// TooLong lists the phrases of the tables that have too many words to be found.
func TooLong() []string {
	var list []string
	for _, table := range meanings {
		for _, m := range table {
			for phrase := range strings.SplitSeq(m.words, ",") {
				if len(strings.Fields(phrase)) > longestPhrase {
					list = append(list, strings.TrimSpace(phrase))
				}
			}
		}
	}
	return list
}
