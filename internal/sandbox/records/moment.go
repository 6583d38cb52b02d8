package records

import (
	"encoding/json"
	"strconv"
	"time"

	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/schemas"
)

// role is what a point in time means for a record.
type role int

const (
	roleNone role = iota
	roleCreated
	roleUpdated
	roleClosed
	roleGone // archived, deleted and the like
	roleFuture
	roleStart
)

// roles is keyed by the ends of field names that hold a time.
var roles = map[string]role{
	"created": roleCreated, "created_at": roleCreated, "create_time": roleCreated, "created_time": roleCreated, "date_created": roleCreated,
	"created_date": roleCreated, "creation_date": roleCreated, "createdate": roleCreated, "date_added": roleCreated, "added_at": roleCreated,
	"authored_date": roleCreated, "committed_date": roleCreated, "published_at": roleCreated, "submitted_at": roleCreated,
	"starred_at": roleCreated,
	"ts":         roleCreated, "timestamp": roleCreated, "date": roleCreated, "at": roleCreated, "time": roleCreated, "date_time": roleCreated,
	"occurred": roleCreated,
	"sent_at":  roleCreated, "date_sent": roleCreated, "internal_date": roleCreated, "signed_up_at": roleCreated, "opened_at": roleCreated,
	"first_seen":       roleCreated,
	"date_created_gmt": roleCreated, "issued_at": roleCreated, "posted_at": roleCreated, "joined_at": roleCreated, "applied_at": roleCreated,
	"updated": roleUpdated, "updated_at": roleUpdated, "update_time": roleUpdated, "updated_time": roleUpdated, "date_updated": roleUpdated,
	"modified": roleUpdated, "modified_at": roleUpdated, "modified_time": roleUpdated, "date_modified": roleUpdated,
	"date_modified_gmt":  roleUpdated,
	"last_modified_date": roleUpdated, "lastmodifieddate": roleUpdated, "pushed_at": roleUpdated, "last_seen_at": roleUpdated,
	"last_seen":        roleUpdated,
	"last_activity_at": roleUpdated, "last_activity_date": roleUpdated, "last_login_at": roleUpdated, "last_edited_time": roleUpdated,
	"edited_at":    roleUpdated,
	"last_updated": roleUpdated, "last_set": roleUpdated, "last_contacted_at": roleUpdated, "last_replied_at": roleUpdated,
	"system_modstamp": roleUpdated,
	"closed_at":       roleClosed, "merged_at": roleClosed, "resolved_at": roleClosed, "completed_at": roleClosed, "closed": roleClosed,
	"solved_at": roleClosed,
	"ended_at":  roleClosed, "finished_at": roleClosed, "archived_at": roleGone, "deleted_at": roleGone, "canceled_at": roleClosed,
	"cancelled_at": roleClosed,
	"voided_at":    roleGone, "date_closed": roleClosed, "date_done": roleClosed, "resolutiondate": roleClosed, "resolution_date": roleClosed,
	"answer_chosen_at": roleClosed, "revoked_at": roleGone, "date_completed": roleClosed, "suspended_at": roleGone, "trashed_at": roleGone,
	"trashed_time": roleGone,
	"due_on":       roleFuture, "due_at": roleFuture, "due_date": roleFuture, "duedate": roleFuture, "expires_at": roleFuture,
	"expiry": roleFuture, "expiration_date": roleFuture,
	"target_date": roleFuture, "end_date": roleFuture, "end_time": roleFuture, "ends_at": roleFuture, "current_period_end": roleFuture,
	"close_date": roleFuture, "closedate": roleFuture,
	"trial_end": roleFuture, "renewal_date": roleFuture, "next_payment_at": roleFuture, "stop_time": roleFuture, "date_end": roleFuture,
	"period_end": roleFuture,
	"start_date": roleStart, "start_time": roleStart, "starts_at": roleStart, "started_at": roleStart, "current_period_start": roleStart,
	"start_on":     roleStart,
	"period_start": roleStart, "date_start": roleStart, "trial_start": roleStart, "scheduled_at": roleStart, "effective_at": roleStart,
	"billing_cycle_anchor": roleStart,
}

// ordinaryNumbers are whole-number fields whose names end like a time.
var ordinaryNumbers = map[string]bool{"time": true, "date": true, "closed": true, "at": true}

// roleOf tells what time a field holds, or roleNone.
func roleOf(field *schemas.Field, name string) role { return roleNamed(field, naming.Snake(name)) }

func (f *blueprint) roleOf(field *schemas.Field) role {
	return roleNamed(field, f.v.term(field.Name).snake)
}

// roleNamed is roleOf for a name in snake case.
func roleNamed(field *schemas.Field, name string) role {
	dated := field.Format == "date-time" || field.Format == "date"
	if field.Type.Has("boolean") || field.Type.Has("object") || field.Type.Has("array") {
		return roleNone
	}
	r, ok := naming.BySuffix(roles, name)
	switch {
	case !ok && dated:
		return roleCreated
	case !ok:
		return roleNone
	case !dated && !field.Type.Has("string") && ordinaryNumbers[name]:
		return roleNone
	}
	return r
}

// Present is the day on which the generated world stands still. Records carry
// earlier times, so their ages are the same on every run.
var Present = time.Date(2026, time.June, 30, 12, 0, 0, 0, time.UTC)

// History is how far back the generated records go.
const History = 540 * 24 * time.Hour

// timeline fixes when a record came into being and when it last changed. Later
// records of a collection are newer.
type timeline struct {
	created, updated time.Time
	closed           bool
	gone             bool // archived or deleted
}

func newTimeline(s random.Seed, k naming.Kind, n, of int) timeline {
	of = max(of, 1)
	step := History / time.Duration(of)
	created := Present.Add(-History + time.Duration(n%of)*step + time.Duration(s.Of("created").Fraction()*float64(step)))
	rest := Present.Sub(created)
	updated := created.Add(time.Duration(s.Of("updated").Fraction() * float64(min(rest, 40*24*time.Hour))))
	t := timeline{created: created.Truncate(time.Second), updated: updated.Truncate(time.Second)}
	if n == 0 { // the record that everyone sees first
		return t
	}
	t.gone = s.Of("gone").Chance(4)
	t.closed = t.gone
	if k.IsWork() {
		t.closed = s.Of("closed").Chance(25)
	}
	return t
}

// within moves the nth of several things that belong to a record into the weeks
// after the record came into being.
func (t timeline) within(start time.Time, n, of int) timeline {
	span := min(Present.Sub(start), 45*24*time.Hour)
	step := span / time.Duration(of+1)
	t.created = start.Add(time.Duration(n+1) * step).Truncate(time.Second)
	t.updated = t.created.Add(step / 2).Truncate(time.Second)
	return t
}

// at is the time of the role; ok is false where the record has none.
func (t timeline) at(r role) (when time.Time, ok bool) {
	switch r {
	case roleUpdated:
		return t.updated, true
	case roleClosed:
		return t.updated, t.closed
	case roleGone:
		return t.updated, t.gone
	case roleFuture:
		return t.created.Add(30 * 24 * time.Hour), true
	}
	return t.created, true
}

// unixMilliseconds is the format of numbers that count milliseconds.
const unixMilliseconds = "unix-milliseconds"

// moment writes a time as the field wants it.
func moment(t time.Time, field *schemas.Field, name string) any {
	if field.Type.Has("integer") || field.Type.Has("number") {
		if field.Format == unixMilliseconds {
			return json.Number(strconv.FormatInt(t.UnixMilli(), 10))
		}
		return json.Number(strconv.FormatInt(t.Unix(), 10))
	}
	switch n := naming.Snake(name); {
	case field.Format == "date", field.Format == "" && dayNames[n]:
		return t.Format(time.DateOnly)
	case n == "ts":
		return strconv.FormatInt(t.Unix(), 10) + ".000200"
	}
	return t.UTC().Format(time.RFC3339)
}

// dayNames are fields without declared format that hold a day.
var dayNames = map[string]bool{"due_date": true, "start_date": true, "end_date": true, "target_date": true, "close_date": true,
	"start_on": true}
