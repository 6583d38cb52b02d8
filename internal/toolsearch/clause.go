package toolsearch

import (
	"strings"
	"unicode"
)

// phrasals are verbs whose meaning hangs on a word behind them: to take a tag off
// is no taking. Where that word is next to the verb only, it may not stand apart.
var phrasals = []struct {
	intent    intent
	verbs     string
	particles string
	next      bool
}{
	{create, " set sign put write kick spin fire line jot ", " up off together down ", true},
	{remove, " get ", " rid ", true},
	{remove, " call ", " off ", true},
	{remove, " stop ", " charging billing ", true},
	{remove, " throw chuck toss put move drop ", " bin trash garbage ", false},
	{remove, " take strip peel clear throw chuck kick boot turf bin ", " off out away down back ", false},
	{change, " label tag flag mark ", " as ", false},
	{change, " tick cross check ", " off ", false},
	{change, " give hand pass ", " to over back ", false},
	{change, " switch turn shut ", " on off down ", false},
	{change, " push put move bring shift ", " back forward ", false},
	{create, " let make ", " know aware ", false},
	{create, " email mail text message dm charge bill fax ship ", addressee, false},
}

const (
	addressee  = " to "
	farthest   = 7 // tokens between a verb and its word
	messengers = " tell text email e-mail mail message dm post announce notify remind inform write say reply respond answer comment" +
		" whisper ping broadcast "
	beforehand = " tomorrow tonight at first then once also so but actually " // words before a verb with which a command begins all the same
	fileWords  = " pdf screenshot scan cv resume mp3 mp4 docx "
)

// phrasal is what a verb at i says together with a later word of its clause.
func (r *reader) phrasal(i int) intent {
	for _, p := range phrasals {
		if !hasWord(p.verbs, r.lower(i)) || p.intent == change && hasWord(" me us ", r.lower(i+1)) {
			continue
		}
		for j := i + 1; j < min(i+farthest, len(r.tokens)) && r.tokens[j].opens == 0; j++ {
			if hasWord(p.particles, r.lower(j)) && (p.particles != addressee || r.isAddressed(j+1)) {
				return p.intent
			}
			if p.next || isParticiple(r.lower(j)) {
				break
			}
		}
	}
	return unsaid
}

// isAddressed reports whether somebody or something is named at i.
func (r *reader) isAddressed(i int) bool {
	if i >= len(r.tokens) {
		return false
	}
	t := &r.tokens[i]
	return t.value != "" || t.quoted || hasWord(objects, t.lower) || unicode.IsUpper(rune(t.text[0]))
}

// asksToTell reports whether a verb that gives something away asks to be told it:
// "give me the orders", but not "send me an email".
func (r *reader) asksToTell(i int) bool {
	if !hasWord(" show give tell send throw bring hand get find fetch read pull list ", r.lower(i)) || !hasWord(" me us ", r.lower(i+1)) {
		return false
	}
	for j := i + 2; j < min(i+5, len(r.tokens)); j++ {
		if hasWord(" email e-mail mail text sms message dm reminder invite invitation ", r.lower(j)) {
			return false
		}
	}
	return true
}

// isAnnounced reports whether one thing is told of from i on, so that a new one is
// wanted: "new task for me", but not "new tasks" or "new user growth".
func (r *reader) isAnnounced(i int) bool {
	for i < len(r.tokens) && r.taken[i] == 0 {
		i++
	}
	if i >= len(r.tokens) || r.tokens[i].value != "" || singular(r.lower(i)) != r.lower(i) {
		return false
	}
	if i+1 == len(r.tokens) {
		return true
	}
	next := &r.tokens[i+1]
	return next.opens != 0 || next.quoted || next.value != "" || hasWord(prepositions, next.lower) || hasWord(namers, next.lower)
}

// isContent reports whether what comes from i on is a text to be sent or stored, not a
// description of the tool: behind the colon of an order, or the "that" of a message.
func (r *reader) isContent(i int) bool {
	if r.q.intent < create || r.q.intent > remove {
		return false
	}
	if r.tokens[i].opens == ':' {
		return true
	}
	return r.lower(i) == "that" && i > r.verb+1 && hasWord(messengers, r.lower(r.verb)) && !hasWord(prepositions, r.lower(i-1))
}

// asksForFile reports whether the verb's object is a file by its kind, so that to
// get it is to download it.
func (r *reader) asksForFile() bool {
	for i := r.verb + 1; i < min(r.verb+4, len(r.tokens)); i++ {
		if hasWord(prepositions, r.lower(i)) {
			return false
		}
		if hasWord(fileWords, r.lower(i)) {
			return true
		}
	}
	return false
}

// laterMessage is the word for entities that are messages to be sent later.
const laterMessage = "<later message>"

// isForLater reports whether an order to post something names a time to come,
// outside of the text to be posted.
func (r *reader) isForLater() bool {
	if r.q.intent != create || !hasWord(" post send message announce remind say schedule ", r.lower(r.verb)) {
		return false
	}
	for i := range r.content {
		if hasWord(" tomorrow tonight later ", r.lower(i)) {
			return true
		}
	}
	return false
}

// isParticiple knows words that make a verb before them a noun: an invoice sent to
// somebody.
func isParticiple(word string) bool {
	return strings.HasSuffix(word, "ed") || hasWord(" sent made given paid ", word)
}

// asksForOne reports whether the question is after one thing, though it has no id: "details
// of a specific invoice", "look up one order".
func (r *reader) asksForOne() bool {
	for i := range r.tokens {
		word := r.lower(i)
		one := hasWord(" specific single particular ", word) || word == "one" && hasWord(determiners+" up get ", r.lower(i-1)) ||
			i == 0 && hasWord(" details detail ", word) && hasWord(" of about on for ", r.lower(1)) && hasWord(" a an one the ", r.lower(2))
		if one {
			return !r.plural(i + 1)
		}
	}
	return false
}
