package airbyte_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
)

var downloadFile = airbyte.Execution{Entity: "files", Action: "download"}

// sink keeps a file in memory, up to a limit.
type sink struct {
	bytes.Buffer
	limit  int
	resets int
}

var errFull = errors.New("the folder is full")

func (s *sink) Write(b []byte) (int, error) {
	if s.limit > 0 && s.Len()+len(b) > s.limit {
		return 0, errFull
	}
	return s.Buffer.Write(b)
}

func (s *sink) Reset() error {
	s.resets++
	s.Buffer.Reset()
	return nil
}

// TestDownload passes files on, whatever they are.
func TestDownload(t *testing.T) {
	t.Parallel()
	header := func(w http.ResponseWriter, contentType, disposition string) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Content-Disposition", disposition)
	}
	large := `[` + strings.Repeat(`{"status":"success","result":1},`, 4000) + `1]`
	tests := []struct {
		name   string
		answer http.HandlerFunc
		want   string // the file's name and size
	}{
		{"a file", func(w http.ResponseWriter, _ *http.Request) {
			header(w, "application/pdf", `attachment; filename="a b.pdf"`)
			fmt.Fprint(w, "%PDF-content")
		}, "a b.pdf 12"},
		{"a name in another script", func(w http.ResponseWriter, _ *http.Request) {
			header(w, "text/plain", `attachment; filename*=UTF-8''na%C3%AFve.txt`)
			fmt.Fprint(w, "x")
		}, "naïve.txt 1"},
		{"no name", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "data") }, " 4"},
		{"a file of JSON", func(w http.ResponseWriter, _ *http.Request) {
			header(w, "application/json", "")
			fmt.Fprint(w, `{"name":"package","status":"draft"}`)
		}, " 35"},
		{"a large file of JSON", func(w http.ResponseWriter, _ *http.Request) {
			header(w, "application/json", "")
			fmt.Fprint(w, large)
		}, fmt.Sprintf(" %d", len(large))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file, s, err := download(t, tt.answer)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprintf("%s %d", file.Name, s.Len()); got != tt.want || file.Bytes != int64(s.Len()) || s.resets != 1 {
				t.Errorf("got %q, %d bytes told, %d resets; want %q", got, file.Bytes, s.resets, tt.want)
			}
		})
	}
}

// download asks for a file, to a place that takes 200 kB.
func download(t *testing.T, answer http.HandlerFunc) (*airbyte.File, *sink, error) {
	t.Helper()
	a := newAPI()
	a.execute = answer
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	s := &sink{limit: 200_000}
	file, err := newClient(t, server.URL).Download(t.Context(), "main", "c-1", downloadFile, s)
	return file, s, err
}

// TestFailedDownload has what is no file, or not all of one. Each is asked for once.
func TestFailedDownload(t *testing.T) {
	t.Parallel()
	asJSON := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, body)
		}
	}
	tests := []struct {
		name   string
		answer http.HandlerFunc
		code   airbyte.Code
	}{
		{"nothing", func(http.ResponseWriter, *http.Request) {}, airbyte.CodeNotFound},
		{"nothing, as JSON", asJSON(""), airbyte.CodeNotFound},
		{"a failure in a 200", asJSON(`{"status":"error","result":{"error":"no such file"}}`), airbyte.CodeFailed},
		{"a result", asJSON(okResult), airbyte.CodeBadResponse},
		{"a refusal", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprint(w, `{"message":"no"}`)
		}, airbyte.CodeInvalid},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "some of it")
		}, airbyte.CodeNetwork},
		{"too large for where it goes", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, strings.Repeat("x", 1<<20))
		}, airbyte.CodeTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file, _, err := download(t, tt.answer)
			if failure := failureOf(t, err); failure == nil || failure.Code != tt.code || failure.Requests != 1 {
				t.Errorf("got %v, %+v, want code %s after one request", file, failure, tt.code)
			}
		})
	}
}

// TestDownloadIsRepeatedBeforeTheFirstByte only: the API bills each.
func TestDownloadIsRepeatedBeforeTheFirstByte(t *testing.T) {
	t.Parallel()
	a := newAPI()
	tries := 0
	a.execute = func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "data")
	}
	server := httptest.NewServer(a)
	t.Cleanup(server.Close)
	s := &sink{}
	if _, err := newClient(t, server.URL).Download(t.Context(), "main", "c-1", downloadFile, s); err != nil || s.String() != "data" ||
		tries != 2 {
		t.Errorf("got %q, %v after %d requests, want the file after two", s.String(), err, tries)
	}
}

// BenchmarkDownload shows that a file is never held in memory: compare the bytes
// allocated with its size.
func BenchmarkDownload(b *testing.B) {
	for _, size := range []int64{1 << 20, 500 << 20} {
		b.Run(fmt.Sprintf("%dMiB", size>>20), func(b *testing.B) {
			a := newAPI()
			a.execute = func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.Copy(w, io.LimitReader(zeros{}, size))
			}
			server := httptest.NewServer(a)
			b.Cleanup(server.Close)
			client := newClient(b, server.URL)
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := client.Download(b.Context(), "main", "c-1", downloadFile, discard{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) Reset() error                { return nil }
