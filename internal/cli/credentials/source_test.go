package credentials_test

import (
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"airbyte-mcp-server/internal/cli/credentials"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/schemas/setup"
)

// acme is a type of connector with two ways to authenticate.
func acme() *setup.Setup {
	return &setup.Setup{
		Connector: "acme", Title: "Acme",
		Methods: []setup.Method{
			{Name: "key", Title: "API key", Fields: []setup.Field{
				{Name: "api_key", Title: "API key", Type: "string", Required: true, Secret: true},
				{Name: "account", Title: "Account", Type: "string"},
			}},
			{Name: "service", Title: "Service account", Fields: []setup.Field{
				{Name: "service-account", Title: "Key file", Type: "object", Required: true, Secret: true},
			}},
		},
		Settings: []setup.Field{
			{Name: "repositories", Title: "Repositories", Type: "array", Items: "string"},
			{Name: "account", Title: "Account", Type: "string"},
			{Name: "region.name", Title: "Region", Type: "string", Enum: []any{"eu", "us", 1}},
			{Name: "signing", Title: "Signing secret", Type: "string", Secret: true},
		},
	}
}

func noValues() *setup.Values {
	return &setup.Values{Fields: map[string]string{}, Secrets: map[string]secret.Text{}}
}

// hold compares what was taken with what was given.
func hold(t *testing.T, v *setup.Values, want map[string]string) {
	t.Helper()
	got := map[string]string{}
	for name, text := range v.Secrets {
		got[name] = text.Reveal()
	}
	if !maps.Equal(got, want) || len(v.Fields) != 0 {
		t.Errorf("got %q and %q, want %q", got, v.Fields, want)
	}
}

// refused reports an error that says what is wrong, and no value with it.
func refused(t *testing.T, err error, says string) {
	t.Helper()
	source, ok := errors.AsType[*credentials.SourceError](err)
	switch {
	case !ok || errors.Unwrap(source) == nil:
		t.Errorf("got %v, want an error of the source", err)
	case !strings.Contains(err.Error(), says):
		t.Errorf("got %v, want %q in it", err, says)
	case strings.Contains(err.Error(), "canary"):
		t.Errorf("the error has a value: %v", err)
	}
}

func TestFromEnv(t *testing.T) {
	t.Parallel()
	vars := map[string]string{
		"SHOP_API_KEY": "canary-1", "SHOP_REGION_NAME": "eu", "SHOP_SERVICE_ACCOUNT": `{"a":"canary"}`, "SHOP_ACCOUNT": " ", "SHOP_OTHER": "x",
		"API_KEY": "canary-2",
	}
	lookup := func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
	for _, prefix := range []string{"SHOP", "SHOP_", "shop"} {
		v := noValues()
		if err := credentials.FromEnv(lookup, prefix, acme(), v); err != nil {
			t.Fatal(err)
		}
		hold(t, v, map[string]string{"api_key": "canary-1", "region.name": "eu", "service-account": `{"a":"canary"}`})
	}
	refused(t, credentials.FromEnv(lookup, "NONE", acme(), noValues()),
		"none of these variables has a value: NONE_ACCOUNT, NONE_API_KEY, NONE_REGION_NAME, "+
			"NONE_REPOSITORIES, NONE_SERVICE_ACCOUNT, NONE_SIGNING")
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want map[string]string
	}{
		"JSON":                    {`{"api_key":"canary","account":"7"}`, map[string]string{"api_key": "canary", "account": "7"}},
		"JSON with a mark":        {"\ufeff {\"api_key\":\"canary\"}\n", map[string]string{"api_key": "canary"}},
		"other types stay JSON":   {`{"api_key":7,"repositories":["a","b"]}`, map[string]string{"api_key": "7", "repositories": `["a","b"]`}},
		"null is nothing":         {`{"api_key":null,"account":"7"}`, map[string]string{"api_key": "", "account": "7"}},
		"an object that is one":   {`{"service-account":{"a":"canary"}}`, map[string]string{"service-account": `{"a":"canary"}`}},
		"an object around fields": {`{"region":{"name":"eu"}}`, map[string]string{"region.name": "eu"}},
		"names in upper case":     {"API_KEY=canary\nREGION.NAME=eu", map[string]string{"api_key": "canary", "region.name": "eu"}},
		"unknown names stay":      {"pasword=canary", map[string]string{"pasword": "canary"}},
		"lines as shells have": {"# of the app\n\nexport api_key='can ary'\naccount = \"7\"\n", map[string]string{"api_key": "can ary",
			"account": "7"}},
		"value with equals signs":  {"api_key=canary==", map[string]string{"api_key": "canary=="}},
		"quotes that do not match": {`api_key="canary'`, map[string]string{"api_key": `"canary'`}},
		"a quote alone":            {`api_key="`, map[string]string{"api_key": `"`}},
		"lines of Windows":         {"api_key=canary\r\naccount=7\r\n", map[string]string{"api_key": "canary", "account": "7"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := noValues()
			if err := credentials.Read(strings.NewReader(c.text), acme(), v); err != nil {
				t.Fatal(err)
			}
			hold(t, v, c.want)
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		r    io.Reader
		says string
	}{
		"nothing":        {strings.NewReader(" \n"), "there are no credentials"},
		"no field":       {strings.NewReader("{}"), "there are no credentials"},
		"broken JSON":    {strings.NewReader(`{"api_key":"canary"`), "begin like a JSON object, but are none"},
		"no pair":        {strings.NewReader("account=7\ncanary\n"), "line 2 is not FIELD=VALUE"},
		"more than much": {strings.NewReader("api_key=canary" + strings.Repeat("x", 1<<20)), "more than 1 MiB"},
	} {
		v := noValues()
		t.Run(name, func(t *testing.T) {
			refused(t, credentials.Read(c.r, acme(), v), c.says)
			if len(v.Secrets) != 0 {
				t.Errorf("values were taken: %d", len(v.Secrets))
			}
		})
	}
	most := strings.Repeat("x", 1<<20-len("api_key="))
	v := noValues()
	if err := credentials.Read(strings.NewReader("api_key="+most), acme(), v); err != nil || len(v.Secrets["api_key"].Reveal()) != len(most) {
		t.Errorf("1 MiB is refused: %v", err)
	}
	broken := errors.New("the disk is gone")
	if err := credentials.Read(iotest.ErrReader(broken), acme(), noValues()); !errors.Is(err, broken) {
		t.Errorf("got %v, want that the disk is gone", err)
	}
}

func TestFromFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "acme.env")
	if err := os.WriteFile(path, []byte("API_KEY=canary"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := noValues()
	if err := credentials.FromFile(path, acme(), v); err != nil {
		t.Fatal(err)
	}
	hold(t, v, map[string]string{"api_key": "canary"})
	refused(t, credentials.FromFile(path+".nowhere", acme(), noValues()), "acme.env.nowhere")
	if runtime.GOOS == "windows" {
		return // its files have no modes
	}
	for mode, says := range map[os.FileMode]string{0o640: "mode 0640", 0o604: "mode 0604", 0o620: "run chmod 600 on it"} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		v := noValues()
		refused(t, credentials.FromFile(path, acme(), v), says)
		if len(v.Secrets) != 0 {
			t.Errorf("mode %04o: values were taken", mode)
		}
	}
}

// TestIsCredential keeps secrets, and what is given together with them alone, out of
// arguments.
func TestIsCredential(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]bool{ // secret, credential
		"api_key":         {true, true},
		"service-account": {true, true},
		"signing":         {true, true}, // a setting that is secret
		"account":         {false, false},
		"repositories":    {false, false},
		"unknown":         {false, false},
	} {
		if got := [2]bool{credentials.IsSecret(acme(), name), credentials.IsCredential(acme(), name)}; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	alone := acme()
	alone.Settings = nil
	if !credentials.IsCredential(alone, "account") {
		t.Error("the account of a method is taken for a setting")
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	fields := acme().Settings
	if got := credentials.Choices(fields[2]); got != "eu, us, 1" {
		t.Errorf("got %q", got)
	}
	if got := credentials.Choices(fields[0]); got != "" {
		t.Errorf("a free field has the choices %q", got)
	}
}
