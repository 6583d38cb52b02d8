package sandbox

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sqlFunction is a function of values; NULL is nil.
type sqlFunction struct {
	many bool // it takes more than one argument
	run  func(args []any) (any, error)
}

var sqlFunctions = map[string]sqlFunction{
	"lower":    {run: textFunction("lower", func(s string) any { return strings.ToLower(s) })},
	"upper":    {run: textFunction("upper", func(s string) any { return strings.ToUpper(s) })},
	"length":   {run: textFunction("length", func(s string) any { return wholeNumber(utf8.RuneCountInString(s)) })},
	"coalesce": {many: true, run: coalesce},
}

// sqlFunctionNames are all that may stand before parentheses.
func sqlFunctionNames() []string {
	var names []string
	for name := range sqlFunctions {
		names = append(names, name)
	}
	for name := range sqlAggregates {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func wholeNumber(n int) json.Number { return json.Number(strconv.Itoa(n)) }

func textFunction(name string, f func(string) any) func([]any) (any, error) {
	return func(args []any) (any, error) {
		if args[0] == nil {
			return nil, nil
		}
		text, ok := args[0].(string)
		if !ok {
			return nil, badSQL("%s needs a text; got %s", name, described(args[0]))
		}
		return f(text), nil
	}
}

func coalesce(args []any) (any, error) {
	for _, arg := range args {
		if arg != nil {
			return arg, nil
		}
	}
	return nil, nil
}

// described is a value as error texts name it.
func described(value any) string {
	switch value.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	}
	return literalText(value)
}

// sqlAggregates make one value of those of a group, of which none is NULL.
var sqlAggregates = map[string]func(values []any) (any, error){
	"count": func(values []any) (any, error) { return wholeNumber(len(values)), nil },
	"min":   func(values []any) (any, error) { return extreme(values, -1) },
	"max":   func(values []any) (any, error) { return extreme(values, 1) },
	"sum": func(values []any) (any, error) {
		total, err := total("sum", values)
		if len(values) == 0 || err != nil {
			return nil, err
		}
		if total.IsInt() {
			return json.Number(total.Num().String()), nil
		}
		return double(total), nil
	},
	"avg": func(values []any) (any, error) {
		total, err := total("avg", values)
		if len(values) == 0 || err != nil {
			return nil, err
		}
		return double(total.Quo(total, big.NewRat(int64(len(values)), 1))), nil
	},
}

// extreme is the least (sign -1) or the greatest (sign 1) of the values.
func extreme(values []any, sign int) (any, error) {
	var best any
	for _, value := range values {
		if best == nil {
			best = value
			continue
		}
		n, err := compareSQL(value, best)
		if err != nil {
			return nil, err
		}
		if n == sign {
			best = value
		}
	}
	return best, nil
}

// total adds numbers up without loss.
func total(name string, values []any) (*big.Rat, error) {
	sum := new(big.Rat)
	for _, value := range values {
		n, ok := rational(value)
		if !ok {
			return nil, badSQL("%s needs numbers; got %s", name, described(value))
		}
		sum.Add(sum, n)
	}
	return sum, nil
}

// rational reads a number. What is no number, or one beyond all bounds, is not ok.
func rational(value any) (*big.Rat, bool) {
	number, ok := value.(json.Number)
	if !ok {
		return nil, false
	}
	return new(big.Rat).SetString(number.String())
}

// double writes a number with the digits that a double has.
func double(n *big.Rat) json.Number {
	f, _ := n.Float64()
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64))
}
