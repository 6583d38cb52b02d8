package airbyte

import (
	"context"
	"encoding/json"
	"net/url"

	"airbyte-mcp-server/internal/netname"
)

// Consent describes a connector to be created on a vendor's own consent page (OAuth).
type Consent struct {
	Workspace    string
	Type         string // slug or display name
	DefinitionID string
	TemplateID   string
	Name         string          // of the instance; empty leaves it to the API
	RedirectURL  string          // where the browser goes in the end, with the connector's id
	Replication  json.RawMessage // object or nil
	Environment  json.RawMessage // object or nil
}

// StartConsent begins a vendor's consent and returns the address of its page, which only
// the consenting person may see. It is sent once. The connector exists after the consent:
// then call ForgetConnectors.
func (c *Client) StartConsent(ctx context.Context, k Consent) (consentURL string, err error) {
	n := NewConnector{
		Workspace: k.Workspace, Type: k.Type, DefinitionID: k.DefinitionID, TemplateID: k.TemplateID, Name: k.Name,
		Replication: k.Replication, Environment: k.Environment,
	}
	r := n.describedRequest(opConsent)
	r.write, r.timeout = true, c.cfg.RequestTimeout
	if fault := n.fault(); fault != "" {
		return "", c.invalid(r, "%s", fault)
	}
	body := n.body()
	body.Redirect, body.Replication = k.RedirectURL, k.Replication
	if r.body, err = json.Marshal(body); err != nil {
		return "", c.invalid(r, "the configuration is not valid JSON")
	}
	defer c.lists.forget(k.Workspace)
	var answer struct {
		URL string `json:"consent_url"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return "", err
	}
	if !isConsentURL(answer.URL) {
		return "", c.completeError(r, a.badResponse("the API answered without the address of a consent page"))
	}
	return answer.URL, nil
}

// isConsentURL reports whether an address may be opened in a browser: no script, and no
// plain text over a network.
func isConsentURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && netname.IsConfidential(u)
}
