package packaging

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"text/template"
)

//go:embed all:templates skill.md icon.png icon.svg
var assets embed.FS

// render fills a template in. What is JSON by its name is checked, and indented.
func render(name string, data any) ([]byte, error) {
	funcs := template.FuncMap{"json": quoted, "targets": Targets}
	parsed, err := template.New(path.Base(name)).Funcs(funcs).Option("missingkey=error").ParseFS(assets, "templates/"+name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, data); err != nil {
		return nil, err
	}
	if path.Ext(name) != ".json" {
		return out.Bytes(), nil
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, out.Bytes(), "", "  "); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return append(bytes.TrimSpace(indented.Bytes()), '\n'), nil
}

// quoted is a value in JSON, with < and & as they are.
func quoted(value any) (string, error) {
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSpace(out.String()), err
}

// tree fills in every template of a folder.
func tree(folder string, data any) ([]File, error) {
	var files []File
	err := fs.WalkDir(assets, "templates/"+folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name = strings.TrimPrefix(name, "templates/")
		text, err := render(name, data)
		files = append(files, File{strings.TrimPrefix(name, folder+"/"), 0o644, text})
		return err
	})
	return files, err
}

// asset is a file that goes out as it is.
func asset(name, as string) (File, error) {
	data, err := assets.ReadFile(name)
	return File{as, 0o644, data}, err
}
