package main_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// source is one Go file of the project.
type source struct {
	name   string // with slashes, from the root of the project
	folder string
	isTest bool
	isTool bool // of a module of its own, which the program knows nothing of
	file   *ast.File
}

var fileSet = token.NewFileSet()

// notOurs are the folders without sources of the program.
var notOurs = []string{"benchmarks", "bin", "testdata", "third_party"}

// sources parses the project once.
var sources = sync.OnceValues(func() ([]source, error) {
	var list []source
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || slices.Contains(notOurs, entry.Name())):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		file, err := parser.ParseFile(fileSet, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		name = filepath.ToSlash(name)
		_, missing := os.Stat(path.Join(path.Dir(name), "go.mod"))
		isTool := missing == nil && path.Dir(name) != "."
		list = append(list, source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), isTool, file})
		return err
	})
	if len(list) < 20 {
		err = errors.Join(err, errors.New("the project was not found"))
	}
	return list, err
})

// project is the files of the program's module.
func project(t *testing.T) []source {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(everything(t)), func(s source) bool { return s.isTool })
}

// everything is the files of the project, those of its tools' modules among them.
func everything(t *testing.T) []source {
	t.Helper()
	t.Parallel()
	list, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s source) lines() int { return fileSet.File(s.file.FileStart).LineCount() }

func (s source) imports() []string {
	list := make([]string, len(s.file.Imports))
	for i, spec := range s.file.Imports {
		list[i] = strings.Trim(spec.Path.Value, `"`)
	}
	return list
}

func at(node ast.Node) token.Position { return fileSet.Position(node.Pos()) }

// TestTheWalkSeesThis keeps the tests above from passing because they see nothing.
func TestTheWalkSeesThis(t *testing.T) {
	names := map[string]bool{}
	for _, s := range project(t) {
		names[s.name] = true
	}
	for _, name := range []string{"main.go", "architecture_test.go", "server/server.go", "internal/cli/cli.go"} {
		if _, err := os.Stat(name); err == nil && !names[name] {
			t.Errorf("%s was not looked at", name)
		}
	}
	if names["tools/release/main.go"] {
		t.Error("tools/release is a module of its own, and was taken for a part of the program")
	}
}
