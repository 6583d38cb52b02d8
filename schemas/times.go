package schemas

import (
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/internal/lazyregexp"
)

// Formats of values. Those that JSON Schema does not know are the catalog's own; they
// tell what a value may be written as, and are not published.
const (
	formatDateTime    = "date-time"
	formatDate        = "date"
	formatBytes       = "byte"              // base64
	formatUnixSeconds = "unix-seconds"      // since 1970
	formatUnixMillis  = "unix-milliseconds" // since 1970
	formatOffset      = "date-time-offset"  // with milliseconds, and an offset without a colon
	formatJSON        = "json"              // a text that holds JSON
	formatDocument    = "document"          // an object that holds paragraphs of text
	formatPageSize    = "page-size"         // a number of records: more than the maximum means the maximum
	formatCursor      = "cursor"            // from an earlier answer
	formatIdentifier  = "identifier"        // of a record
)

func isUnix(format string) bool { return format == formatUnixSeconds || format == formatUnixMillis }

// timeLayouts are the ISO forms of a time, with and without zone.
var (
	zonedLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04Z0700"}
	localLayouts = []string{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04", "2006-01-02"}
)

// isoTime reads a date or a time; zoned is whether it says of which zone. A local one
// is taken as UTC.
func isoTime(text string) (t time.Time, zoned, ok bool) {
	if len(text) > 10 && text[10] == ' ' {
		text = text[:10] + "T" + text[11:]
	}
	for _, layout := range zonedLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true, true
		}
	}
	for _, layout := range localLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, false, true
		}
	}
	return time.Time{}, false, false
}

// unixTime is an ISO date or time as a number of a format.
func unixTime(text, format string) (number string, zoned, ok bool) {
	t, zoned, ok := isoTime(text)
	if !ok {
		return "", false, false
	}
	if format == formatUnixMillis {
		return strconv.FormatInt(t.UnixMilli(), 10), zoned, true
	}
	return strconv.FormatInt(t.Unix(), 10), zoned, true
}

// leadingDate is the beginning of a time, as far as it is given.
var leadingDate = lazyregexp.New(`^\d{4}(-\d{2}){0,2}$`)

// isReadableDate reports whether a text is a date, a time or the beginning of one that
// compares with dates as texts do.
func isReadableDate(text string) bool {
	if len(text) > 40 {
		return false
	}
	if _, _, ok := isoTime(text); ok {
		return true
	}
	if !leadingDate.MatchString(text) {
		return false
	}
	parts := strings.Split(text, "-")
	_, err := time.Parse("2006-01"[:len("2006")+3*min(1, len(parts)-1)], strings.Join(parts[:min(2, len(parts))], "-"))
	return err == nil && len(parts) < 3
}
