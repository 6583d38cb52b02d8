package toolsearch

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// fillers are words that say nothing about a tool.
const fillers = " a about above after again against all also am an and any anyone are as at be because been before being below between" +
	" both but by can cannot could did do does doing done down during each else ever every few for from further give gives" +
	" gave had has have having he help her here hers him his how i if in into is it its just kindly let lets like me might" +
	" more most must my need needs no nor not of off on once one only or other ought our ours out over own please s same see" +
	" shall she should show shows so some such t tell than that the their theirs them then there these they thing things" +
	" this those through to too under until up us use used using via very want wants was we were what whats when where which" +
	" while who whom whose why will with within without would you your yours currently now right today tonight yesterday" +
	" tomorrow week month year quarter morning recent recently latest last next since ago i'm im i'd id ids many much d ve" +
	" re m ll there's who's what's give find search get fetch named called titled january february march april june july" +
	" august september october november december jan feb mar apr jun jul aug sep sept oct nov dec q1 q2 q3 q4 tuesday" +
	" wednesday thursday friday saturday sunday etc e.g i.e pls plz hey hi okay ok dear thanks wanna gotta got contain" +
	" contains "

// vague words say little: they count, but not for much.
const vague = " name names number numbers new current data info information detail details date dates time day days value values type" +
	" types status state record records everything anything something somebody someone people total overview item items" +
	" object objects specific certain exact whole full entire given available existing my own list set one two three "

// hasWord reports whether a set of words, with a space around each, has one. No set
// has the empty word.
func hasWord(set, word string) bool {
	for rest := set; word != ""; {
		i := strings.Index(rest, word)
		if i < 0 {
			return false
		}
		end := i + len(word)
		if i > 0 && rest[i-1] == ' ' && end < len(rest) && rest[end] == ' ' {
			return true
		}
		rest = rest[end:]
	}
	return false
}

func isFiller(word string) bool { return len(word) == 1 || hasWord(fillers, word) }

func isVague(word string) bool { return hasWord(vague, word) }

// split cuts a name or a text into lower-case words: at what is no letter or digit,
// and where camel humps begin.
func split(text string) []string {
	var words []string
	start := -1
	var before, r rune
	for i := 0; i < len(text); {
		var size int
		before = r
		r, size = utf8.DecodeRuneInString(text[i:])
		isWord := unicode.IsLetter(r) || unicode.IsDigit(r)
		if start >= 0 && (!isWord || isHump(before, r, text[i+size:])) {
			words = append(words, strings.ToLower(text[start:i]))
			start = -1
		}
		if isWord && start < 0 {
			start = i
		}
		i += size
	}
	if start >= 0 {
		words = append(words, strings.ToLower(text[start:]))
	}
	return words
}

// isHump reports whether a word begins with r: as Intent in PaymentIntent, and Key
// in APIKey.
func isHump(before, r rune, rest string) bool {
	if !unicode.IsUpper(r) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	return unicode.IsLower(before) || unicode.IsUpper(before) && unicode.IsLower(next) && rest != "s"
}
