package config_test

import (
	"testing"

	"airbyte-mcp-server/internal/config"
)

func TestParseSize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text  string
		want  config.Size // -1: an error
		shown string
	}{
		{"0", 0, "0"},
		{"1", 1, "1"},
		{"7B", 7, "7"},
		{"1000", 1000, "1kB"},
		{"1023", 1023, "1023"},
		{"1024", 1024, "1KiB"},
		{"1025", 1025, "1025"},
		{"500kB", 500_000, "500kB"},
		{"500KB", 500_000, "500kB"},
		{"4MiB", 4 << 20, "4MiB"},
		{"32MiB", 32 << 20, "32MiB"},
		{" 32 mib ", 32 << 20, "32MiB"},
		{"3MB", 3_000_000, "3MB"},
		{"2GiB", 2 << 30, "2GiB"},
		{"2GB", 2_000_000_000, "2GB"},
		{"1536KiB", 1536 << 10, "1536KiB"},
		{"9223372036854775807", 1<<63 - 1, "9223372036854775807"},
		{"8589934591GiB", 8589934591 << 30, "8589934591GiB"},
		{"8589934592GiB", -1, ""},
		{"9223372036854775808", -1, ""},
		{"", -1, ""}, {"MiB", -1, ""}, {"B", -1, ""}, {"-1", -1, ""}, {"+1", -1, ""}, {"1.5MiB", -1, ""},
		{"4M", -1, ""}, {"4K", -1, ""}, {"5iB", -1, ""}, {"0x10", -1, ""}, {"1_000", -1, ""}, {"4 Mi B", -1, ""},
	} {
		got, err := config.ParseSize(tt.text)
		if tt.want < 0 {
			if err == nil {
				t.Errorf("%q: got %d, want an error", tt.text, got)
			}
			continue
		}
		if err != nil || got != tt.want || got.String() != tt.shown {
			t.Errorf("%q: got %d, %q, %v, want %d, %q", tt.text, got, got, err, tt.want, tt.shown)
		}
	}
}

// Whatever parses prints as something that parses to the same.
func FuzzSize(f *testing.F) {
	for _, text := range []string{"32MiB", "500kB", "0", "1024000", "8589934591GiB", "KiB", "-1"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		size, err := config.ParseSize(text)
		if err != nil {
			return
		}
		again, err := config.ParseSize(size.String())
		if err != nil || again != size || size < 0 {
			t.Errorf("%q is %d, prints as %q, which is %d, %v", text, size, size, again, err)
		}
	})
}
