package identity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// skew is how far an issuer's clock may run ahead of ours.
const skew = time.Minute

// claims are what an issuer says of a token. Numbers are json.Number: an id must
// not change on its way to the name of a workspace.
type claims map[string]any

// UnmarshalJSON implements json.Unmarshaler.
func (c *claims) UnmarshalJSON(data []byte) (err error) {
	*c, err = parseClaims(data)
	return err
}

func parseClaims(data []byte) (claims, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var c map[string]any
	if err := decoder.Decode(&c); err != nil || c == nil {
		return nil, errors.New("want a JSON object of claims")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more than one JSON value")
	}
	return c, nil
}

// at returns the claim under a path; nil if there is none.
func (c claims) at(path []string) any {
	var value any = map[string]any(c)
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

func (c claims) text(name string) string {
	text, _ := c[name].(string)
	return text
}

// moment reads a claim of seconds since 1970; zero if there is none.
func (c claims) moment(name string) (time.Time, error) {
	value, there := c[name]
	if !there {
		return time.Time{}, nil
	}
	number, _ := value.(json.Number)
	seconds, err := number.Float64()
	if err != nil || math.Abs(seconds) > 1e11 { // some 3000 years
		return time.Time{}, fmt.Errorf("its %s is no time in seconds", name)
	}
	return time.Unix(int64(seconds), 0), nil
}

// checkTimes returns when a token ends; zero if it does not say.
func (c claims) checkTimes(now time.Time) (time.Time, error) {
	for _, name := range []string{"nbf", "iat"} {
		from, err := c.moment(name)
		if err != nil {
			return from, BadToken("the token cannot be used: " + err.Error())
		}
		if now.Add(skew).Before(from) {
			return from, BadToken("the token is not valid yet: check the clocks (" + name + ")")
		}
	}
	expires, err := c.moment("exp")
	if err != nil {
		return expires, BadToken("the token cannot be used: " + err.Error())
	}
	if !expires.IsZero() && !now.Before(expires) {
		return expires, BadToken("the token has expired: get a new one")
	}
	return expires, nil
}

// texts are those of a list's values that are text.
func texts(list []any) []string {
	var found []string
	for _, one := range list {
		if text, ok := one.(string); ok {
			found = append(found, text)
		}
	}
	return found
}
