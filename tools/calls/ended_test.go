package calls_test

import (
	"context"
	"testing"
	"time"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestArgumentsOfAnEndedCall: a call that has ended before its arguments were read is no
// fault of the server, and nothing was sent.
func TestArgumentsOfAnEndedCall(t *testing.T) {
	t.Parallel()
	b := twoConnectors(result(`[]`, `{}`)).box(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancelLate := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancelLate()
	for _, tt := range []struct {
		ctx  context.Context //nolint:containedctx // a case
		want airbyte.Code
	}{{ended, airbyte.CodeCanceled}, {late, airbyte.CodeTimeout}} {
		f, err := b.Directory().Find(t.Context(), inMain, "read_result", []byte(`{"handle":"x"}`))
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.Run(tt.ctx, calls.Silent{}, f)
		if tools.Kind(err) != string(tt.want) || tools.Outcome(err) != tools.OutcomeNotSent {
			t.Errorf("the call ended with %v (%s, %s), want %s", err, tools.Kind(err), tools.Outcome(err), tt.want)
		}
	}
}
