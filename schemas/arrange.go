package schemas

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"unicode"

	validator "github.com/santhosh-tekuri/jsonschema/v6"

	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/rawjson"
)

// Joined says that an argument may hold another one before it, as in owner/name.
type Joined struct {
	Param string `json:"param"`
	With  string `json:"with"` // what stands first
	By    string `json:"by"`   // what stands between them
}

// arrange puts arguments where the schema has them: it leaves out what a host added,
// gives constants, and wraps a body that was given without its wrapper.
func (in *Input) arrange(s *validator.Schema, args Arguments, taken *Taken, found *FaultList) Arguments {
	isAdded := in.additions(s)
	args = in.wrapped(s, args, taken, isAdded)
	args = slices.DeleteFunc(args, func(a Argument) bool {
		added := s.Properties[a.Name] == nil && isAdded(a)
		if added {
			taken.coerced(clip(a.Name))
		}
		return added
	})
	for _, name := range in.required {
		p := s.Properties[name]
		if p != nil && p.Enum != nil && len(p.Enum.Values) == 1 && !args.Has(name) {
			if constant, err := json.Marshal(p.Enum.Values[0]); err == nil {
				args = append(args, Argument{name, constant})
				taken.coerced(name)
			}
		}
	}
	return in.separate(args, taken, found)
}

// wrapped puts arguments that only the one required object knows into that object.
func (in *Input) wrapped(s *validator.Schema, args Arguments, taken *Taken, isAdded func(Argument) bool) Arguments {
	wrapper := ""
	for _, name := range in.required {
		p := s.Properties[name]
		if p == nil || args.Has(name) || !allows(p, "object") || len(alternatives(p)[0].Properties) == 0 {
			continue
		}
		if wrapper != "" {
			return args
		}
		wrapper = name
	}
	if wrapper == "" {
		return args
	}
	var outside, inside Arguments
	for _, a := range args {
		switch {
		case s.Properties[a.Name] != nil || isAdded(a):
			outside = append(outside, a)
		case memberSchema(s.Properties[wrapper], a.Name) != nil:
			inside = append(inside, a)
		default:
			return args
		}
	}
	if len(inside) == 0 {
		return args
	}
	taken.coerced(wrapper)
	return append(outside, Argument{wrapper, inside.JSON()})
}

// separate takes joined arguments apart.
func (in *Input) separate(args Arguments, taken *Taken, found *FaultList) Arguments {
	for _, j := range in.joined {
		text, ok := textOf(args.Value(j.Param))
		first, second, isJoined := strings.Cut(text, j.By)
		if !ok || !isJoined || first == "" || second == "" || strings.Contains(second, j.By) {
			continue
		}
		given, _ := textOf(args.Value(j.With))
		if given != "" && !strings.EqualFold(given, first) {
			found.Add(Fault{j.Param, "names another " + j.With + " than `" + j.With + "` does"})
			continue
		}
		if given == "" {
			args.Take(j.With)
			args = append(args, Argument{j.With, rawjson.Quote(first)})
		}
		for i := range args {
			if args[i].Name == j.Param {
				args[i].Value = rawjson.Quote(second)
			}
		}
		taken.coerced(j.Param)
	}
	return args
}

// hostMembers are what hosts add to the arguments of each call, in lower case and
// without what joins the words.
var hostMembers = []string{
	"toolcallid", "toolcall", "tooluseid", "toolname", "toolid", "toolinvocationid", "callid", "invocationid", "functioncallid",
	"sessionid", "mcpsessionid", "chatsessionid", "conversationid", "chatinput", "requestid", "traceid", "spanid", "correlationid",
	"runid", "executionid", "workflowid", "agentid", "meta", "progresstoken",
}

// surelyAdded are those of them that no vendor can mean: they speak of the tool call
// itself, or are a name that the protocol keeps for itself.
var surelyAdded = lazyregexp.New(`^(tool|mcp)|^progresstoken$`)

var wordBreak = lazyregexp.New(`([a-z0-9])([A-Z])`)

// additions tell a member that a host added from a misspelt argument: it is named like
// one of those that hosts add and, where a vendor could mean it, shares no word with
// anything that the tool takes or is about. A `callId`, for example, is no addition to a
// tool that has calls, but a `toolCallId` is.
func (in *Input) additions(s *validator.Schema) func(Argument) bool {
	known := sync.OnceValue(func() []string { return in.knownWords(s) })
	return func(a Argument) bool {
		joined := unbroken(a.Name)
		switch {
		case !slices.Contains(hostMembers, joined):
			return false
		case a.Name == "_meta", surelyAdded.MatchString(joined):
			return true
		}
		return !slices.ContainsFunc(nameWords(a.Name), func(w string) bool {
			return w != "id" && (slices.Contains(known(), w) || slices.Contains(known(), w+"s"))
		})
	}
}

// knownWords are the words of what the tool takes and is about.
func (in *Input) knownWords(s *validator.Schema) []string {
	known := slices.Clone(in.subject)
	for name, p := range s.Properties {
		known = append(known, nameWords(name)...)
		for inner := range alternatives(p)[0].Properties {
			known = append(known, nameWords(inner)...)
		}
	}
	return known
}

// unbroken is a name in lower case without what breaks it into words.
func unbroken(name string) string {
	return strings.Map(func(r rune) rune {
		if isBreak(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, clip(name))
}

func isBreak(r rune) bool { return r == '_' || r == '-' || r == '.' || r == ' ' }

// nameWords are the words of a name, in lower case.
func nameWords(name string) []string {
	spaced := strings.ToLower(wordBreak.ReplaceAllString(clip(name), "${1}_${2}"))
	return strings.FieldsFunc(spaced, isBreak)
}

// emptied is the fault of a write of which nothing is left but what says where: every
// other member was left out, since null or an empty text cannot be meant there.
func (in *Input) emptied(args Arguments, taken *Taken) []Fault {
	if in.isContent == nil || !taken.someLeft || slices.ContainsFunc(args, func(a Argument) bool {
		return in.isContent(a.Name) && !isBlank(a.Value)
	}) {
		return nil
	}
	return []Fault{{Problem: "nothing is left to write: null and empty values count as not given here"}}
}

// contentOf tells the arguments of a write that say what is written from those that
// say where; nil for a read, and for an action that takes nothing else.
func contentOf(a *Action) func(string) bool {
	reads := []string{ActionList, ActionGet, ActionAPISearch, ActionContextStoreSearch, ActionDownload, ActionDelete}
	if slices.Contains(reads, a.Name) {
		return nil
	}
	wraps := slices.ContainsFunc(a.Params, func(p *Parameter) bool { return p.Required && p.Type == "object" })
	content := map[string]bool{}
	for _, p := range a.Params {
		says := a.Name != ActionUpdate && !wraps || p.In != "path" && (!p.Required || p.Type == "object" || p.Type == "array")
		if says {
			content[ArgumentName(p.Name)] = true
		}
	}
	if len(content) == 0 {
		return nil
	}
	return func(name string) bool { return content[name] }
}
