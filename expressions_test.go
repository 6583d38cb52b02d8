package main_test

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"testing"
)

// TestExpressionsCompile compiles the regular expressions that the program compiles when it
// first needs them.
func TestExpressionsCompile(t *testing.T) {
	compiled := 0
	for _, s := range project(t) {
		if s.isTest || s.folder == "internal/lazyregexp" {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || types.ExprString(call.Fun) != "lazyregexp.New" {
				return true
			}
			text, ok := literal(call.Args[0])
			if !ok {
				return true // put together from a table; a test of its package uses it
			}
			compiled++
			if _, err := regexp.Compile(text); err != nil {
				t.Errorf("%s: %v", at(node), err)
			}
			return true
		})
	}
	if compiled < 70 {
		t.Errorf("%d expressions were found", compiled)
	}
}

// literal is the value of an expression of string literals.
func literal(e ast.Expr) (string, bool) {
	switch x := e.(type) {
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			return constant.StringVal(constant.MakeFromLiteral(x.Value, x.Kind, 0)), true
		}
	case *ast.BinaryExpr:
		a, aOK := literal(x.X)
		b, bOK := literal(x.Y)
		return a + b, aOK && bOK && x.Op == token.ADD
	}
	return "", false
}
