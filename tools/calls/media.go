package calls

import (
	"bytes"
	"image"
	_ "image/gif"  // sizes of pictures of these types
	_ "image/jpeg" //
	_ "image/png"  //
	"net/http"
	"slices"
)

// shownImages are the pictures that models take. An answer with another one is refused by
// their APIs, and so is every later turn of that conversation.
var shownImages = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// maxImageSide is how many pixels a picture that models take has at most on one side.
const maxImageSide = 8000

// imageType is the type of a picture that models take, by its bytes; "" for other data,
// whatever its sender calls it, and for a picture that is cut off or larger than they take.
func imageType(data []byte) string {
	kind := http.DetectContentType(data)
	if !slices.Contains(shownImages, kind) {
		return ""
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err == nil && (max(size.Width, size.Height) > maxImageSide || !isWholeImage(kind, data)) {
		return ""
	}
	return kind
}

// isWholeImage reports whether a picture has its end.
func isWholeImage(kind string, data []byte) bool {
	switch kind {
	case "image/png":
		return bytes.Contains(data, []byte("IEND\xaeB`\x82"))
	case "image/jpeg":
		return bytes.Contains(data, []byte("\xff\xd9"))
	case "image/gif":
		return bytes.HasSuffix(bytes.TrimRight(data, "\x00\r\n "), []byte(";"))
	default:
		return true
	}
}
