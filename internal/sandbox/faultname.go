package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"airbyte-mcp-server/internal/nearest"
	"airbyte-mcp-server/internal/sandbox/contextstore"
	"airbyte-mcp-server/internal/sandbox/records"
	"airbyte-mcp-server/schemas"
)

// checkNames refuses a rule about something that there is not: it would never fire.
func (f *faults) checkNames(r *faultRule) error {
	if r.route != "" && !slices.Contains(f.routes, r.route) {
		return unknownName("route", r.route, f.routes, true)
	}
	kinds, err := f.kindsOf(r.connector)
	if err != nil || r.entity == "" && r.action == "" {
		return err
	}
	entities, actions, err := f.world.actionNames(kinds, r.entity)
	switch {
	case err != nil:
		return err
	case r.entity != "" && !slices.Contains(entities, r.entity):
		return unknownName("entity", r.entity, entities, len(kinds) == 1)
	case r.action != "" && !slices.Contains(actions, r.action):
		return unknownName("action", r.action, actions, true)
	}
	return nil
}

// unknownName says what may have been meant, and what there is where that is a short list.
func unknownName(key, name string, known []string, short bool) error {
	text := fmt.Sprintf("%s=%s: no such %s%s", key, name, key, nearest.Hint(name, known))
	if short {
		text += "; there are " + strings.Join(known, ", ")
	}
	return errors.New(text)
}

// kindsOf are the kinds that a rule means by a connector: of its kind, name or id, or all.
func (f *faults) kindsOf(connector string) ([]string, error) {
	types := f.world.types()
	if connector == "" || uuid.Validate(connector) == nil { // it may be made later
		return types, nil
	}
	if slices.Contains(types, connector) {
		return []string{connector}, nil
	}
	known := slices.Clone(types)
	f.world.mu.RLock()
	defer f.world.mu.RUnlock()
	for _, c := range f.world.connectors {
		if strings.EqualFold(c.Name, connector) && c.Deleted == nil {
			return []string{c.Type}, nil
		}
		known = append(known, c.Name)
	}
	return nil, unknownName("connector", connector, known, false)
}

// actionNames are the entities of some kinds of connectors, and the actions of one of them,
// or of all.
func (w *world) actionNames(kinds []string, entity string) (entities, actions []string, _ error) {
	actions = []string{records.ActionDescribe}
	for _, kind := range kinds {
		spec, err := w.catalog.Connector(kind)
		if err != nil {
			return nil, nil, err
		}
		for _, e := range spec.Entities {
			entities = append(entities, e.Name)
			if entity != "" && e.Name != entity {
				continue
			}
			actions = append(actions, e.ActionNames()...)
			if slices.Contains(actions, schemas.ActionContextStoreSearch) {
				actions = append(actions, contextstore.ActionSQL)
			}
		}
	}
	slices.Sort(entities)
	slices.Sort(actions)
	return slices.Compact(entities), slices.Compact(actions), nil
}
