package airbyte_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/budget"
)

// sayAnnounced answers with a success of a size, whose length is announced.
func sayAnnounced(size int) http.HandlerFunc {
	body := []byte(`{"status":"success","result":"` + strings.Repeat("x", size) + `"}`)
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}
}

// TestAnnouncedAnswersTakeTurns: a large answer is read when those before it have been
// passed on; of somebody who does not read them, it waits for no longer than a second, and
// nobody else waits at all.
func TestAnnouncedAnswersTakeTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.token = say(200, `{"access_token":"x"}`)
		a.execute = sayAnnounced(300 << 10)
		client := a.serveInMemory(t, func(cfg *airbyte.Config) { cfg.Memory = budget.New(16<<20, 8<<20) }) // turns of 1 MiB, half for each
		mustMint(t, client)
		began := time.Now()
		ask := func(workspace string) (account *budget.Account, took time.Duration) {
			account = &budget.Account{}
			asked := time.Now()
			x := airbyte.Execution{Entity: "e", Action: "list"}
			if _, err := client.Execute(budget.WithAccount(t.Context(), account), workspace, "c-1", x); err != nil {
				t.Fatal(err)
			}
			return account, time.Since(asked)
		}
		first, took := ask("w")
		if took != 0 {
			t.Errorf("the first answer took %s", took)
		}
		go func() {
			time.Sleep(300 * time.Millisecond)
			first.Close()
		}()
		second, took := ask("w")
		if took != 300*time.Millisecond {
			t.Errorf("the second answer took %s, though the first was passed on after 300 ms", took)
		}
		third, took := ask("w")
		if took != time.Second {
			t.Errorf("the third answer took %s, though nobody reads the second", took)
		}
		other, took := ask("another")
		if took != 0 {
			t.Errorf("the answer to another workspace took %s", took)
		}
		for _, account := range []*budget.Account{second, third, other} {
			account.Close()
		}
		if last, took := ask("w"); took != 0 || time.Since(began) != 1300*time.Millisecond {
			t.Errorf("after all were passed on, an answer took %s", took)
		} else {
			last.Close()
		}
	})
}

// TestSmallAnswersTakeNoTurns: nothing large is held for them.
func TestSmallAnswersTakeNoTurns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newAPI()
		a.token = say(200, `{"access_token":"x"}`)
		a.execute = sayAnnounced(40 << 10)
		client := a.serveInMemory(t, func(cfg *airbyte.Config) { cfg.Memory = budget.New(16<<20, 16<<20) })
		mustMint(t, client)
		began := time.Now()
		ctx := budget.WithAccount(context.WithoutCancel(t.Context()), &budget.Account{})
		for range 100 {
			if _, err := client.Execute(ctx, "w", "c-1", airbyte.Execution{Entity: "e", Action: "list"}); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("100 small answers took %s", took)
		}
	})
}
