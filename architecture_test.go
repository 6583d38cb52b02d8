package main_test

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const module = "airbyte-mcp-server"

// arrows are the packages that each package of the project may import, besides
// other modules. A new package needs a line here, and one in docs/architecture.md.
var arrows = map[string][]string{
	".":                {"internal/cli"},
	"airbyte":          {"internal/nearest", "internal/netname", "internal/secret"},
	"schemas":          {"internal/nearest", "internal/rawjson"},
	"schemas/setup":    {"internal/nearest", "internal/rawjson", "internal/secret", "schemas"},
	"schemas/importer": {"internal/nearest", "schemas"},
	"tools": {
		"airbyte", "internal/cleantext", "internal/downloads", "internal/flight", "internal/nearest", "internal/paging", "internal/rawjson",
		"internal/results", "internal/seal", "internal/toolsearch", "schemas", "schemas/setup",
	},
	"server": {
		"airbyte", "internal/cleantext", "internal/identity", "internal/netname", "internal/rawjson", "internal/results", "internal/seal", "internal/state", "internal/telemetry", "schemas", "tools",
	},
	"internal/atomicfile": {},
	"internal/audit":      {},
	"internal/identity":   {"internal/atomicfile", "internal/netname", "internal/secret"},
	"internal/state":      {},
	"internal/telemetry":  {},
	"deploy":              {},
	"e2e":                 {},
	"internal/cleantext":  {"internal/rawjson"},
	"internal/cli": {
		"airbyte", "internal/atomicfile", "internal/audit", "internal/config", "internal/connectpage", "internal/doctor", "internal/downloads", "internal/nearest",
		"internal/identity", "internal/sandbox", "internal/results", "internal/seal", "internal/secret", "internal/state", "internal/telemetry", "schemas", "schemas/importer", "schemas/setup", "server", "tools",
	},
	"internal/config":      {"internal/nearest", "internal/netname", "internal/secret"},
	"internal/connectpage": {"internal/netname", "internal/secret", "schemas", "schemas/setup"},
	"internal/doctor":      {"airbyte", "internal/config", "schemas", "schemas/setup", "tools"},
	"internal/downloads":   {},
	"internal/flight":      {},
	"internal/nearest":     {},
	"internal/netname":     {},
	"internal/paging":      {"internal/rawjson", "schemas"},
	"internal/rawjson":     {},
	"internal/results":     {},
	"internal/sandbox":     {"internal/atomicfile", "schemas"}, // in tests too: a mistake shared with the client would cancel itself out
	"internal/seal":        {},
	"internal/toolsearch":  {},
	"internal/secret":      {},
}

// processState is what only main.go may touch of package os.
var processState = []string{
	"Args", "Stdin", "Stdout", "Stderr", "Exit",
	"Getenv", "LookupEnv", "Environ", "Setenv", "Unsetenv", "Clearenv", "ExpandEnv",
}

const (
	longestFunction = 70  // lines
	longestFile     = 400 // lines
)

// source is one Go file of the project.
type source struct {
	name   string // with slashes, from the root of the project
	folder string
	isTest bool
	file   *ast.File
}

var fileSet = token.NewFileSet()

// sources parses the project once.
var sources = sync.OnceValues(func() ([]source, error) {
	var list []source
	err := filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"bin", "testdata"}, entry.Name())):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".go":
			return nil
		}
		file, err := parser.ParseFile(fileSet, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		name = filepath.ToSlash(name)
		list = append(list, source{name, path.Dir(name), strings.HasSuffix(name, "_test.go"), file})
		return err
	})
	if len(list) < 20 {
		err = errors.Join(err, errors.New("the project was not found"))
	}
	return list, err
})

func project(t *testing.T) []source {
	t.Helper()
	t.Parallel()
	list, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (s source) imports() []string {
	list := make([]string, len(s.file.Imports))
	for i, spec := range s.file.Imports {
		list[i] = strings.Trim(spec.Path.Value, `"`)
	}
	return list
}

func at(node ast.Node) token.Position { return fileSet.Position(node.Pos()) }

// TestArrows holds the imports between the project's packages.
func TestArrows(t *testing.T) {
	for _, s := range project(t) {
		allowed, known := arrows[s.folder]
		if !known {
			t.Errorf("%s: the package %s has no arrows; say in this test what it may import", s.name, s.folder)
			continue
		}
		if s.isTest && s.folder != "internal/sandbox" {
			continue
		}
		for _, imported := range s.imports() {
			target, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(allowed, target) && target != s.folder {
				t.Errorf("%s imports %s; allowed: %s", s.name, target, strings.Join(allowed, ", "))
			}
		}
	}
}

// onlyTests are the folders without code of the program.
var onlyTests = []string{"deploy", "e2e"}

// TestArrowsAreAcyclic reads the arrows themselves, and what is in none of them.
func TestArrowsAreAcyclic(t *testing.T) {
	t.Parallel()
	done := map[string]bool{}
	var visit func(string, []string)
	visit = func(name string, from []string) {
		if slices.Contains(from, name) {
			t.Fatalf("the arrows go round in a circle: %s", strings.Join(append(from, name), " -> "))
		}
		if done[name] {
			return
		}
		for _, target := range arrows[name] {
			visit(target, append(slices.Clone(from), name))
		}
		done[name] = true
	}
	visit(".", nil)
	for name := range arrows {
		if !done[name] && !slices.Contains(onlyTests, name) {
			t.Errorf("%s is out of reach of main", name)
		}
	}
}

// TestOneRoomForMCP keeps the MCP library out of everything but the server.
func TestOneRoomForMCP(t *testing.T) {
	for _, s := range project(t) {
		for _, imported := range s.imports() {
			if strings.HasPrefix(imported, "github.com/mark3labs/mcp-go") && s.folder != "server" && !s.isTest {
				t.Errorf("%s imports %s; only server may", s.name, imported)
			}
		}
	}
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
	for _, s := range project(t) {
		for _, decl := range s.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: there is an init function", at(f))
			}
		}
	}
}

// TestSizes bounds functions and files, tests included.
func TestSizes(t *testing.T) {
	for _, s := range project(t) {
		if ast.IsGenerated(s.file) {
			continue
		}
		if lines := fileSet.File(s.file.FileStart).LineCount(); lines > longestFile {
			t.Errorf("%s has %d lines; allowed: %d", s.name, lines, longestFile)
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			f, ok := node.(*ast.FuncDecl)
			if !ok {
				return true
			}
			if lines := fileSet.Position(f.End()).Line - at(f).Line + 1; lines > longestFunction {
				t.Errorf("%s: %s has %d lines; allowed: %d", at(f), f.Name.Name, lines, longestFunction)
			}
			return false
		})
	}
}

// TestPackageVariables lets packages have tables, error sentinels, regular
// expressions and assertions of interfaces, and nothing that changes.
func TestPackageVariables(t *testing.T) {
	for _, p := range packages(project(t)) {
		for _, file := range p.files {
			for _, decl := range file.Decls {
				if d, ok := decl.(*ast.GenDecl); ok && d.Tok == token.VAR {
					p.variables(t, d)
				}
			}
			ast.Inspect(file, func(node ast.Node) bool {
				for _, changed := range changedBy(node) {
					if v := p.variable(changed); v != nil {
						t.Errorf("%s: the package's variable %s is changed", at(node), v.Name())
					}
				}
				return true
			})
		}
	}
}

// pack is the files of a package, tests left out, with what its names mean.
type pack struct {
	files     []*ast.File
	info      *types.Info
	scope     *types.Scope
	selectors map[*ast.Ident]*ast.SelectorExpr // by what they select from
}

// nothing imports nothing: the project's own names are enough.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not imported") }

func packages(list []source) []*pack {
	byFolder := map[string]*pack{}
	for _, s := range list {
		if s.isTest {
			continue
		}
		if byFolder[s.folder] == nil {
			byFolder[s.folder] = &pack{selectors: map[*ast.Ident]*ast.SelectorExpr{}}
		}
		byFolder[s.folder].add(s.file)
	}
	var packs []*pack
	for folder, p := range byFolder {
		p.info = &types.Info{Uses: map[*ast.Ident]types.Object{}}
		config := types.Config{Importer: nothing{}, Error: func(error) {}}
		checked, _ := config.Check(folder, fileSet, p.files, p.info) // the imports are missed, as they must be
		p.scope = checked.Scope()
		packs = append(packs, p)
	}
	return packs
}

func (p *pack) add(file *ast.File) {
	p.files = append(p.files, file)
	ast.Inspect(file, func(node ast.Node) bool {
		if selector, ok := node.(*ast.SelectorExpr); ok {
			if from, ok := selector.X.(*ast.Ident); ok {
				p.selectors[from] = selector
			}
		}
		return true
	})
}

// variables judges a declaration by its values.
func (p *pack) variables(t *testing.T, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		v, _ := spec.(*ast.ValueSpec)
		embedded := d.Doc != nil && strings.Contains(d.Doc.List[len(d.Doc.List)-1].Text, "go:embed")
		for i, name := range v.Names {
			if name.Name == "_" || embedded {
				continue
			}
			if len(v.Values) != len(v.Names) || !isConstant(name.Name, v.Values[i]) {
				t.Errorf("%s: the package's variable %s is no table, error or regular expression", at(name), name.Name)
			}
		}
	}
}

// isConstant reports whether a value is of a kind that stays as it is.
func isConstant(name string, value ast.Expr) bool {
	switch v := value.(type) {
	case *ast.CompositeLit:
		return true
	case *ast.UnaryExpr: // the address of a literal
		return isSentinel(name)
	case *ast.CallExpr:
		switch called := types.ExprString(v.Fun); called {
		case "errors.New", "fmt.Errorf":
			return isSentinel(name)
		case "regexp.MustCompile", "redis.NewScript", "time.Date", "[]byte":
			return true
		}
	}
	return false
}

func isSentinel(name string) bool {
	return strings.HasPrefix(name, "err") || strings.HasPrefix(name, "Err")
}

// changedBy lists what a statement assigns to, deletes from or takes the address of.
func changedBy(node ast.Node) []ast.Expr {
	switch n := node.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			return n.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			return []ast.Expr{n.X}
		}
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") {
			return n.Args[:1]
		}
	}
	return nil
}

// variable is the package-level variable that an expression is a part of, or nil.
func (p *pack) variable(e ast.Expr) types.Object {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			if v, ok := p.info.Uses[x].(*types.Var); ok && v.Parent() == p.scope {
				return v
			}
			return nil
		case *ast.IndexExpr:
			e = x.X
		case *ast.SelectorExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.ParenExpr:
			e = x.X
		default:
			return nil
		}
	}
}

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
}
