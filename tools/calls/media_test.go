package calls

import (
	"os"
	"path/filepath"
	"testing"
)

// TestLook: what the bytes are decides, not what the vendor calls them.
func TestLook(t *testing.T) {
	t.Parallel()
	png := "\x89PNG\r\n\x1a\n rest"
	for _, test := range []struct{ name, contentType, content, image, text string }{
		{"a", "image/png", png, "image/png", ""},
		{"a", "image/jpg", "\xff\xd8\xff\xe0 rest", "image/jpeg", ""},
		{"a", "image/png", "GIF89a rest", "image/gif", ""},
		{"a", "application/octet-stream", "RIFF\x10\x00\x00\x00WEBPVP8 rest", "image/webp", ""},
		{"a", "", png, "image/png", ""},
		{"a", "image/png", "BM a bitmap", "", ""},
		{"a", "image/png", "not a picture", "", ""},
		{"a", "image/tiff", "II*\x00", "", ""},
		{"a", "image/heic", "\x00\x00\x00\x18ftypheic", "", ""},
		{"a", "image/avif", "\x00\x00\x00\x18ftypavif", "", ""},
		{"a", "image/svg+xml", "<svg/>", "", "<svg/>"},
		{"a.txt", "application/octet-stream", "hello", "", "hello"},
		{"a", "application/pdf", png, "", ""},
		{"a", "text/plain", png, "", ""},
	} {
		d := &Download{Name: test.name, ContentType: test.contentType, Bytes: int64(len(test.content)), path: filepath.Join(t.TempDir(), "f")}
		if err := os.WriteFile(d.path, []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := d.look(); err != nil {
			t.Fatal(err)
		}
		if data, kind := d.Image(); kind != test.image || (data != nil) != (test.image != "") || d.Text != test.text {
			t.Errorf("%s %q: image %q, text %q", test.contentType, test.content, kind, d.Text)
		}
	}
}

func TestNamesOfFilesWithoutOne(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]string{
		"text/plain; charset=utf-8": "files.txt", "TEXT/HTML": "files.html", "image/jpeg": "files.jpg", "video/mp4": "files.mp4",
		"text/xml": "files.xml", "application/octet-stream": "files", "": "files", "application/x-nobody-knows": "files",
	} {
		if got := nameOf(&File{ContentType: contentType}, "files"); got != want {
			t.Errorf("%q: %s, want %s", contentType, got, want)
		}
	}
	if got := nameOf(&File{Name: "a.b", ContentType: "text/plain"}, "files"); got != "a.b" {
		t.Errorf("the vendor's name became %s", got)
	}
}
