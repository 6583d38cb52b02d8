package schemas_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
)

// TestCheckKeeps shows what goes on to the API: what came, byte for byte, but for
// what can be meant in one way only.
func TestCheckKeeps(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, action, arguments, want string
	}{
		{"order", "create", `{"tags":["b","a"],"id":"1","count":2}`, `{"tags":["b","a"],"id":"1","count":2}`},
		{"digits", "create", `{"id":"1","price":1234567890123456789012.10,"count":9007199254740993}`,
			`{"id":"1","price":1234567890123456789012.10,"count":9007199254740993}`},
		{"exponents", "create", `{"id":"1","price":1E+2}`, `{"id":"1","price":1E+2}`},
		{"white space", "create", "{\"id\" : \"1\", \"buyer\": {\n \"email\" :\t\"a\" } }", "{\"id\":\"1\",\"buyer\":{\n \"email\" :\t\"a\" }}"},
		{"escapes", "create", `{"id":"\u00e9\/<\ud83d\ude00>"}`, `{"id":"\u00e9\/<\ud83d\ude00>"}`},
		{"keys of free objects", "create", `{"id":"1","free":{"z":1,"a":{"y":2,"b":3}}}`, `{"id":"1","free":{"z":1,"a":{"y":2,"b":3}}}`},
		{"names that hosts refuse", "list", `{"page_cursor":"c","state":"open","page_size":5}`,
			`{"page[cursor]":"c","state":"open","page[size]":5}`},
		{"null is left out", "create", `{"id":"1","count":null,"buyer":null}`, `{"id":"1"}`},
		{"null that means something", "list", `{"note":null}`, `{"note":null}`},
		{"a number as text", "create", `{"id":"1","count":"12"}`, `{"id":"1","count":12}`},
		{"all digits of text", "create", `{"id":"1","price":"1234567890.1234567890"}`, `{"id":"1","price":1234567890.1234567890}`},
		{"a boolean as text", "create", `{"id":"1","paid":"false"}`, `{"id":"1","paid":false}`},
		{"a nullable number as text", "create", `{"id":"1","due":"3"}`, `{"id":"1","due":3}`},
		{"text in an array", "create", `{"id":"1","counts":["1", 2,"3" ]}`, `{"id":"1","counts":[1,2,3]}`},
		{"text in a map", "create", `{"id":"1","meta":{"b":"2","a":1}}`, `{"id":"1","meta":{"b":2,"a":1}}`},
		{
			"text at depth", "create",
			`{"id":"1","buyer":{"vip" : "true","email":"5","lines":[{"sku":"7","amount": "7"},{"amount":8}],"age":"40"}}`,
			`{"id":"1","buyer":{"vip":true,"email":"5","lines":[{"sku":"7","amount":7},{"amount":8}],"age":40}}`,
		},
		{"a list as text", "create", `{"id":"1","counts":"[1, \"2\"]","tags":"[\"a\",\"1\"]"}`, `{"id":"1","counts":[1,2],"tags":["a","1"]}`},
		{"an object as text", "create", `{"id":"1","buyer":"{\"email\":\"a\",\"age\":\"4\"}"}`, `{"id":"1","buyer":{"email":"a","age":4}}`},
		{"a list as text where text is wanted", "create", `{"id":"[1]"}`, `{"id":"[1]"}`},
		{"text where text is wanted", "create", `{"id":"12","tags":["1","true"]}`, `{"id":"12","tags":["1","true"]}`},
		{"text where anything goes", "create", `{"id":"1","free":{"n":"12","b":["true"]}}`, `{"id":"1","free":{"n":"12","b":["true"]}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := acmeInput(t, tt.action).Check([]byte(tt.arguments))
			if err != nil {
				t.Fatalf("Check(%s): %v", tt.arguments, err)
			}
			if got := string(got.JSON()); got != tt.want {
				t.Errorf("Check(%s) = %s, want %s", tt.arguments, got, tt.want)
			}
		})
	}
}

// TestCheckRefuses shows the words for each kind of fault.
func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, action, arguments, want string }{
		{"nothing", "create", ``, "`id` is required"},
		{"null", "create", `null`, "`id` is required"},
		{"an array", "create", `[]`, "arguments must be a JSON object"},
		{"text", "create", `"x"`, "arguments must be a JSON object"},
		{"not JSON", "create", `{"id":}`, "arguments are not valid JSON: invalid character '}' looking for beginning of value"},
		{"two objects", "create", `{"id":"1"}{"id":"2"}`, "arguments are not valid JSON: there is text after the object"},
		{"a name twice", "create", `{"id":"1","id":"2"}`, "argument `id` is given twice"},
		{"a name twice, escaped", "create", `{"id":"1","\u0069d":"2"}`, "argument `id` is given twice"},
		{"a name twice at depth", "create", `{"id":"1","buyer":{"email":"a","email":"b"}}`, "`buyer` gives \"email\" twice"},
		{"a name twice in a free object", "create", `{"id":"1","free":[{"a":{"b":1,"b":1}}]}`, "`free` gives \"b\" twice"},
		{"null for what is required", "create", `{"id":null}`, "`id` is required"},
		{"a slip", "create", `{"id":"1","cuont":2}`, "`cuont` is unknown; did you mean count or counts?; " + allowedInCreate},
		{"a strange name", "create", `{"id":"1","nonsense":2}`, "`nonsense` is unknown; " + allowedInCreate},
		{"a slip at depth", "create", `{"id":"1","buyer":{"email":"a","lines":[{},{"skew":"1"}]}}`,
			"`buyer.lines[1].skew` is unknown; did you mean sku?; allowed: amount, sku"},
		{"a vendor's own name", "list", `{"page[cursor]":"c"}`,
			"`page[cursor]` is unknown; did you mean page_cursor?; allowed: note, page_cursor, page_size, state"},
		{"text that is no list", "create", `{"id":"1","counts":"[1, 2"}`, "`counts` must be array (got string)"},
		{"a list within text that does not fit", "create", `{"id":"1","counts":"[true]"}`, "`counts[0]` must be integer (got boolean)"},
		{"a word for a number", "create", `{"id":"1","count":"many"}`, "`count` must be integer (got string)"},
		{"a number that may have been whole", "create", `{"id":1.0}`, "`id` must be string (got number)"},
		{"a nullable of another type", "create", `{"id":"1","due":true}`, "`due` must be integer or null (got boolean)"},
		{"an unknown value", "list", `{"state":"opened"}`, "`state` must be one of \"open\", \"closed\""},
		{"under a bound", "create", `{"id":"1","price":-0.5}`, "`price` must be at least 0 (got -0.5)"},
		{"not whole", "create", `{"id":"1","count":1.5}`, "`count` must be integer (got number)"},
		{"a huge exponent", "create", `{"id":"1","price":1e1000000000}`, "`price` holds a number beyond 1e400"},
		{"a tiny exponent at depth", "create", `{"id":"1","free":{"a":[1e-999999999]}}`, "`free` holds a number beyond 1e400"},
		{"a huge exponent as text", "create", `{"id":"1","price":"1e1000000000"}`, "`price` must be number (got string)"},
		{"digits as a property's name", "create", `{"id":"1","meta":{"7":true}}`, "`meta.7` must be integer (got boolean)"},
		{"a negative number as a name", "create", `{"id":"1","meta":{"-1":true}}`, "`meta.-1` must be integer (got boolean)"},
		{"required at depth", "create", `{"id":"1","buyer":{}}`, "`buyer.email` is required"},
		{
			"everything at once", "create", `{"count":0,"tags":[1,"x",true],"buyer":{"age":"old"},"prize":1}`,
			"`buyer.age` must be integer (got string); `buyer.email` is required; `count` must be at least 1 (got 0); `id` is required; " +
				"`prize` is unknown; did you mean price?; " + allowedInCreate +
				"; `tags[2]` must be string (got boolean)",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			checkRefusal(t, acmeInput(t, tt.action), tt.arguments, tt.want)
		})
	}
}

// checkRefusal has arguments refused with the given words.
func checkRefusal(t *testing.T, in *schemas.Input, arguments, words string) {
	t.Helper()
	got, err := in.Check([]byte(arguments))
	if want := "invalid arguments: " + words; withoutExample(err, words) != want {
		t.Errorf("Check(%s) = %s, error\n%v, want\n%s", arguments, got.JSON(), err, want)
	}
}

// withoutExample is what an error says, its right call only where it is expected.
func withoutExample(err error, expected string) string {
	const example = "; a right call: "
	text := fmt.Sprint(err)
	if !strings.Contains(expected, example) {
		text, _, _ = strings.Cut(text, example)
	}
	return text
}

const allowedInCreate = "allowed: buyer, count, counts, due, free, id, meta, paid, price, tags"

// TestCheckDepth finds the deepest nesting that is accepted.
func TestCheckDepth(t *testing.T) {
	t.Parallel()
	in := acmeInput(t, "create")
	nested := func(levels int) string {
		return `{"id":"1","free":` + strings.Repeat(`{"a":`, levels) + "1" + strings.Repeat("}", levels) + "}"
	}
	if faults := faultsOf(t, in, nested(64)); faults != nil {
		t.Errorf("64 levels: found %v, want no fault", faults)
	}
	want := []schemas.Fault{{Path: "free", Problem: "is nested more than 64 levels deep"}}
	for _, levels := range []int{65, 9_000} {
		if got := faultsOf(t, in, nested(levels)); !slices.Equal(got, want) {
			t.Errorf("%d levels: got %v, want %v", levels, got, want)
		}
	}
	if got := faultsOf(t, in, nested(1_000_000)); len(got) != 1 {
		t.Errorf("a million levels: got %v, want one fault", got)
	}
}

// TestCheckBoundsItsWords sends arguments that are wrong throughout: the answer stays
// short, and does not take long.
func TestCheckBoundsItsWords(t *testing.T) {
	t.Parallel()
	in := acmeInput(t, "create")
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, `,"name %d":1`, i)
	}
	long := strings.Repeat("n", 1_000_000)
	tests := map[string]string{
		"many unknown names": `{"id":"1"` + many.String() + `}`,
		"a long name":        `{"id":"1","` + long + `":1}`,
		"a long name twice":  `{"id":"1","` + long + `":1,"` + long + `":1}`,
		"a long inner name":  `{"id":"1","buyer":{"email":"a","` + long + `":1}}`,
		"many digits":        `{"id":"1","count":-` + strings.Repeat("7", 100_000) + `}`,
		"many bad elements":  `{"id":"1","tags":[1` + strings.Repeat(",1", 20_000) + `]}`,
	}
	for name, arguments := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			words := (&schemas.InvalidError{Faults: faultsOf(t, in, arguments)}).Error()
			if len(words) > 20_000 {
				t.Errorf("the fault is worded in %d bytes: %.300s…", len(words), words)
			}
		})
	}
	if got, want := faultsOf(t, in, tests["many unknown names"]), "and 19950 more faults"; len(got) != 51 || got[50].String() != want {
		t.Errorf("got %d faults that end with %q, want 51 and %q", len(got), got[len(got)-1], want)
	}
}

func TestArgumentsTake(t *testing.T) {
	t.Parallel()
	args := schemas.Arguments{{"a", []byte("1")}, {"b", []byte("2")}, {"c", []byte("3")}}
	if got := string(args.Take("b")); got != "2" {
		t.Errorf("took %s, want 2", got)
	}
	if got := args.Take("b"); got != nil {
		t.Errorf("took %s again, want nothing", got)
	}
	if got, want := string(args.JSON()), `{"a":1,"c":3}`; got != want {
		t.Errorf("left %s, want %s", got, want)
	}
}

// TestCheckIsPure checks the same bytes from many goroutines: they must not be
// written to.
func TestCheckIsPure(t *testing.T) {
	t.Parallel()
	in := acmeInput(t, "create")
	arguments := []byte(`{"id":"1","count":"2","buyer":{"email":"a","age":"3"}}`)
	before := string(arguments)
	for range 8 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			if _, err := in.Check(arguments); err != nil {
				t.Error(err)
			}
			if string(arguments) != before {
				t.Errorf("the arguments were changed to %s", arguments)
			}
		})
	}
}
