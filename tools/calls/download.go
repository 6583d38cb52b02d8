package calls

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/downloads"
	"airbyte-mcp-server/tools"
)

const (
	// DownloadURI begins the URI of a downloaded file.
	DownloadURI = "airbyte://downloads/"
	// maxInlineText and maxInlineImage are the sizes up to which a file is part of the
	// answer, in bytes.
	maxInlineText  = 20_000
	maxInlineImage = 256 << 10
	// progressEvery is how many bytes lie between two messages about a download.
	progressEvery = 8 << 20
)

// Download is a file that was downloaded for somebody.
type Download struct {
	ID          string `json:"-"`
	URI         string `json:"uri"`
	Name        string `json:"name"`
	Path        string `json:"path,omitempty"` // where callers share this machine
	URL         string `json:"url,omitempty"`  // where they do not
	ContentType string `json:"content_type,omitempty"`
	Bytes       int64  `json:"bytes"`
	SHA256      string `json:"sha256"`
	Text        string `json:"text,omitempty"` // of a small file that is text

	owner     string
	path      string
	space     *budget.Account // what it holds of the room for files
	image     []byte
	imageType string
}

// Image is the picture that a small file is, with its type by its bytes; nil for another
// file.
func (d *Download) Image() (data []byte, mediaType string) { return d.image, d.imageType }

// Open opens the file.
func (d *Download) Open() (*os.File, error) { return os.Open(d.path) }

// Download finds a file that was downloaded for a session.
func (r *Runner) Download(s tools.Session, id string) (*Download, bool) {
	return r.files.find(s.CallerKey(), strings.TrimPrefix(id, DownloadURI))
}

// download runs a download action and answers with what is known of the file.
func (c *Call) download(ctx context.Context, on Target, x Execution) (*Result, error) {
	file, err := c.newFile()
	if err != nil {
		return nil, err
	}
	into := &watched{File: file, tell: c.Progress, space: &budget.Account{}, reserve: c.reserveSpace, began: time.Now()}
	if d, ok := c.Dialog.(Watched); ok {
		into.often = d.Watched()
	}
	got, err := c.runner.executor.Download(ctx, on, x, into)
	if err != nil {
		file.Discard()
		into.space.Close()
		c.trace.took(nil, err)
		return nil, err
	}
	c.trace.took(got.Answer, nil)
	kept, err := file.Keep(nameOf(got, c.tool.Entity))
	if err != nil {
		into.space.Close()
		return nil, err
	}
	d := &Download{
		ID: c.runner.opts.DownloadPrefix + uuid.NewString(), Name: kept.Name,
		ContentType: got.ContentType, Bytes: kept.Bytes, SHA256: kept.SHA256,
		owner: c.CallerKey(), path: kept.Path, space: into.space,
	}
	d.URI = DownloadURI + d.ID
	if c.Local {
		d.Path = kept.Path
	} else if c.runner.opts.PublicURL != nil {
		d.URL = c.runner.opts.PublicURL() + "/downloads/" + d.ID
	}
	if err := d.look(); err != nil {
		return nil, err
	}
	remembered := *d // without what the answer shows: there may be many
	remembered.Text, remembered.image, remembered.imageType = "", nil, ""
	c.runner.files.add(c.Workspace, &remembered)
	data, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encoding a download: %w", err)
	}
	return &Result{Data: data, Source: SourceLive, Origin: c.tool.Connector, Bytes: int(kept.Bytes), Download: d}, nil
}

// nameOf is the name that a file is wished to have: the vendor's, else the entity's
// with an ending that fits its type.
func nameOf(f *File, entity string) string {
	if f.Name != "" {
		return f.Name
	}
	media, _, _ := mime.ParseMediaType(f.ContentType)
	_, suffix, _ := strings.Cut(media, "+")
	return entity + cmp.Or(endings[media], suffixEndings[suffix])
}

// look reads a small file that can be shown in the answer.
func (d *Download) look() error {
	media, _, _ := mime.ParseMediaType(d.ContentType)
	mayBeImage := d.Bytes <= maxInlineImage && (media == "" || media == "application/octet-stream" || strings.HasPrefix(media, "image/"))
	if !mayBeImage && (d.Bytes > maxInlineText || !readable(media, path.Ext(d.Name))) {
		return nil
	}
	data, err := os.ReadFile(d.path)
	if err != nil {
		return fmt.Errorf("reading a download: %w", err)
	}
	if kind := imageType(data); mayBeImage && kind != "" {
		d.image, d.imageType = data, kind
	} else if d.Bytes <= maxInlineText && readable(media, path.Ext(d.Name)) && utf8.Valid(data) {
		d.Text = string(data)
	}
	return nil
}

// textEndings are those of files that vendors serve without a type.
var textEndings = []string{".txt", ".md", ".csv", ".tsv", ".json", ".xml", ".yaml", ".yml", ".html", ".log", ".vtt", ".srt"}

// readable reports whether a type of file is text that a model can read.
func readable(media, ext string) bool {
	switch media {
	case "application/json", "application/xml", "application/csv", "application/yaml", "application/x-ndjson", "image/svg+xml":
		return true
	case "", "application/octet-stream":
		return slices.Contains(textEndings, strings.ToLower(ext))
	default:
		return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+json") || strings.HasSuffix(media, "+xml")
	}
}

// watched is a file whose growth is told.
type watched struct {
	*downloads.File
	tell func(done, total float64, message string)
	// reserve takes room for so many bytes more.
	reserve  func(int64) (*budget.Grant, error)
	space    *budget.Account
	reserved int64
	size     int64
	total    int64 // 0 if it is not known
	told     int64
	began    time.Time
	last     time.Time
	often    bool // somebody looks on
}

func (w *watched) Write(b []byte) (int, error) {
	for w.size+int64(len(b)) > w.reserved {
		room, err := w.reserve(reserveStep)
		if err != nil {
			return 0, err
		}
		w.space.Adopt(room)
		w.reserved += reserveStep
	}
	n, err := w.File.Write(b)
	w.size += int64(n)
	if w.often || w.size-w.told >= progressEvery || time.Since(w.last) >= heartbeat && w.size > w.told {
		w.told, w.last = w.size, time.Now()
		w.tell(float64(w.size), float64(w.total), w.words())
	}
	return n, err
}

// words are how far the download has got, and how fast it is.
func (w *watched) words() string {
	text := sizeInWords(w.size)
	if w.total > 0 {
		text += " of " + sizeInWords(w.total)
	}
	text += " downloaded"
	if took := time.Since(w.began).Seconds(); took >= 1 {
		text += fmt.Sprintf(", %s/s", sizeInWords(int64(float64(w.size)/took)))
	}
	return text
}

func sizeInWords(bytes int64) string {
	const step = 1024
	size, units := float64(bytes), []string{"bytes", "KiB", "MiB", "GiB"}
	for size >= step && len(units) > 1 {
		size, units = size/step, units[1:]
	}
	if units[0] == "bytes" {
		return fmt.Sprintf("%d bytes", bytes)
	}
	return fmt.Sprintf("%.1f %s", size, units[0])
}

// Expect implements airbyte.Expecter.
func (w *watched) Expect(bytes int64) { w.total = bytes }

// Reset implements [Sink].
func (w *watched) Reset() error {
	w.size, w.told, w.total, w.began = 0, 0, 0, time.Now()
	return w.File.Reset()
}

// ReadDownload reads a part of a file, up to limit bytes from an offset.
func ReadDownload(d *Download, offset, limit int64) ([]byte, error) {
	file, err := d.Open()
	if err != nil {
		return nil, fmt.Errorf("opening a download: %w", err)
	}
	defer file.Close()
	data := make([]byte, max(0, min(limit, d.Bytes-offset)))
	if _, err := file.ReadAt(data, offset); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading a download: %w", err)
	}
	return data, nil
}
