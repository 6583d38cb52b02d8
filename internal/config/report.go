package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Value is one setting as `config show` prints it.
type Value struct {
	Group string `json:"group"`
	// Name is that of the flag, and the key in the config file.
	Name string `json:"name"`
	// Value is the text that the flag takes; a secret is REDACTED, or empty if unset.
	Value string `json:"value"`
	// Origin is "flag --x", "environment AIRBYTE_X", "file PATH", "default" or "not set".
	Origin string `json:"origin"`
}

// Report returns every setting after Complete, group by group, always in the
// same order.
func (s *Settings) Report() []Value {
	all := fields()
	values := make([]Value, 0, len(all))
	for _, f := range all {
		values = append(values, Value{
			Group:  f.group,
			Name:   f.name,
			Value:  show(reflect.ValueOf(s).Elem().Field(f.index).Interface()),
			Origin: s.origin(f.name).String(),
		})
	}
	return values
}

// show writes a value as its flag takes it.
func show(value any) string {
	switch v := value.(type) {
	case []string:
		return strings.Join(v, ",")
	case map[string]string:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+"="+v[name])
		}
		return strings.Join(parts, ";")
	case time.Duration:
		return showDuration(v)
	}
	return fmt.Sprint(value)
}

// showDuration is 5m where Duration.String has 5m0s.
func showDuration(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// Secret is a setting that has no flag.
type Secret struct{ Group, Variable, Help string }

// Secrets are the settings without a flag, in the order of the others.
func Secrets() []Secret {
	var list []Secret
	for _, f := range fields() {
		if f.secret {
			list = append(list, Secret{f.group, f.vars[0], f.help})
		}
	}
	return list
}
