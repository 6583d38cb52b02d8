package rawjson

import (
	"encoding/binary"
	"math/bits"
)

// blockSize is how many bytes are looked at together: one for each bit of a word.
const blockSize = 64

const (
	ones   = 0x0101010101010101 // 1 in each byte
	sevens = 0x7F * ones
	highs  = 0x80 * ones
	gather = 0x0002040810204081 // times a word with nothing but highest bits: those as the highest byte
)

// specials are the bytes of a block that a JSON string cannot have as they are, the first one
// as the lowest bit: quotes, backslashes and control characters. The highest bits of high's
// bytes tell whether there are bytes beyond printable ASCII.
func specials(b *[blockSize]byte) (set, high uint64) {
	w0, w1, w2, w3 := word(b[0:8]), word(b[8:16]), word(b[16:24]), word(b[24:32])
	w4, w5, w6, w7 := word(b[32:40]), word(b[40:48]), word(b[48:56]), word(b[56:64])
	set = plain(w0)*gather>>56 | plain(w1)*gather>>56<<8 | plain(w2)*gather>>56<<16 | plain(w3)*gather>>56<<24 |
		plain(w4)*gather>>56<<32 | plain(w5)*gather>>56<<40 | plain(w6)*gather>>56<<48 | plain(w7)*gather>>56<<56
	return ^set, beyond(w0) | beyond(w1) | beyond(w2) | beyond(w3) | beyond(w4) | beyond(w5) | beyond(w6) | beyond(w7)
}

func word(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// plain sets the highest bit of each byte that a string can have as it is. Nothing is carried
// from one byte to the next.
func plain(w uint64) uint64 {
	low := w & sevens
	return (low^'"'*ones+sevens)&(low^'\\'*ones+sevens)&(low+0x60*ones)&highs | w&highs
}

// beyond sets the highest bit of each byte from 0x7F on.
func beyond(w uint64) uint64 { return w | (w&sevens + ones) }

// blocks finds the special bytes of a text, block by block.
type blocks struct {
	set     uint64 // those of the block that ends at end
	setHigh uint64 // whether that block has bytes beyond printable ASCII
	end     int
	high    uint64 // whether any block had
}

// next is the place of the first special byte at or behind a place, which is never before an
// earlier one; -1 for none.
func (b *blocks) next(raw []byte, at int) int {
	if set := b.set >> (at & (blockSize - 1)); set != 0 && at < b.end {
		return at + bits.TrailingZeros64(set)
	}
	return b.search(raw, at)
}

// search is next beyond the block that was looked at.
func (b *blocks) search(raw []byte, at int) int {
	for at = max(at, b.end); b.look(raw, at); at = b.end {
		if set := b.set >> (at & (blockSize - 1)); set != 0 {
			return at + bits.TrailingZeros64(set)
		}
	}
	return -1
}

// look looks at the block that has a place, and reports false behind the end.
func (b *blocks) look(raw []byte, at int) bool {
	start := at &^ (blockSize - 1)
	b.end = start + blockSize
	if b.end <= len(raw) {
		b.set, b.setHigh = specials((*[blockSize]byte)(raw[start:]))
	} else {
		if at >= len(raw) {
			return false
		}
		var last [blockSize]byte
		copy(last[:], raw[start:])
		b.set, b.setHigh = specials(&last)
		b.set &= 1<<(len(raw)-start) - 1
	}
	b.high |= b.setHigh
	return true
}
