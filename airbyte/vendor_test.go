package airbyte_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
)

// relayed are the forms in which the API may pass on what a vendor said.
func relayed(status int) map[string]string {
	words, side := strconv.Itoa(status)+" "+http.StatusText(status), "Server"
	if status < 500 {
		side = "Client"
	}
	return map[string]string{
		"details":      `{"message":"Rejected","errors":[{"error_code":"x","details":{"upstream_status":` + strconv.Itoa(status) + `}}]}`,
		"text details": `{"message":"no","errors":[{"details":{"upstream_status":"` + strconv.Itoa(status) + `"}}]}`,
		"detail":       `{"detail":"Request to the vendor failed: HTTP ` + words + `"}`,
		"detail list":  `{"detail":[{"loc":["body"],"msg":"Status code: ` + strconv.Itoa(status) + `","type":"value_error"}]}`,
		"detail map":   `{"detail":{"message":"no","upstream_status":` + strconv.Itoa(status) + `}}`,
		"error":        `{"error":"` + side + ` error '` + words + `' for url 'https://api.example.com/x'"}`,
		"presentable":  `{"errors":[{"userPresentableMessage":"no","details":{"status_code":` + strconv.Itoa(status) + `}}]}`,
		"page":         `<html><body><h1>` + words + `</h1></body></html>`,
	}
}

// A vendor that failed may have done the write, whatever status the API gives that.
func TestVendorsStatusDecidesTheOutcome(t *testing.T) {
	t.Parallel()
	outcomes := map[int]airbyte.Outcome{
		408: airbyte.OutcomeUnknown, 500: airbyte.OutcomeUnknown, 502: airbyte.OutcomeUnknown, 503: airbyte.OutcomeUnknown,
		504: airbyte.OutcomeUnknown,
		401: airbyte.OutcomeRejected, 403: airbyte.OutcomeRejected, 404: airbyte.OutcomeRejected, 409: airbyte.OutcomeRejected,
		422: airbyte.OutcomeRejected, 429: airbyte.OutcomeRejected,
	}
	for status, want := range outcomes {
		for form, body := range relayed(status) {
			t.Run(strconv.Itoa(status)+" "+form, func(t *testing.T) {
				t.Parallel()
				checkOutcome(t, say(http.StatusBadRequest, body), want)
			})
		}
	}
	for _, status := range []int{520, 522, 524, 529, 302, 200} {
		body := `{"message":"no","errors":[{"details":{"upstream_status":` + strconv.Itoa(status) + `}}]}`
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			checkOutcome(t, say(http.StatusBadRequest, body), airbyte.OutcomeUnknown)
		})
	}
}

func checkOutcome(t *testing.T, answer http.HandlerFunc, want airbyte.Outcome) {
	t.Helper()
	a := newAPI()
	a.execute = answer
	failure := run(t.Context(), t, a.serve(t), createIssue)
	if failure == nil || failure.Outcome != want || a.executes() != 1 {
		t.Fatalf("got %+v after %d requests, want the outcome %s after 1", failure, a.executes(), want)
	}
	checkAdvice(t, failure)
}

func TestVendorsWordsDecideTheOutcome(t *testing.T) {
	t.Parallel()
	for words, want := range vendorsWords() {
		for form, body := range map[string]string{
			"message": `{"message":` + strconv.Quote(words) + `}`, "detail": `{"detail":` + strconv.Quote(words) + `}`,
			"list":  `{"detail":[{"loc":["body"],"msg":` + strconv.Quote(words) + `}]}`,
			"error": `{"error":` + strconv.Quote(words) + `}`, "plain": words,
		} {
			t.Run(words+" "+form, func(t *testing.T) {
				t.Parallel()
				checkOutcome(t, say(http.StatusBadRequest, body), want)
			})
		}
	}
	for body, want := range map[string]airbyte.Outcome{
		`{"detail":[{"loc":["body"],"msg":"HTTP 422: no","type":"upstream_error"}]}`: airbyte.OutcomeRejected,
		`{"message":"no","errors":[{"message":"no","error_code":"upstream_error"}]}`: airbyte.OutcomeUnknown,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			checkOutcome(t, say(http.StatusBadRequest, body), want)
		})
	}
	for name, body := range map[string]string{"empty": "", "blank": " \n", "object": "{}", "nulls": `{"message":null,"errors":[]}`} {
		t.Run("without words "+name, func(t *testing.T) {
			t.Parallel()
			checkOutcome(t, say(http.StatusBadRequest, body), airbyte.OutcomeUnknown)
		})
	}
}

// vendorsWords are sentences of vendors, with the outcome of a write that they leave.
func vendorsWords() map[string]airbyte.Outcome {
	return map[string]airbyte.Outcome{
		"The request timed out":                          airbyte.OutcomeUnknown,
		"Read timeout":                                   airbyte.OutcomeUnknown,
		"Gateway Time-out":                               airbyte.OutcomeUnknown,
		"ReadTimeout: no data":                           airbyte.OutcomeUnknown,
		"context deadline exceeded":                      airbyte.OutcomeUnknown,
		"upstream_timeout":                               airbyte.OutcomeUnknown,
		"Connection reset by peer":                       airbyte.OutcomeUnknown,
		"Server disconnected without sending a response": airbyte.OutcomeUnknown,
		"Service temporarily unavailable":                airbyte.OutcomeUnknown,
		"Bad Gateway":                                    airbyte.OutcomeUnknown,
		"the vendor did not respond":                     airbyte.OutcomeUnknown,
		"Vendor answered 422, then timed out":            airbyte.OutcomeUnknown,

		"socket hang up":                                 airbyte.OutcomeUnknown,
		"Request exceeded the time limit":                airbyte.OutcomeUnknown,
		"The request has been canceled: it ran too long": airbyte.OutcomeUnknown,
		"Zeitüberschreitung: Parameter fehlt nicht":      airbyte.OutcomeUnknown,
		"Le délai d’attente a expiré":                    airbyte.OutcomeUnknown,
		"Se agotó el tiempo de espera":                   airbyte.OutcomeUnknown,
		"リクエストがタイムアウトしました":                               airbyte.OutcomeUnknown,
		"Время ожидания истекло":                         airbyte.OutcomeUnknown,
		"Erreur interne du serveur":                      airbyte.OutcomeUnknown,
		"Expecting value: line 1 column 1 (char 0)":      airbyte.OutcomeUnknown,
		"Invalid response, a field is missing":           airbyte.OutcomeUnknown,
		"words that nobody foresaw":                      airbyte.OutcomeUnknown,
		"Card was declined":                              airbyte.OutcomeRejected,
		"Reference already exists":                       airbyte.OutcomeRejected,
		"HTTP 400: words that nobody foresaw":            airbyte.OutcomeRejected,

		"Validation Failed: title is too long":                  airbyte.OutcomeRejected,
		"Invalid value 'x' for parameter 'request_timeout'":     airbyte.OutcomeRejected,
		"Missing required body fields for a.create: [timeout]":  airbyte.OutcomeRejected,
		"Parameter 'limit' must be at most 500":                 airbyte.OutcomeRejected,
		"Entity 'x' not found in connector. Available: [503]":   airbyte.OutcomeRejected,
		"You have exceeded a secondary rate limit. Please wait": airbyte.OutcomeRejected,
	}
}

// An answer of 401 that carries the vendor's own is no reason to send the write again.
func TestVendorsRefusalUnder401IsSentOnce(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]airbyte.Outcome{"401": airbyte.OutcomeRejected, "502": airbyte.OutcomeUnknown} {
		checkOutcome(t, say(401, `{"message":"no","errors":[{"details":{"upstream_status":`+status+`}}]}`), want)
	}
}

func TestSuccessThatHidesARefusal(t *testing.T) {
	t.Parallel()
	const done, rejected, unknown = airbyte.Outcome(""), airbyte.OutcomeRejected, airbyte.OutcomeUnknown
	for result, want := range map[string]airbyte.Outcome{
		`null`: unknown,
		`{"data":null,"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`: unknown,
		`{"errors":[{"message":"Field 'x' does not exist"}]}`:                                  rejected,
		`{"errors":[{"message":"x","path":["issueCreate"]}]}`:                                  unknown,
		`{"data":{"issueCreate":{"issue":{"id":"1"}}},"errors":[{"message":"x"}]}`:             unknown,
		`{"id":"1","errors":["one of them failed"]}`:                                           unknown,
		`{"success":false}`:                                             rejected,
		`{"success":false,"issue":null}`:                                rejected,
		`{"success":false,"issue":{"id":"1"}}`:                          unknown,
		`{"ok":false,"error":"channel_not_found"}`:                      rejected,
		`{"issueCreate":{"success":false}}`:                             rejected,
		`{"data":{"issueCreate":{"success":false}}}`:                    rejected,
		`{"userErrors":[{"field":["a"],"message":"x"}],"product":null}`: rejected,
		`{"data":{"a":{"mediaUserErrors":[{"message":"x"}]},"b":{}}}`:   rejected,
		`{"product":{"id":"1"},"userErrors":[{"message":"x"}]}`:         unknown,
		`{"data":null}`:                           unknown,
		`{"issue":null,"success":null}`:           unknown,
		`{}`:                                      done,
		`{"data":{}}`:                             done,
		`[]`:                                      done,
		`{"id":"1","errors":[]}`:                  done,
		`{"id":"1","errors":null}`:                done,
		`{"product":{"id":"1"},"userErrors":[]}`:  done,
		`{"success":true,"issue":{"id":"1"}}`:     done,
		`{"id":"1","settings":{"success":false}}`: done,
		`true`: done,
	} {
		t.Run(result, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = say(200, `{"status":"success","result":`+result+`,"connector_metadata":{}}`)
			failure := run(t.Context(), t, a.serve(t), createIssue)
			switch {
			case want == done && failure != nil:
				t.Errorf("got %v, want success", failure)
			case want != done && (failure == nil || failure.Outcome != want || failure.Code != airbyte.CodeRefused):
				t.Errorf("got %+v, want %s", failure, want)
			}
		})
	}
}

func TestReadThatHidesARefusal(t *testing.T) {
	t.Parallel()
	for result, want := range map[string]bool{
		`{"data":null,"errors":[{"message":"x"}]}`: true, `{"errors":[{"message":"x"}]}`: true,
		`{"id":"1","errors":[{"message":"x"}]}`: false, `null`: false, `[]`: false, `{"success":false}`: false, `{"errors":[]}`: false,
	} {
		a := newAPI()
		a.execute = say(200, `{"status":"success","result":`+result+`}`)
		if failure := run(t.Context(), t, a.serve(t), listIssues); (failure != nil) != want {
			t.Errorf("%s: got %v, want a failure: %t", result, failure, want)
		}
	}
}

// A vendor that takes no more calls for now asks for patience, not for other credentials.
func TestVendorsLimitIsAWait(t *testing.T) {
	t.Parallel()
	const secondary = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		want   string // of the hint
	}{
		"403":         {say(400, vendorSays(403, secondary)), "wait a minute"},
		"403 relayed": {say(403, `{"message":"`+secondary+`"}`), "wait a minute"},
		"429":         {say(400, vendorSays(429, "slow")), "wait a minute"},
		"words":       {say(400, `{"detail":"Throttled: try again in 30 seconds"}`), "wait 30s"},
		"user limit":  {say(400, vendorSays(400, "(#17) User request limit reached")), "wait a minute"},
		"reason":      {say(400, vendorSays(403, "userRateLimitExceeded")), "wait a minute"},
		"daily":       {say(400, vendorSays(403, "Daily Limit Exceeded: quota exceeded")), "a day at most"},
		"header":      {say(400, vendorSays(403, secondary), "Retry-After", "17"), "wait 17s"},
		"member":      {say(400, `{"message":"rate limit","errors":[{"details":{"upstream_status":403,"retry_after":90}}]}`), "wait 1m30s"},
		"minutes":     {say(400, vendorSays(403, "Rate limit exceeded, retry after 2 minutes")), "wait 2m0s"},
		"hidden":      {say(200, `{"status":"success","result":{"errors":[{"message":"API rate limit exceeded"}]}}`), "wait a minute"},

		"rolling":    {say(400, vendorSays(403, "You have reached the limit: TEN_SECONDLY_ROLLING")), "wait a minute"},
		"calls":      {say(400, vendorSays(403, "Maximum number of API calls per hour reached")), "wait a minute"},
		"api limit":  {say(400, vendorSays(403, "You have hit your API limit")), "wait a minute"},
		"per minute": {say(400, vendorSays(403, "Limit of 100 requests per minute exceeded")), "wait a minute"},
		"reduce":     {say(400, vendorSays(403, "SlowDown: Please reduce your request rate.")), "wait a minute"},
		"available":  {say(400, vendorSays(403, "Throttled. Expected available in 40 seconds.")), "wait 40s"},
		"a year":     {say(400, vendorSays(403, "Too many requests, available again at 2099")), "wait a minute"},
		"abroad":     {say(400, vendorSays(403, "Demasiadas solicitudes")), "wait a minute"},

		"users":       {say(400, vendorSays(403, "User limit: cannot add more users")), "credentials"},
		"credentials": {say(400, vendorSays(403, "Resource not accessible by personal access token")), "credentials"},
		"airbyte's":   {say(403, `{"message":"allowance used up, rate limit"}`), "subscription"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = tt.answer
			failure := run(t.Context(), t, a.serve(t), createIssue)
			if failure == nil || !strings.Contains(failure.Hint, tt.want) || failure.Outcome != airbyte.OutcomeRejected {
				t.Fatalf("got %+v, want a refusal with %q", failure, tt.want)
			}
			if tt.want != "credentials" && strings.Contains(failure.Hint, "credentials") {
				t.Errorf("the hint speaks of credentials: %s", failure.Hint)
			}
		})
	}
}

func vendorSays(status int, words string) string {
	return `{"message":"The vendor rejected it: ` + words + `","errors":[{"error_code":"upstream_error","details":{"upstream_status":` +
		strconv.Itoa(status) + `}}]}`
}

// An error report in place of a record is no success.
func TestErrorReportInPlaceOfARecord(t *testing.T) {
	t.Parallel()
	const done, unknown = airbyte.Outcome(""), airbyte.OutcomeUnknown
	for result, want := range map[string]airbyte.Outcome{
		`{"error":{"code":403,"message":"no"}}`:                                unknown,
		`{"error":"boom","request_id":"1"}`:                                    unknown,
		`{"errorMessages":["no"],"errors":{}}`:                                 unknown,
		`{"message":"Not Found","status":"404"}`:                               unknown,
		`{"code":"invalid","message":"no","data":null}`:                        unknown,
		`{"status":"error","message":"no"}`:                                    unknown,
		`{"isError":true}`:                                                     unknown,
		`{"result":{"errors":[{"message":"no"}]}}`:                             unknown,
		`[{"success":false,"errors":[{"message":"no"}]}]`:                      unknown,
		`{"data":[{"code":"INVALID_DATA","message":"no","status":"error"}]}`:   unknown,
		`{"id":"1","status":"failed","failure_message":"no"}`:                  done,
		`{"id":"1","code":"400","message":"hello"}`:                            done,
		`{"id":"1","error":""}`:                                                done,
		`{"code":0,"message":"success","data":{"id":"1"}}`:                     done,
		`{"data":[{"code":"SUCCESS","details":{"id":"1"},"message":"added"}]}`: done,
		`[{"id":"1","success":true,"errors":[]}]`:                              done,
	} {
		t.Run(result, func(t *testing.T) {
			t.Parallel()
			a := newAPI()
			a.execute = say(200, `{"status":"success","result":`+result+`}`)
			failure := run(t.Context(), t, a.serve(t), createIssue)
			if got := failure; (got == nil) != (want == done) || got != nil && got.Outcome != want {
				t.Errorf("got %+v, want the outcome %q", got, want)
			}
		})
	}
}
