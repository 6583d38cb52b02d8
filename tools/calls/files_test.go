package calls_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/downloads"
	"airbyte-mcp-server/internal/secret"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// TestDownloadsAreNotRemembered in memory: a thousand pictures may be.
func TestDownloadsAreNotRemembered(t *testing.T) {
	t.Parallel()
	png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte("p"), 1000)...)
	for contentType, content := range map[string][]byte{"image/png": png, "text/plain": []byte("hello")} {
		a := twoConnectors("")
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "/execute") {
				a.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", contentType)
			_, _ = w.Write(content)
		}))
		t.Cleanup(server.Close)
		client, err := airbyte.New(airbyte.Config{Host: server.URL, ClientID: "id", ClientSecret: secret.New("secret")})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.Close)
		b := newRunner(catalog(), client, calls.Options{Downloads: downloads.New(t.TempDir(), 1<<20)})
		t.Cleanup(b.Close)
		shown := mustCall(t, b, inMain, "shop_files_download", `{"id":1}`).Download
		if image, _ := shown.Image(); image == nil && shown.Text == "" {
			t.Errorf("%s: the answer does not have the content", contentType)
		}
		kept, ok := b.Download(inMain, shown.URI)
		if image, _ := kept.Image(); !ok || image != nil || kept.Text != "" {
			t.Errorf("%s: %v, %+v is remembered with its content", contentType, ok, kept)
			continue
		}
		if got, err := calls.ReadDownload(kept, 0, kept.Bytes); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s: the file has %q, %v", contentType, got, err)
		}
		if _, ok := b.Download(tools.Session{Workspace: "main", Principal: "x"}, shown.URI); ok {
			t.Errorf("%s: another caller has it too", contentType)
		}
	}
}
