package packaging

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/lazyregexp"
)

// Notices collects the licences and notices of Go's library and of every module that is compiled into the program for
// one of the targets. A module without a licence is an error.
func Notices(ctx context.Context, root string, targets []Target) ([]byte, error) {
	folders := map[string]string{} // of modules, by path and version
	for _, t := range targets {
		if err := addModules(ctx, root, t, folders); err != nil {
			return nil, fmt.Errorf("%s: %w", t, err)
		}
	}
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return nil, err
	}
	folders["Go"] = strings.TrimSpace(string(goroot))
	names := make([]string, 0, len(folders))
	for name := range folders {
		names = append(names, name)
	}
	slices.Sort(names)
	var out bytes.Buffer
	out.WriteString("The program contains the following works of others, under the following terms.\n")
	for _, name := range names {
		if err := addNotices(&out, name, folders[name]); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

// addModules adds the modules of the packages that the program is made of.
func addModules(ctx context.Context, root string, t Target, folders map[string]string) error {
	list := exec.CommandContext(ctx, "go", "list", "-deps", "-json=Module", ".")
	list.Dir = root
	list.Env = append(list.Environ(), "GOOS="+t.OS, "GOARCH="+t.Arch, "CGO_ENABLED=0")
	out, err := list.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p struct {
			Module *struct {
				Path, Version, Dir string
				Main               bool
			}
		}
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case p.Module != nil && !p.Module.Main:
			folders[p.Module.Path+" "+p.Module.Version] = p.Module.Dir
		}
	}
}

// legal matches the names of files with terms.
var legal = lazyregexp.New(`(?i)^(licen[cs]e|copying|notice|copyright|patents|unlicense)([.-].*)?$`)

// addNotices adds the terms of one module: the files at its top.
func addNotices(out *bytes.Buffer, name, folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	isFound := false
	for _, entry := range entries {
		if entry.IsDir() || !legal.MatchString(entry.Name()) || strings.HasSuffix(entry.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			return err
		}
		isFound = true
		fmt.Fprintf(out, "\n%s\n%s (%s)\n%s\n\n%s\n", strings.Repeat("=", 80), name, entry.Name(), strings.Repeat("=", 80),
			strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
	}
	if !isFound {
		return fmt.Errorf("%s: no licence was found in %s", name, folder)
	}
	return nil
}
