package airbyte

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"airbyte-mcp-server/internal/secret"
)

// CheckToken gets an application token, from memory or by a mint.
func (c *Client) CheckToken(ctx context.Context) error {
	if _, err := c.tokens.acquire(ctx); err != nil {
		return c.unsent(ctx, &request{op: opToken}, err)
	}
	return nil
}

// mintApplicationToken asks for an application token with the client id and secret. It is
// not repeated; tokenSource spaces the attempts. While the dialect is unknown, its answer
// decides it.
func (c *Client) mintApplicationToken(ctx context.Context) (mintedToken, error) {
	if d := c.dialect(); d != DialectAuto {
		return c.mintIn(ctx, d)
	}
	var missing []string
	var last *Error
	for _, d := range []Dialect{DialectCurrent, DialectSeed} {
		minted, err := c.mintIn(ctx, d)
		last, _ = errors.AsType[*Error](err)
		if err == nil || last.provesRoute() {
			c.settleDialect(d)
		}
		if !last.isRouteMissing() {
			return minted, err
		}
		_, target := c.address(&request{op: opToken, dialect: d})
		missing = append(missing, target)
	}
	return mintedToken{}, c.completeError(&request{op: opToken, sends: len(missing)}, &Error{
		Code: CodeNotFound, Status: last.Status, RequestID: last.RequestID, Outcome: OutcomeRejected,
		Message: "there is no token endpoint at " + missing[0] + " nor at " + missing[1],
	})
}

// mintIn asks for an application token at the endpoint of a dialect.
func (c *Client) mintIn(ctx context.Context, d Dialect) (mintedToken, error) {
	body, err := json.Marshal(map[string]string{
		"client_id":     c.cfg.ClientID,
		"client_secret": c.cfg.ClientSecret.Reveal(),
	})
	if err != nil {
		return mintedToken{}, err
	}
	r := &request{op: opToken, dialect: d, body: body, timeout: c.cfg.RequestTimeout}
	answer, failure := c.sendOnce(ctx, r)
	if failure != nil {
		return mintedToken{}, failure
	}
	minted, ok := answer.decodeToken()
	if !ok {
		return mintedToken{}, c.completeError(r, answer.badResponse("the token endpoint answered without a usable token"))
	}
	c.issued.note(minted.bearer)
	return minted, nil
}

// decodeToken decodes the answer of a token endpoint. Scoped tokens have another member
// name and no life.
func (a *answer) decodeToken() (mintedToken, bool) {
	var grant struct {
		AccessToken secret.Text `json:"access_token"`
		Token       secret.Text `json:"token"`
		ExpiresIn   float64     `json:"expires_in"`
	}
	if json.Unmarshal(a.body, &grant) != nil {
		return mintedToken{}, false
	}
	bearer := grant.AccessToken
	if !bearer.IsSet() {
		bearer = grant.Token
	}
	life := min(grant.ExpiresIn, longestLife.Seconds())
	return mintedToken{bearer, time.Duration(life * float64(time.Second))}, bearer.IsSet() && fitsHeader(bearer.Reveal())
}
