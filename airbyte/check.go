package airbyte

import (
	"context"
	"slices"
	"time"
)

// CheckResult is the result of a check of a connector's configuration and credentials.
type CheckResult struct {
	Status   string // the API's word: succeeded, failed, pending…; or empty
	Message  string
	Entities []EntityCheck
}

// EntityCheck is the part of a CheckResult about one entity.
type EntityCheck struct{ Entity, Status, Message string }

// The API's words for checks that run, and for finished ones.
const (
	checkPending   = "pending"
	checkRunning   = "running"
	checkSucceeded = "succeeded"
	checkFailed    = "failed"
	checkCancelled = "cancelled"
)

// Failed reports whether the check ended with a failure: as a whole, or, without a verdict
// on the whole, for an entity.
func (r *CheckResult) Failed() bool {
	switch r.Status {
	case checkSucceeded:
		return false
	case checkFailed, checkCancelled:
		return true
	default:
		return slices.ContainsFunc(r.Entities, func(e EntityCheck) bool { return e.Status == checkFailed })
	}
}

// Passed reports whether the check ended well. A check that neither passed nor failed has
// said nothing about the connector.
func (r *CheckResult) Passed() bool { return r.Status == checkSucceeded }

// State says in words how the check ended, without its messages.
func (r *CheckResult) State() string {
	switch {
	case r.Passed(), r.Failed():
		return firstOf(r.Status, checkFailed)
	default:
		return "not conclusive (" + firstOf(r.Status, "no status") + ")"
	}
}

// CheckNew checks a connector before its creation. It changes nothing.
func (c *Client) CheckNew(ctx context.Context, n NewConnector) (*CheckResult, error) {
	r, err := c.newConnectorRequest(ctx, opCheckNew, &n)
	if err != nil {
		return nil, err
	}
	return c.sendCheck(ctx, r)
}

// CheckConnector checks a connector as after a change; the empty change checks it as it
// is. It changes nothing.
func (c *Client) CheckConnector(ctx context.Context, id string, change ConnectorChange) (*CheckResult, error) {
	r, err := c.changeRequest(opCheck, id, change)
	if err != nil {
		return nil, err
	}
	return c.sendCheck(ctx, r)
}

// checkPauses are before further looks at a check that has not ended. The API has no route
// to ask for one by its id, so it is sent again.
var checkPauses = [...]time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}

// sendCheck sends a check, and sends it again a few times while it is said to go on.
func (c *Client) sendCheck(ctx context.Context, r *request) (*CheckResult, error) {
	again := *r
	result, err := c.sendCheckOnce(ctx, r)
	for _, pause := range checkPauses {
		if err != nil || result.Status != checkPending && result.Status != checkRunning || !sleepWithin(ctx, pause) {
			break
		}
		next := again
		if later, failure := c.sendCheckOnce(ctx, &next); failure == nil {
			result = later
		}
	}
	return result, err
}

func (c *Client) sendCheckOnce(ctx context.Context, r *request) (*CheckResult, error) {
	var answer struct {
		ID      string `json:"id"`
		Status  string `json:"status"`
		Message string `json:"error_message"`
		Reason  struct {
			External string `json:"external_message"`
			Internal string `json:"internal_message"`
		} `json:"failure_reason"`
		Entities []struct {
			Entity  string `json:"entity"`
			Status  string `json:"status"`
			Message string `json:"error_message"`
		} `json:"entity_check_results"`
	}
	a, err := c.askJSON(ctx, r, &answer)
	if err != nil {
		return nil, err
	}
	if answer.ID == "" && answer.Status == "" {
		return nil, c.completeError(r, a.badResponse("the API answered without a result of the check"))
	}
	hide := c.concealerFor(r) // a vendor may quote what it was given
	result := &CheckResult{
		Status:  answer.Status,
		Message: hide.Replace(firstOf(answer.Message, answer.Reason.External, answer.Reason.Internal)),
	}
	for _, e := range answer.Entities {
		result.Entities = append(result.Entities, EntityCheck{e.Entity, e.Status, hide.Replace(e.Message)})
	}
	return result, nil
}
