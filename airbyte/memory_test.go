package airbyte_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/budget"
)

// sayPieces answers with a success of a size, whose length is not announced.
func sayPieces(size int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"status":"success","result":"`))
		piece := []byte(strings.Repeat("0123456789", 1000))
		for sent := 0; sent < size; sent += len(piece) {
			_, _ = w.Write(piece)
		}
		_, _ = w.Write([]byte(`"}`))
	}
}

// Large answers at the same time wait for each other instead of taking memory together, and
// those past what stays in memory come back whole.
func TestLargeAnswersTakeTurns(t *testing.T) {
	t.Parallel()
	const limit, size = 24 << 20, 20 << 20
	pool := budget.New(limit, limit)
	a := newAPI()
	a.token = say(200, `{"access_token":"x"}`)
	a.execute = sayPieces(size)
	client := a.serve(t, func(cfg *airbyte.Config) { cfg.Memory = pool })
	mustMint(t, client)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			account := &budget.Account{}
			defer account.Close()
			result, err := client.Execute(budget.WithAccount(t.Context(), account), "w", "c-1", airbyte.Execution{Entity: "e", Action: "list"})
			if err != nil {
				t.Errorf("a large answer: %v", err)
				return
			}
			if len(result.Data) < size || strings.Count(string(result.Data), "0123456789") != (len(result.Data)-2)/10 {
				t.Errorf("%d bytes, not those that were sent", len(result.Data))
			}
			if held := pool.Use().Held; held < size || held > limit {
				t.Errorf("%d bytes are held for an answer of %d", held, size)
			}
		})
	}
	wg.Wait()
	if got := pool.Use().Held; got != 0 {
		t.Errorf("%d bytes are held after the last answer", got)
	}
}

// Where there is no memory for an answer nothing is sent, and what was sent is not sent
// again: it is billed each time.
func TestAnswerWithoutMemoryIsNotAskedFor(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		held    int64
		want    int
		outcome airbyte.Outcome
	}{
		"none at all":           {1 << 20, 0, airbyte.OutcomeNotSent},
		"enough for small ones": {1<<20 - 64<<10, 1, airbyte.OutcomeUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := budget.New(1<<20, 1<<20)
			a := newAPI()
			a.token = say(200, `{"access_token":"x"}`)
			a.execute = sayPieces(200 << 10)
			client := a.serve(t, func(cfg *airbyte.Config) { cfg.Memory = pool })
			mustMint(t, client)
			held, err := pool.TryTake("w", test.held)
			if err != nil {
				t.Fatal(err)
			}
			defer held.Release()
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			defer cancel()
			_, err = client.Execute(ctx, "w", "c-1", airbyte.Execution{Entity: "e", Action: "list"})
			failure := failureOf(t, err)
			asked := a.executes()
			if failure.Code != airbyte.CodeUnavailable || failure.Outcome != test.outcome || asked != test.want {
				t.Errorf("%s, %s, asked %d times", failure.Code, failure.Outcome, asked)
			}
		})
	}
}
