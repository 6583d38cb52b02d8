package importer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Find lists the connector.yaml, connector.yml and connector.json files among the paths: files, and folders, which
// are searched at any depth (a checkout of a repository, an unpacked package). The
// list is sorted and names each file once. A path without any is an error.
func Find(paths ...string) ([]string, error) {
	var all []string
	var errs []error
	for _, path := range paths {
		found, err := findIn(path)
		if err == nil && len(found) == 0 {
			err = fmt.Errorf("%s: no %s in it", path, fileName)
		}
		all, errs = append(all, found...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func findIn(path string) ([]string, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir() && isYAML(path):
		return []string{filepath.Clean(path)}, nil
	case !info.IsDir():
		return nil, nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil && target != filepath.Clean(path) {
		path += string(filepath.Separator) // a link is not walked, the folder behind it is
	}
	var found []string
	err = filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && at != path && skipped(entry.Name()):
			return fs.SkipDir
		case !entry.IsDir() && slices.Contains(fileNames, entry.Name()):
			found = addFile(found, filepath.Clean(at))
		}
		return nil
	})
	return found, err
}

// addFile adds a file, unless its folder has one of a name that comes before.
func addFile(found []string, file string) []string {
	rank := func(path string) int { return slices.Index(fileNames, filepath.Base(path)) }
	for i, other := range found {
		if filepath.Dir(other) == filepath.Dir(file) {
			if rank(file) < rank(other) {
				found[i] = file
			}
			return found
		}
	}
	return append(found, file)
}

// isYAML: a file that is named outright may have another name than usual. JSON is YAML.
func isYAML(path string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(path)))
}

// skipped are folders that hold no part of what was unpacked or checked out.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "node_modules" || name == "__pycache__"
}
