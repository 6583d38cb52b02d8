package setup

import (
	"encoding/json"
	"testing"

	"airbyte-mcp-server/schemas"
)

func TestWordsWithinSentences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Access token": "access token", "API key": "API key", "Öffner": "öffner", "": "", "A": "A", "A b": "A b", "x": "x",
	} {
		if got := lowerFirst(text); got != want {
			t.Errorf("%q within a sentence is %q, want %q", text, got, want)
		}
	}
}

func TestTitlesOfMethods(t *testing.T) {
	t.Parallel()
	fields := []Field{
		{Title: "Key", Required: true, Secret: true}, {Title: "Account", Required: true}, {Title: "Other key", Secret: true},
	}
	if got := (&Method{Type: "apiKey", Fields: fields}).title(); got != "Key" {
		t.Errorf("the method is called %q, want the secret that it needs", got)
	}
	if got := (&Method{Type: "oauth2", Fields: fields}).title(); got != "OAuth" {
		t.Errorf("consent is called %q", got)
	}
}

func TestHostNames(t *testing.T) {
	t.Parallel()
	const alone, noPath = "must be a host name alone, such as host.example.com", "must be a host name without a path, such as host.example.com"
	for text, want := range map[string][2]string{
		"Shop.Example.com": {"shop.example.com", ""}, "https://shop.example.com/": {"shop.example.com", ""}, "localhost": {"localhost", ""},
		"shop": {"", alone}, "shop.example.com/a": {"", noPath}, "a b.example": {"", alone}, "": {"", alone}, "-.example": {"", alone},
	} {
		host, problem := hostName(text)
		if host != want[0] || problem != want[1] {
			t.Errorf("%q is %q, %q, want %q", text, host, problem, want)
		}
	}
}

func TestLeastParameters(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		action schemas.Action
		ok     bool
	}{
		"none":         {schemas.Action{}, true},
		"no rules":     {schemas.Action{Requirements: &schemas.Requirements{}}, true},
		"one of these": {schemas.Action{Requirements: &schemas.Requirements{AnyOf: [][]string{{"a"}}}}, false},
		"all of these": {schemas.Action{Requirements: &schemas.Requirements{AllOf: []*schemas.Requirements{{}}}}, false},
		"both of one": {schemas.Action{Requirements: &schemas.Requirements{
			AnyOf: [][]string{{"a"}}, AllOf: []*schemas.Requirements{{}}}}, false},
	} {
		params, ok := leastParams(&test.action)
		if ok != test.ok || ok && !json.Valid(params) {
			t.Errorf("%s: %s, %t, want %t", name, params, ok, test.ok)
		}
	}
}
