package calls

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/internal/downloads"
)

func TestReadableTypes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		media, ext string
		want       bool
	}{
		{"text/plain", "", true}, {"application/json", "", true}, {"application/ld+json", ".bin", true}, {"image/svg+xml", "", true},
		{"application/atom+xml", "", true}, {"application/pdf", ".txt", false}, {"", ".TXT", true}, {"", ".pdf", false}, {"", "", false},
		{"application/octet-stream", ".csv", true}, {"application/octet-stream", ".zip", false}, {"image/png", ".txt", false},
	} {
		if got := readable(test.media, test.ext); got != test.want {
			t.Errorf("%q %q is readable: %t, want %t", test.media, test.ext, got, test.want)
		}
	}
}

func TestNamesOfFiles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, contentType, want string }{
		{"a.txt", "application/json", "a.txt"}, {"", "application/json; charset=utf-8", "files.json"}, {"", "", "files"},
		{"", "application/x-unheard-of", "files"},
	} {
		if got := nameOf(&File{Name: test.name, ContentType: test.contentType}, "files"); got != test.want {
			t.Errorf("%q of %s is called %q, want %q", test.name, test.contentType, got, test.want)
		}
	}
}

// picture is a file of a size that begins like a PNG.
func picture(size int) []byte {
	return append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, size-8)...)
}

// TestShownFiles are small, and texts of UTF-8 or pictures.
func TestShownFiles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		contentType string
		data        []byte
		text, image bool
	}{
		{"text/plain", bytes.Repeat([]byte("a"), 20_000), true, false}, {"text/plain", bytes.Repeat([]byte("a"), 20_001), false, false},
		{"text/plain", []byte("\xff"), false, false}, {"image/png", picture(256 << 10), false, true},
		{"image/png", picture(256<<10 + 1), false, false}, {"image/svg+xml", []byte("<svg/>"), true, false},
		{"application/pdf", []byte("x"), false, false},
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, test.data, 0o600); err != nil {
			t.Fatal(err)
		}
		d := &Download{Name: "file", ContentType: test.contentType, Bytes: int64(len(test.data)), path: path}
		err := d.look()
		shown, mediaType := d.Image()
		if err != nil || (d.Text != "") != test.text || (shown != nil) != test.image || test.image && mediaType != "image/png" {
			t.Errorf("%s of %d bytes: text %t, picture %t (%v)", test.contentType, d.Bytes, d.Text != "", shown != nil, err)
		}
	}
	missing := &Download{Name: "a.txt", path: filepath.Join(t.TempDir(), "none")}
	if err := missing.look(); err == nil {
		t.Error("a file that is gone was read")
	}
	if _, err := ReadDownload(missing, 0, 1); err == nil {
		t.Error("a part of a file that is gone was read")
	}
}

func TestPartsOfFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte("abcdef"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := &Download{path: path, Bytes: 6}
	for _, test := range []struct {
		offset, limit int64
		want          string
	}{{0, 6, "abcdef"}, {0, 99, "abcdef"}, {2, 3, "cde"}, {5, 3, "f"}, {6, 3, ""}, {9, 3, ""}, {0, 0, ""}} {
		if got, err := ReadDownload(d, test.offset, test.limit); err != nil || string(got) != test.want {
			t.Errorf("%d bytes from %d are %q (%v), want %q", test.limit, test.offset, got, err, test.want)
		}
	}
}

// TestOldFilesMakeRoom, and are removed where nobody has been told their path.
func TestOldFilesMakeRoom(t *testing.T) {
	t.Parallel()
	known, folder := newFiles(1<<20), t.TempDir()
	add := func(id string, isLocal bool) string {
		path := filepath.Join(folder, id)
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		d := &Download{ID: id, owner: "ann", path: path}
		if isLocal {
			d.Path = path
		}
		known.add("main", d)
		return path
	}
	far, near := add("far", false), add("near", true)
	for i := range maxFiles - 2 {
		known.add("main", &Download{ID: strconv.Itoa(i), owner: "ann"})
	}
	if _, ok := known.find("ann", "far"); !ok {
		t.Error("a file made room before it had to")
	}
	known.add("main", &Download{ID: "one more", owner: "ann"})
	known.add("main", &Download{ID: "two more", owner: "ann"})
	_, hasFar := known.find("ann", "far")
	_, hasNear := known.find("ann", "near")
	_, hasNext := known.find("ann", "0")
	if hasFar || hasNear || !hasNext {
		t.Errorf("the oldest are remembered: %t, %t; the next one: %t", hasFar, hasNear, hasNext)
	}
	if _, err := os.Stat(far); err == nil {
		t.Error("a file that nobody can reach is still there")
	}
	if _, err := os.Stat(near); err != nil {
		t.Errorf("a file whose path was told is gone: %v", err)
	}
}

// TestDownloadsTellTheirProgress every 8 MiB, and now and then where they are slow.
func TestDownloadsTellTheirProgress(t *testing.T) {
	t.Parallel()
	folder := downloads.New(t.TempDir(), 64<<20)
	synctest.Test(t, func(t *testing.T) {
		file, err := folder.Create()
		if err != nil {
			t.Fatal(err)
		}
		defer file.Discard()
		var told []string
		w := &watched{File: file, reserved: 1 << 40, last: time.Now(), began: time.Now(), tell: func(done, total float64, message string) {
			told = append(told, fmt.Sprintf("%.0f/%.0f %s", done, total, message))
		}}
		write := func(n int) {
			if _, err := w.Write(make([]byte, n)); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []int{progressEvery - 1, 1, progressEvery - 1} {
			write(n)
		}
		time.Sleep(heartbeat - 1)
		write(0)
		time.Sleep(time.Nanosecond)
		write(0)
		time.Sleep(heartbeat)
		write(0) // nothing new
		if err := w.Reset(); err != nil {
			t.Fatal(err)
		}
		w.Expect(4096)
		write(1)
		w.often = true
		time.Sleep(2 * time.Second)
		write(3071)
		want := []string{"8388608/0 8.0 MiB downloaded", "16777215/0 16.0 MiB downloaded, 3.2 MiB/s",
			"1/4096 1 bytes of 4.0 KiB downloaded", "3072/4096 3.0 KiB of 4.0 KiB downloaded, 1.5 KiB/s"}
		if fmt.Sprint(told) != fmt.Sprint(want) {
			t.Errorf("told %q, want %q", told, want)
		}
	})
}
