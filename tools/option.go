package tools

import (
	"encoding/json"
	"slices"
	"strconv"

	"airbyte-mcp-server/schemas"
)

// AlsoTaken tells once, in the words of tools that every host lists, which arguments are
// taken by tools whose schemas do not have them.
const AlsoTaken = "Beyond their schemas, lists take `max_pages` (1 to 20, each billed), reads `select_fields` and `exclude_fields`, " +
	"writes `dry_run`."

// MaxPages bounds the pages that one call may read; each is a billed operation.
const MaxPages = 20

// OptionNames are the arguments of a tool that are ours, not the vendor's, by the
// names under which it offers them; "" where it does not.
type OptionNames struct {
	SelectFields  string
	ExcludeFields string
	MaxPages      string
	Connector     string // which of several
	DryRun        string
	Confirmation  string // a token that an earlier answer gave
}

// offerFields lets the caller of a read choose fields.
func (t *Tool) offerFields(vendor []*schemas.Parameter) []*schemas.Parameter {
	t.Options.SelectFields = freeName("select_fields", vendor)
	t.Options.ExcludeFields = freeName("exclude_fields", vendor)
	names := &schemas.Parameter{Type: "string"}
	return []*schemas.Parameter{
		{Name: t.Options.SelectFields, Type: "array", Items: names},
		{Name: t.Options.ExcludeFields, Type: "array", Items: names, Description: "Record fields to drop.", Unlisted: true},
	}
}

// withoutChoices is an action that does not list the vendor's choice of fields where
// select_fields does the same.
func (t *Tool) withoutChoices(a *schemas.Action) *schemas.Action {
	if t.Options.SelectFields == "" {
		return a
	}
	chosen := *a
	chosen.Params = slices.Clone(a.Params)
	for i, p := range a.Params {
		if p.Type == "array" && !p.Required && p.Items != nil && p.Items.Type == "string" && slices.Contains(a.Result.ShapedBy, p.Name) {
			unlisted := *p
			unlisted.Unlisted = true
			chosen.Params[i] = &unlisted
		}
	}
	return &chosen
}

// offerPages lets the caller of a list read several pages at once.
func (t *Tool) offerPages(vendor []*schemas.Parameter) []*schemas.Parameter {
	t.Options.MaxPages = freeName("max_pages", vendor)
	return []*schemas.Parameter{{
		Name: t.Options.MaxPages, Type: "integer", Minimum: "1", Maximum: json.Number(strconv.Itoa(MaxPages)),
		Description: "Pages to read, each billed; default 1.", Unlisted: true,
	}}
}

// offerInstance lets the caller say which of several connectors of a type is meant.
func (t *Tool) offerInstance(vendor []*schemas.Parameter) []*schemas.Parameter {
	t.Options.Connector = freeName("connector", vendor)
	return []*schemas.Parameter{{
		Name: t.Options.Connector, Type: "string",
		Description: "Which connector: alias, name or id from `list_connectors`.",
	}}
}

// confirmationOption is the usual name of the option that takes the token of a confirmation.
const confirmationOption = "confirmation"

// OfferWriting gives the caller of a write a look before, and a way to confirm, which is
// listed where the write may have to be.
func (t *Tool) OfferWriting(vendor []*schemas.Parameter, isAsked bool) []*schemas.Parameter {
	t.Options.DryRun = freeName("dry_run", vendor)
	t.Options.Confirmation = freeName(confirmationOption, vendor)
	t.asked = isAsked
	return []*schemas.Parameter{
		{Name: t.Options.DryRun, Type: "boolean", Description: "Only show the request.", Unlisted: true},
		{Name: t.Options.Confirmation, Type: "string", Description: "Token from the answer.", Unlisted: !isAsked},
	}
}

// OfferRaw takes all options beside the parameters of a pair without a tool; vendor are
// those that the catalog knows.
func (t *Tool) OfferRaw(vendor []*schemas.Parameter) {
	t.offerFields(vendor)
	t.offerPages(vendor)
	t.offerInstance(vendor)
	t.OfferWriting(vendor, true)
}

// freeName is the name of an argument of ours. Where a vendor's parameter has it, it
// wins and ours is prefixed.
func freeName(name string, vendor []*schemas.Parameter) string {
	for _, p := range vendor {
		if schemas.ArgumentName(p.Name) == name {
			return "airbyte_" + name
		}
	}
	return name
}
