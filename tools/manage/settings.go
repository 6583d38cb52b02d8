package manage

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/internal/rawjson"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/schemas/setup"
	"airbyte-mcp-server/tools"
)

// SettingsWith are the settings that a connector has, with some of them changed: an update
// wants all of them. Values are texts, as in a form.
func (m *Manager) SettingsWith(
	ctx context.Context, s tools.Session, c airbyte.Connector, changed map[string]string,
) (json.RawMessage, error) {
	asked, err := m.Setup(ctx, s, c.DefinitionID)
	if err != nil {
		asked, err = m.Setup(ctx, s, c.Type)
	}
	if err != nil {
		return nil, err
	}
	part, err := partOf(asked, changed)
	if err != nil {
		return nil, err
	}
	wanted, err := part.Check(setup.Values{Fields: changed})
	if err != nil {
		return nil, err
	}
	detail, err := m.client.Connector(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var before, after map[string]json.RawMessage
	if err := json.Unmarshal(detail.Config, &before); err != nil {
		return nil, fmt.Errorf("reading the settings of the connector: %w", rawjson.Fault(err))
	}
	for _, place := range []json.RawMessage{wanted.Replication, wanted.Environment} { // an update has one place for both
		if err := json.Unmarshal(place, &after); len(place) > 0 && err != nil {
			return nil, fmt.Errorf("reading the new settings: %w", rawjson.Fault(err))
		}
	}
	all := map[string]json.RawMessage{}
	for _, f := range asked.Settings {
		name, _, _ := strings.Cut(f.Name, ".")
		if value, ok := before[name]; ok && !f.Secret {
			all[name] = value
		}
	}
	maps.Copy(all, after)
	return json.Marshal(all)
}

// partOf is what a set-up asks for of some settings alone. Those that an update cannot change
// are refused.
func partOf(asked *setup.Setup, changed map[string]string) (*setup.Setup, error) {
	part := *asked
	part.Methods, part.Settings = nil, nil
	var faults schemas.FaultList
	var known []string
	for _, f := range asked.Settings {
		if !f.Secret && !strings.Contains(f.Name, ".") {
			known = append(known, f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(changed)) {
		i := slices.IndexFunc(asked.Settings, func(f setup.Field) bool { return f.Name == name })
		if i < 0 || !slices.Contains(known, name) {
			if faults.Full() {
				faults.Add(schemas.Fault{}) // is only counted
				continue
			}
			problem := "is no setting that can be changed alone" + nearest.Hint(name, known)
			if len(known) > 0 {
				problem += "; such settings are " + strings.Join(known, ", ")
			}
			faults.Add(schemas.Fault{Path: name, Problem: problem})
			continue
		}
		part.Settings = append(part.Settings, asked.Settings[i])
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return &part, nil
}
