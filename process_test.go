package main_test

import (
	"go/ast"
	"go/types"
	"slices"
	"testing"
)

// processState is what only main.go may touch of package os.
var processState = []string{
	"Args", "Stdin", "Stdout", "Stderr", "Exit",
	"Getenv", "LookupEnv", "Environ", "Setenv", "Unsetenv", "Clearenv", "ExpandEnv",
}

// TestProcessState keeps arguments, streams, environment and exit out of everything
// but main.go, so that each command can be run in a test.
func TestProcessState(t *testing.T) {
	for _, p := range packages(project(t)) {
		for name, uses := range p.info.Uses {
			imported, isPackage := uses.(*types.PkgName)
			if !isPackage || imported.Imported().Path() != "os" {
				continue
			}
			selector := p.selectors[name]
			if selector != nil && slices.Contains(processState, selector.Sel.Name) && at(name).Filename != "main.go" {
				t.Errorf("%s: os.%s is for main.go only", at(name), selector.Sel.Name)
			}
		}
	}
}

// TestNoInit finds work that is done before main begins.
func TestNoInit(t *testing.T) {
	for _, s := range everything(t) {
		for _, decl := range s.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: there is an init function", at(f))
			}
		}
	}
}
