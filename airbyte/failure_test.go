package airbyte_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
)

// refusals are the bodies of failed requests in all their forms.
var refusals = map[string]struct {
	status      int
	body        string
	wantCode    airbyte.Code
	wantMessage string
	wantDetails []airbyte.FieldError
	wantHint    string // a part of it
}{
	"message": {
		400, `{"message":"Entity 'x' not found","errors":[]}`,
		airbyte.CodeInvalid, "Entity 'x' not found", nil, "",
	},
	"message and errors": {
		422, `{"message":"Validation failed","errors":[{"field":"body.action","message":"required","error_code":"missing"}]}`,
		airbyte.CodeInvalid, "Validation failed: body.action: required",
		[]airbyte.FieldError{{Field: "body.action", Message: "required", Code: "missing"}}, "",
	},
	"errors that repeat the message": {
		422, `{"message":"give a type","errors":[{"field":"body","message":"give a type","error_code":"value_error"}]}`,
		airbyte.CodeInvalid, "give a type",
		[]airbyte.FieldError{{Field: "body", Message: "give a type", Code: "value_error"}}, "",
	},
	"null message, errors only": {
		422, `{"message":null,"errors":[{"field":"a","message":"one"},{"field":null,"message":"two","details":{"k":1}}]}`,
		airbyte.CodeInvalid, "a: one; two", []airbyte.FieldError{{Field: "a", Message: "one"}, {Message: "two"}}, "",
	},
	"detail": {
		404, `{"detail":"Workspace not found"}`,
		airbyte.CodeNotFound, "Workspace not found", nil, "AIRBYTE_WORKSPACE",
	},
	"detail wins over message": {
		400, `{"detail":"the detail","message":"the message"}`,
		airbyte.CodeInvalid, "the detail", nil, "",
	},
	"detail as a list": {
		422, `{"detail":[{"loc":["body","params",0],"msg":"field required","type":"missing"},{"loc":[],"msg":"bad"}]}`,
		airbyte.CodeInvalid, "body.params.0: field required; bad", nil, "",
	},
	"error": {
		500, `{"error":"boom"}`,
		airbyte.CodeServer, "boom", nil, "try again later",
	},
	"text for the user": {
		400, `{"errors":[{"userPresentableMessage":"please sign in","message":"E_AUTH"}]}`,
		airbyte.CodeInvalid, "please sign in", []airbyte.FieldError{{Message: "please sign in"}}, "",
	},
	"empty":      {503, ``, airbyte.CodeUnavailable, "service unavailable", nil, "try again later"},
	"plain text": {502, "upstream  gone\n", airbyte.CodeUnavailable, "upstream  gone", nil, "try again later"},
	"long text": {
		400, strings.Repeat("ä", 1000),
		airbyte.CodeInvalid, strings.Repeat("ä", 300) + "…", nil, "",
	},
	"text that is no UTF-8": {400, "bad \xff byte", airbyte.CodeInvalid, "bad � byte", nil, ""},
	"binary":                {400, "\x1f\x8b\x00\x01", airbyte.CodeInvalid, "bad request", nil, ""},
	"JSON of another form":  {400, `{"title":"no","code":7}`, airbyte.CodeInvalid, `{"title":"no","code":7}`, nil, ""},
	"fields of other types": {
		400, `{"message":{"text":"x"},"errors":"none","detail":"readable"}`,
		airbyte.CodeInvalid, "readable", nil, "",
	},
	"page": {503, "<!DOCTYPE html><html><body>secret path</body></html>", airbyte.CodeUnavailable,
		"service unavailable", nil, ""},
	"page without a head":   {502, "<h1>Bad gateway</h1>", airbyte.CodeUnavailable, "bad gateway", nil, ""},
	"page after spaces":     {502, "\r\n  <html>x</html>", airbyte.CodeUnavailable, "bad gateway", nil, ""},
	"page after a mark":     {502, "\ufeff<HTML>x</HTML>", airbyte.CodeUnavailable, "bad gateway", nil, ""},
	"page after words":      {502, "upstream said: <html>x</html>", airbyte.CodeUnavailable, "bad gateway", nil, ""},
	"page in JSON":          {502, `{"message":"<html>x</html>"}`, airbyte.CodeUnavailable, "bad gateway", nil, ""},
	"page in JSON, escaped": {502, `{"detail":"\u003c!doctype html\u003e"}`, airbyte.CodeUnavailable, "bad gateway", nil, ""},
	"page in a list": {502, `{"errors":[{"message":"<html>x</html>"}]}`, airbyte.CodeUnavailable, "bad gateway",
		[]airbyte.FieldError{{}}, ""},
	"endless words": {400, `{"message":"` + strings.Repeat("x", 1<<20) + `"}`, airbyte.CodeInvalid, "bad request", nil, ""},
	"quota":         {402, `{"message":"allowance used up"}`, airbyte.CodeForbidden, "allowance used up", nil, "subscription"},
	"organization not named": {400, `{"message":"Please specify target organization"}`, airbyte.CodeInvalid,
		"Please specify target organization", nil, "AIRBYTE_ORGANIZATION_ID"},
	"credentials of the vendor": {400,
		`{"message":"rejected","errors":[{"message":"Bad credentials","error_code":"upstream_error","details":{"upstream_status":401}}]}`,
		airbyte.CodeInvalid, "rejected: Bad credentials",
		[]airbyte.FieldError{{Message: "Bad credentials", Code: "upstream_error", UpstreamStatus: 401}}, "renew them in Airbyte"},
	"stored source": {400, `{"message":"Unable to map source configuration to any supported auth scheme"}`, airbyte.CodeInvalid,
		"Unable to map source configuration to any supported auth scheme", nil, "create the connector anew"},
	"store not ready": {400, `{"message":"Context Store is not ready for entity 'issues'"}`, airbyte.CodeInvalid,
		"Context Store is not ready for entity 'issues'", nil, "list or get"},
	"bad token": {401, `{"detail":"Invalid authentication credentials"}`, airbyte.CodeUnauthorized,
		"Invalid authentication credentials", nil, "AIRBYTE_CLIENT_ID"},
}

func TestRefusalsInAllTheirForms(t *testing.T) {
	t.Parallel()
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			// 401 on this route would mint again; on the token's own route it is final.
			a.token = say(test.status, test.body, "X-Request-Id", "req-7")
			failure := run(t.Context(), t, a.serve(t, inDialect(airbyte.DialectCurrent)), listIssues)
			if failure == nil {
				t.Fatal("got success, want a failure")
			}
			if failure.Code != test.wantCode || failure.Status != test.status || failure.RequestID != "req-7" {
				t.Errorf("got code %q, status %d, request id %q, want %q, %d, req-7",
					failure.Code, failure.Status, failure.RequestID, test.wantCode, test.status)
			}
			if failure.Message != test.wantMessage {
				t.Errorf("got message %q, want %q", failure.Message, test.wantMessage)
			}
			if !reflect.DeepEqual(failure.Details, test.wantDetails) {
				t.Errorf("got details %+v, want %+v", failure.Details, test.wantDetails)
			}
			if !strings.Contains(failure.Hint, test.wantHint) {
				t.Errorf("got hint %q, want %q in it", failure.Hint, test.wantHint)
			}
		})
	}
}

func TestErrorTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	a := newAPI()
	a.execute = say(422, `{"message":"no title"}`)
	failure := run(t.Context(), t, a.serve(t), createIssue)
	if got, want := failure.Error(), "executing issues.create: no title (HTTP 422)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRetryable(t *testing.T) {
	t.Parallel()
	tests := map[airbyte.Code]bool{
		airbyte.CodeRateLimited: true, airbyte.CodeServer: true, airbyte.CodeUnavailable: true,
		airbyte.CodeTimeout: true, airbyte.CodeNetwork: true,
		airbyte.CodeInvalid: false, airbyte.CodeUnauthorized: false, airbyte.CodeForbidden: false, airbyte.CodeNotFound: false,
		airbyte.CodeCanceled: false, airbyte.CodeBadResponse: false, airbyte.CodeTooLarge: false,
		airbyte.CodeRedirect: false, airbyte.CodeFailed: false,
	}
	for code, want := range tests {
		if got := (&airbyte.Error{Code: code}).Retryable(); got != want {
			t.Errorf("%s: got %t, want %t", code, got, want)
		}
	}
}

// An answer that is no result must never look like an empty one.
func TestNoSuccessIsInvented(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		answer   http.HandlerFunc
		wantCode airbyte.Code
	}{
		"empty":              {say(200, ``), airbyte.CodeBadResponse},
		"blank":              {say(200, " \n"), airbyte.CodeBadResponse},
		"null":               {say(200, `null`), airbyte.CodeBadResponse},
		"empty object":       {say(200, `{}`), airbyte.CodeBadResponse},
		"list":               {say(200, `[]`), airbyte.CodeBadResponse},
		"text":               {say(200, `"ok"`), airbyte.CodeBadResponse},
		"number":             {say(200, `7`), airbyte.CodeBadResponse},
		"page":               {say(200, `<html>sign in</html>`), airbyte.CodeBadResponse},
		"truncated":          {say(200, okResult[:len(okResult)-1]), airbyte.CodeBadResponse},
		"two documents":      {say(200, okResult+okResult), airbyte.CodeBadResponse},
		"success, no result": {say(200, `{"status":"success","connector_metadata":{}}`), airbyte.CodeBadResponse},
		"words only":         {say(200, `{"message":"hello"}`), airbyte.CodeBadResponse},
		"data of null":       {say(200, `{"data":null,"errors":[{"message":"boom"}]}`), airbyte.CodeBadResponse},
		"status of a number": {say(200, `{"status":500,"result":[]}`), airbyte.CodeBadResponse},
		"204":                {say(204, ``), airbyte.CodeBadResponse},
		"too deep": {say(200, `{"result":`+strings.Repeat("[", 20_000)+strings.Repeat("]", 20_000)+`}`),
			airbyte.CodeBadResponse},
		"status error":          {say(200, `{"status":"error","result":{"error":"Upstream timed out"}}`), airbyte.CodeFailed},
		"status of other kind":  {say(200, `{"status":"SUCCESS","result":[]}`), airbyte.CodeFailed},
		"status empty":          {say(200, `{"status":"","result":[]}`), airbyte.CodeFailed},
		"304 without a body":    {say(304, ``), airbyte.CodeRedirect},
		"no content, 205":       {say(205, ``), airbyte.CodeBadResponse},
		"status error, no text": {say(200, `{"status":"failed","result":null}`), airbyte.CodeFailed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, x := range []airbyte.Execution{listIssues, createIssue} {
				a := newAPI()
				a.execute = test.answer
				failure := run(t.Context(), t, a.serve(t), x)
				if failure == nil || failure.Code != test.wantCode || failure.Outcome != airbyte.OutcomeUnknown {
					t.Fatalf("%s: got %+v, want code %q and outcome unknown", x.Action, failure, test.wantCode)
				}
				if a.executes() != 1 {
					t.Errorf("%s: got %d requests, want 1", x.Action, a.executes())
				}
				if strings.Contains(failure.Error(), "<html") {
					t.Errorf("%s: the page is quoted: %s", x.Action, failure)
				}
			}
		})
	}
}

func TestInBandFailureKeepsTheReason(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		`{"status":"error","result":{"error":"Upstream timed out"}}`: `the execution ended with status "error": Upstream timed out`,
		`{"status":"error","result":{"message":"no such issue"}}`:    `the execution ended with status "error": no such issue`,
		`{"status":"failed","result":" plain words "}`:               `the execution ended with status "failed": plain words`,
		`{"status":"failed","result":null}`:                          `the execution ended with status "failed": no reason given`,
		`{"status":"failed"}`:                                        `the execution ended with status "failed": no reason given`,
	}
	for body, want := range tests {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = say(200, body)
			failure := run(t.Context(), t, a.serve(t), listIssues)
			if failure == nil || failure.Message != want {
				t.Errorf("got %+v, want message %q", failure, want)
			}
		})
	}
}
