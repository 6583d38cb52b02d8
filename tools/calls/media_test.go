package calls

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// TestLook: what the bytes are decides, not what the vendor calls them.
func TestLook(t *testing.T) {
	t.Parallel()
	png, jpg, gif := pictures(t, 2)
	huge, _, _ := pictures(t, maxImageSide+1)
	webp := "RIFF\x10\x00\x00\x00WEBPVP8 12345678"
	for _, test := range []struct{ name, contentType, content, image, text string }{
		{"a", "image/png", png, "image/png", ""},
		{"a", "image/jpg", jpg, "image/jpeg", ""},
		{"a", "image/png", gif, "image/gif", ""},
		{"a", "application/octet-stream", webp, "image/webp", ""},
		{"a", "", png, "image/png", ""},
		{"a", "image/png", "BM a bitmap", "", ""},
		{"cut", "image/png", png[:len(png)-6], "", ""},
		{"cut", "image/jpeg", jpg[:len(jpg)-2], "", ""},
		{"cut", "image/gif", gif[:len(gif)-1], "", ""},
		{"huge", "image/png", huge, "", ""},
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
		"text/xml":            "files.xml",
		"application/vnd.rar": "files.rar", "text/x-python": "files.py", "application/geo+json": "files.geojson",
		"application/vnd.acme+json": "files.json", "application/vnd.acme+xml": "files.xml",
		"application/octet-stream": "files", "": "files", "application/x-nobody-knows": "files",
	} {
		if got := nameOf(&File{ContentType: contentType}, "files"); got != want {
			t.Errorf("%q: %s, want %s", contentType, got, want)
		}
	}
	if got := nameOf(&File{Name: "a.b", ContentType: "text/plain"}, "files"); got != "a.b" {
		t.Errorf("the vendor's name became %s", got)
	}
}

// pictures are a PNG, a JPEG and a GIF of so many pixels in a row.
func pictures(t *testing.T, width int) (asPNG, asJPEG, asGIF string) {
	t.Helper()
	picture := image.NewPaletted(image.Rect(0, 0, width, 1), color.Palette{color.Black, color.White})
	var p, j, g bytes.Buffer
	for _, err := range []error{png.Encode(&p, picture), jpeg.Encode(&j, picture, nil), gif.Encode(&g, picture, nil)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return p.String(), j.String(), g.String()
}
