// Command release builds every package of the project into dist/, from the commit that is checked out. `make release`
// runs it. Nothing is published: what is in dist/ is uploaded by whoever releases.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"airbyte-mcp-server/packaging"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stderr)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// builder builds the packages of one checkout.
type builder struct {
	root  string
	tools string // folder of goreleaser and cyclonedx-gomod
	out   string
	log   io.Writer
	*packaging.Project
}

func run(ctx context.Context, args []string, log io.Writer) error {
	if len(args) != 3 {
		return errors.New("say the checkout, the folder of the tools and the folder to fill")
	}
	project, err := packaging.Load(args[0])
	if err != nil {
		return err
	}
	b := &builder{args[0], args[1], args[2], log, project}
	committed, err := b.commitTime(ctx)
	if err != nil {
		return err
	}
	b.say("collecting the licences of what is compiled in")
	notices, err := packaging.Notices(ctx, b.root, packaging.Targets())
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(b.root, "bin", packaging.NoticesFile), notices, 0o600); err != nil {
		return err
	}
	if err := b.goreleaser(ctx, committed); err != nil {
		return fmt.Errorf("goreleaser: %w", err)
	}
	if err := errors.Join(os.RemoveAll(b.out), os.MkdirAll(b.out, 0o750)); err != nil {
		return err
	}
	made, err := b.readArtifacts()
	if err != nil {
		return err
	}
	if err := made.copyTo(b.out); err != nil {
		return err
	}
	b.say("building the image")
	if err := b.writeImage(made.programs, committed, notices); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	b.say("building the other packages")
	release := &packaging.Release{
		Project: project, Root: b.root, Out: b.out, Time: committed, Programs: made.programs, Fat: made.fat, Notices: notices,
	}
	return release.Write()
}

func (b *builder) say(what string) { fmt.Fprintln(b.log, "release:", what) }

// commitTime is the time that every file in the packages has.
func (b *builder) commitTime(ctx context.Context) (time.Time, error) {
	log := exec.CommandContext(ctx, "git", "log", "-1", "--format=%ct")
	log.Dir = b.root
	out, err := log.Output()
	if err != nil {
		return time.Time{}, fmt.Errorf("time of the commit: %w", err)
	}
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	return time.Unix(seconds, 0).UTC(), err
}

// goreleaser makes programs, archives, packages for Linux distributions and SBOMs. As a snapshot it takes the version
// from us, and publishes nothing. One build at a time: the parts of the program for both processors of macOS stand in
// the order in which they are finished.
func (b *builder) goreleaser(ctx context.Context, committed time.Time) error {
	cmd := exec.CommandContext(ctx, filepath.Join(b.tools, "goreleaser"),
		"release", "--snapshot", "--clean", "--parallelism", "1", "--config", filepath.Join("packaging", "goreleaser.yaml"))
	cmd.Dir, cmd.Stdout, cmd.Stderr = b.root, b.log, b.log
	seconds := strconv.FormatInt(committed.Unix(), 10) // goreleaser's own time of the commit is zero without a remote
	cmd.Env = append(os.Environ(),
		"PATH="+b.tools+string(os.PathListSeparator)+os.Getenv("PATH"), // goreleaser starts the tool for SBOMs by its name
		"SOURCE_DATE_EPOCH="+seconds, "PACKAGE_TIMESTAMP="+seconds, "PACKAGE_TIME="+committed.Format(time.RFC3339),
		"PACKAGE_VERSION="+b.Version, "PACKAGE_PUBLISHER="+b.Publisher, "PACKAGE_EMAIL="+b.Email, "PACKAGE_URL="+b.URL(),
		"PACKAGE_SUMMARY="+b.Summary)
	return cmd.Run()
}
