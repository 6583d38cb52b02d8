package terminal

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestStatusOverTime: what is soon over is not shown, what takes long says how long; a
// question stays alone on its line until it is answered.
func TestStatusOverTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := &Status{out: &out, width: func() int { return 30 }}
		shown := func(wait time.Duration) string {
			s.mu.Lock()
			out.Reset()
			s.mu.Unlock()
			time.Sleep(wait)
			synctest.Wait()
			s.mu.Lock()
			defer s.mu.Unlock()
			return out.String()
		}
		s.Show("quick")
		s.Stop()
		if got := shown(time.Second); got != "" {
			t.Errorf("what was over at once was shown: %q", got)
		}
		s.Show("busy")
		if got := shown(time.Second); !strings.Contains(got, "\rbusy") || strings.Contains(got, "s)") {
			t.Errorf("after a second: %q", got)
		}
		if got := shown(2 * time.Second); !strings.HasSuffix(strings.TrimRight(got, " "), "\rbusy (3 s)") {
			t.Errorf("after three seconds: %q", got)
		}
		_, _ = s.Write([]byte("Really? "))
		if got := shown(time.Second); got != "" {
			t.Errorf("the question was written over: %q", got)
		}
		s.Show("a text that is far too long for this terminal")
		if got := shown(time.Second); !strings.Contains(got, "\ra text that is far too long …") {
			t.Errorf("a long text: %q", got)
		}
		s.Stop()
	})
}
