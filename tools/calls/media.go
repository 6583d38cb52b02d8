package calls

import (
	"net/http"
	"slices"
)

// shownImages are the pictures that models take. An answer with another one is refused by
// their APIs, and so is every later turn of that conversation.
var shownImages = []string{"image/png", "image/jpeg", "image/gif", "image/webp"}

// imageType is the type of a picture that models take, by its first bytes; "" for other
// data, whatever its sender calls it.
func imageType(data []byte) string {
	if kind := http.DetectContentType(data); slices.Contains(shownImages, kind) {
		return kind
	}
	return ""
}

// endings are the usual ones of files whose vendor gives them no name. The tables of
// operating systems differ, and begin with rare ones.
var endings = map[string]string{
	"application/epub+zip":                            ".epub",
	"application/gzip":                                ".gz",
	"application/javascript":                          ".js",
	"application/json":                                ".json",
	"application/msword":                              ".doc",
	"application/pdf":                                 ".pdf",
	"application/postscript":                          ".ps",
	"application/rtf":                                 ".rtf",
	"application/sql":                                 ".sql",
	"application/vnd.ms-excel":                        ".xls",
	"application/vnd.ms-outlook":                      ".msg",
	"application/vnd.ms-powerpoint":                   ".ppt",
	"application/vnd.oasis.opendocument.presentation": ".odp",
	"application/vnd.oasis.opendocument.spreadsheet":  ".ods",
	"application/vnd.oasis.opendocument.text":         ".odt",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         ".xlsx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   ".docx",
	"application/x-7z-compressed":                                               ".7z",
	"application/x-bzip2":                                                       ".bz2",
	"application/x-gzip":                                                        ".gz",
	"application/x-javascript":                                                  ".js",
	"application/x-ndjson":                                                      ".ndjson",
	"application/x-rar-compressed":                                              ".rar",
	"application/x-tar":                                                         ".tar",
	"application/x-yaml":                                                        ".yaml",
	"application/x-zip-compressed":                                              ".zip",
	"application/xhtml+xml":                                                     ".xhtml",
	"application/xml":                                                           ".xml",
	"application/yaml":                                                          ".yaml",
	"application/zip":                                                           ".zip",
	"application/csv":                                                           ".csv",
	"audio/aac":                                                                 ".aac",
	"audio/flac":                                                                ".flac",
	"audio/m4a":                                                                 ".m4a",
	"audio/mp3":                                                                 ".mp3",
	"audio/mp4":                                                                 ".m4a",
	"audio/mpeg":                                                                ".mp3",
	"audio/ogg":                                                                 ".ogg",
	"audio/opus":                                                                ".opus",
	"audio/wav":                                                                 ".wav",
	"audio/wave":                                                                ".wav",
	"audio/webm":                                                                ".weba",
	"audio/x-m4a":                                                               ".m4a",
	"audio/x-wav":                                                               ".wav",
	"image/avif":                                                                ".avif",
	"image/bmp":                                                                 ".bmp",
	"image/gif":                                                                 ".gif",
	"image/heic":                                                                ".heic",
	"image/heif":                                                                ".heif",
	"image/jpeg":                                                                ".jpg",
	"image/jpg":                                                                 ".jpg",
	"image/png":                                                                 ".png",
	"image/svg+xml":                                                             ".svg",
	"image/tiff":                                                                ".tiff",
	"image/vnd.microsoft.icon":                                                  ".ico",
	"image/webp":                                                                ".webp",
	"image/x-icon":                                                              ".ico",
	"message/rfc822":                                                            ".eml",
	"text/calendar":                                                             ".ics",
	"text/css":                                                                  ".css",
	"text/csv":                                                                  ".csv",
	"text/html":                                                                 ".html",
	"text/javascript":                                                           ".js",
	"text/markdown":                                                             ".md",
	"text/plain":                                                                ".txt",
	"text/rtf":                                                                  ".rtf",
	"text/tab-separated-values":                                                 ".tsv",
	"text/vcard":                                                                ".vcf",
	"text/vtt":                                                                  ".vtt",
	"text/xml":                                                                  ".xml",
	"text/yaml":                                                                 ".yaml",
	"video/mp4":                                                                 ".mp4",
	"video/mpeg":                                                                ".mpeg",
	"video/ogg":                                                                 ".ogv",
	"video/quicktime":                                                           ".mov",
	"video/webm":                                                                ".webm",
	"video/x-matroska":                                                          ".mkv",
	"video/x-msvideo":                                                           ".avi",
}
