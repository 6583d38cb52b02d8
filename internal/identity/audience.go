package identity

import (
	"errors"
	"strings"
)

// Audience is for what tokens must have been made (RFC 8707).
type Audience struct {
	// Resource is the name of this server in tokens, such as https://mcp.example.com/mcp.
	Resource string
	// Addresses are the addresses of this server. Tokens that were made for one of them, or
	// for a path behind it, are accepted too; a path narrows its token to the choice of
	// tools in it.
	Addresses []string
}

func (a Audience) check() error {
	if a.Resource == "" {
		return errors.New("the audience is missing: set it to the address of this server")
	}
	return nil
}

// admit makes sure that a token was made for this server. The choices are the paths
// behind our addresses for which it was made; none where it is good for all of them.
func (a Audience) admit(c claims) (choices []string, err error) {
	found := []string{c.text("aud")}
	if list, ok := c["aud"].([]any); ok {
		found = texts(list)
	}
	for _, audience := range found {
		if audience == a.Resource {
			return nil, nil
		}
		for _, address := range a.Addresses {
			switch rest, ok := strings.CutPrefix(audience, address); {
			case ok && rest == "":
				return nil, nil
			case ok && rest[0] == '/':
				choices = append(choices, rest)
			}
		}
	}
	if choices == nil {
		return nil, BadToken("the token was not made for this server: ask the authorization server for one with the resource " + a.Resource)
	}
	return choices, nil
}
