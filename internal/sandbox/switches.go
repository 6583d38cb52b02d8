package sandbox

// switchState is a choice made where the API's behaviour is not certain.
type switchState struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	About string `json:"about"`
}

// switches lists the choices, in the order of the register they come from.
var switches = []switchState{
	{"seed_routes", "not served", "routes of the older dialect"},
	{"scoped_token_key", "token", "key of a scoped token in its answer"},
	{"autocreate_on_connector_create", "off", "an unknown workspace in a create request"},
	{"unknown_workspace_list", "404", "listing the connectors of an unknown workspace"},
	{"list_without_workspace", "422", "listing connectors without naming a workspace"},
	{"missing_bearer", "403", "a request without a token; a bad or expired one gives 401"},
	{"scoped_tokens_on_connectors", "accepted", "scoped tokens on connector and execute routes, within their workspace"},
	{"organization_header", "header wins", "403 if the caller does not belong to it"},
	{"template_list_scope", "organization", "templates listed without use_global"},
	{"several_type_identifiers", "template may accompany", "connector_type and source_template_id together"},
	{"credential_discriminators", "option_title ignored", "auth_type and credentials_title give 400"},
	{"secret_masking", "on", "secrets in echoed configurations"},
	{"default_connector_name", "<Type> - <workspace_name>", "name of a connector created without one"},
	{"second_delete", "404", "deleting a connector twice"},
	{"check_polling", "synchronous", "a check answers with its final status"},
	{"executor_validation_status", "400", "unknown entity, unknown action, missing or bad parameter"},
	{"vendor_error_status", "400", "refusals by the vendor; details.upstream_status has the vendor's status"},
	{"inband_status", "error", "status of an envelope that reports a failure"},
	{"search_action", "by shape of query", "search means context_store_search for an object, api_search for a text"},
	{"context_store_limit", "10", "records of a search without a limit"},
	{"text_operators", "like: SQL with %, else substring; fuzzy: all words; contains: member of an array, else substring", "operators that changed their meaning"},
	{"empty_filter", "422", "an empty filter object"},
	{"unready_store", "400", "searching a Context Store that is not ready"},
	{"describe_shape", "entities", "result of the describe action"},
	{"delete_result", "{}", "result of a delete"},
	{"empty_metadata", "{}", "connector_metadata when there is nothing to say"},
	{"warning_type", "none", "warnings in the envelope"},
	{"quota_exhausted", "403", "form of a used-up allowance"},
	{"inactive_workspace", "allowed", "execute in an inactive workspace"},
	{"widget_token_life", "20m", "life of widget tokens"},
	{"rate_limit", "none", "requests are not limited; use a fault rule"},
	{"mapping_failure_status", "400", "stored credentials that fit no authentication scheme"},
	{"semantic_with_query", "422", "semantic and structured search together"},
	{"context_store_lag", "none", "writes appear in searches at once; the service needs minutes to hours"},
}
