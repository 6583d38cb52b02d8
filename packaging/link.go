package packaging

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
)

// Links are addresses that a host opens to add the server, by npx.
type Links struct {
	Cursor, CursorPage     string // pages redirect to the host: many sites do not show links with a host's own scheme
	Code, CodePage         string
	Insiders, InsidersPage string
}

// entry is the server in the configuration of a host.
type entry struct {
	Name    string            `json:"name,omitempty"`
	Type    string            `json:"type,omitempty"`
	Command string            `json:"command"`
	Args    []string          `json:"args"`
	Env     map[string]string `json:"env"`
	Inputs  []input           `json:"inputs,omitempty"`
}

// input is what VS Code asks its user for.
type input struct {
	Type        string `json:"type"`
	ID          string `json:"id"`
	Description string `json:"description"`
	Password    bool   `json:"password"`
}

// Asked are the settings without which an account cannot be reached.
func (p *Project) Asked() []Setting {
	var asked []Setting
	for _, s := range p.Settings {
		if s.Asked {
			asked = append(asked, s)
		}
	}
	return asked
}

// Links makes the addresses.
func (p *Project) Links() (*Links, error) {
	cursor := entry{Command: "npx", Args: p.NodeArguments(), Env: map[string]string{}}
	code := entry{Command: "npx", Args: p.NodeArguments(), Env: map[string]string{}, Name: "airbyte", Type: "stdio"}
	for _, s := range p.Asked() {
		cursor.Env[s.Env] = "${env:" + s.Env + "}"
		code.Env[s.Env] = "${input:" + s.Key + "}"
		code.Inputs = append(code.Inputs, input{"promptString", s.Key, s.Title, s.Sensitive})
	}
	ofCursor, err := json.Marshal(cursor)
	if err != nil {
		return nil, err
	}
	ofCode, err := json.Marshal(code)
	if err != nil {
		return nil, err
	}
	page, err := codePage(code)
	if err != nil {
		return nil, err
	}
	query := url.Values{"name": {"airbyte"}, "config": {base64.StdEncoding.EncodeToString(ofCursor)}}.Encode()
	return &Links{
		Cursor:       "cursor://anysphere.cursor-deeplink/mcp/install?" + query,
		CursorPage:   "https://cursor.com/en/install-mcp?" + query,
		Code:         "vscode:mcp/install?" + url.PathEscape(string(ofCode)),
		CodePage:     page,
		Insiders:     "vscode-insiders:mcp/install?" + url.PathEscape(string(ofCode)),
		InsidersPage: page + "&quality=insiders",
	}, nil
}

// codePage is VS Code's page that redirects to the editor; it takes the parts of the entry by themselves.
func codePage(e entry) (string, error) {
	inputs, err := json.Marshal(e.Inputs)
	if err != nil {
		return "", err
	}
	name := e.Name
	e.Name, e.Inputs = "", nil
	config, err := json.Marshal(e)
	query := url.Values{"name": {name}, "inputs": {string(inputs)}, "config": {string(config)}}
	return "https://insiders.vscode.dev/redirect/mcp/install?" + query.Encode(), err
}

// LinkTable is the links as a document shows them.
func (p *Project) LinkTable() (string, error) {
	links, err := p.Links()
	if err != nil {
		return "", err
	}
	table, err := render("links.md", links)
	return string(table), err
}
