package paging_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"testing/fstest"

	"airbyte-mcp-server/internal/paging"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
)

// vendor is an action that pages, and what checks its arguments.
type vendor struct {
	action *schemas.Action
	input  *schemas.Input
}

func vendorOf(t *testing.T, pagination, params, result string) vendor {
	t.Helper()
	text := fmt.Appendf(nil, `{
		"name": "shop", "title": "Shop", "definition_id": "id-shop", "summary": "A shop.",
		"entities": [{"name": "things", "summary": "Things.", "actions": [
			{"action": "list", "summary": "List.", "params": [%s], "pagination": %s, "result": %s}]}]}`, params, pagination, result)
	conn, err := schemas.Open(fstest.MapFS{"shop.json": {Data: text}}).Connector("shop")
	if err != nil {
		t.Fatal(err)
	}
	entity := conn.Entities[0]
	input, err := conn.ActionInput(entity, entity.Actions[0])
	if err != nil {
		t.Fatal(err)
	}
	return vendor{entity.Actions[0], input}
}

// page is what is said about paging after a call.
func (v vendor) page(t *testing.T, arguments, data, metadata string) string {
	t.Helper()
	args, err := v.input.Check(json.RawMessage(arguments))
	if err != nil {
		t.Fatal(err)
	}
	return string(paging.Of(v.action).Page(args, json.RawMessage(metadata), rawjson.Unsurveyed([]byte(data))).JSON())
}

const aList = `{"kind":"list"}`

// paged is an answer, and what is made of it.
type paged struct{ name, arguments, data, metadata, want string }

func testPages(t *testing.T, v vendor, tests []paged) {
	t.Helper()
	t.Parallel()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := v.page(t, tt.arguments, tt.data, tt.metadata); got != tt.want {
				t.Errorf("%s with %s after %s: got %s, want %s", tt.data, tt.metadata, tt.arguments, got, tt.want)
			}
		})
	}
}

func TestPageByCursor(t *testing.T) {
	testPages(t, vendorOf(t, `{"style":"cursor","cursor_param":"after","next_meta":"end_cursor","more_meta":"has_next_page"}`,
		`{"name":"after","type":"string"}`, aList), []paged{
		{"more", `{}`, `[1]`, `{"end_cursor":"c1","has_next_page":true}`, `{"has_more":true,"next":{"after":"c1"}}`},
		{"the end", `{"after":"c1"}`, `[1]`, `{"end_cursor":"c2","has_next_page":false}`, `{"has_more":false}`},
		{"no flag", `{}`, `[1]`, `{"end_cursor":"c1"}`, `{"has_more":true,"next":{"after":"c1"}}`},
		{"no flag, no cursor", `{}`, `[1]`, `{"end_cursor":null}`, `{"has_more":false}`},
		{"an empty cursor", `{}`, `[1]`, `{"end_cursor":""}`, `{"has_more":false}`},
		{"a flag without a cursor", `{}`, `[1]`, `{"end_cursor":null,"has_next_page":true}`, `{"has_more":true}`},
		{"a cursor that repeats", `{"after":"c1"}`, `[1]`, `{"end_cursor":"c1","has_next_page":true}`, `{"has_more":true}`},
		{"nothing known", `{}`, `[1]`, `{}`, `{"has_more":"unknown"}`},
		{"no metadata", `{}`, `[1]`, `null`, `{"has_more":"unknown"}`},
		{"an empty page is not the end", `{}`, `[]`, `{"end_cursor":"c1","has_next_page":true}`, `{"has_more":true,"next":{"after":"c1"}}`},
		{"other keys", `{}`, `[1]`, `{"hasNextPage":true,"endCursor":"c1"}`, `{"has_more":true,"next":{"after":"c1"}}`},
		{"other keys, the end", `{}`, `[1]`, `{"hasNextPage":false,"endCursor":"c1"}`, `{"has_more":false}`},
		{"nested", `{}`, `[1]`, `{"pagination":{"cursor":"c1"}}`, `{"has_more":true,"next":{"after":"c1"}}`},
		{"nested under other keys", `{}`, `[1]`, `{"x":1,"pagination":{"end_cursor":"c1","has_next_page":false}}`, `{"has_more":false}`},
		{"done", `{}`, `[1]`, `{"done":true,"nextRecordsUrl":null}`, `{"has_more":false}`},
		{"not done", `{}`, `[1]`, `{"done":false,"next_cursor":"c1"}`, `{"has_more":true,"next":{"after":"c1"}}`},
		{"a number for text", `{}`, `[1]`, `{"end_cursor":12345678901234567890}`, `{"has_more":true,"next":{"after":"12345678901234567890"}}`},
		{"an object", `{}`, `[1]`, `{"end_cursor":{"after":"c1","uri":"/x"}}`, `{"has_more":true,"next":{"after":"c1"}}`},
		{"the envelope", `{}`, `{"data":[1],"has_more":true,"next_cursor":"c1"}`, `{}`, `{"has_more":true,"next":{"after":"c1"}}`},
		{"the result's own metadata", `{}`, `{"data":[1],"meta":{"has_more":true,"cursor":"c1"}}`, `{"cursor":"c0"}`,
			`{"has_more":true,"next":{"after":"c1"}}`},
		{"metadata that is no object", `{}`, `[1]`, `["x"]`, `{"has_more":"unknown"}`},
		{"a flag that is no flag", `{}`, `[1]`, `{"has_next_page":"yes","end_cursor":null}`, `{"has_more":false}`},
	})
}

func TestPageByURL(t *testing.T) {
	testPages(t, vendorOf(t, `{"style":"cursor","cursor_param":"page[cursor]","next_meta":"next"}`,
		`{"name":"page[cursor]","type":"string"}`, aList), []paged{
		{"a URL", `{}`, `[1]`, `{"next":"https://x.example/things?page%5Bcursor%5D=a%2Bb%3D&limit=2"}`,
			`{"has_more":true,"next":{"page_cursor":"a+b="}}`},
		{"a path", `{}`, `[1]`, `{"next":"/things?limit=2&page[cursor]=abc"}`, `{"has_more":true,"next":{"page_cursor":"abc"}}`},
		{"a bare cursor", `{}`, `[1]`, `{"next":"abc==?"}`, `{"has_more":true,"next":{"page_cursor":"abc==?"}}`},
		{"a URL without the parameter", `{}`, `[1]`, `{"next":"https://x.example/things?other=1"}`, `{"has_more":true}`},
		{"links", `{}`, `[1]`, `{"next":[{"rel":"self","href":"/x"},{"rel":"next","href":"/x?page[cursor]=abc"}]}`,
			`{"has_more":true,"next":{"page_cursor":"abc"}}`},
		{"links without a next one", `{}`, `[1]`, `{"next":[{"rel":"self","href":"/x"}]}`, `{"has_more":"unknown"}`},
		{"no links", `{}`, `[1]`, `{"next":[]}`, `{"has_more":false}`},
		{"a URL that repeats", `{"page_cursor":"abc"}`, `[1]`, `{"next":"/x?page[cursor]=abc"}`, `{"has_more":true}`},
	})
}

func TestPageByNumber(t *testing.T) {
	testPages(t, vendorOf(t, `{"style":"page","cursor_param":"page","next_meta":"next_page"}`,
		`{"name":"page","type":"integer","default":1}`, aList), []paged{
		{"a URL", `{}`, `[1]`, `{"next_page":"https://x.example/things?page=2"}`, `{"has_more":true,"next":{"page":2}}`},
		{"a URL without a number", `{"page":4}`, `[1]`, `{"next_page":"https://x.example/things?after=zz"}`,
			`{"has_more":true,"next":{"page":5}}`},
		{"a URL of the present page", `{}`, `[1]`, `{"next_page":"/things?page=1"}`, `{"has_more":true,"next":{"page":2}}`},
		{"a number", `{"page":2}`, `[1]`, `{"next_page":3}`, `{"has_more":true,"next":{"page":3}}`},
		{"a number as text", `{"page":"2"}`, `[1]`, `{"next_page":"3"}`, `{"has_more":true,"next":{"page":3}}`},
		{"the present number", `{"page":2}`, `[1]`, `{"next_page":2}`, `{"has_more":"unknown","next":{"page":3}}`},
		{"a flag", `{"page":2}`, `[1]`, `{"more_records":true,"page":2}`, `{"has_more":true,"next":{"page":3}}`},
		{"a flag at the end", `{"page":2}`, `[1]`, `{"more_records":false,"page":2}`, `{"has_more":false}`},
		{"null", `{}`, `[1]`, `{"next_page":null}`, `{"has_more":false}`},
		{"a count of pages", `{"page":2}`, `[1]`, `{"page_count":3,"total_items":25}`, `{"has_more":true,"next":{"page":3}}`},
		{"the last of a count", `{"page":3}`, `[1]`, `{"page_count":3,"total_items":25}`, `{"has_more":false}`},
		{"a nested count", `{}`, `[1]`, `{"next_page":{"page":1,"page_size":10,"total_page":2}}`, `{"has_more":true,"next":{"page":2}}`},
		{"the last of a nested count", `{"page":2}`, `[1]`, `{"next_page":{"page":2,"page_size":10,"total_page":2}}`, `{"has_more":false}`},
		{"nothing known", `{}`, `[1]`, `{}`, `{"has_more":"unknown","next":{"page":2}}`},
		{"nothing known, nothing there", `{"page":7}`, `[]`, `{}`, `{"has_more":false}`},
	})
}

// TestPageFromZero has a vendor that counts from 0 and tells the last page.
func TestPageFromZero(t *testing.T) {
	testPages(t, vendorOf(t, `{"style":"page","cursor_param":"page","more_meta":"last_page","more_meta_inverted":true}`,
		`{"name":"page","type":"integer","default":0}`, aList), []paged{
		{"the first", `{}`, `[1]`, `{"last_page":false}`, `{"has_more":true,"next":{"page":1}}`},
		{"the second", `{"page":1}`, `[1]`, `{"last_page":false}`, `{"has_more":true,"next":{"page":2}}`},
		{"the last", `{"page":2}`, `[1]`, `{"last_page":true}`, `{"has_more":false}`},
		{"a count", `{"page":1}`, `[1]`, `{"total_pages":2}`, `{"has_more":false}`},
		{"another flag is not inverted", `{}`, `[1]`, `{"has_more":true}`, `{"has_more":true,"next":{"page":1}}`},
	})
}

func TestPageByOffset(t *testing.T) {
	testPages(t, vendorOf(t, `{"style":"offset","cursor_param":"startAt","next_meta":"next_offset"}`,
		`{"name":"startAt","type":"integer","default":0}`, `{"kind":"object","list_field":"values"}`), []paged{
		{"told", `{"startAt":2}`, `[1,2]`, `{"next_offset":4}`, `{"has_more":true,"next":{"startAt":4}}`},
		{"a URL", `{}`, `[1,2]`, `{"next_offset":"/things?startAt=2&limit=2"}`, `{"has_more":true,"next":{"startAt":2}}`},
		{"the present offset, and a total", `{}`, `[1,2]`, `{"next_offset":0,"total":3}`, `{"has_more":true,"next":{"startAt":2}}`},
		{"the last of a total", `{"startAt":2}`, `[1]`, `{"next_offset":2,"total":3}`, `{"has_more":false}`},
		{"an opaque token", `{"startAt":2}`, `[1,2]`, `{"next_offset":"zz"}`, `{"has_more":true,"next":{"startAt":4}}`},
		{"a flag", `{"startAt":2}`, `[1,2,3]`, `{"has_more":true}`, `{"has_more":true,"next":{"startAt":5}}`},
		{"an envelope", `{"startAt":2}`, `{"values":[1,2],"total":5}`, `{}`, `{"has_more":true,"next":{"startAt":4}}`},
		{"an envelope at the end", `{"startAt":2}`, `{"values":[1,2],"total":4}`, `{}`, `{"has_more":false}`},
		{"nothing known", `{}`, `[1,2]`, `{}`, `{"has_more":"unknown","next":{"startAt":2}}`},
		{"nothing known, nothing there", `{"startAt":9}`, `[]`, `{}`, `{"has_more":false}`},
		{"a total that is not reached", `{"startAt":9}`, `[]`, `{"total":20}`, `{"has_more":true}`},
		{"more, but nothing there", `{"startAt":9}`, `[]`, `{"has_more":true}`, `{"has_more":true}`},
		{"links that say nothing", `{}`, `[1]`, `{"next_offset":[{"rel":"self","href":"/"}]}`, `{"has_more":"unknown","next":{"startAt":1}}`},
		{"no list", `{}`, `{"x":1}`, `{}`, `{"has_more":"unknown"}`},
	})
}

func TestPageByRecordID(t *testing.T) {
	testPages(t, vendorOf(t, `{"style":"record_id","cursor_param":"since_id","next_meta":"next_page_url"}`,
		`{"name":"since_id","type":"integer"}`, aList), []paged{
		{"a URL", `{}`, `[{"id":1},{"id":9007199254740993}]`, `{"next_page_url":"https://x.example/?page_info=zz"}`,
			`{"has_more":true,"next":{"since_id":9007199254740993}}`},
		{"the end", `{}`, `[{"id":1}]`, `{"next_page_url":null}`, `{"has_more":false}`},
		{"a flag", `{}`, `[{"id":"7"}]`, `{"has_more":true}`, `{"has_more":true,"next":{"since_id":7}}`},
		{"another name of the id", `{}`, `[{"gid":7}]`, `{"has_more":true}`, `{"has_more":true,"next":{"since_id":7}}`},
		{"no id", `{}`, `[{"name":"x"}]`, `{"has_more":true}`, `{"has_more":true}`},
		{"no record", `{}`, `[7]`, `{"has_more":true}`, `{"has_more":true}`},
		{"an id that is no number", `{}`, `[{"id":"x"}]`, `{"has_more":true}`, `{"has_more":true}`},
		{"nothing known", `{}`, `[{"id":7}]`, `{}`, `{"has_more":"unknown","next":{"since_id":7}}`},
		{"nothing known, nothing there", `{"since_id":7}`, `[]`, `{}`, `{"has_more":false}`},
		{"told", `{}`, `[{"id":7}]`, `{"next_page_url":8}`, `{"has_more":true,"next":{"since_id":8}}`},
	})
}

func TestPageWithoutParameter(t *testing.T) {
	testPages(t, vendorOf(t, `{"style":"response_only","next_meta":"next_link"}`, ``, aList), []paged{
		{"more", `{}`, `[1]`, `{"next_link":"https://x.example/?page=2"}`, `{"has_more":true}`},
		{"the end", `{}`, `[1]`, `{"next_link":null}`, `{"has_more":false}`},
		{"nothing known", `{}`, `[1]`, `{}`, `{"has_more":"unknown"}`},
	})
}

func TestPageOfAll(t *testing.T) {
	testPages(t, vendorOf(t, `{"style":"none"}`, ``, aList), []paged{
		{"no metadata", `{}`, `[1]`, `{}`, `{"has_more":false}`},
		{"a stray cursor", `{}`, `[1]`, `{"cursor":"x"}`, `{"has_more":false}`},
	})
}
