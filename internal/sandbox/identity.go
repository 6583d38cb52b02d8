package sandbox

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// look is what makes a vendor's identifiers and addresses recognisable. It is
// data: a vendor that is missing here gets UUIDs and an address made from its name.
type look struct {
	host     string            // of web addresses; "acme." is the tenant where the vendor has one
	prefixes map[string]string // of identifiers, by singular entity name
	prefix   string            // of other identifiers
	alphabet string            // of the rest of an identifier; empty: a UUID
	length   int
	paths    map[string]string // segment of web addresses, where it is not the entity's name; "/" leaves the scope out
	flat     bool              // web addresses do not repeat the scope of a record
}

var looks = map[string]look{
	"github": {
		host: "github.com", prefix: "N_kwDO", alphabet: anyAlnum, length: 12,
		prefixes: map[string]string{"issue": "I_kwDO", "pull_request": "PR_kwDO", "repository": "R_kgDO", "user": "U_kgDO", "organization": "O_kgDO", "comment": "IC_kwDO",
			"pr_comment": "IC_kwDO", "review": "PRR_kwDO", "label": "LA_kwDO", "milestone": "MI_kwDO", "release": "RE_kwDO", "discussion": "D_kwDO", "team": "T_kwDO", "project": "PVT_kwDO", "project_item": "PVTI_kwDO"},
		paths: map[string]string{"pull_requests": "pull", "repositories": "", "users": "/", "organizations": "/", "milestones": "milestone", "commits": "commit", "branches": "tree"},
	},
	"stripe": {
		host: "dashboard.stripe.com", prefix: "obj_", alphabet: anyAlnum, length: 14, flat: true,
		prefixes: map[string]string{"customer": "cus_", "charge": "ch_3", "invoice": "in_1", "subscription": "sub_1", "payment_intent": "pi_3", "product": "prod_", "price": "price_1",
			"refund": "re_3", "payout": "po_1", "dispute": "dp_1", "balance_transaction": "txn_3", "payment_method": "pm_1", "account": "acct_1", "checkout_session": "cs_test_", "event": "evt_1", "card": "card_1"},
	},
	"slack": {
		host: "acme.slack.com", prefix: "S0", alphabet: upperAlnum, length: 9, flat: true,
		prefixes: map[string]string{"user": "U0", "channel": "C0", "team": "T0", "bot": "B0", "app": "A0", "file": "F0", "bookmark": "Bk"},
	},
	"twilio": {
		host: "console.twilio.com", prefix: "RS", alphabet: hexDigits, length: 32, flat: true,
		prefixes: map[string]string{"account": "AC", "address": "AD", "call": "CA", "conference": "CF", "incoming_phone_number": "PN", "message": "SM", "outgoing_caller_id": "PN", "queue": "QU", "recording": "RE", "transcription": "TR"},
	},
	"salesforce": {
		host: "acme.my.salesforce.com", prefix: "a00", alphabet: anyAlnum, length: 15, flat: true,
		prefixes: map[string]string{"account": "001", "contact": "003", "lead": "00Q", "opportunity": "006", "case": "500", "user": "005", "task": "00T", "event": "00U", "campaign": "701", "attachment": "00P", "note": "002"},
	},
	"hubspot":         {host: "app.hubspot.com", alphabet: decimals, length: 11, prefix: "2", flat: true},
	"linear":          {host: "linear.app/acme", flat: true, paths: map[string]string{"issues": "issue", "projects": "project"}},
	"zendesk-support": {host: "acme.zendesk.com", flat: true, alphabet: decimals, length: 11, prefix: "3"},
	"google-drive":    {host: "drive.google.com", alphabet: anyAlnum, length: 32, prefix: "1", flat: true, paths: map[string]string{"files": "file/d"}},
	"gmail":           {host: "mail.google.com", alphabet: hexDigits, length: 15, prefix: "1", flat: true},
	"jira":            {host: "acme.atlassian.net", alphabet: decimals, length: 4, prefix: "1", flat: true, paths: map[string]string{"issues": "browse"}},
	"confluence":      {host: "acme.atlassian.net/wiki", alphabet: decimals, length: 7, prefix: "1", flat: true},
	"asana":           {host: "app.asana.com", alphabet: decimals, length: 15, prefix: "1", flat: true},
	"intercom":        {host: "app.intercom.com", alphabet: hexDigits, length: 23, prefix: "6", flat: true},
	"gitlab":          {host: "gitlab.com/acme/widgets", flat: true, paths: map[string]string{"issues": "-/issues", "merge_requests": "-/merge_requests"}},
	"shopify":         {host: "acme.myshopify.com", flat: true},
	"airtable": {host: "airtable.com", prefix: "obj", alphabet: anyAlnum, length: 14, flat: true,
		prefixes: map[string]string{"base": "app", "table": "tbl", "record": "rec", "view": "viw", "field": "fld"}},
	"monday":             {host: "acme.monday.com", alphabet: decimals, length: 9, prefix: "1", flat: true},
	"facebook-marketing": {host: "www.facebook.com", alphabet: decimals, length: 15, prefix: "12", flat: true},
	"klaviyo":            {host: "www.klaviyo.com", alphabet: anyAlnum, length: 26, prefix: "01", flat: true},
	"mailchimp":          {host: "us1.admin.mailchimp.com", alphabet: hexDigits, length: 10, flat: true},
	"typeform":           {host: "acme.typeform.com", alphabet: anyAlnum, length: 8, flat: true},
	"zoho-crm":           {host: "crm.zoho.com", alphabet: decimals, length: 15, prefix: "5876", flat: true},
	"clickup-api":        {host: "app.clickup.com", alphabet: "0123456789abcdefghjkmnpqrstuvwxyz", length: 8, prefix: "8", flat: true},
}

func lookOf(connector string) look {
	l, ok := looks[connector]
	if !ok {
		l = look{flat: true}
	}
	if l.host == "" {
		l.host = "acme." + connector + ".example"
	}
	return l
}

// text makes an identifier for an entity (in the singular).
func (l look) text(s seed, entity string) string {
	if l.alphabet == "" {
		return s.uuid()
	}
	prefix, ok := bySuffix(l.prefixes, entity)
	if !ok {
		prefix = l.prefix
	}
	return prefix + s.digits(l.alphabet, l.length)
}

// counted makes an identifier of digits, one for each n.
func (l look) counted(s seed, n int) string {
	span := 1
	for range l.length {
		span *= 10
	}
	return fmt.Sprintf("%s%0*d", l.prefix, l.length, (s.below(span)+n*37)%span)
}

// whole makes a numeric identifier. Those of one collection rise with n, as in a
// database. The third one of each is too large for a float64 to hold, which
// catches clients that let JSON numbers pass through one.
func whole(s seed, n int, id64 bool) json.Number {
	base := int64(1_000_000_000 + s.of("base").below(1_000_000_000))
	if id64 || n == 2 {
		base += 9_007_199_254_740_993
	}
	return json.Number(strconv.FormatInt(base+int64(n)*1373+1, 10))
}

// address is the web address of a record.
func (l look) address(entity string, scope scope, key string) string {
	parts := []string{"https://" + l.host}
	segment, ok := l.paths[entity]
	if !ok {
		segment = entity
	}
	if !l.flat && segment != "/" {
		parts = append(parts, scope.path()...)
	}
	if segment != "" && segment != "/" {
		parts = append(parts, segment)
	}
	if key != "" {
		parts = append(parts, key)
	}
	return strings.Join(parts, "/")
}
