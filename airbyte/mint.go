package airbyte

import (
	"context"
	"encoding/json"
	"time"

	"airbyte-mcp-server/internal/secret"
)

// mint asks for an application token with the client id and secret. It is never
// repeated by itself; tokenSource spaces the attempts.
func (c *Client) mint(ctx context.Context) (mintedToken, error) {
	body, err := json.Marshal(map[string]string{
		"client_id":     c.cfg.ClientID,
		"client_secret": c.cfg.ClientSecret.Reveal(),
	})
	if err != nil {
		return mintedToken{}, err
	}
	r := &request{op: opToken, body: body, timeout: c.cfg.RequestTimeout}
	answer, failure := c.send(ctx, r)
	if failure != nil {
		return mintedToken{}, failure
	}
	var grant struct {
		AccessToken secret.Text `json:"access_token"`
		ExpiresIn   float64     `json:"expires_in"`
	}
	err = json.Unmarshal(answer.body, &grant)
	if err != nil || !grant.AccessToken.IsSet() || !fitsHeader(grant.AccessToken.Reveal()) {
		return mintedToken{}, c.finish(r, answer.badResponse("the token endpoint answered without a usable token"))
	}
	life := min(grant.ExpiresIn, longestLife.Seconds())
	return mintedToken{grant.AccessToken, time.Duration(life * float64(time.Second))}, nil
}
