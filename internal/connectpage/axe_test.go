package connectpage_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// axe is the source of axe-core, which judges what people with disabilities meet on a page.
// npm installs it in the version of the lock file, once; without npm it is "".
var axe = sync.OnceValues(func() (string, error) {
	const manifests = "testdata/axe"
	lock, err := os.ReadFile(filepath.Join(manifests, "package-lock.json"))
	if err != nil {
		return "", err
	}
	folder, err := filepath.Abs(fmt.Sprintf("../../bin/test/axe-%.6x", sha256.Sum256(lock))) // ignored by git
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(folder); err != nil {
		if err := installAxe(manifests, folder); err != nil {
			return "", err
		}
	}
	source, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	return string(source), err
})

func installAxe(manifests, folder string) error {
	making, err := os.MkdirTemp("", "axe")
	if err != nil {
		return err
	}
	defer os.RemoveAll(making)
	if err := os.CopyFS(filepath.Join(making, "new"), os.DirFS(manifests)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = filepath.Join(making, "new")
	if out, err := install.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return err
	}
	copied := folder + fmt.Sprintf(".%d", os.Getpid())
	if err := os.CopyFS(copied, os.DirFS(install.Dir)); err != nil {
		return err
	}
	if err := os.Rename(copied, folder); err != nil && !errors.Is(err, os.ErrExist) {
		return errors.Join(err, os.RemoveAll(copied))
	}
	return nil
}

// violations lists what axe finds, each with where it is.
const violations = `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.flatMap(v =>
	v.nodes.map(n => v.id + ": " + n.failureSummary.replace(/\s+/g, " ") + " " + n.html.slice(0, 160))))`

// judge has axe look at the page. It needs scripts, which the page is otherwise denied.
func (b *tab) judge(name string) {
	b.Helper()
	source, err := axe()
	if err != nil {
		b.Logf("axe-core is not installed, so %s is not judged by it: %v", name, err)
		return
	}
	tell(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: false})
	defer tell(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	eval[bool](b, source+"; true")
	for _, found := range ask(b, chromedp.Evaluate[[]string](violations, chromedp.EvalAwaitPromise)) {
		b.Errorf("%s: %s", name, found)
	}
}
