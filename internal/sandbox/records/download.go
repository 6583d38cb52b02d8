package records

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"airbyte-mcp-server/internal/sandbox/jsonvalue"
	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/random"
)

// File is what a download delivers.
type File struct {
	Name, ContentType string
	Content           []byte
}

// performDownload answers the content of a file. A file that does not exist is an
// empty answer, not an error: that is how the API behaves.
func (c *Call) performDownload() (*Outcome, error) {
	f := c.file()
	switch kind := c.text("_airbyte_response_type"); kind {
	case "json":
		return c.chunk(f)
	case "", "stream":
		return c.fileRange(f)
	default:
		return nil, problem.BadRequest("Invalid value '%s' for parameter '_airbyte_response_type'; expected one of: ['stream', 'json']", kind)
	}
}

// fileRange answers the bytes of a file that a Range header names.
func (c *Call) fileRange(f *File) (*Outcome, error) {
	spec := c.text("range_header")
	if spec == "" || len(f.Content) == 0 {
		return &Outcome{File: f}, nil
	}
	start, end, err := parseRange(spec, len(f.Content))
	if err != nil {
		return nil, err
	}
	f.Content = f.Content[start:end]
	return &Outcome{File: f}, nil
}

// file finds the file that the parameters name and makes its content.
func (c *Call) file() *File {
	found, err := c.find()
	if err != nil || c.missingByName() {
		return &File{ContentType: "application/octet-stream"}
	}
	fields := found.record.fields
	name := found.record.blueprint.title()
	for _, key := range []string{"file_name", "filename", "name", "title"} {
		if f := found.record.blueprint.m.byFold[naming.Fold(key)]; f != nil && jsonvalue.AsText(fields[f.Name]) != "" {
			name = jsonvalue.AsText(fields[f.Name])
			break
		}
	}
	return newFile(naming.Slug(strings.TrimSuffix(name, ".csv")), found.record.blueprint.seed)
}

// missingByName reports whether a file that cannot be listed is named by nines
// only, which stands for one that does not exist.
func (c *Call) missingByName() bool {
	for _, p := range c.action.Params {
		if text := c.text(p.Name); p.Required && len(text) >= 3 && strings.Trim(text, "9") == "" {
			return true
		}
	}
	return false
}

// fileType is what all files are: what is listed and what is downloaded must agree.
const fileType = "text/csv"

// newFile makes a table of some thousand lines.
func newFile(name string, s random.Seed) *File {
	var b strings.Builder
	b.WriteString("order_id,customer,amount\n")
	for i := range s.Between(400, 4000) {
		line := s.At(i)
		fmt.Fprintf(&b, "%d,%s %s,%d.%02d\n", 10001+i, random.Pick(line.Of("a"), naming.CompanyNames),
			random.Pick(line.Of("b"), naming.CompanyKinds), line.Between(5, 900), line.Below(100))
	}
	if name == "" {
		name = "export"
	}
	return &File{Name: name + ".csv", ContentType: fileType, Content: []byte(b.String())}
}

// parseRange reads a range such as bytes=0-99; end is exclusive.
func parseRange(spec string, size int) (start, end int, err error) {
	bounds, ok := strings.CutPrefix(spec, "bytes=")
	first, last, dashed := strings.Cut(bounds, "-")
	start, err = strconv.Atoi(first)
	if !ok || !dashed || err != nil || start < 0 {
		return 0, 0, problem.BadRequest("Invalid value '%s' for parameter 'range_header'; expected bytes=FIRST-LAST", spec)
	}
	end = size
	if last != "" {
		n, err := strconv.Atoi(last)
		if err != nil || n < start {
			return 0, 0, problem.BadRequest("Invalid value '%s' for parameter 'range_header'; expected bytes=FIRST-LAST", spec)
		}
		end = min(n+1, size)
	}
	if start >= size && size > 0 {
		return 0, 0, problem.BadRequest("Range '%s' begins behind the end of the file of %d bytes", spec, size)
	}
	return min(start, size), end, nil
}

// Sizes of chunks in the JSON form of a download.
const (
	textChunk   = 15360
	base64Chunk = 49152
	maxChunk    = 65536
)

// chunk answers a part of a file within an envelope.
func (c *Call) chunk(f *File) (*Outcome, error) {
	format := c.text("_airbyte_response_format")
	size := base64Chunk
	switch format {
	case "text":
		size = textChunk
	case "", "base64":
		format = "base64"
	default:
		return nil, problem.BadRequest("Invalid value '%s' for parameter '_airbyte_response_format'; expected one of: ['text', 'base64']", format)
	}
	spec := c.text("range_header")
	if spec == "" {
		spec = fmt.Sprintf("bytes=0-%d", size-1)
	}
	if strings.HasSuffix(spec, "-") {
		return nil, problem.BadRequest("Range '%s' has no end; the JSON form needs a bounded range", spec)
	}
	start, end, err := parseRange(spec, len(f.Content))
	if err != nil {
		return nil, err
	}
	if end-start > maxChunk {
		return nil, problem.BadRequest("Range '%s' is larger than the %d bytes that one call returns", spec, maxChunk)
	}
	return chunkResult(f, spec, format, start, end)
}

func chunkResult(f *File, spec, format string, start, end int) (*Outcome, error) {
	if format == "text" {
		end = wholeRunes(f.Content, start, end)
	}
	part := f.Content[start:end]
	result := map[string]any{"range_requested": spec, "content_type": f.ContentType, "encoding": "base64",
		"content": base64.StdEncoding.EncodeToString(part)}
	if format == "text" {
		if !utf8.Valid(part) {
			return nil, problem.BadRequest("The range is not valid UTF-8; ask for _airbyte_response_format base64")
		}
		result["encoding"], result["content"] = "utf-8", string(part)
	}
	result["bytes_returned"] = len(part)
	result["has_more"] = end < len(f.Content)
	result["next_range_header"] = nil
	if end < len(f.Content) {
		result["next_range_header"] = fmt.Sprintf("bytes=%d-%d", end, min(end+(end-start), len(f.Content))-1)
	}
	return &Outcome{Result: result}, nil
}

// wholeRunes leaves a character that the end of a range cuts to the next chunk.
func wholeRunes(content []byte, start, end int) int {
	for cut := end; end < len(content) && cut > start && end-cut < utf8.UTFMax; cut-- {
		if utf8.RuneStart(content[cut]) {
			return cut
		}
	}
	return end
}
