package main_test

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const (
	longestFunction = 50  // lines
	longestFile     = 375 // lines
	widestCode      = 140 // characters of a line
	widestText      = 120 // characters of a line in a document
	largestShare    = 15  // percent of all lines, tests left out, in one package
)

// notYet are the folders that a bound does not hold yet, by the name of the bound. A folder
// leaves the list when it is clean; none is added.
var notYet = map[string][]string{}

func isHeld(bound, folder string) bool { return !slices.Contains(notYet[bound], folder) }

// TestSizes bounds functions and files, tests included.
func TestSizes(t *testing.T) {
	for _, s := range everything(t) {
		if ast.IsGenerated(s.file) {
			continue
		}
		if lines := s.lines(); lines > longestFile && isHeld("file", s.folder) {
			t.Errorf("%s has %d lines; allowed: %d", s.name, lines, longestFile)
		}
		for _, decl := range s.file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || !isHeld("function", s.folder) {
				continue
			}
			if lines := fileSet.Position(f.End()).Line - at(f).Line + 1; lines > longestFunction {
				t.Errorf("%s: %s has %d lines; allowed: %d", at(f), f.Name.Name, lines, longestFunction)
			}
		}
	}
}

// TestPackageSizes bounds the share that one package has of the program.
func TestPackageSizes(t *testing.T) {
	total, lines := 0, map[string]int{}
	for _, s := range project(t) {
		if !s.isTest && !ast.IsGenerated(s.file) {
			total += s.lines()
			lines[s.folder] += s.lines()
		}
	}
	for folder, n := range lines {
		if share := 100 * n / total; share >= largestShare && isHeld("share", folder) {
			t.Errorf("%s has %d of %d lines, %d %%; allowed: %d %%", folder, n, total, share, largestShare)
		}
	}
}

// TestFileWidths bounds the lines of code. The tag of a field is one literal, which cannot be
// wrapped.
func TestFileWidths(t *testing.T) {
	for _, s := range everything(t) {
		if isHeld("width", s.folder) && !ast.IsGenerated(s.file) {
			checkWidth(t, s.name, widestCode)
		}
	}
}

// TestDocsWidths bounds the lines of documents. Tables and lines of one word, such as an
// address, cannot be wrapped.
func TestDocsWidths(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("docs/*.md")
	if err != nil || len(names) < 5 {
		t.Fatalf("found %q: %v", names, err)
	}
	top, err := filepath.Glob("*.md")
	if err != nil || len(top) < 3 {
		t.Fatalf("found %q: %v", top, err)
	}
	for _, name := range append(names, top...) {
		name = filepath.ToSlash(name)
		if isHeld("document", name) {
			checkWidth(t, name, widestText)
		}
	}
}

// fieldTag matches a field of a struct with its tag.
var fieldTag = regexp.MustCompile("^\\t+\\w+ +\\S+ +`\\w+:\".*`$")

func checkWidth(t *testing.T, name string, widest int) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		isWhole := strings.HasPrefix(line, "|") || fieldTag.MatchString(line) || !strings.Contains(strings.TrimSpace(line), " ")
		if n := utf8.RuneCountInString(line); n > widest && !isWhole {
			t.Errorf("%s:%d has %d characters; allowed: %d", name, number, n, widest)
		}
	}
}
