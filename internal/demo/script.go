package demo

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed script.json
var scriptFile string

// act is one server and what is asked of it.
type act struct {
	Title string   `json:"title"`
	Flags []string `json:"flags"` // of serve --sandbox
	Steps []step   `json:"steps"`
}

// step is one thing that is shown.
type step struct {
	Kind      kind            `json:"kind"`
	Title     string          `json:"title"`
	Tool      string          `json:"tool"` // that is called, or described
	Arguments json.RawMessage `json:"arguments"`
	Pattern   string          `json:"pattern"` // part of the names of the listed tools that are shown
	Names     string          `json:"names"`   // a tool that must be found
	Keep      string          `json:"keep"`    // a member of the created record by which it is read
	Shown     []string        `json:"shown"`   // members that are shown; nil for all
}

// kind says what a step promises.
type kind string

const (
	kindTools    kind = "tools"
	kindSchema   kind = "schema"
	kindRead     kind = "read"
	kindNext     kind = "next"
	kindWrite    kind = "write"
	kindProof    kind = "proof"
	kindRefused  kind = "refused"
	kindFailed   kind = "failed"
	kindFind     kind = "find"
	kindDescribe kind = "describe"
	kindCall     kind = "call"
)

func script() (acts []act, err error) {
	if err := json.Unmarshal([]byte(scriptFile), &acts); err != nil {
		return nil, fmt.Errorf("reading the script of the demo: %w", err)
	}
	return acts, nil
}
