package toolsearch

import (
	"strings"
	"unicode"
)

// intent is what a question wants done.
type intent int

const (
	unsaid intent = iota
	browse
	find
	fetch
	create
	change
	remove
	export
	intents
)

// suits weighs the sorts of action for an intent. A vendor's action may bear
// another name than the intent: moving a message to the trash creates something, and
// closing an issue may be a delete.
var suits = [intents][kinds]float64{
	//       list  search get   create update delete download other
	unsaid: {1.00, 0.96, 0.80, 0.62, 0.52, 0.35, 0.80, 0.50},
	browse: {1.00, 0.97, 0.76, 0.24, 0.22, 0.20, 0.40, 0.30},
	find:   {0.96, 1.00, 0.72, 0.30, 0.28, 0.20, 0.40, 0.30},
	fetch:  {0.80, 0.80, 1.00, 0.30, 0.28, 0.20, 0.62, 0.30},
	create: {0.35, 0.34, 0.32, 1.00, 0.66, 0.34, 0.30, 0.60},
	change: {0.36, 0.34, 0.34, 0.78, 1.00, 0.52, 0.28, 0.60},
	remove: {0.30, 0.28, 0.28, 0.62, 0.64, 1.00, 0.22, 0.60},
	export: {0.50, 0.42, 0.56, 0.36, 0.34, 0.20, 1.00, 0.40},
}

// verbs tell an intent. Sure ones do so wherever they stand; the others at the
// beginning of a question only, and those that are nouns as well only before an
// article, a name or the like.
var verbs = []struct {
	intent intent
	sure   string
	verb   string
	noun   string
}{
	{create, " create add insert upload invite send attach publish resend forward remind ",
		" make open post write log file schedule compose generate register submit set-up setup react buy purchase notify tell announce" +
			" jot finalize finalise confirm whisper thank leave put onboard apply ask raise launch start enroll duplicate ",
		" book comment reply respond answer text dm message email e-mail mail ping call dial order charge bill invoice refund subscribe" +
			" report draft pin bookmark place note track new tag label link copy say share broadcast sign drop hire give ring fax shoot "},
	{change, " update edit modify rename reopen reassign unassign unarchive reschedule amend suspend ",
		" change assign move resolve mark set pause resume enable disable convert unpause merge promote adjust increase decrease lower" +
			" extend replace correct revise escalate snooze unsnooze activate deactivate unsuspend unstar untrash restore overwrite solve" +
			" rewrite reword rephrase retype postpone tweak alter " +
			" close archive complete finish reprioritize relabel retitle redact unpublish freeze bring halt ",
		" transition raise turn switch fix star bump cut upgrade downgrade flag tick stop delay push shift hand pass reset swap "},
	{remove, " delete remove unpin erase purge discard unsubscribe ",
		" chuck ditch nuke axe expel evict uninvite detach unfile untick cancel void kick terminate wipe untag unlink revoke withdraw" +
			" destroy scrap rid ", " trash end bin boot dump clear "},
	{export, " download export ", " save ", ""},
	{find, " search find locate ", " lookup look hunt grep run execute ", " query filter "},
	{fetch, " fetch retrieve ", " get grab read pull display inspect open ", " view "},
	{browse, " list which how who whose what browse enumerate ",
		" show all see check where when why any is was were are do does did has have compare summarize give ", " count "},
}

// Words that show what a verb or a number is.
const (
	courtesies = " please pls can could would you i we want need like to let lets let's us me help how do just kindly hey hi and now go "

	// Before a noun.
	determiners = " a an another the my our this that these those new latest last any no "

	// Behind a verb.
	particles = " to on with for off up out down back "

	// Verbs that may tell the state of a thing, or be nouns, before a plural.
	states = " open file post log register schedule ask launch start complete finish archive lower correct merge leave close purchase" +
		" pause fix live light "

	// At the beginning of questions that ask for many things, even if they name one.
	asking = " who which how whose why where when "

	// Before a number that is no id.
	amounts = " last next past top first over under than least most about "

	// Numbers in words.
	numerals = " one two three four five six seven eight nine ten half "

	// Behind a number that is no id.
	units = " days day weeks week months month hours hour minutes years percent dollars usd eur euros items times people am pm h m d "
)

// readIntent finds the verb that says what is to be done. The first clause decides,
// unless a later one gives an order: "it is finished, close it".
func (r *reader) readIntent() {
	first, later := -1, false
	r.content = len(r.tokens)
	for i, t := range r.tokens {
		if r.isContent(i) {
			r.content = i
			break
		}
		if t.opens != 0 && first >= 0 {
			first, later = -1, true
		}
		if t.quoted || t.value != "" || r.taken[i] < 1 {
			continue
		}
		if hasWord(namers, t.lower) {
			break
		}
		if first < 0 && !hasWord(courtesies, t.lower) && !hasWord(beforehand, t.lower) {
			first = i
		}
		wants := r.intentOf(i, i == first, later)
		if r.q.intent == unsaid && wants != unsaid || r.q.intent <= find && wants > find {
			r.q.intent, r.verb = wants, i
			r.taken[i] = verbWeight
		}
	}
	r.settle()
}

// settle reads the intent from other words than verbs.
func (r *reader) settle() {
	if r.q.intent == unsaid && r.plural(0) {
		r.q.intent = browse
	}
	if r.q.intent == fetch && r.asksForFile() {
		r.q.intent = export
	}
	if r.q.intent == fetch && r.plural(r.verb+1) {
		r.q.intent = browse // to get orders is to list them
	}
	if r.q.intent <= find && !hasWord(asking, r.lower(0)) && (r.identified() || r.asksForOne()) {
		r.q.intent = fetch
	}
}

// intentOf is what the i-th word says as a verb. In a later clause it needs an
// object, for there it is more likely another sort of word.
func (r *reader) intentOf(i int, first, later bool) intent {
	word := r.lower(i)
	isNoun := hasWord(determiners, r.lower(i-1))
	if first {
		if r.asksToTell(i) {
			r.taken[i+1] = 0 // who is told is not asked about
			return browse
		}
		if wants := r.phrasal(i); wants != unsaid {
			return wants
		}
		if word == "new" && !later && r.isAnnounced(i+1) {
			return create
		}
	}
	for _, v := range verbs {
		switch {
		case hasWord(v.sure, word) && !isNoun:
			return v.intent
		case first && hasWord(v.verb, word) && r.commands(i, v.intent) && (!later || v.intent < create || r.hasObject(i)):
			return v.intent
		case first && hasWord(v.noun, word) && r.hasObject(i):
			return v.intent
		}
	}
	return unsaid
}

// commands tells a verb at the beginning from a state: "open a pull request" from
// "open the pull request" and "open pull requests".
func (r *reader) commands(i int, wants intent) bool {
	switch {
	case i+1 >= len(r.tokens):
		return false
	case r.lower(i) == "open" && wants == create:
		return hasWord(" a an new another ", r.lower(i+1)) || !r.hasObject(i) && !r.plural(i+1) && !r.identified()
	case wants < create && r.lower(i) != "open":
		return true
	}
	return r.hasObject(i) || wants >= create && (!hasWord(states, r.lower(i)) || !r.plural(i+1))
}

// hasObject reports whether a word that may be a noun is a verb, by what follows:
// "refund the order", but not "refund reasons" or "order 10452".
func (r *reader) hasObject(i int) bool {
	if i+1 >= len(r.tokens) {
		return false
	}
	next := r.tokens[i+1]
	switch {
	case next.value != "":
		return !identifies(next.value) || hasWord(" refund cancel close reopen finalize ", r.lower(i))
	case next.quoted, hasWord(objects, next.lower), hasWord(particles, next.lower), hasWord(numerals, next.lower):
		return true
	}
	return i == 0 && unicode.IsUpper(rune(next.text[0])) && next.text[1:] == next.lower[1:] && r.taken[i+1] > 0
}

// plural reports whether the noun that begins at i is of many.
func (r *reader) plural(i int) bool {
	for ; i < len(r.tokens); i++ {
		t := r.tokens[i]
		if t.value != "" || hasWord(prepositions, t.lower) {
			return false
		}
		if strings.HasSuffix(t.lower, "s") && singular(t.lower) != t.lower {
			return true
		}
	}
	return false
}

// identified reports whether the question holds the id of one thing.
func (r *reader) identified() bool {
	for i, t := range r.tokens {
		isAmount := hasWord(amounts, r.lower(i-1)) || hasWord(units, r.lower(i+1)) || i > 0 && r.tokens[i-1].value == "phone"
		if identifies(t.value) && !isAmount && !isYear(t.text) {
			return true
		}
	}
	return false
}

func isYear(text string) bool {
	return len(text) == 4 && only(text, digits) && (strings.HasPrefix(text, "20") || strings.HasPrefix(text, "19"))
}
