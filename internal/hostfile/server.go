package hostfile

import (
	"airbyte-mcp-server/internal/confedit"
)

// Server is what a host is to know of a server: a program, or a URL.
type Server struct {
	Name    string // of the entry
	Command string
	Args    []string
	Env     []Variable
	URL     string
	// TokenVariable is the name of a variable of the host's environment that has the token
	// for the URL; "" for none.
	TokenVariable string
}

// Variable is one of a server's environment.
type Variable struct {
	Name, Value string
	Prompt      string // what the host asks its user for in place of a value; "" for a value
}

const description = "Airbyte's connectors as tools"

// promptID is the id under which a host keeps what its user has answered.
func promptID(server, variable string) string { return server + "-" + variable }

// variables are a server's environment as the file has it.
func (s Server) variables() confedit.Object {
	env := confedit.Object{}
	for _, v := range s.Env {
		value := v.Value
		if v.Prompt != "" {
			value = "${input:" + promptID(s.Name, v.Name) + "}"
		}
		env = append(env, confedit.Member{Name: v.Name, Value: value})
	}
	return env
}

func plainCommand(s Server) shape {
	return shape{fixed: confedit.Object{
		{Name: "command", Value: s.Command}, {Name: "args", Value: s.Args}, {Name: "env", Value: s.variables()},
	}}
}

func typedCommand(s Server) shape {
	return shape{fixed: append(confedit.Object{{Name: "type", Value: "stdio"}}, plainCommand(s).fixed...)}
}

func clineCommand(s Server) shape {
	return shape{fixed: plainCommand(s).fixed, defaults: confedit.Object{{Name: "disabled", Value: false}}}
}

func continueCommand(s Server) shape {
	return shape{fixed: append(confedit.Object{{Name: "name", Value: s.Name}}, typedCommand(s).fixed...)}
}

// gooseDefaults: it waits 300 seconds for an answer unless told otherwise.
func gooseDefaults() confedit.Object {
	return confedit.Object{{Name: "enabled", Value: true}, {Name: "description", Value: description}, {Name: "timeout", Value: 300}}
}

func gooseCommand(s Server) shape {
	return shape{fixed: confedit.Object{
		{Name: "type", Value: "stdio"}, {Name: "name", Value: s.Name}, {Name: "cmd", Value: s.Command},
		{Name: "args", Value: s.Args}, {Name: "envs", Value: s.variables()},
	}, defaults: gooseDefaults()}
}

// opencodeCommand: the program and its arguments are one list.
func opencodeCommand(s Server) shape {
	return shape{fixed: confedit.Object{
		{Name: "type", Value: "local"}, {Name: "command", Value: append([]string{s.Command}, s.Args...)},
		{Name: "environment", Value: s.variables()},
	}, defaults: confedit.Object{{Name: "enabled", Value: true}}}
}

// headers say the token, as the host takes a reference to it.
func (s Server) headers() confedit.Object {
	if s.TokenVariable == "" {
		return confedit.Object{}
	}
	return confedit.Object{{Name: "headers", Value: confedit.Object{{Name: "Authorization", Value: "Bearer " + s.TokenVariable}}}}
}

func plainURL(member string) func(Server) shape {
	return func(s Server) shape {
		return shape{fixed: append(confedit.Object{{Name: member, Value: s.URL}}, s.headers()...)}
	}
}

func typedURL(kind string) func(Server) shape {
	return func(s Server) shape {
		return shape{fixed: append(confedit.Object{{Name: "type", Value: kind}}, plainURL("url")(s).fixed...)}
	}
}

func clineURL(s Server) shape {
	return shape{fixed: typedURL("streamableHttp")(s).fixed, defaults: confedit.Object{{Name: "disabled", Value: false}}}
}

func continueURL(s Server) shape {
	return shape{fixed: append(confedit.Object{{Name: "name", Value: s.Name}}, typedURL("streamable-http")(s).fixed...)}
}

func gooseURL(s Server) shape {
	return shape{fixed: confedit.Object{
		{Name: "type", Value: "streamable_http"}, {Name: "name", Value: s.Name}, {Name: "uri", Value: s.URL},
	}, defaults: gooseDefaults()}
}

func opencodeURL(s Server) shape {
	return shape{fixed: typedURL("remote")(s).fixed, defaults: confedit.Object{{Name: "enabled", Value: true}}}
}

// codexURL: it reads the token from a variable that the file names.
func codexURL(s Server) shape {
	fixed := confedit.Object{{Name: "url", Value: s.URL}}
	if s.TokenVariable != "" {
		fixed = append(fixed, confedit.Member{Name: "bearer_token_env_var", Value: s.TokenVariable})
	}
	return shape{fixed: fixed}
}
