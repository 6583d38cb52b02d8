package audit

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"strconv"
	"time"
)

// Every line of a chain begins with linePrefix, and ends with macMark, the code in
// hexadecimal digits and lineEnd. The 1 is the version of this form.
const (
	linePrefix = `{"v":1,"log":"`
	macMark    = `,"mac":"`
	lineEnd    = `"}`
	macSize    = 16 // bytes
)

// Events that the Log writes itself.
const (
	eventStart = "start"
	eventStop  = "stop"
)

// chain is the lines of one process start.
type chain struct {
	coder   coder
	version string
	id      string
	number  uint64 // of the last line, 0 for none
	mac     string // of the last line
}

func newChain(key []byte, version string) *chain {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return &chain{coder: newCoder(key), version: version, id: hex.EncodeToString(id[:])}
}

func (c *chain) begun() bool { return c.number > 0 }

// link appends a record as the next line; took must follow once it is written. After is a
// line of another chain that the file has before it, nil for none.
func (c *chain) link(line, record []byte, after *position) (linked []byte, mac string) {
	begin := len(line)
	line = append(line, linePrefix...)
	line = append(line, c.id...)
	line = append(line, `","n":`...)
	line = strconv.AppendUint(line, c.number+1, 10)
	line = append(line, `,"prev":"`...)
	line = append(line, c.mac...)
	line = append(line, `",`...)
	if after != nil {
		line = fmt.Appendf(line, `"after":{"log":%q,"n":%d},`, after.Log, after.Number)
	}
	line = append(line, record[1:len(record)-1]...) // without its braces
	mac = c.coder.code(line[begin:])
	line = append(line, macMark...)
	line = append(line, mac...)
	return append(line, lineEnd...), mac
}

func (c *chain) took(mac string) { c.number, c.mac = c.number+1, mac }

// coder makes codes with one key. It is not safe for concurrent use.
type coder struct{ hash.Hash }

func newCoder(key []byte) coder { return coder{hmac.New(sha256.New, key)} }

// code is that of a line, of which the text goes up to macMark.
func (c coder) code(text []byte) string {
	c.Reset()
	_, _ = c.Write(text) // never fails
	var sum [sha256.Size]byte
	return hex.EncodeToString(c.Sum(sum[:0])[:macSize])
}

// position is a line of a chain.
type position struct {
	Log    string `json:"log"`
	Number uint64 `json:"n"`
}

// startRecord is the first line of a chain.
type startRecord struct {
	Time    time.Time `json:"time"`
	Event   string    `json:"event"`
	Version string    `json:"version,omitempty"`
	PID     int       `json:"pid"`
}

type stopRecord struct {
	Time  time.Time `json:"time"`
	Event string    `json:"event"`
}

func (c *chain) startLine() any {
	return startRecord{Time: time.Now().UTC(), Event: eventStart, Version: c.version, PID: os.Getpid()}
}

func stopLine() any { return stopRecord{time.Now().UTC(), eventStop} }

// endsTorn reports whether a file's last line has no end.
func endsTorn(file *os.File, size int64) bool {
	var last [1]byte
	if size == 0 {
		return false
	}
	_, err := file.ReadAt(last[:], size-1)
	return err == nil && last[0] != '\n'
}

// neighbour is the last whole line of another chain in a file of so many bytes, nil if
// there is none near its end.
func (c *chain) neighbour(file *os.File, size int64) *position {
	tail := make([]byte, min(size, 4*maxLine))
	if _, err := file.ReadAt(tail, size-int64(len(tail))); err != nil {
		return nil
	}
	for len(tail) > 0 {
		end := bytes.LastIndexByte(tail, '\n')
		if end < 0 {
			return nil
		}
		tail = tail[:end]
		line := tail[bytes.LastIndexByte(tail, '\n')+1:]
		var p position
		if !bytes.HasPrefix(line, []byte(linePrefix)) || json.Unmarshal(line, &p) != nil || p.Log == c.id {
			continue
		}
		if _, err := hex.DecodeString(p.Log); err == nil && len(p.Log) == len(c.id) {
			return &p
		}
	}
	return nil
}
