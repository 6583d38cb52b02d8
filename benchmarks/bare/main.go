// Command bare is a proxy without a library: one tool, whose call is one request and whose
// answer is the text of the response. It checks nothing: what is left is the job itself.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"sync"
)

const (
	introduction = `{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"bare","version":"1"}}`
	tools        = `{"tools":[{"name":"list","description":"Lists.","inputSchema":{"type":"object"}}]}`
)

type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		Arguments json.RawMessage `json:"arguments"`
	} `json:"params"`
}

type proxy struct {
	upstream string
	client   *http.Client
}

func main() {
	upstream := flag.String("upstream", "", "URL of the API")
	addr := flag.String("http", "", "serve over HTTP on this address")
	flag.Parse()
	p := &proxy{*upstream, &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}}
	if *addr != "" {
		log.Fatal(http.ListenAndServe(*addr, http.HandlerFunc(p.serve)))
	}
	p.overStdio()
}

func (p *proxy) overStdio() {
	var mu sync.Mutex
	var calls sync.WaitGroup
	in := bufio.NewReaderSize(os.Stdin, 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			calls.Wait()
			return
		}
		calls.Go(func() {
			if answer := p.answer(line); answer != nil {
				mu.Lock()
				defer mu.Unlock()
				_, _ = os.Stdout.Write(append(answer, '\n'))
			}
		})
	}
}

func (p *proxy) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	answer := p.answer(body)
	if answer == nil {
		w.WriteHeader(http.StatusAccepted)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(answer)
}

// answer is the answer to a message, nil for a notification.
func (p *proxy) answer(line []byte) []byte {
	var m message
	if json.Unmarshal(line, &m) != nil || m.ID == nil {
		return nil
	}
	out := append(append([]byte(`{"jsonrpc":"2.0","id":`), m.ID...), `,"result":`...)
	switch m.Method {
	case "initialize":
		out = append(out, introduction...)
	case "tools/list":
		out = append(out, tools...)
	case "tools/call":
		out = p.call(out, m.Params.Arguments)
	default:
		out = append(out, "{}"...)
	}
	return append(out, '}')
}

func (p *proxy) call(out []byte, arguments []byte) []byte {
	answer, err := p.client.Post(p.upstream+"/execute", "application/json", bytes.NewReader(arguments))
	if err != nil {
		return append(out, `{"content":[],"isError":true}`...)
	}
	defer answer.Body.Close()
	text := make([]byte, max(answer.ContentLength, 0))
	if _, err := io.ReadFull(answer.Body, text); err != nil {
		return append(out, `{"content":[],"isError":true}`...)
	}
	out = append(slices.Grow(out, len(text)+len(text)/3+64), `{"content":[{"type":"text","text":"`...)
	out = appendEscaped(out, text)
	return append(out, `"}]}`...)
}

// appendEscaped writes compact JSON as the inside of a JSON text.
func appendEscaped(out, text []byte) []byte {
	start := 0
	for i, c := range text {
		if c == '"' || c == '\\' {
			out = append(append(out, text[start:i]...), '\\')
			start = i
		}
	}
	return append(out, text[start:]...)
}
