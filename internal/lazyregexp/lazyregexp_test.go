package lazyregexp_test

import (
	"testing"

	"airbyte-mcp-server/internal/lazyregexp"
)

func TestCompiledWhenUsed(t *testing.T) {
	t.Parallel()
	r := lazyregexp.New(`^(\w+)-(\d+)$`)
	if !r.MatchString("a-1") || r.MatchString("a-b") || r.ReplaceAllString("a-1", "$2$1") != "1a" {
		t.Errorf("%s does not do what its text says", r)
	}
	wrong := lazyregexp.New(`(`) // no panic as long as nobody uses it
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression was used without a panic")
		}
	}()
	wrong.MatchString("")
}
