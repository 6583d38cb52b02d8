package schemas_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"airbyte-mcp-server/internal/workbound"
)

// endingContext ends when it is looked at for so many times.
type endingContext struct {
	context.Context
	looks atomic.Int64
	last  int64
}

func (c *endingContext) Err() error {
	if c.looks.Add(1) >= c.last {
		return context.Canceled
	}
	return nil
}

// TestArgumentsOfAnEndedCall leaves the rest of large arguments unread when their call ends.
func TestArgumentsOfAnEndedCall(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	const size = 3_900_000
	list := func(item string) string { return strings.Repeat(item+",", size/(len(item)+1)) + item }
	for _, tt := range []struct{ action, given string }{
		{"create", `{"id":"1","counts":[` + list(`7`) + `]}`},
		{"create", `{"id":"1","buyer":{"email":"a","lines":[` + list(`{"sku":"a"}`) + `]}}`},
		{"create", `{"id":"1",` + many(size, `"n%d":1`, ",") + `}`},
	} {
		in := acmeInput(t, tt.action)
		_, _ = in.Check(nil) // compiles the schema
		take := func(ctx context.Context) func() {
			return func() {
				if _, _, err := in.TakeWithin(ctx, []byte(tt.given)); ctx.Err() != nil && !errors.Is(err, context.Canceled) {
					t.Errorf("%.40s: got %v of an ended call", tt.given, err)
				}
			}
		}
		whole := workbound.Allocated(take(t.Context()))
		ended := &endingContext{Context: t.Context(), last: 3}
		part := workbound.Allocated(take(ended))
		// before the arguments, at two looks within and behind them, and once above
		if looks := ended.looks.Load(); looks > 8 {
			t.Errorf("%.40s: the call was looked at %d times after its end", tt.given, looks)
		}
		if part > whole*95/100 {
			t.Errorf("%.40s: an ended call allocated %d bytes, a whole one %d", tt.given, part, whole)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		workbound.Check(t, "a call that has ended", 0, 0, take(gone))
	}
}

// TestLongListsOfTexts takes each element of a long list for a number.
func TestLongListsOfTexts(t *testing.T) {
	t.Parallel()
	args, err := acmeInput(t, "create").Check([]byte(`{"id":"1","counts":["7"` + strings.Repeat(`,"7"`, 999) + `]}`))
	if want := "[7" + strings.Repeat(",7", 999) + "]"; err != nil || string(args.Value("counts")) != want {
		t.Errorf("got %.80s, %v", args.Value("counts"), err)
	}
	faults := faultsOf(t, acmeInput(t, "create"), `{"id":"1","counts":["7"`+strings.Repeat(`,"7"`, 10_000)+`]}`)
	if want := "`counts` has more than 10000 values of other types than the schema's"; !strings.HasPrefix(faults[0].String(), want) {
		t.Errorf("refused with %v, want %q", faults, want)
	}
}
