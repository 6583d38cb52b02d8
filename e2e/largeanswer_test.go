package e2e_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// largeList asks for a list of so many bytes, which the API sends "plain" with its length,
// "chunked" without, or as "gzip".
func largeList(bytes int, form string) string {
	return `{"owner":"acme","repo":"bytes-` + strconv.Itoa(bytes) + `-` + form + `","select_fields":["*"]}`
}

var largeRepo = regexp.MustCompile(`"bytes-(\d+)-(plain|chunked|gzip)"`)

// The parts of a large answer. A record is about as large as an issue.
var (
	answerHead   = []byte(`{"status":"success","result":[{"number":0}`)
	answerTail   = []byte(`],"connector_metadata":{}}`)
	answerRecord = []byte(`,{"number":7,"title":"An issue like any other","state":"open","user":{"login":"octocat","id":583231},"body":"` +
		strings.Repeat("Nothing works, and the second line says so too. ", 20) + `"}`)
	answerPiece = bytes.Repeat(answerRecord, 100)
)

// startLargeAPI starts an API that has large lists beside what the emulator has.
func startLargeAPI(t testing.TB, emulator string) string {
	t.Helper()
	rest := relayHandler(t, emulator, nil, nil)
	return startServer(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/execute") {
			rest.ServeHTTP(w, r)
			return
		}
		body, _ := io.ReadAll(r.Body) // a broken one is the emulator's to refuse
		if found := largeRepo.FindSubmatch(body); found != nil {
			size, _ := strconv.Atoi(string(found[1])) // digits
			writeLarge(w, size, string(found[2]))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		rest.ServeHTTP(w, r)
	})
}

// writeLarge writes an answer of at least a size.
func writeLarge(w http.ResponseWriter, size int, form string) {
	head, piece, tail := answerHead, answerPiece, answerTail
	count := 1 + size/len(piece)
	w.Header().Set("Content-Type", "application/json")
	switch form {
	case "plain":
		w.Header().Set("Content-Length", strconv.Itoa(len(head)+count*len(piece)+len(tail)))
	case "gzip":
		w.Header().Set("Content-Encoding", "gzip")
		head, piece, tail = zipped(head), zipped(piece), zipped(tail) // each a member of the stream
	}
	_, _ = w.Write(head) // who does not read on misses nothing
	for range count {
		if _, err := w.Write(piece); err != nil {
			return
		}
	}
	_, _ = w.Write(tail)
}

func zipped(text []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(text) // into memory
	_ = z.Close()
	return b.Bytes()
}
