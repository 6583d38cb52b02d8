package main_test

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

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
		case "lazyregexp.New", "sync.OnceValue", "sync.OnceValues", "redis.NewScript", "time.Date", "[]byte":
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
