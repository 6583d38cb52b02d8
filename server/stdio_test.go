package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestStdioAnswersAllAfterEOF(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		runs    int
		calls   int
		execute func(context.Context, execution) string
	}{
		{"instant", 50, 40, echo},
		{"slow", 3, 40, after(300 * time.Millisecond)},
		{"more than run at once", 3, 200, after(300 * time.Millisecond)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t)
				r.up.set(tt.execute)
				for range tt.runs {
					answersAllAfterEOF(t, r, tt.calls)
				}
			})
		})
	}
}

func answersAllAfterEOF(t *testing.T, r *rig, calls int) {
	w := r.stdio(t)
	w.send(initialize("0"), initialized)
	for i := range calls {
		w.send(listIssues(strconv.Itoa(i+1), fmt.Sprintf("owner-%d", i+1)))
	}
	w.in.Close()
	answers, err := w.rest()
	if err != nil {
		t.Errorf("ServeStdio: %v, want nil", err)
	}
	for i := range calls {
		id := strconv.Itoa(i + 1)
		m, ok := answers[id]
		if !ok {
			t.Errorf("call %s of %d has no answer", id, calls)
			continue
		}
		if got := m.call(t); got.IsError || !strings.Contains(got.text(), `"owner-`+id+`"`) {
			t.Errorf("call %s was answered with %.200s", id, m.raw)
		}
	}
}

func TestStdioEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		frames []string
		min    time.Duration
		within time.Duration
	}{
		{"idle", nil, 0, 0},
		{"idle after a session", []string{initialize("0"), initialized, listIssues("1", "o")}, 0, 0},
		{"read hangs", []string{listIssues(`"hung"`, "o")}, 300 * time.Millisecond, time.Second},
		{"write hangs", []string{createIssue(`"hung"`, "t")}, 2 * time.Second, 6 * time.Second},
		{"asked for changes", []string{modern(request("7", "subscriptions/listen", `{"notifications":{"toolsListChanged":true}}`))}, 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { endsAfterEOF(t, tt.frames, tt.min, tt.within) })
		})
	}
}

// endsAfterEOF lets all calls of an id "hung" hang.
func endsAfterEOF(t *testing.T, frames []string, least, most time.Duration) {
	r := newRig(t)
	w := r.stdio(t)
	for _, f := range frames {
		if strings.Contains(f, `"hung"`) {
			synctest.Wait()
			r.up.set(hang)
		}
		w.send(f)
	}
	synctest.Wait()
	start := time.Now()
	w.in.Close()
	answers, err := w.rest()
	if took := time.Since(start); err != nil || took < least || took > most {
		t.Errorf("ended after %v with %v, want nil between %v and %v", took, err, least, most)
	}
	if hung, ok := answers[`"hung"`]; ok && !hung.call(t).IsError {
		t.Errorf("a call that never ended was answered with %s", hung.raw)
	}
	for _, f := range frames {
		if id := readMessage(t, []byte(f)).ID; id != nil && answers[string(id)].raw == "" {
			t.Errorf("request %s has no answer", id)
		}
	}
}

// A host that stops the server by a signal still gets what it has asked for.
func TestStdioStopAnswersCallsInProgress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.up.set(after(300 * time.Millisecond))
		w := r.stdio(t)
		for i := range 20 {
			w.send(listIssues(strconv.Itoa(i), strconv.Itoa(i)))
		}
		synctest.Wait()
		w.stop()
		synctest.Wait()
		w.send(listIssues(`"late"`, "o"))
		answers, err := w.rest()
		if err != nil {
			t.Errorf("ServeStdio: %v, want nil", err)
		}
		for i := range 20 {
			if m, ok := answers[strconv.Itoa(i)]; !ok || m.call(t).IsError {
				t.Errorf("call %d was answered with %.200q", i, m.raw)
			}
		}
		late := answers[`"late"`]
		if late.code() != busyCode || r.up.load().executed != 20 {
			t.Errorf("a request after the stop: answer %.200q, %d executes; want error %d and 20", late.raw, r.up.load().executed, busyCode)
		}
	})
}

func TestStdioStopEndsAtTheGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, func(o *Options) { o.Grace = 3 * time.Second })
		r.up.set(hang)
		w := r.stdio(t)
		w.send(listIssues("1", "o"), createIssue("2", "t"))
		synctest.Wait()
		start := time.Now()
		w.stop()
		answers, err := w.rest()
		if took := time.Since(start); err != nil || took != 3*time.Second {
			t.Errorf("ended after %v with %v, want nil after 3s", took, err)
		}
		if read := answers["1"].call(t); !read.IsError || !strings.Contains(read.text(), "stopping") {
			t.Errorf("the read was answered with %q, want that the server is stopping", read.text())
		}
		if write := answers["2"].call(t); !write.IsError || !strings.Contains(write.text(), "may have happened") {
			t.Errorf("the write was answered with %q, want that it may have happened", write.text())
		}
	})
}

// A line that is too long costs its sender an error, and nothing more.
func TestStdioLineOverTheLimit(t *testing.T) {
	t.Parallel()
	const limit = 1 << 16
	for _, tt := range []struct {
		name string
		size int
		want int
	}{
		{"just fits", limit - 1, 0},
		{"too long", limit + 1, -32600},
		{"much too long", 40 * limit, -32600},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newRig(t, func(o *Options) { o.MaxMessage = limit }).stdio(t)
				frame := request("1", "ping", `{"pad":""}`)
				frame = strings.Replace(frame, `""`, `"`+strings.Repeat("x", tt.size-len(frame))+`"`, 1)
				if got := w.ask(frame).code(); got != tt.want {
					t.Errorf("%d bytes: error %d, want %d", len(frame), got, tt.want)
				}
				if m := w.ask(request("2", "ping", `{}`)); string(m.ID) != "2" || m.Error != nil {
					t.Errorf("the next line was answered with %s", m.raw)
				}
			})
		})
	}
}

// The last line needs no line break.
func TestStdioLastLineWithoutBreak(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newRig(t).stdio(t)
		if _, err := io.WriteString(w.in, request("1", "ping", `{}`)); err != nil {
			t.Fatal(err)
		}
		w.in.Close()
		if answers, err := w.rest(); err != nil || len(answers) != 1 {
			t.Errorf("got %v, %v; want one answer and nil", answers, err)
		}
	})
}

// brokenReader fails in the middle of the input.
type brokenReader struct{ io.Reader }

var errBroken = errors.New("input/output error")

func (b brokenReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errBroken
	}
	return n, err
}

func TestStdioInputFails(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	in := brokenReader{strings.NewReader(request("1", "ping", `{}`) + "\n")}
	r := newRig(t)
	if err := r.ServeStdio(context.Background(), r.session, in, &out); !errors.Is(err, errBroken) {
		t.Errorf("ServeStdio: %v, want %v", err, errBroken)
	}
	if !strings.Contains(out.String(), `"id":1`) {
		t.Errorf("the request before the failure was answered with %q", out.String())
	}
}

// Scripts do not wait for the answer to initialize. What follows it must meet a
// connection that knows its client.
func TestStdioInitializeComesFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		for range 100 {
			w := r.stdio(t)
			if _, err := io.WriteString(w.in, initialize("0")+"\n"+request("1", "ping", `{}`)+"\n"+countCall(2)+"\n"); err != nil {
				t.Fatal(err)
			}
			w.in.Close()
			if _, err := w.rest(); err != nil || string(w.lines[0].ID) != "0" {
				t.Fatalf("the first line is %s, %v; want the answer to initialize", w.lines[0].raw, err)
			}
		}
	})
}
