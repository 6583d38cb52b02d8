package telemetry

import "testing"

func TestStatusClasses(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		0: none, -1: other, 99: other, 100: "1xx", 199: "1xx", 204: "2xx", 404: "4xx", 599: "5xx", 600: other,
	} {
		if got := statusClass(status); got != want {
			t.Errorf("status %d is of the class %s, want %s", status, got, want)
		}
	}
}

func TestToolNames(t *testing.T) {
	t.Parallel()
	long := make([]byte, longestName)
	for i := range long {
		long[i] = 'a'
	}
	for name, want := range map[string]bool{
		"": false, "a_B-9.z": true, "a b": false, "ä": false, string(long): true, string(long) + "a": false,
	} {
		if got := isToolName(name); got != want {
			t.Errorf("%q is a name: %t, want %t", name, got, want)
		}
	}
}
