package terminal

import (
	"errors"
	"io"
	"unicode/utf8"
)

// interruptKey is Ctrl-C, which a terminal that hides what is typed hands on like any
// other key.
const interruptKey = 0x03

var errNotUTF8 = errors.New("what was typed is not UTF-8 text: set the terminal to UTF-8, or give it in a file")

// keyboard hands on one byte at a time: what comes after the line belongs to the next
// question.
type keyboard struct {
	in   io.Reader
	out  io.Writer
	part []byte // of a character that is not complete yet
}

// Read implements [io.Reader].
func (k *keyboard) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, io.ErrShortBuffer // an escape sequence without an end
	}
	n, err := k.in.Read(b[:1])
	if n == 0 {
		return 0, err
	}
	if b[0] == interruptKey {
		return 0, ErrInterrupted
	}
	k.part = append(k.part, b[0])
	if utf8.FullRune(k.part) {
		if !utf8.Valid(k.part) {
			return 0, errNotUTF8 // the line editor would leave it out without a word
		}
		k.part = k.part[:0]
	}
	return n, err
}

// Write implements [io.Writer].
func (k *keyboard) Write(b []byte) (int, error) { return k.out.Write(b) }
