package airbyte_test

import (
	"errors"
	"net/http"
	"testing"

	"airbyte-mcp-server/airbyte"
)

// A write of which a record is known to come back, but nothing does, is in doubt. Where
// nothing is known of a record, an empty answer is one; so is an empty object.
func TestWritesWithoutTheirRecord(t *testing.T) {
	t.Parallel()
	create := airbyte.Execution{Entity: "issues", Action: "create"}
	record := airbyte.Execution{Entity: "issues", Action: "create", Record: true}
	remove := airbyte.Execution{Entity: "issues", Action: "delete", Record: true}
	read := airbyte.Execution{Entity: "issues", Action: "list", Record: true}
	for _, tt := range []struct {
		what    airbyte.Execution
		result  string
		doubted bool
	}{
		{record, `[]`, true}, {record, `[ ]`, true}, {record, `{}`, false}, {record, `{"data":[]}`, true},
		{record, `{"data":[],"meta":null}`, true},
		{record, `null`, true}, {record, `{"id":"1"}`, false}, {record, `[{"id":"1"}]`, false}, {record, `{"data":[{"id":1}]}`, false},
		{record, `{"labels":[],"id":7}`, false}, {record, `{"data":[],"ok":true}`, false}, {record, `{"deleted":false}`, false},
		{record, `[null]`, true}, {record, `{"issue":{}}`, true}, {record, `false`, true}, {record, `"<html>no</html>"`, true},
		{record, `""`, false}, {record, `true`, false},
		{create, `[]`, false}, {create, `{}`, false}, {create, `null`, true},
		{remove, `[]`, true}, {remove, `{}`, false}, {remove, `{"data":[]}`, true}, {remove, `{"id":"1","deleted":true}`, false},
		{read, `[]`, false}, {read, `{}`, false}, {read, `{"data":[]}`, false},
	} {
		t.Run(tt.what.Action+" "+tt.result, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = say(http.StatusOK, `{"status":"success","result":`+tt.result+`,"connector_metadata":{}}`)
			_, err := a.serve(t).Execute(t.Context(), "main", "c-1", tt.what)
			failure, failed := errors.AsType[*airbyte.Error](err)
			if failed != tt.doubted || failed && failure.Outcome != airbyte.OutcomeUnknown {
				t.Errorf("%s: got %v, want it in doubt: %t", tt.result, err, tt.doubted)
			}
		})
	}
}
