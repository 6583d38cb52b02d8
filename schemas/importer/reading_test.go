package importer_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/importer"
)

// reading is a change of a sound file, and what comes of it.
type reading struct {
	name     string
	old, new string
	look     func(*schemas.Connector) any
	want     string // as JSON
}

var long = strings.Repeat("Sixteen letters. ", 70)

// readings look at what is known of a connector as a whole.
var readings = []reading{
	{"byte order mark", "openapi", "\ufeffopenapi", func(c *schemas.Connector) any { return c.Title }, `"Acme"`},
	{"name from the title", "title: Acme", "title: Acme Air Freight", func(c *schemas.Connector) any { return c.Name }, `"acme-air-freight"`},
	{
		"display name", "title: Acme", "title: Acme Rockets API Connector\n  x-airbyte-connector-display-name: ACME",
		func(c *schemas.Connector) any { return []string{c.Title, c.Name} }, `["ACME","acme-rockets-api-connector"]`,
	},
	{"title", "title: Acme", "title: Acme API", func(c *schemas.Connector) any { return c.Title }, `"Acme"`},
	{"id in capitals", "0c1d7b7e", "0C1D7B7E", func(c *schemas.Connector) any { return c.DefinitionID[:8] }, `"0c1d7b7e"`},
	{"version that looks like a number", "version: 1.0.0", "version: 1.10", func(c *schemas.Connector) any { return c.Version }, `"1.10"`},
	{
		"short names of tools", "title: Acme", "title: Acme\n  x-airbyte-connector-name: acme-international-merchant-partners-limited",
		func(c *schemas.Connector) any { return c.ToolName("things", "list") }, `"a_i_merchant_partners_limited_things_list"`,
	},
	{"long description", "      x-airbyte-action", "      description: " + long + "\n      x-airbyte-action", func(c *schemas.Connector) any {
		summary := c.Entities[0].Actions[0].Summary
		return []any{len(summary) > 900 && len(summary) <= 1000, summary[len(summary)-17:]}
	}, `[true," Sixteen letters."]`},
	{"long word", "      x-airbyte-action", "      description: " + strings.Repeat("ö", 600) + "\n      x-airbyte-action",
		func(c *schemas.Connector) any {
			return strings.TrimLeft(c.Entities[0].Actions[0].Summary, "ö")
		}, `"…"`},
	{"renamed action", "action: list", "action: search", func(c *schemas.Connector) any { return c.Entities[0].Actions[0].Name },
		`"api_search"`},
	{
		"secrets", "{key: {}}", "{key: {}, account_id: {}, clientId: {}, user-name: {}, Email: {}, valid: {}, sid: {}, access_key: {},\n" +
			"      pin: {airbyte_secret: false}, team_id: {airbyte_secret: true}}",
		secrets, `["access_key","key","team_id","valid"]`,
	},
	{"samples are no defaults", "paths:", `servers:
  - url: https://{site}.acme.net/{host}/{zone}
    variables:
      site: {default: acme}
      host: {default: api.acme.net}
      zone: {default: your-zone}
      cell: {default: "{cell}"}
      step: {default: example.com}
      kind: {default: your-kind, enum: [your-kind]}
paths:`, func(c *schemas.Connector) any {
		required := []string{}
		for _, s := range c.Config.Environment {
			if s.Required {
				required = append(required, s.Name)
			}
		}
		return required
	}, `["cell","site","step","zone"]`},
	{"no security scheme", "  securitySchemes:", "  others:", func(c *schemas.Connector) any { return c.Auth[0].Hosted.Credentials },
		`["token"]`},
}

// parameterReadings look at the one parameter of the file.
var parameterReadings = []reading{
	{"numbers", "{type: integer}", "{minimum: 0x10, maximum: 1e3, default: 1_000}", func(c *schemas.Connector) any {
		return firstParam(c)
	}, `{"name":"page","in":"query","type":"integer","minimum":16,"maximum":1e3,"default":1000}`},
	{"dates are no cursors", "{name: page, in: query, schema: {type: integer}}", "{name: start, in: query, schema: {type: string}}",
		func(c *schemas.Connector) any {
			return c.Entities[0].Actions[0].Pagination
		}, `{"style":"none"}`},
	{"start that takes a token", "[{name: page, in: query, schema: {type: integer}}]",
		"[{name: start, in: query, schema: {type: string}}]\n      x-airbyte-meta-extractor: {next: $.next}", func(c *schemas.Connector) any {
			return c.Entities[0].Actions[0].Pagination
		}, `{"style":"cursor","cursor_param":"start","next_meta":"next"}`},
	{"type implied by a default", "{type: integer}", "{default: !!str 5}", func(c *schemas.Connector) any {
		return firstParam(c)
	}, `{"name":"page","in":"query","type":"string","default":"5"}`},
	{"type implied by nothing", "{type: integer}", "{default: null}", func(c *schemas.Connector) any {
		return firstParam(c)
	}, `{"name":"page","in":"query","type":"string"}`},
	{"several types", "{type: integer}", "{type: [null, number, string]}", func(c *schemas.Connector) any {
		return firstParam(c)
	}, `{"name":"page","in":"query","type":"number","nullable":true,"one_of":[{"type":"number"},{"type":"string"}]}`},
	{"days to come", "{type: integer}", `{default: "{{ day_delta(5) }}"}`, func(c *schemas.Connector) any {
		return firstParam(c).DefaultRelative
	}, `{"before_now":"-P5D","strftime":"%Y-%m-%dT%H:%M:%S.%f%z"}`},
	{"this moment", "{type: integer}", `{default: "{{ now_utc().strftime('%Y%m%d') }}"}`, func(c *schemas.Connector) any {
		return firstParam(c).DefaultRelative
	}, `{"before_now":"P0D","strftime":"%Y%m%d"}`},
}

func firstParam(c *schemas.Connector) *schemas.Parameter { return c.Entities[0].Actions[0].Params[0] }

// TestReading changes a sound file and looks at one thing that comes of it.
func TestReading(t *testing.T) {
	t.Parallel()
	for _, tt := range slices.Concat(readings, parameterReadings) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(sound, tt.old) {
				t.Fatalf("the sound file has no %q", tt.old)
			}
			conn, _, err := importer.ReadBytes("x.yaml", []byte(strings.Replace(sound, tt.old, tt.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(tt.look(conn))
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// secrets are the names of the fields that are kept secret.
func secrets(c *schemas.Connector) any {
	var names []string
	for _, f := range c.Auth[0].Fields {
		if f.Secret {
			names = append(names, f.Name)
		}
	}
	return names
}
