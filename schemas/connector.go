package schemas

import (
	"encoding/json"
	"slices"
)

// Connector is one file of the catalog: everything known about one kind of
// Airbyte agent connector.
type Connector struct {
	Name         string            `json:"name"`          // slug, such as "zendesk-support"
	Title        string            `json:"title"`         // display name, such as "Zendesk Support"
	DefinitionID string            `json:"definition_id"` // UUID of Airbyte's source definition
	Version      string            `json:"version,omitempty"`
	Prefix       string            `json:"prefix,omitempty"` // of tool names; default: Name with "_" for "-"
	Showcase     *Showcase         `json:"showcase,omitempty"`
	Summary      string            `json:"summary"`
	DocsURL      string            `json:"docs_url,omitempty"`
	Called       *ConnectorNames   `json:"called,omitempty"`
	IDs          *Identifiers      `json:"ids,omitempty"`
	Emulator     *Emulator         `json:"emulator,omitempty"`
	Auth         []AuthOption      `json:"auth,omitempty"`
	Config       Config            `json:"config"`
	Terms        map[string]string `json:"terms,omitempty"` // descriptions by parameter name, where an action gives none
	Joined       []Joined          `json:"joined,omitempty"`
	// Aliases keep tools callable that were renamed: former tool name to
	// "entity.action". They are not listed.
	Aliases  map[string]string `json:"aliases,omitempty"`
	LeftOut  []string          `json:"left_out,omitempty"` // what an import could not take, in words
	Entities []*Entity         `json:"entities"`
}

// AuthOption is one way to authenticate a connector at its vendor.
type AuthOption struct {
	Name   string           `json:"name"`
	Type   string           `json:"type"`              // bearer, basic, api_key or oauth2
	MadeAt string           `json:"made_at,omitempty"` // address where a person makes the credential, or learns how
	Fields []Setting        `json:"fields,omitempty"`
	Scopes []string         `json:"scopes,omitempty"`
	Hosted HostedCredential `json:"hosted"`
}

// HostedCredential tells where the fields of an AuthOption go in the requests of
// the hosted API and in the stored source configuration.
type HostedCredential struct {
	Credentials  []string       `json:"credentials,omitempty"` // keys of the `credentials` object
	SourceConfig []ConfigPath   `json:"source_config,omitempty"`
	Constants    []ConfigAssign `json:"source_config_constants,omitempty"`
}

// ConfigPath says that an auth field is stored at a dotted path.
type ConfigPath struct {
	Path  string `json:"path"`
	Field string `json:"field"`
}

// ConfigAssign is a constant stored at a dotted path.
type ConfigAssign struct {
	Path     string          `json:"path"`
	Value    json.RawMessage `json:"value,omitempty"`
	Relative json.RawMessage `json:"relative,omitempty"`
}

// Config lists the settings of a connector that are not credentials.
type Config struct {
	Environment []Setting         `json:"environment,omitempty"` // vendor settings such as a subdomain
	Replication []Setting         `json:"replication,omitempty"` // replication_config of the hosted API
	Constants   []json.RawMessage `json:"constants,omitempty"`
	Scoping     []Scoping         `json:"scoping,omitempty"`
}

// Setting is one value that is asked for when a connector is created. Words that are
// not given come from those for the name that most vendors share, if it has any.
type Setting struct {
	Name        string          `json:"name"`
	Type        string          `json:"type,omitempty"`
	Title       string          `json:"title,omitempty"`
	Description string          `json:"description,omitempty"` // what it is, and where a credential is made
	Example     string          `json:"example,omitempty"`     // as a user may write it; never of a secret
	Form        *Form           `json:"form,omitempty"`
	Required    bool            `json:"required,omitempty"`
	Secret      bool            `json:"secret,omitempty"`
	Format      string          `json:"format,omitempty"`
	Pattern     string          `json:"pattern,omitempty"`
	Default     json.RawMessage `json:"default,omitempty"`
	Enum        []any           `json:"enum,omitempty"`
	Items       *Parameter      `json:"items,omitempty"`
	SetFrom     json.RawMessage `json:"set_from,omitempty"`   // filled from the token response or a credential
	SystemSet   json.RawMessage `json:"system_set,omitempty"` // filled by the platform, never asked for
}

// Form is what a text must look like where people copy more than that, such as the
// address of their account for its subdomain. What can be meant in one way only is
// put right, the rest is refused.
type Form struct {
	Kind   string `json:"kind"`             // FormSubdomain, FormHost, FormRepository or FormNumber
	Domain string `json:"domain,omitempty"` // of the vendor, such as "example.com"; for FormSubdomain and FormRepository
}

// Kinds of Form.
const (
	FormSubdomain  = "subdomain"  // the part of a host name before the domain
	FormHost       = "host"       // a host name
	FormRepository = "repository" // owner/name of a repository at the domain
	FormNumber     = "number"     // digits, of which groups may be joined by dashes
)

// Scoping says that a parameter falls back to a value of the connector's configuration.
type Scoping struct {
	Param     string `json:"param"`
	ConfigKey string `json:"config_key"`
}

// Entity is a kind of record of a connector.
type Entity struct {
	Name          string         `json:"name"`
	Summary       string         `json:"summary"`
	Called        *Called        `json:"called,omitempty"`
	ContextStore  *ContextStore  `json:"context_store,omitempty"`
	Relationships []Relationship `json:"relationships,omitempty"`
	Actions       []*Action      `json:"actions,omitempty"`
}

// ContextStore describes an entity's replica in Airbyte's Context Store.
type ContextStore struct {
	Searchable bool     `json:"searchable,omitempty"`
	Stored     bool     `json:"stored,omitempty"`
	StoredAs   string   `json:"stored_as,omitempty"`
	Suggested  bool     `json:"suggested,omitempty"`
	Fields     []*Field `json:"fields,omitempty"`
}

// Relationship is a foreign key from one entity to another.
type Relationship struct {
	ForeignKey   string          `json:"foreign_key"`
	TargetEntity string          `json:"target_entity"`
	TargetKey    string          `json:"target_key"`
	Cardinality  string          `json:"cardinality,omitempty"`
	TargetFilter json.RawMessage `json:"target_filter,omitempty"`
}

// Names of the actions that the hosted API executes.
const (
	ActionList               = "list"
	ActionGet                = "get"
	ActionCreate             = "create"
	ActionUpdate             = "update"
	ActionDelete             = "delete"
	ActionAPISearch          = "api_search"
	ActionDownload           = "download"
	ActionContextStoreSearch = "context_store_search"
)

// Action is one operation on an entity.
type Action struct {
	Name              string        `json:"action"`
	Title             string        `json:"title,omitempty"`    // as a menu has it, where the one by rule reads wrong
	Effect            string        `json:"effect,omitempty"`   // where the name says otherwise; read: see TakesStatement
	Destroys          bool          `json:"destroys,omitempty"` // what it removes or ends is lost, though it is no delete
	Summary           string        `json:"summary"`
	PreferredForCheck bool          `json:"preferred_for_check,omitempty"`
	Params            []*Parameter  `json:"params,omitempty"`
	Requirements      *Requirements `json:"requirements,omitempty"`
	Pagination        *Pagination   `json:"pagination,omitempty"`
	DefaultFields     []string      `json:"default_fields,omitempty"` // of the records of a list, where whole ones are heavy
	Result            Result        `json:"result"`
	UploadParam       string        `json:"upload_param,omitempty"`
}

// Parameter is one value that a caller may pass.
type Parameter struct {
	Name                 string          `json:"name,omitempty"`
	In                   string          `json:"in,omitempty"` // path, query, header or body of the vendor's request
	Required             bool            `json:"required,omitempty"`
	Type                 string          `json:"type"`
	Description          string          `json:"description,omitempty"`
	Nullable             bool            `json:"nullable,omitempty"`
	Format               string          `json:"format,omitempty"`
	Enum                 []any           `json:"enum,omitempty"`
	Pattern              string          `json:"pattern,omitempty"`
	Minimum              json.Number     `json:"minimum,omitempty"`
	Maximum              json.Number     `json:"maximum,omitempty"`
	ExclusiveMinimum     json.Number     `json:"exclusiveMinimum,omitempty"`
	ExclusiveMaximum     json.Number     `json:"exclusiveMaximum,omitempty"`
	MinLength            *uint64         `json:"minLength,omitempty"`
	MaxLength            *uint64         `json:"maxLength,omitempty"`
	MinItems             *uint64         `json:"minItems,omitempty"`
	MaxItems             *uint64         `json:"maxItems,omitempty"`
	UniqueItems          bool            `json:"uniqueItems,omitempty"`
	Default              json.RawMessage `json:"default,omitempty"`
	DefaultRelative      json.RawMessage `json:"default_relative,omitempty"`
	DefaultList          []string        `json:"default_list,omitempty"`
	DefaultListEncoding  string          `json:"default_list_encoding,omitempty"`
	DefaultQuery         json.RawMessage `json:"default_query,omitempty"`
	OneOf                []*Parameter    `json:"one_of,omitempty"` // forms of the value, of which it has one; Type is that of the first
	Items                *Parameter      `json:"items,omitempty"`
	Properties           []*Parameter    `json:"properties,omitempty"`
	AdditionalProperties json.RawMessage `json:"additional_properties,omitempty"` // true, false or a schema
	ConfigKey            string          `json:"config_key,omitempty"`
	SendDefault          bool            `json:"send_default,omitempty"` // the executor does not fill it in by itself
	Encoding             string          `json:"encoding,omitempty"`
	Unlisted             bool            `json:"-"` // taken, but not told to a model
}

// Requirements are rules between parameters that a flat schema cannot say.
type Requirements struct {
	AnyOf     [][]string      `json:"any_of,omitempty"` // at least one group must be complete
	Exclusive bool            `json:"exclusive,omitempty"`
	AllOf     []*Requirements `json:"all_of,omitempty"`
	When      []Condition     `json:"when,omitempty"`
}

// Condition requires parameters when another one has a given value.
type Condition struct {
	Param   string   `json:"param"`
	Equals  any      `json:"equals"`
	Require []string `json:"require"`
}

// Paging styles of list and search actions.
const (
	PagingCursor       = "cursor"        // an opaque token from the answer
	PagingPage         = "page"          // a page number
	PagingOffset       = "offset"        // a number of records to skip
	PagingRecordID     = "record_id"     // the id of the last record seen
	PagingResponseOnly = "response_only" // the answer points on, but no parameter takes it
	PagingNone         = "none"
)

// Pagination tells how to ask for the next page.
type Pagination struct {
	Style               string   `json:"style"`
	CursorParam         string   `json:"cursor_param,omitempty"`
	OtherCursorParams   []string `json:"other_cursor_params,omitempty"`
	BackwardParam       string   `json:"backward_param,omitempty"`
	LimitParam          string   `json:"limit_param,omitempty"`
	LimitDefault        int      `json:"limit_default,omitempty"`
	LimitMax            int      `json:"limit_max,omitempty"`
	NextMeta            string   `json:"next_meta,omitempty"` // key of the next value in the metadata
	MoreMeta            string   `json:"more_meta,omitempty"` // key of the more flag in the metadata
	MoreMetaInverted    bool     `json:"more_meta_inverted,omitempty"`
	DeclaredUnpaginated bool     `json:"declared_unpaginated,omitempty"`
}

// Result describes what an action answers.
type Result struct {
	Kind      string   `json:"kind"` // list, object, binary or none
	Fields    []*Field `json:"fields,omitempty"`
	Meta      []*Field `json:"meta,omitempty"`
	ListField string   `json:"list_field,omitempty"` // an object whose field holds the records
	ItemType  string   `json:"item_type,omitempty"`
	ShapedBy  []string `json:"shaped_by,omitempty"` // parameters that decide which fields the records have

	// HidesErrors says that the vendor's errors arrive as an empty list or null.
	HidesErrors bool `json:"hides_errors,omitempty"`
}

// Field is one field of a record.
type Field struct {
	Name       string   `json:"name,omitempty"`
	Type       Types    `json:"type,omitempty"`
	Nullable   bool     `json:"nullable,omitempty"`
	Format     string   `json:"format,omitempty"`
	Enum       []any    `json:"enum,omitempty"`
	StoredAs   string   `json:"stored_as,omitempty"`
	Fields     []*Field `json:"fields,omitempty"`
	Properties []*Field `json:"properties,omitempty"` // of a Context Store field; of the elements, for an array
	Items      *Field   `json:"items,omitempty"`
	Truncated  bool     `json:"truncated,omitempty"` // deeper levels are not listed
	Recursive  bool     `json:"recursive,omitempty"`
}

// Types is a JSON Schema type name, or several.
type Types []string

// UnmarshalJSON accepts one name or a list of names.
func (t *Types) UnmarshalJSON(b []byte) error {
	var one string
	if err := json.Unmarshal(b, &one); err == nil {
		*t = Types{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(b, &many); err != nil {
		return err
	}
	*t = many
	return nil
}

// MarshalJSON writes a single name as a string.
func (t Types) MarshalJSON() ([]byte, error) {
	if len(t) == 1 {
		return json.Marshal(t[0])
	}
	return json.Marshal([]string(t))
}

// Has reports whether name is among the types.
func (t Types) Has(name string) bool { return slices.Contains(t, name) }

// Entity returns the entity of that name, or nil.
func (c *Connector) Entity(name string) *Entity {
	for _, e := range c.Entities {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// Action returns the action of that name, or nil.
func (e *Entity) Action(name string) *Action {
	for _, a := range e.Actions {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Searchable reports whether the entity's replica can be searched.
func (e *Entity) Searchable() bool {
	return e.ContextStore != nil && e.ContextStore.Searchable && len(e.ContextStore.Fields) > 0
}
