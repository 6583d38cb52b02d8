package main

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestChangelog holds the headings of CHANGELOG.md: versions with dates, the newest first,
// and the newest is what the program calls itself. Changes for a later version may stand
// above them.
func TestChangelog(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	heading := regexp.MustCompile(`^(\d+)\.(\d+)\.(\d+) \((\d{4}-\d{2}-\d{2})\)$`)
	var newest, date string
	var number []int
	for i, found := range regexp.MustCompile(`(?m)^## (.*)$`).FindAllSubmatch(text, -1) {
		title := string(found[1])
		if i == 0 && title == "Unreleased" {
			continue
		}
		parts := heading.FindStringSubmatch(title)
		if parts == nil {
			t.Fatalf("the heading %q is not a version with its date: 1.2.3 (2026-01-31)", title)
		}
		version, _, _ := strings.Cut(title, " ")
		if _, err := time.Parse(time.DateOnly, parts[4]); err != nil {
			t.Errorf("%s: %v", version, err)
		}
		numbers := numbersOf(t, parts[1:4])
		if newest == "" {
			newest = version
		} else if slices.Compare(numbers, number) >= 0 || parts[4] > date {
			t.Errorf("%s stands below an older version", title)
		}
		number, date = numbers, parts[4]
	}
	if file := strings.TrimSpace(version); newest != file {
		t.Errorf("VERSION is %s, the newest version of CHANGELOG.md is %s", file, newest)
	}
}

func numbersOf(t *testing.T, texts []string) []int {
	t.Helper()
	var list []int
	for _, text := range texts {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, n)
	}
	return list
}

// TestToolchain holds the Go version of the image to the one of go.mod.
func TestToolchain(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	image, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	toolchain := regexp.MustCompile(`(?m)^toolchain go(\S+)$`).FindSubmatch(module)
	builder := regexp.MustCompile(`(?m)^FROM \S+ \S*golang:([0-9.]+)`).FindSubmatch(image)
	if toolchain == nil || builder == nil || string(toolchain[1]) != string(builder[1]) {
		t.Errorf("go.mod has %q, the image is built with %q", toolchain, builder)
	}
}
