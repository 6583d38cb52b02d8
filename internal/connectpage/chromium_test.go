package connectpage_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"airbyte-mcp-server/internal/connectpage"
)

// tab is a tab of Chromium that runs no script of the page, in front of a form.
type tab struct {
	*testing.T
	ctx    context.Context
	ticket *connectpage.Ticket

	mu       sync.Mutex
	problems []string // what the browser complained of
}

// newTab opens a form in a browser, or skips the test.
func newTab(t *testing.T, opts connectpage.Options, f connectpage.Form) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("skipped: no chromium")
	}
	l := connectpage.NewLocal(opts)
	t.Cleanup(l.Close)
	b := &tab{T: t}
	if b.ticket, err = l.Open("ann", f); err != nil {
		t.Fatal(err)
	}
	flags := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path),
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-background-networking", true))
	if os.Geteuid() == 0 {
		flags = append(flags, chromedp.NoSandbox) // it refuses to have one as root
	}
	allocator, stop := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), flags...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits for the process
	b.ctx = ctx
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	tell(b, log.Enable, cdp.Empty{})
	tell(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.width(320)
	b.run(chromedp.Navigate(b.ticket.URL()))
	return b
}

// hear collects what the browser complains of: blocked styles, forms and redirects.
// Pages with a bad status, and the icon that there is not, are as they should be;
// what is verbose is advice.
func (b *tab) hear(event any) {
	if e, ok := event.(*log.EventEntryAdded); ok && e.Entry.Source != log.EntrySourceNetwork && e.Entry.Level != log.EntryLevelVerbose {
		b.mu.Lock()
		b.problems = append(b.problems, e.Entry.Text)
		b.mu.Unlock()
	}
}

func (b *tab) complaints() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.problems
}

// patience is how long the browser may take for one thing.
const patience = time.Minute

func (b *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("in the browser: %v", err)
	}
}

// ask gets a value from the browser.
func ask[T any](b *tab, question chromedp.Action[T]) T {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, question)
	if err != nil {
		b.Fatalf("in the browser: %v", err)
	}
	return value
}

// tell sends the browser a command of its protocol.
func tell[P, R any](b *tab, command cdp.Command[P, R], params P) R {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		b.Fatalf("in the browser: %v", err)
	}
	return result
}

func (b *tab) width(pixels int64) { b.run(chromedp.EmulateViewport(pixels, 800)) }

// eval asks the browser for the value of an expression.
func eval[T any](b *tab, script string) T {
	b.Helper()
	return ask(b, chromedp.Evaluate[T](script))
}

// wantFocus waits until the element of this id has the focus: a page gets its focus
// after it was loaded.
func (b *tab) wantFocus(want string) {
	b.Helper()
	end := time.Now().Add(patience)
	for got := b.focused(); got != want; got = b.focused() {
		if time.Now().After(end) {
			b.Fatalf("the focus is on %q, want %q", got, want)
		}
	}
}

// focused is the id of the element that has the focus, or its text.
func (b *tab) focused() string {
	b.Helper()
	return eval[string](b, `document.activeElement.id || document.activeElement.innerText || ""`)
}

// press types keys as a keyboard does: a keydown that was of use, such as Enter on a
// link, is not followed by a keypress where the focus has gone meanwhile.
func (b *tab) press(keys string) {
	b.Helper()
	b.run(chromedp.KeyEvent(keys, func(p *input.DispatchKeyEventParams) {
		if p.Type == kb.KeyDown {
			p.Type = kb.KeyRawDown
		}
	}))
}

// tabTo presses Tab until the element of this id or text has the focus.
func (b *tab) tabTo(want string) {
	b.Helper()
	var seen []string
	for range 40 {
		b.press(kb.Tab)
		got := b.focused()
		if seen = append(seen, got); got == want {
			return
		}
	}
	b.Fatalf("Tab never reached %q: %q", want, seen)
}

// fill goes to a field with the keyboard and types.
func (b *tab) fill(id, text string) {
	b.Helper()
	b.tabTo(id)
	b.press(text)
}

// page waits until the page whose title begins like this has been loaded.
func (b *tab) page(want string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	got := ""
	for {
		// It fails between two pages.
		title, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? document.title : ""`))
		if err == nil && strings.HasPrefix(title, want) {
			return
		}
		if title != "" {
			got = title
		}
		if ctx.Err() != nil {
			b.Fatalf("the page is %q, want %q", got, want)
		}
	}
}

// names lists what a screen reader calls the controls of the page, by role.
func (b *tab) names() map[string][]string {
	b.Helper()
	names := map[string][]string{}
	for _, n := range tell(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if !n.Ignored && n.Role != nil && n.Name != nil {
			role := unquote(string(n.Role.Value))
			names[role] = append(names[role], unquote(string(n.Name.Value)))
		}
	}
	return names
}

func unquote(text string) string { return strings.Trim(text, `"`) }

// fits fails the test if the page is wider than the screen, its small targets are
// too small for a finger, or its texts too pale, by day or by night.
func (b *tab) fits(name string) {
	b.Helper()
	for _, scheme := range []string{"light", "dark"} {
		feature := &emulation.MediaFeature{Name: "prefers-color-scheme", Value: scheme}
		tell(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{feature}})
		for _, pixels := range []int64{320, 768, 1280} {
			b.width(pixels)
			if got := eval[int64](b, `document.documentElement.scrollWidth`); got > pixels {
				b.Errorf("%s: %d pixels wide on a screen of %d", name, got, pixels)
			}
			b.shoot(name, scheme, pixels)
			b.judge(fmt.Sprintf("%s, %s, %d pixels", name, scheme, pixels))
		}
		if pale := eval[[]string](b, paleTexts); len(pale) > 0 {
			b.Errorf("%s, %s: too little contrast: %q", name, scheme, pale)
		}
		if small := eval[[]string](b, smallTargets); len(small) > 0 {
			b.Errorf("%s: targets below 24 pixels: %q", name, small)
		}
	}
	b.width(320)
}

// shoot keeps a picture of the page, for go test -artifacts.
func (b *tab) shoot(name, scheme string, pixels int64) {
	b.Helper()
	picture := ask(b, chromedp.FullScreenshot(100))
	file := filepath.Join(b.ArtifactDir(), fmt.Sprintf("%s-%s-%d.png", name, scheme, pixels))
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		b.Fatal(err)
	}
}

// paleTexts lists texts with less contrast than WCAG's AA asks for: 4.5 to 1.
const paleTexts = `(() => {
	const canvas = new OffscreenCanvas(1, 1).getContext("2d", {willReadFrequently: true});
	const rgba = c => {
		canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
	const light = c => [0.2126, 0.7152, 0.0722].reduce((sum, part, i) => {
		const v = c[i] / 255;
		return sum + part * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
	}, 0);
	const ground = e => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; }
		return [255, 255, 255]; };
	const pale = [];
	const judge = (e, color, text) => {
		const [a, b] = [light(rgba(color)), light(ground(e))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) pale.push(ratio.toFixed(2) + " " + text);
	};
	for (const e of document.body.querySelectorAll("*")) {
		const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join("");
		if (text || e.value) judge(e, getComputedStyle(e).color, text || e.id);
		if (e.placeholder) judge(e, getComputedStyle(e, "::placeholder").color, e.placeholder);
	}
	return pale;
})()`

// smallTargets lists controls below the 24 pixels of WCAG's AA; links in running
// text and radio buttons with a large label are none.
const smallTargets = `[...document.querySelectorAll(
	"button, input:not([type=hidden]):not([type=radio]), select, textarea, label[for^=method], .button, .problems a")]
	.filter(e => { const r = e.getBoundingClientRect(); return r.width && (r.width < 24 || r.height < 24); })
	.map(e => e.outerHTML.slice(0, 80))`

// hostOf is the host of a page's address.
func hostOf(t *testing.T, page string) string {
	t.Helper()
	u, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}
