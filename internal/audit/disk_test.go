package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// fullDisk takes only so many bytes.
type fullDisk struct {
	bytes.Buffer
	room int
}

func (d *fullDisk) Write(b []byte) (int, error) {
	if len(b) <= d.room {
		d.room -= len(b)
		return d.Buffer.Write(b)
	}
	n, _ := d.Buffer.Write(b[:d.room])
	d.room = 0
	return n, errors.New("no space left on device")
}

// TestTornLines: a line that a full disk cut off spoils no other.
func TestTornLines(t *testing.T) {
	t.Parallel()
	disk := &fullDisk{room: 20}
	l := &Log{w: disk}
	note := func(n int) error { return l.Note(map[string]int{"number": n}) }
	if err := note(1); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if note(2) == nil {
			t.Error("no error from a full disk")
		}
	}
	disk.room = 1000
	if err := errors.Join(note(3), note(4)); err != nil {
		t.Errorf("got %v after there is room again", err)
	}
	var got []string
	for line := range strings.Lines(disk.String()) {
		if json.Valid([]byte(line)) {
			got = append(got, strings.TrimSpace(line))
		}
	}
	if want := `{"number":1} {"number":3} {"number":4}`; strings.Join(got, " ") != want || strings.Contains(disk.String(), "\n\n") {
		t.Errorf("the log is %q, want the lines %s in it", disk.String(), want)
	}
}

// TestFullDisk: the first intent is refused; results of what is under way take the room of
// the reserve, which nothing else may have; the reserve is made again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "audit.log")
		l, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		record := map[string]string{"call": "1"}
		if err := l.Intent(record); err != nil {
			t.Fatal(err)
		}
		l.w = &diskWithReserve{file: l.file, reserve: l.reserve.path}
		if l.Intent(record) == nil || l.Note(record) == nil {
			t.Error("an intent or a note is taken on a full disk")
		}
		if info, err := os.Stat(l.reserve.path); err != nil || info.Size() != reserveSize {
			t.Fatalf("the reserve is %v, %v", info, err)
		}
		if err := l.Result(record); err != nil {
			t.Errorf("the result of what is under way is lost: %v", err)
		}
		if l.Intent(record) == nil || l.Note(record) == nil {
			t.Error("an intent or a note takes the room of results")
		}
		if err := l.Result(record); err != nil {
			t.Errorf("a further result is lost: %v", err)
		}
		time.Sleep(reserveRetry)
		if err := errors.Join(l.Note(record), l.Intent(record), l.Result(record)); err != nil {
			t.Errorf("got %v when there is room again", err)
		}
		if _, err := os.Stat(l.reserve.path); err != nil {
			t.Errorf("the reserve is not made again: %v", err)
		}
		if err := os.Remove(l.reserve.path); err != nil { // another process gave it up
			t.Fatal(err)
		}
		if err := errors.Join(l.Intent(record), l.Close()); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(l.reserve.path); err != nil {
			t.Errorf("an intent is taken without a reserve: %v", err)
		}
	})
}

// diskWithReserve is full as long as there is the first reserve.
type diskWithReserve struct {
	file    *os.File
	reserve string
	roomy   bool
}

func (d *diskWithReserve) Write(b []byte) (int, error) {
	if _, err := os.Stat(d.reserve); err == nil && !d.roomy {
		n, _ := d.file.Write(b[:10])
		return n, errors.New("no space left on device")
	}
	d.roomy = true
	return d.file.Write(b)
}

// TestLostSync: an intent that may not be on the disk is refused, with all that shared the
// sync.
func TestLostSync(t *testing.T) {
	t.Parallel()
	l, err := Open(filepath.Join(t.TempDir(), "audit.log"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	l.syncing.Lock() // a sync is under way
	ended := make(chan error)
	for range 3 {
		go func() { ended <- l.Intent(map[string]string{}) }()
	}
	for joined := false; !joined; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		joined = l.chain.number == 4
		l.mu.Unlock()
	}
	if err := l.file.Close(); err != nil {
		t.Fatal(err)
	}
	l.syncing.Unlock()
	for range 3 {
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "to the disk") {
			t.Errorf("got %v", err)
		}
	}
}
