package problem

import (
	"encoding/json"
	"errors"
	"testing"
)

func TestBodiesOfDialects(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err                      *Error
		status                   int
		current, seed, framework string
	}{
		{
			New(404, "No %s", "way"), 404,
			`{"errors":[],"message":"No way"}`, `{"detail":"No way"}`, `{"detail":"No way"}`,
		},
		{
			MissingField("body.name"), 422,
			`{"errors":[{"field":"body.name","message":"Field required","error_code":"missing","details":null}],"message":"Field required"}`,
			`{"detail":[{"loc":["body","name"],"msg":"field required","type":"value_error.missing"}]}`,
			`{"detail":"Field required"}`,
		},
		{
			RefuseParam("bad"), 400,
			`{"errors":[],"message":"bad"}`, `{"detail":"bad"}`, `{"detail":"bad"}`,
		},
	} {
		if test.err.Status != test.status {
			t.Errorf("%v has the status %d, want %d", test.err, test.err.Status, test.status)
		}
		for dialect, want := range map[Dialect]string{Current: test.current, SeedEra: test.seed, Framework: test.framework} {
			if got, err := json.Marshal(test.err.Body(dialect)); err != nil || string(got) != want {
				t.Errorf("dialect %d: %s (%v), want %s", dialect, got, err, want)
			}
		}
	}
	if RefuseParam("x").Source != FromExecutor || New(400, "x").Source != FromRequest {
		t.Error("the executor refuses parameters, nobody else's switch concerns them")
	}
	if got := PyList([]string{"a", "b"}); got != "['a', 'b']" {
		t.Errorf("the list is %s", got)
	}
	if _, ok := errors.AsType[*Error](InvalidUUID("path.id", errors.New("too short"))); !ok {
		t.Error("a bad UUID is no error of the API")
	}
}
