package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/records"
)

// switchDef is a choice where the API's behaviour is not certain. The first value
// is the default; a choice with one value is only documented.
type switchDef struct {
	name   string
	about  string
	values []string
	life   string // default of a switch that takes any duration
}

// switchDefs lists the choices, in the order of the register they come from.
var switchDefs = []switchDef{
	{name: dialectSwitch, about: "dialects that are served: routes which only the other one has are unknown",
		values: []string{dialectBoth, dialectCurrent, dialectSeed}},
	{name: olderRoutes, about: "routes and names from before both dialects: connectors/instances, auth_config",
		values: []string{"served", "unknown"}},
	{name: "scoped_token_key", about: "key of a scoped token in its answer", values: []string{"token", "access_token"}},
	{name: "autocreate_on_connector_create", about: "creating a connector in an unknown workspace creates it", values: []string{"off", "on"}},
	{name: "unknown_workspace_list", about: "listing the connectors of an unknown workspace", values: []string{"404", "empty"}},
	{name: "list_without_workspace", about: "listing connectors without naming a workspace", values: []string{"422", "400"}},
	{name: "missing_bearer", about: "a request without a token; a bad or expired one gives 401", values: []string{"403", "401"}},
	{name: "scoped_tokens_on_connectors", about: "scoped tokens on connector and execute routes, within their workspace",
		values: []string{"accepted", "refused"}},
	{name: "organizations", about: "with several, requests must name one in X-Organization-Id unless the token was asked for with it",
		values: []string{"one", "several"}},
	{name: "organization_precedence",
		about:  "whether the organization is that of the header X-Organization-Id, which must be one of the caller's, or of the token",
		values: []string{"header", "token"}},
	{name: "organizations_key", about: "key of the list of organizations in its answer", values: []string{"organizations", "data"}},
	{name: "template_list_scope", about: "templates listed without use_global", values: []string{"organization", "both"}},
	{name: "several_type_identifiers",
		about: "connector_type, definition_id and source_template_id together: they must agree, or are refused", values: []string{"agree",
			"refused"}},
	{name: "required_settings", about: "settings without which a connector cannot be made: those that actions look at, or all that are " +
		"required", values: []string{"used", "all"}},
	{name: "credential_discriminators", about: "option_title is ignored; auth_type and credentials_title give 400",
		values: []string{"refused", "ignored"}},
	{name: "secret_masking", about: "secrets in echoed configurations are replaced by stars", values: []string{"on", "off"}},
	{name: "default_connector_name", about: "name of a connector created without one",
		values: []string{"type and workspace name", "type and workspace id"}},
	{name: "second_delete", about: "deleting a connector twice", values: []string{"404", "202"}},
	{name: "check_polling", about: "a check answers with its final status, or that it is pending", values: []string{"synchronous", "pending"}},
	{name: string(problem.FromExecutor), about: "unknown entity, unknown action, missing or bad parameter", values: []string{"400", "422"}},
	{name: string(problem.FromVendor), about: "refusals by the vendor; details.upstream_status has the vendor's own",
		values: []string{"400", "502"}},
	{name: "inband_status", about: "status of an envelope that reports a failure", values: []string{"error", "failed"}},
	{name: "search_action", about: "search means context_store_search for an object and api_search for a text, or always the same",
		values: []string{records.ByShape, "context_store_search", "api_search"}},
	{name: "common_paging_params", about: "params limit and cursor page any vendor, whatever it calls them",
		values: []string{"accepted", "ignored"}},
	{name: "context_store_limit", about: "records of a search without a limit", values: []string{"10", "1000"}},
	{name: "text_operators", about: "tolerant: like is SQL with %, else substring, fuzzy all words, contains member of an array, else " +
		"substring; older: like is SQL, fuzzy words in order, contains member; newer: like and contains are substring",
		values: []string{"tolerant", "older", "newer"}},
	{name: string(problem.FromFilter), about: "an empty filter object", values: []string{"422", "400"}},
	{name: string(problem.FromStore), about: "searching a Context Store that is not ready", values: []string{"400", "409"}},
	{name: "describe_shape", about: "result of the describe action: in an envelope or bare", values: []string{"envelope", "bare"}},
	{name: "delete_result", about: "result of a delete", values: []string{"{}", "null"}},
	{name: "empty_metadata", about: "connector_metadata when there is nothing to say", values: []string{"{}", "null"}},
	{name: "warning_type", about: "warnings in the envelope", values: []string{"none", "text", "object"}},
	{name: "quota_exhausted", about: "status of a used-up allowance; bring it about with the fault quota",
		values: []string{"403", "402", "429"}},
	{name: "inactive_workspace", about: "execute in an inactive workspace", values: []string{"allowed", "refused"}},
	{name: "widget_token_life", about: "life of widget tokens", life: "20m"},
	{name: "scoped_token_life", about: "life of scoped tokens", life: "20m"},
	{name: "rate_limit", about: "requests of one token in a minute", values: []string{"none", "60"}},
	{name: string(problem.FromMapping), about: "stored credentials that fit no authentication scheme", values: []string{"400", "422"}},
	{name: "semantic_with_query", about: "semantic and structured search together: an error, or the query has no effect",
		values: []string{"422", "query ignored"}},
	{name: "context_store_lag", about: "writes appear in searches at once; the service needs minutes to hours",
		values: []string{"none", "endless"}},
	{name: "delete_delay", about: "how long a deleted connector stays in lists", life: "1s"},
}

// switches are the choices in force.
type switches struct {
	mu     sync.RWMutex
	values map[string]string
}

func newSwitches(changes map[string]string) (*switches, error) {
	s := &switches{values: map[string]string{}}
	for _, d := range switchDefs {
		s.values[d.name] = d.initial()
	}
	return s, s.change(changes)
}

func (d switchDef) initial() string {
	if len(d.values) > 0 {
		return d.values[0]
	}
	return d.life
}

// check says why a value is not possible.
func (d switchDef) check(value string) error {
	if len(d.values) == 0 {
		_, err := time.ParseDuration(value)
		return err
	}
	if !slices.Contains(d.values, value) {
		return fmt.Errorf("%q is not one of %s", value, strings.Join(d.values, ", "))
	}
	return nil
}

// change sets some of the switches, or none if one is wrong.
func (s *switches) change(changes map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		i := slices.IndexFunc(switchDefs, func(d switchDef) bool { return d.name == name })
		if i < 0 {
			return fmt.Errorf("switch %q: there is none of that name", name)
		}
		if err := switchDefs[i].check(changes[name]); err != nil {
			return fmt.Errorf("switch %q: %w", name, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.Copy(s.values, changes)
	return nil
}

func (s *switches) Get(name string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.values[name]
}

func (s *switches) Is(name, value string) bool { return s.Get(name) == value }

// status is a switch whose value is an HTTP status.
func (s *switches) status(name string) int {
	n, err := statusCode(s.Get(name))
	if err != nil {
		return 500 // the definitions above are all statuses
	}
	return n
}

func (s *switches) duration(name string) time.Duration {
	d, err := time.ParseDuration(s.Get(name))
	if err != nil {
		return 0 // change has let only durations in
	}
	return d
}

// list shows all switches.
func (s *switches) list() []map[string]any {
	out := make([]map[string]any, len(switchDefs))
	for i, d := range switchDefs {
		out[i] = map[string]any{"name": d.name, "value": s.Get(d.name), "about": d.about}
		if len(d.values) > 1 {
			out[i]["values"] = d.values
		}
	}
	return out
}
