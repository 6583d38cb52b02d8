package rawjson

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// AppendInner writes the inside of a JSON string that spells a text.
func AppendInner(dst, text []byte) []byte {
	const most = 6*blockSize + 32 // what a block can take, and what is written beyond it
	n, i := len(dst), 0
	dst = dst[:cap(dst)]
	for len(text)-i >= blockSize+16 {
		if len(dst)-n < most {
			dst = slices.Grow(dst[:n], len(text)-i+(len(text)-i)/4+most)
			dst = dst[:cap(dst)]
		}
		block := (*[blockSize + 16]byte)(text[i:])
		set, _ := specials((*[blockSize]byte)(block[:]))
		from := 0
		for ; set != 0; set &= set - 1 {
			to := bits.TrailingZeros64(set)
			src := block[from&63:]
			out := dst[n : n+16]
			binary.LittleEndian.PutUint64(out, binary.LittleEndian.Uint64(src))
			binary.LittleEndian.PutUint64(out[8:], binary.LittleEndian.Uint64(src[8:]))
			for k := 16; k < to-from; k += 8 {
				binary.LittleEndian.PutUint64(dst[n+k:], binary.LittleEndian.Uint64(src[k:]))
			}
			n += to - from
			from = to + 1
			c := block[to&63]
			if c < ' ' {
				n = len(appendInnerSlow(dst[:n], text[i+to:i+to+1]))
				continue
			}
			binary.LittleEndian.PutUint16(dst[n:], uint16(c)<<8|'\\')
			n += 2
		}
		src := block[from:]
		for k := 0; k < blockSize-from; k += 8 {
			binary.LittleEndian.PutUint64(dst[n+k:], binary.LittleEndian.Uint64(src[k:]))
		}
		n += blockSize - from
		i += blockSize
	}
	return appendInnerSlow(dst[:n], text[i:])
}

func appendInnerSlow(b, text []byte) []byte {
	const hex = "0123456789abcdef"
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\r':
			b = append(b, '\\', 'r')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
	}
	return b
}
