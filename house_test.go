package truce_test

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// imports is the law: what each package of ours may import of ours. A package imports only
// from floors below its own, and nothing on the second floor imports its neighbour.
var imports = map[string]string{
	// Ground floor: what there is.
	"truce":            "",
	"truce/geo":        "truce truce/words",
	"truce/actors":     "truce",
	"truce/agreements": "", // texts, embedded
	"truce/mappings":   "", // texts, embedded
	"truce/missions":   "", // texts, embedded
	"truce/words":      "", // letters, spellings and likeness of texts, in any script
	// Second floor: what is done, one step each.
	"truce/columns":        "truce truce/geo truce/actors",
	"truce/intake":         "truce truce/geo truce/words",
	"truce/terms":          "truce truce/geo truce/actors",
	"truce/calm":           "truce",
	"truce/export":         "truce truce/geo",
	"truce/ledger":         "",
	"truce/record":         "truce truce/ledger",
	"truce/store":          "truce truce/ledger",
	"truce/access":         "truce",
	"truce/people":         "truce",
	"truce/vault":          "truce",
	"truce/attach":         "truce",
	"truce/courier":        "truce",
	"truce/tiles":          "truce truce/geo",
	"truce/figures":        "truce truce/geo",
	"truce/match":          "truce truce/geo truce/actors truce/words",
	"truce/reconcile":      "truce truce/geo truce/words",
	"truce/reading":        "truce truce/geo truce/actors truce/words",
	"truce/reading/beside": "truce truce/words truce/reading",
	// Third floor: the use cases.
	"truce/desk": "truce truce/courier truce/geo truce/actors truce/agreements truce/mappings truce/missions truce/columns truce/intake truce/terms truce/calm truce/export truce/ledger truce/record truce/store truce/access truce/people truce/vault truce/attach truce/words truce/match truce/reconcile truce/reading truce/reading/beside",
	// Beside it: the acceptance suite, which negotiators use too.
	"truce/scenario": "truce truce/terms truce/desk",
	// What people see: pages, words, drawings.
	"truce/screen": "truce truce/courier truce/intake truce/geo truce/figures truce/actors truce/terms truce/calm truce/access truce/record truce/export truce/desk truce/match truce/reconcile truce/reading truce/reading/beside",
	// Roof: the doors.
	"truce/cmd/truce": "truce truce/courier truce/record truce/attach truce/geo truce/actors truce/agreements truce/mappings truce/columns truce/intake truce/terms truce/calm truce/export truce/desk truce/scenario truce/ledger truce/store truce/access truce/people truce/vault truce/web truce/words truce/match truce/reconcile truce/reading truce/reading/beside",
	"truce/web":       "truce truce/courier truce/internal/chrome truce/tiles truce/figures truce/screen truce/desk truce/ledger truce/store truce/access truce/people truce/attach truce/export truce/match truce/reconcile truce/reading truce/intake truce/geo truce/reading/beside",
	// A second opinion on the record: it imports nothing of ours.
	"truce/verifier":   "",
	"truce/store/disk": "truce truce/ledger truce/store",
	// Prints a page of ours; web alone uses it.
	"truce/internal/chrome": "",

	// Builds the islands of the pages.
	"truce/ui": "",
	// Outside, for tests and measurements only; nothing above may import them.

	"truce/reading/marked": "truce truce/words truce/reading truce/reading/beside",
	"truce/quality":        "truce/reading/beside truce/reading/marked truce truce/geo truce/actors truce/intake truce/agreements truce/mappings truce/words truce/match truce/reconcile truce/reading truce/desk",
	"truce/terms/brute":    "truce truce/terms",
	"truce/bench":          "truce truce/columns truce/bench/world truce/bench/engine truce/bench/exact",
	"truce/bench/exact":    "truce truce/geo truce/actors truce/terms truce/bench/world",
	"truce/bench/world":    "truce",
	"truce/bench/engine":   "truce truce/columns truce/bench/world",
}

// variables are the package variables that the rules of TestPackageVariablesAreTables do not
// cover and that are right all the same, each with its reason.
var variables = map[string]string{}

// pkg is what "go list" says of a package.
type pkg struct {
	ImportPath, Name, Dir string
	Imports               []string
	GoFiles               []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Name,Dir,Imports,GoFiles", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

// parse returns the files of a package that are not tests, by name.
func (p pkg) parse(t *testing.T) (*token.FileSet, []*ast.File) {
	t.Helper()
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(set, path.Join(p.Dir, name), nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return set, files
}

func TestPackagesImportOnlyFloorsBelow(t *testing.T) {
	for _, p := range packages(t) {
		may, known := imports[p.ImportPath]
		if !known {
			t.Errorf("%s is in no floor: say in house_test.go what it may import", p.ImportPath)
			continue
		}
		for _, i := range p.Imports {
			if (i == "truce" || strings.HasPrefix(i, "truce/")) && !slices.Contains(strings.Fields(may), i) {
				t.Errorf("%s imports %s; it may import only: %s", p.ImportPath, i, may)
			}
		}
	}
}

func TestRootImportsOnlyTheStandardLibrary(t *testing.T) {
	for _, p := range packages(t) {
		for _, i := range p.Imports {
			if first, _, _ := strings.Cut(i, "/"); p.ImportPath == "truce" && strings.Contains(first, ".") {
				t.Errorf("the nouns import %s", i)
			}
		}
	}
}

func TestNoPackageIsADrawer(t *testing.T) {
	for _, p := range packages(t) {
		for _, word := range []string{"util", "utils", "common", "helper", "helpers", "misc", "tools"} {
			if p.Name == word || path.Base(p.ImportPath) == word {
				t.Errorf("%s: name it for the noun in it", p.ImportPath)
			}
		}
	}
}

func TestEveryExportedNameIsDocumented(t *testing.T) {
	for _, p := range packages(t) {
		set, files := p.parse(t)
		if len(files) == 0 {
			continue
		}
		d, err := doc.NewFromFiles(set, files, p.ImportPath)
		if err != nil {
			t.Fatal(err)
		}
		if strings.TrimSpace(d.Doc) == "" {
			t.Errorf("package %s has no comment", p.ImportPath)
		}
		if p.Name == "main" {
			continue
		}
		bare := func(name, text string) {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s.%s has no comment", p.ImportPath, name)
			}
		}
		funcs := func(owner string, list []*doc.Func) {
			for _, f := range list {
				if !conventional[f.Name] || owner == "" {
					bare(owner+f.Name, f.Doc)
				}
			}
		}
		values := func(list []*doc.Value) {
			for _, v := range list {
				undocumented(v, bare)
			}
		}
		funcs("", d.Funcs)
		values(d.Consts)
		values(d.Vars)
		for _, x := range d.Types {
			bare(x.Name, x.Doc)
			funcs("", x.Funcs)
			funcs(x.Name+".", x.Methods)
			values(x.Consts)
			values(x.Vars)
		}
	}
}

// conventional are methods that the standard library gives a meaning to.
var conventional = map[string]bool{"String": true, "Error": true, "Unwrap": true, "MarshalJSON": true, "UnmarshalJSON": true, "UnmarshalYAML": true}

// undocumented reports the names of a group that has no comment, nor they themselves.
func undocumented(v *doc.Value, bare func(name, text string)) {
	if strings.TrimSpace(v.Doc) != "" {
		return
	}
	for _, s := range v.Decl.Specs {
		if s := s.(*ast.ValueSpec); ast.IsExported(s.Names[0].Name) {
			bare(s.Names[0].Name, s.Doc.Text()+s.Comment.Text())
		}
	}
}

func TestNothingRunsBeforeMain(t *testing.T) {
	for _, p := range packages(t) {
		set, files := p.parse(t)
		for _, f := range files {
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					t.Errorf("%s: a function init", set.Position(fn.Pos()))
				}
			}
		}
	}
}

// TestPackageVariablesAreTables: a package variable is an error sentinel, a compiled regular
// expression, an embedded file, or a table that nothing in its package ever changes.
func TestPackageVariablesAreTables(t *testing.T) {
	met := map[string]bool{}
	for _, p := range packages(t) {
		set, files := p.parse(t)
		changed := written(set, files)
		for _, s := range packageVariables(files) {
			for i, n := range s.Names {
				key := p.ImportPath + "." + n.Name
				met[key] = true
				switch {
				case n.Name == "_" || variables[key] != "":
				case len(s.Values) <= i || !table(s.Values[i]):
					t.Errorf("%s: package variable %s is no table", set.Position(n.Pos()), n.Name)
				case ast.IsExported(n.Name) && !sentinel(s.Values[i]):
					t.Errorf("%s: anybody may change package variable %s", set.Position(n.Pos()), n.Name)
				case changed[n.Name] != nil:
					t.Errorf("%s: package variable %s is changed", set.Position(changed[n.Name].Pos()), n.Name)
				}
			}
		}
	}
	for key := range variables {
		if !met[key] {
			t.Errorf("house_test.go allows a variable %s that is no more", key)
		}
	}
}

// packageVariables returns the declarations of package variables but for embedded files.
func packageVariables(files []*ast.File) []*ast.ValueSpec {
	var out []*ast.ValueSpec
	for _, f := range files {
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR && !embedded(g) {
				for _, s := range g.Specs {
					out = append(out, s.(*ast.ValueSpec))
				}
			}
		}
	}
	return out
}

// embedded reports whether a declaration is filled by go:embed.
func embedded(g *ast.GenDecl) bool {
	return g.Doc != nil && slices.ContainsFunc(g.Doc.List, func(c *ast.Comment) bool { return strings.HasPrefix(c.Text, "//go:embed ") })
}

// table reports whether a value is made once, from what stands there.
func table(x ast.Expr) bool {
	if _, ok := x.(*ast.CompositeLit); ok {
		return true
	}
	name := called(x)
	return sentinel(x) || name == "strings.Fields" || name == "strings.NewReplacer" || name == "template.Must"
}

// sentinel reports whether a value cannot be changed through its name: an error or a pattern.
func sentinel(x ast.Expr) bool {
	name := called(x)
	return name == "errors.New" || name == "regexp.MustCompile"
}

func called(x ast.Expr) string {
	if call, ok := x.(*ast.CallExpr); ok {
		if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
			if from, ok := sel.X.(*ast.Ident); ok {
				return from.Name + "." + sel.Sel.Name
			}
		}
	}
	return ""
}

// written finds the package variables that are assigned to, counted up, sorted, deleted from
// or whose address is taken.
func written(set *token.FileSet, files []*ast.File) map[string]ast.Node {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	resolve := types.Config{Error: func(error) {}, Importer: nothing{}} // names of our own package need no imports
	p, _ := resolve.Check("", set, files, info)
	out := map[string]ast.Node{}
	mark := func(x ast.Expr) {
		if n := root(x); n != nil && info.Uses[n] != nil && info.Uses[n].Parent() == p.Scope() {
			out[n.Name] = n
		}
	}
	for _, f := range files {
		ast.Inspect(f, func(n ast.Node) bool {
			for _, x := range changes(n) {
				mark(x)
			}
			return true
		})
	}
	return out
}

// changes returns what a statement or an expression changes.
func changes(n ast.Node) []ast.Expr {
	switch n := n.(type) {
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
		name := called(n)
		if fn, ok := n.Fun.(*ast.Ident); ok {
			name = fn.Name
		}
		if len(n.Args) > 0 && (name == "delete" || name == "clear" || strings.HasPrefix(name, "slices.Sort") || strings.HasPrefix(name, "sort.")) {
			return n.Args[:1]
		}
	}
	return nil
}

// root is the name that an expression such as a.b[i] starts with.
func root(x ast.Expr) *ast.Ident {
	for {
		switch y := x.(type) {
		case *ast.Ident:
			return y
		case *ast.IndexExpr:
			x = y.X
		case *ast.SelectorExpr:
			x = y.X
		case *ast.ParenExpr:
			x = y.X
		default:
			return nil
		}
	}
}

// nothing is an importer that has no packages.
type nothing struct{}

func (nothing) Import(string) (*types.Package, error) { return nil, errors.New("not needed") }
