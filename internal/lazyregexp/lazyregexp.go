// Package lazyregexp has regular expressions that are compiled when they are first used.
// A program starts without those that it does not need: compiling the 78 of this project
// took 5 ms of each start.
package lazyregexp

import (
	"regexp"
	"sync"
)

// Regexp is a regular expression. All methods are those of regexp.Regexp; the first one
// that is called compiles it, and panics if that fails: a test of the project compiles all.
type Regexp struct {
	text string
	once func() *regexp.Regexp
}

// New is the regular expression of a text.
func New(text string) *Regexp {
	return &Regexp{text, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })}
}

// String is the text of the expression.
func (r *Regexp) String() string { return r.text }

// MatchString is that of regexp.Regexp.
func (r *Regexp) MatchString(s string) bool { return r.once().MatchString(s) }

// FindString is that of regexp.Regexp.
func (r *Regexp) FindString(s string) string { return r.once().FindString(s) }

// FindStringSubmatch is that of regexp.Regexp.
func (r *Regexp) FindStringSubmatch(s string) []string { return r.once().FindStringSubmatch(s) }

// FindStringSubmatchIndex is that of regexp.Regexp.
func (r *Regexp) FindStringSubmatchIndex(s string) []int { return r.once().FindStringSubmatchIndex(s) }

// FindAllString is that of regexp.Regexp.
func (r *Regexp) FindAllString(s string, n int) []string { return r.once().FindAllString(s, n) }

// FindAllStringIndex is that of regexp.Regexp.
func (r *Regexp) FindAllStringIndex(s string, n int) [][]int {
	return r.once().FindAllStringIndex(s, n)
}

// FindAllStringSubmatch is that of regexp.Regexp.
func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	return r.once().FindAllStringSubmatch(s, n)
}

// ReplaceAllString is that of regexp.Regexp.
func (r *Regexp) ReplaceAllString(src, repl string) string {
	return r.once().ReplaceAllString(src, repl)
}

// ReplaceAllStringFunc is that of regexp.Regexp.
func (r *Regexp) ReplaceAllStringFunc(src string, repl func(string) string) string {
	return r.once().ReplaceAllStringFunc(src, repl)
}

// Match is that of regexp.Regexp.
func (r *Regexp) Match(b []byte) bool { return r.once().Match(b) }

// ReplaceAll is that of regexp.Regexp.
func (r *Regexp) ReplaceAll(src, repl []byte) []byte { return r.once().ReplaceAll(src, repl) }

// Split is that of regexp.Regexp.
func (r *Regexp) Split(s string, n int) []string { return r.once().Split(s, n) }

// FindAllSubmatch is that of regexp.Regexp.
func (r *Regexp) FindAllSubmatch(b []byte, n int) [][][]byte { return r.once().FindAllSubmatch(b, n) }

// FindStringIndex is that of regexp.Regexp.
func (r *Regexp) FindStringIndex(s string) []int { return r.once().FindStringIndex(s) }
