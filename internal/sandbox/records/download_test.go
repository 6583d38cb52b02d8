package records

import (
	"encoding/base64"
	"testing"

	"airbyte-mcp-server/internal/sandbox/random"
)

// downloadCall is a call of an action that the catalog of the tests may lack.
func downloadCall(t *testing.T, params P) (*Outcome, error) {
	t.Helper()
	f := newFile("orders", random.Seed(3))
	c := &Call{Request: &Request{Params: params}}
	if c.text("_airbyte_response_type") == "json" {
		return c.chunk(f)
	}
	return c.fileRange(f)
}

func TestDownloadRanges(t *testing.T) {
	t.Parallel()
	whole := newFile("orders", random.Seed(3)).Content
	tests := []struct {
		spec string
		want []byte
		fail bool
	}{
		{"bytes=0-9", whole[:10], false},
		{"bytes=10-", whole[10:], false},
		{"bytes=5-99999999", whole[5:], false},
		{"bytes=99999999-", nil, true},
		{"bytes=9-5", nil, true},
		{"0-9", nil, true},
		{"bytes=-5", nil, true},
	}
	for _, test := range tests {
		out, err := downloadCall(t, P{"range_header": test.spec})
		if (err != nil) != test.fail {
			t.Errorf("%s: error %v", test.spec, err)
			continue
		}
		if err == nil && string(out.File.Content) != string(test.want) {
			t.Errorf("%s: %d bytes, want %d", test.spec, len(out.File.Content), len(test.want))
		}
	}
}

func TestDownloadChunks(t *testing.T) {
	t.Parallel()
	whole := newFile("orders", random.Seed(3)).Content
	for _, format := range []string{"text", "base64"} {
		var got []byte
		params := P{"_airbyte_response_type": "json", "_airbyte_response_format": format}
		for range 20 {
			out, err := downloadCall(t, params)
			if err != nil {
				t.Fatal(err)
			}
			result := out.Result.(map[string]any)
			part := []byte(result["content"].(string))
			if format == "base64" {
				if part, err = base64.StdEncoding.DecodeString(string(part)); err != nil {
					t.Fatal(err)
				}
			}
			got = append(got, part...)
			if result["has_more"] == false {
				break
			}
			params["range_header"] = result["next_range_header"]
		}
		if string(got) != string(whole) {
			t.Errorf("%s: the chunks give %d bytes, want %d", format, len(got), len(whole))
		}
	}
	long := &File{Content: make([]byte, 70_000)}
	for _, params := range []P{{"_airbyte_response_format": "xml"}, {"range_header": "bytes=0-65536"}} {
		if _, err := (&Call{Request: &Request{Params: params}}).chunk(long); err == nil {
			t.Errorf("%v is accepted", params)
		}
	}
}

// TestChunksKeepCharactersWhole ends ranges in the middle of a character.
func TestChunksKeepCharactersWhole(t *testing.T) {
	t.Parallel()
	f := &File{Content: []byte("naïve café")}
	for spec, want := range map[string]string{"bytes=0-2": "na", "bytes=2-4": "ïv", "bytes=9-11": "fé", "bytes=0-10": "naïve caf"} {
		params := P{"_airbyte_response_format": "text", "range_header": spec}
		out, err := (&Call{Request: &Request{Params: params}}).chunk(f)
		if err != nil {
			t.Errorf("%s: %v", spec, err)
			continue
		}
		if got := out.Result.(map[string]any)["content"]; got != want {
			t.Errorf("%s: got %q, want %q", spec, got, want)
		}
	}
}
