package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
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
	write := func(n int) error { return l.Write(map[string]int{"number": n}) }
	if err := write(1); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := write(2); err == nil || l.Failure() == nil {
			t.Error("no error from a full disk")
		}
	}
	disk.room = 1000
	if err := write(3); err != nil || l.Failure() != nil {
		t.Errorf("got %v and %v after there is room again", err, l.Failure())
	}
	if err := write(4); err != nil {
		t.Fatal(err)
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
