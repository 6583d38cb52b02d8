package packaging_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strings"
	"testing"

	"airbyte-mcp-server/packaging"
)

// TestReleasesAreEqual builds twice: whoever builds the same commit gets the same bytes.
func TestReleasesAreEqual(t *testing.T) {
	t.Parallel()
	one, other := write(t), write(t)
	entries, err := os.ReadDir(one)
	if err != nil || len(entries) < 20 {
		t.Fatalf("%d files: %v", len(entries), err)
	}
	for _, entry := range entries {
		if read(t, one, entry.Name()) != read(t, other, entry.Name()) {
			t.Errorf("%s differs from build to build", entry.Name())
		}
	}
}

// TestChecksums proves that the sums are right, and that no file is without one.
func TestChecksums(t *testing.T) {
	t.Parallel()
	out := write(t)
	sums := map[string]string{}
	for line := range strings.Lines(read(t, out, packaging.Checksums)) {
		sum, name, found := strings.Cut(strings.TrimSpace(line), "  ")
		if !found {
			t.Errorf("sha256sum -c cannot read %q", line)
		}
		sums[name] = sum
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		sum := sha256.Sum256([]byte(read(t, out, entry.Name())))
		if entry.Name() != packaging.Checksums && sums[entry.Name()] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s has the sum %q", entry.Name(), sums[entry.Name()])
		}
	}
}

// TestArchivesHaveLicences looks into every archive for the project's terms, and for those of what is compiled in where
// there is a program.
func TestArchivesHaveLicences(t *testing.T) {
	t.Parallel()
	out := write(t)
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, entry := range entries {
		text := read(t, out, entry.Name())
		if !strings.HasPrefix(text, "PK") && !strings.HasPrefix(text, "\x1f\x8b") {
			continue
		}
		seen++
		hasLicense, hasNotices, hasProgram := false, false, false
		for name, f := range unpack(t, out, entry.Name()) {
			hasLicense = hasLicense || strings.HasSuffix(name, "LICENSE") && strings.Contains(f.text, "MIT License")
			hasNotices = hasNotices || strings.HasSuffix(name, packaging.NoticesFile)
			hasProgram = hasProgram || f.text == fake
		}
		if !hasLicense || hasProgram && !hasNotices {
			t.Errorf("%s: license %v, program %v, notices %v", entry.Name(), hasLicense, hasProgram, hasNotices)
		}
	}
	if seen < 16 {
		t.Errorf("only %d archives were found", seen)
	}
}
