package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"airbyte-mcp-server/internal/downloads"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestDownloads fetches a file of the sandbox: it is whole, in the folder, found by its
// owner alone; one that does not exist leaves nothing.
func TestDownloads(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	w := newWorld(t, calls.Options{Downloads: downloads.New(dir, 1<<20)})
	w.session = tools.Session{Workspace: "default", Local: true}
	call := func(tool, arguments string) (*calls.Result, error) {
		return w.runner.Call(t.Context(), w.session, calls.Silent{}, tool, json.RawMessage(arguments))
	}
	listed, err := call("google_drive_files_list", `{"pageSize":1}`)
	if err != nil {
		t.Fatal(err)
	}
	var files []struct{ ID, Name, MimeType string }
	if err := json.Unmarshal(listed.Data, &files); err != nil || len(files) != 1 {
		t.Fatalf("got %s, %v", listed.Data, err)
	}
	for range 2 { // the second beside the first
		got, err := call("google_drive_files_download", `{"fileId":"`+files[0].ID+`","alt":"media"}`)
		if err != nil {
			t.Fatal(err)
		}
		d := got.Download
		if f := files[0]; filepath.Ext(f.Name) != filepath.Ext(d.Path) || f.MimeType != d.ContentType {
			t.Errorf("listed as %q of type %s, it comes as %s of type %s", f.Name, f.MimeType, d.Path, d.ContentType)
		}
		content, err := os.ReadFile(d.Path)
		if err != nil || int64(len(content)) != d.Bytes || filepath.Dir(d.Path) != dir || !strings.Contains(string(got.JSON()), d.SHA256) {
			t.Errorf("got %s and a file of %d bytes, %v", got.JSON(), len(content), err)
		}
		if _, ok := w.runner.Download(tools.Session{Workspace: "empty"}, d.ID); ok {
			t.Error("another workspace finds the file")
		}
		if _, ok := w.runner.Download(w.session, d.URI); !ok {
			t.Error("its owner does not find the file")
		}
	}
	if _, err := call("google_drive_files_download", `{"fileId":"999999999","alt":"media"}`); err == nil || !strings.Contains(err.Error(),
		"does not exist, or is empty") {
		t.Errorf("a file that does not exist: got %v", err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the folder has %v, %v, want two files", entries, err)
	}
}
