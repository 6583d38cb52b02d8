package yamlfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"

	"go.yaml.in/yaml/v4"

	"airbyte-mcp-server/internal/rawjson"
)

// converter makes nodes of the parser's tree.
type converter struct {
	anchored map[*yaml.Node]*Node // nil while the value is being converted
}

func newConverter() *converter { return &converter{map[*yaml.Node]*Node{}} }

func (c *converter) convert(n *yaml.Node) (*Node, error) {
	if n.Kind == yaml.AliasNode {
		return c.alias(n)
	}
	if n.Anchor != "" {
		c.anchored[n] = nil
	}
	made := &Node{
		Line: n.Line, Column: n.Column, Flow: n.Style&yaml.FlowStyle != 0,
		Marked: n.Anchor != "" || n.Style&yaml.TaggedStyle != 0,
	}
	var err error
	switch n.Kind {
	case yaml.MappingNode:
		err = c.fillMap(made, n.Content)
	case yaml.SequenceNode:
		err = c.fillList(made, n.Content)
	default:
		err = fillScalar(made, n)
	}
	if n.Anchor != "" {
		c.anchored[n] = made
	}
	return made, err
}

func (c *converter) alias(n *yaml.Node) (*Node, error) {
	value := c.anchored[n.Alias]
	if value == nil {
		return nil, &Error{n.Line, errors.New("an alias stands inside of what it names")}
	}
	return value, nil
}

func (c *converter) fillList(made *Node, items []*yaml.Node) error {
	made.Kind, made.Items = List, make([]*Node, 0, len(items))
	for _, item := range items {
		value, err := c.convert(item)
		if err != nil {
			return err
		}
		made.Items = append(made.Items, value)
	}
	return nil
}

// fillMap takes keys and values in turn.
func (c *converter) fillMap(made *Node, content []*yaml.Node) error {
	made.Kind, made.Pairs = Map, make([]Pair, 0, len(content)/2)
	lines := make(map[string]int, len(content)/2)
	for i := 0; i+1 < len(content); i += 2 {
		key := content[i]
		if key.Kind != yaml.ScalarNode {
			return &Error{key.Line, errors.New("want a plain text as key")}
		}
		pair := Pair{Name: key.Value, Line: key.Line, Column: key.Column, Merge: key.Tag == "!!merge"}
		if before := lines[pair.Name]; before != 0 && !pair.Merge {
			return &Error{key.Line, fmt.Errorf("the key %q is in line %d already", pair.Name, before)}
		}
		lines[pair.Name] = pair.Line
		var err error
		if pair.Value, err = c.convert(content[i+1]); err != nil {
			return err
		}
		made.Pairs = append(made.Pairs, pair)
	}
	return nil
}

func fillScalar(made *Node, n *yaml.Node) error {
	made.Kind, made.Text = Text, n.Value
	isNumber := n.Tag == "!!int" || n.Tag == "!!float"
	if isNumber && len(n.Value) > rawjson.MaxDigits {
		return &Error{n.Line, fmt.Errorf("a number has more than %d digits", rawjson.MaxDigits)}
	}
	switch n.Tag {
	case "!!null":
		made.Kind = Null
	case "!!bool":
		made.Kind = Bool
	case "!!int", "!!float":
		if number, ok := jsonNumber(n); ok {
			made.Kind, made.Number = Number, number
		}
	}
	return nil
}

// jsonNumber keeps a number as it was written where JSON writes it so too.
func jsonNumber(n *yaml.Node) (string, bool) {
	if json.Valid([]byte(n.Value)) {
		return n.Value, true
	}
	var value any
	if err := n.Decode(&value); err != nil {
		return "", false
	}
	switch number := value.(type) {
	case float64:
		return strconv.FormatFloat(number, 'g', -1, 64), !math.IsInf(number, 0) && !math.IsNaN(number)
	case int, int64, uint64:
		return fmt.Sprint(number), true
	}
	return "", false
}
