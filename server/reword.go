package server

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/internal/lazyregexp"
)

// refusal replaces an error of mcp-go by one that helps more.
type refusal struct {
	instead int // the code of mcp-go's error to replace; errors with other codes stay
	code    int
	message string
}

// rewordError applies the refusal to an error of mcp-go, says in words of the protocol which
// member it could not decode, and adds the resource's URI to an
// error about an unknown resource.
func (x *exchange) rewordError(e mcp.JSONRPCError) mcp.JSONRPCError {
	if strings.HasPrefix(e.Error.Message, "unparsable ") {
		e.Error.Code, e.Error.Message = mcp.INVALID_PARAMS, x.describeFault(e.Error.Message)
	}
	if x.refusal != nil && x.refusal.instead == e.Error.Code {
		e.Error.Code, e.Error.Message = x.refusal.code, x.refusal.message
	}
	if x.frame.method == string(mcp.MethodResourcesRead) && e.Error.Code == x.noSuchResourceCode() {
		var asked struct {
			URI string `json:"uri"`
		}
		if json.Unmarshal(x.frame.params.raw, &asked) == nil && asked.URI != "" {
			e.Error.Data = map[string]string{"uri": asked.URI}
		}
	}
	return e
}

// noSuchResourceCode is the code for an unknown resource, which differs between the eras.
func (x *exchange) noSuchResourceCode() int {
	if x.frame.isModern() {
		return mcp.INVALID_PARAMS
	}
	return mcp.RESOURCE_NOT_FOUND
}

// undecodable is the library's error about a member of params: the kind of the value, and
// where it stands, with names of types in between.
var undecodable = lazyregexp.New(`: json: cannot unmarshal (\S+)(?: (\S+))? into Go (?:struct field \w+\.(\S+)|value) of type`)

// kinds are the words for the kinds of values.
var kinds = map[string]string{"bool": "a boolean", "number": "a number", "string": "a string", "array": "a list", "object": "an object"}

// longestNumber bounds what is repeated of a number.
const longestNumber = 40

// describeFault says which member of params cannot be what it is.
func (x *exchange) describeFault(message string) string {
	found := undecodable.FindStringSubmatch(message)
	if found == nil || kinds[found[1]] == "" {
		return "params: not of the form that " + x.frame.method + " takes"
	}
	isType := func(name string) bool { return name == "" || unicode.IsUpper(rune(name[0])) }
	path := slices.DeleteFunc(strings.Split(found[3], "."), isType)
	if len(path) == 0 || path[0] != "params" {
		path = append([]string{"params"}, path...)
	}
	what := kinds[found[1]]
	if number := found[2]; number != "" && len(number) <= longestNumber {
		what = "the number " + number
	}
	return strings.Join(path, ".") + ": " + what + " does not fit there"
}
