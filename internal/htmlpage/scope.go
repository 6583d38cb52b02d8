package htmlpage

import (
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"text/template/parse"
)

// scope is what expressions can name.
type scope struct {
	dot       any
	variables map[string]any
}

// within is the scope of an element of a list.
func (s scope) within(declared []*parse.VariableNode, i int, element any) scope {
	variables := maps.Clone(s.variables)
	switch len(declared) {
	case 1:
		variables[declared[0].Ident[0]] = element
	case 2:
		variables[declared[0].Ident[0]], variables[declared[1].Ident[0]] = i, element
	}
	return scope{element, variables}
}

// pipe is the value of an expression; nil where there is none.
func (s scope) pipe(n *parse.PipeNode) (any, error) {
	if n == nil {
		return nil, nil //nolint:nilnil // a page that is called without data
	}
	if len(n.Cmds) != 1 {
		return nil, fmt.Errorf("%s has more than one step", n)
	}
	args := n.Cmds[0].Args
	if name, ok := args[0].(*parse.IdentifierNode); ok {
		values, err := s.values(args[1:])
		if err != nil {
			return nil, err
		}
		return call(name.Ident, values)
	}
	if len(args) != 1 {
		return nil, fmt.Errorf("%s is no function", args[0])
	}
	return s.value(args[0])
}

func (s scope) values(nodes []parse.Node) ([]any, error) {
	values := make([]any, len(nodes))
	for i, node := range nodes {
		value, err := s.value(node)
		if err != nil {
			return nil, err
		}
		values[i] = value
	}
	return values, nil
}

func (s scope) value(node parse.Node) (any, error) {
	switch n := node.(type) {
	case *parse.DotNode:
		return s.dot, nil
	case *parse.FieldNode:
		return fieldOf(s.dot, n.Ident)
	case *parse.VariableNode:
		return fieldOf(s.variables[n.Ident[0]], n.Ident[1:])
	case *parse.StringNode:
		return n.Text, nil
	case *parse.NumberNode:
		return int(n.Int64), nil
	case *parse.PipeNode:
		return s.pipe(n)
	}
	return nil, fmt.Errorf("%s is no part of this language", node)
}

// fieldOf follows names of fields.
func fieldOf(value any, names []string) (any, error) {
	for _, name := range names {
		v := reflect.Indirect(reflect.ValueOf(value))
		if v.Kind() != reflect.Struct || !v.FieldByName(name).IsValid() || !v.FieldByName(name).CanInterface() {
			return nil, fmt.Errorf("a %T has no field %s", value, name)
		}
		value = v.FieldByName(name).Interface()
	}
	return value, nil
}

func elementsOf(value any) ([]any, error) {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return nil, fmt.Errorf("a %T is no list", value)
	}
	elements := make([]any, v.Len())
	for i := range elements {
		elements[i] = v.Index(i).Interface()
	}
	return elements, nil
}

// textOf is what a page shows of a value.
func textOf(value any) (string, bool) {
	switch v := reflect.ValueOf(value); {
	case v.Kind() == reflect.String:
		return v.String(), true
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10), true
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10), true
	}
	return "", false
}

// isTrue reports whether a value is there: a text or a list that is not empty, a pointer
// that is not nil, any struct.
func isTrue(value any) bool {
	switch v := reflect.ValueOf(value); v.Kind() {
	case reflect.Invalid:
		return false
	case reflect.Struct:
		return true
	case reflect.Slice:
		return v.Len() > 0
	default:
		return !v.IsZero()
	}
}

// functions are those that a page may call, with how many values they take at least.
var functions = map[string]int{"or": 1, "not": 1, "len": 1, "gt": 2, "eq": 2, "index": 2}

func call(name string, args []any) (any, error) {
	if len(args) < functions[name] || functions[name] == 0 {
		return nil, fmt.Errorf("%s is called with %d values", name, len(args))
	}
	switch name {
	case "or":
		for _, arg := range args {
			if isTrue(arg) {
				return arg, nil
			}
		}
		return args[len(args)-1], nil
	case "not":
		return !isTrue(args[0]), nil
	case "len":
		elements, err := elementsOf(args[0])
		return len(elements), err
	case "eq":
		return args[0] == args[1], nil
	case "index":
		return element(args[0], args[1])
	}
	a, aOK := args[0].(int)
	b, bOK := args[1].(int)
	if !aOK || !bOK {
		return nil, fmt.Errorf("%v and %v are no numbers", args[0], args[1])
	}
	return a > b, nil
}

// element is one of a list.
func element(list, index any) (any, error) {
	elements, err := elementsOf(list)
	if err != nil {
		return nil, err
	}
	i, ok := index.(int)
	if !ok || i < 0 || i >= len(elements) {
		return nil, fmt.Errorf("there is no element %v of %d", index, len(elements))
	}
	return elements[i], nil
}
