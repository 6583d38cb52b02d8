package deploy_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// registry plays the part of the registry API that pinning needs.
type registry struct {
	*httptest.Server

	missing string // a name that it does not have
	asked   chan string
}

func newRegistry(t *testing.T) *registry {
	t.Helper()
	r := &registry{asked: make(chan string, 100)}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP wants a token first, as public registries do.
func (r *registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path == "/token" {
		if req.FormValue("service") != "registry.test" || !strings.HasPrefix(req.FormValue("scope"), "repository:library/") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		_, _ = w.Write([]byte(`{"expires_in": 300, "token": "pass-for-` + req.FormValue("scope") + `"}` + "\n"))
		return
	}
	name, tag, ok := strings.Cut(strings.TrimPrefix(req.URL.Path, "/v2/"), "/manifests/")
	scope := "repository:" + name + ":pull"
	switch {
	case !ok || req.Method != http.MethodHead || !strings.Contains(req.Header.Get("Accept"), "image.index.v1"):
		w.WriteHeader(http.StatusBadRequest)
	case req.Header.Get("Authorization") != "Bearer pass-for-"+scope:
		w.Header().Set("Www-Authenticate", `Bearer realm="`+r.URL+`/token",service="registry.test",scope="`+scope+`"`)
		w.WriteHeader(http.StatusUnauthorized)
	case name == r.missing:
		w.WriteHeader(http.StatusNotFound)
	default:
		r.asked <- name + ":" + tag
		w.Header().Set("Docker-Content-Digest", digestOf(name+":"+tag))
	}
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// pinnable are the files that are pinned, with their images at another registry.
func pinnable(t *testing.T, host string) (dir string, files []string) {
	t.Helper()
	dir = t.TempDir()
	for _, name := range []string{"Dockerfile", "compose.yaml", "compose.sandbox.yaml"} {
		text := strings.ReplaceAll(read(t, name), "docker.io/", host+"/")
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	return dir, files
}

func pin(t *testing.T, files []string) (string, error) {
	t.Helper()
	for _, needed := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(needed); err != nil || runtime.GOOS == "windows" {
			t.Skipf("skipped: %s is not installed", needed)
		}
	}
	cmd := exec.CommandContext(t.Context(), "./pin-images.sh", files...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	said, err := cmd.CombinedOutput()
	return string(said), err
}

func textOf(t *testing.T, files []string) string {
	t.Helper()
	var all strings.Builder
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

// TestPinImages: every tag gets the digest that the registry names, and nothing else
// changes; a second time old digests give way to those of now.
func TestPinImages(t *testing.T) {
	t.Parallel()
	r := newRegistry(t)
	host := strings.TrimPrefix(r.URL, "http://")
	_, files := pinnable(t, host)
	before := textOf(t, files)
	if said, err := pin(t, files); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	want := before
	for range len(r.asked) {
		image := <-r.asked
		want = strings.ReplaceAll(want, host+"/"+image+"\n", host+"/"+image+"@"+digestOf(image)+"\n")
		want = strings.ReplaceAll(want, host+"/"+image+" ", host+"/"+image+"@"+digestOf(image)+" ")
	}
	once := textOf(t, files)
	if once != want || strings.Count(want, "@sha256:") != 5 {
		t.Errorf("pinned:\n%s\nwant:\n%s", once, want)
	}
	stale := strings.Repeat("0", 64)
	for _, file := range files {
		text := strings.ReplaceAll(textOf(t, []string{file}), strings.TrimPrefix(digestOf("library/golang:1.26.8"), "sha256:"), stale)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(textOf(t, files), stale) {
		t.Fatal("no digest was made stale")
	}
	if said, err := pin(t, files); err != nil || textOf(t, files) != once {
		t.Errorf("the second time: %v\n%s\n%s", err, said, textOf(t, files))
	}
}

// TestPinImagesSaysWhatIsWrong: a registry that cannot be reached, or does not have an
// image, is named, and no file is changed.
func TestPinImagesSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	lacking := newRegistry(t)
	lacking.missing = "library/redis" // the last one that is asked for
	for name, test := range map[string]struct{ host, want string }{
		"away":    {freePort(t), "cannot be reached"},
		"missing": {strings.TrimPrefix(lacking.URL, "http://"), "with HTTP 404"},
	} {
		_, files := pinnable(t, test.host)
		before := textOf(t, files)
		said, err := pin(t, files)
		if err == nil || !strings.Contains(said, "the registry "+test.host) || !strings.Contains(said, test.want) ||
			!strings.Contains(said, "nothing was changed") {
			t.Errorf("%s: %v\n%s", name, err, said)
		}
		if textOf(t, files) != before {
			t.Errorf("%s: files were changed", name)
		}
	}
}

// TestMakePinsAllImages: make names every file that has an image to pull.
func TestMakePinsAllImages(t *testing.T) {
	t.Parallel()
	_, rule, _ := strings.Cut(read(t, "Makefile"), "\npin-images:")
	rule, _, _ = strings.Cut(rule, "\n\n")
	for _, name := range shipped(t) {
		if strings.Contains(read(t, name), "docker.io/library/") && !strings.Contains(rule, " "+name) {
			t.Errorf("make pin-images leaves out %s", name)
		}
	}
}
