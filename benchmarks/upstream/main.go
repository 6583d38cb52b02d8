// Command upstream stands for Airbyte's API: a token, one connector, and answers of the size
// and after the time that the arguments of a call ask for, as in "size-20000-wait-20".
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// types are the connectors that there are; the first is the one of most workspaces.
var types = "github"

// answers keeps what was made, by size.
var answers sync.Map

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "address on loopback")
	flag.StringVar(&types, "connectors", types, "types of connectors, the usual one first")
	flag.Parse()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	go func() { // whoever started this holds the input open
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	log.Fatal(http.Serve(listener, http.HandlerFunc(serve)))
}

func serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	switch {
	case r.URL.Path == "/api/v1/account/applications/token":
		_, _ = io.WriteString(w, `{"access_token":"bench","token_type":"Bearer","expires_in":900}`)
	case r.URL.Path == "/api/v1/integrations/connectors":
		_, _ = io.WriteString(w, connectors(r.URL.Query().Get("workspace_name")))
	default:
		time.Sleep(time.Duration(number(body, "wait-")) * time.Millisecond)
		answer := answerOf(max(number(body, "size-"), 300))
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer)
	}
}

// connectors are those of a workspace: all that the program knows in "all", else one.
func connectors(workspace string) string {
	var list []string
	for _, name := range strings.Split(types, ",") {
		n := len(list) + 1
		list = append(list, fmt.Sprintf(`{"id":"00000000-0000-4000-8000-%012d","name":%q,"summarized_source_template":`+
			`{"id":"00000000-0000-4000-9000-%012d","connector_name":%q,"name":%q,"runtime_mode":"direct"}}`, n, name, n, name, name))
		if workspace != "all" {
			break
		}
	}
	return `{"data":[` + strings.Join(list, ",") + `],"next":null}`
}

// number is the number behind a word of a text; 0 without one.
func number(text []byte, word string) int {
	_, after, _ := bytes.Cut(text, []byte(word))
	n := 0
	for _, c := range after {
		if c < '0' || c > '9' {
			break
		}
		n = 10*n + int(c-'0')
	}
	return n
}

func answerOf(size int) []byte {
	if made, ok := answers.Load(size); ok {
		return made.([]byte)
	}
	const end = `],"meta":{"has_more":false}},"connector_metadata":{"connector":"bench","version":"1"}}`
	out := []byte(`{"result":{"data":[`)
	for n := 0; len(out) < size-len(end)-150 || n == 0; n++ {
		if n > 0 {
			out = append(out, ',')
		}
		out = fmt.Appendf(out, `{"id":"record_%06d","number":%d,"title":"What happened on day %d","state":"open","labels":["a","b"],`+
			`"created_at":"2026-01-02T03:04:05Z","amount":%d.25}`, n, n, n, n)
	}
	out = append(out, end...)
	answers.Store(size, out)
	return out
}
