package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"airbyte-mcp-server/internal/atomicfile"
	"airbyte-mcp-server/internal/cli/terminal"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// answerMode is that of files with answers: they are their owner's alone.
const answerMode = 0o600

// checkOutput finds out that the file cannot be written before anything is sent.
func (c *callCmd) checkOutput() error {
	if c.Output == "" {
		if c.Force {
			return &usageError{err: errors.New("--force goes with --output")}
		}
		return nil
	}
	info, err := os.Lstat(c.Output)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		folder, err := os.Stat(filepath.Dir(c.Output))
		if err != nil {
			return fmt.Errorf("--output: %w; nothing was sent", err)
		}
		if !folder.IsDir() {
			return &usageError{err: fmt.Errorf("--output: %s is no folder; nothing was sent", filepath.Dir(c.Output))}
		}
		return nil
	case err != nil:
		return fmt.Errorf("--output: %w; nothing was sent", err)
	case !info.Mode().IsRegular():
		return &usageError{err: fmt.Errorf("--output: %s is no ordinary file; nothing was sent", c.Output)}
	case !c.Force:
		return &usageError{err: fmt.Errorf("--output: %s is there already: --force replaces it; nothing was sent", c.Output)}
	}
	return nil
}

// answer shows the result of a call, or saves it.
func (c *callCmd) answer(a *app, result *calls.Result) error {
	a.status.Stop()
	if c.Output != "" {
		return c.save(a, result)
	}
	if !terminal.Is(a.Stdout) {
		_, err := fmt.Fprintf(a.Stdout, "%s\n", result.JSON())
		return err
	}
	if a.settings.AnswerFormat == string(tools.TableJSON) {
		if shown, err := a.showTable(result.JSON()); shown || err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(a.Stdout, "%s\n", terminal.Plain(string(indented(result.JSON()))))
	return err
}

// indented is JSON for people, in its own order.
func indented(raw json.RawMessage) json.RawMessage {
	var out bytes.Buffer
	if json.Indent(&out, raw, "", "  ") != nil {
		return raw
	}
	return out.Bytes()
}

// save writes the answer to the file that was named. Of a download it is the file itself
// that goes there.
func (c *callCmd) save(a *app, result *calls.Result) error {
	if d := result.Download; d != nil && d.Path != "" {
		if err := c.free(); err != nil {
			return fmt.Errorf("%w; the file is at %s", err, d.Path)
		}
		if err := os.Rename(d.Path, c.Output); err != nil {
			return fmt.Errorf("--output: %w; the file is at %s", err, d.Path)
		}
		fmt.Fprintf(a.Stderr, "Wrote the file, %d bytes, to %s\n", d.Bytes, c.Output)
		return nil
	}
	if err := c.free(); err != nil {
		return err
	}
	text := append(result.JSON(), '\n')
	var err error
	if old, missing := os.Stat(c.Output); missing == nil {
		err = atomicfile.Replace(c.Output, text, old)
	} else {
		err = atomicfile.Write(c.Output, text, answerMode)
	}
	if err != nil {
		return fmt.Errorf("--output: %w", err)
	}
	fmt.Fprintf(a.Stderr, "Wrote the answer, %d bytes, to %s\n", len(text), c.Output)
	return nil
}

// free makes sure that no file has come there meanwhile.
func (c *callCmd) free() error {
	if _, err := os.Lstat(c.Output); err == nil && !c.Force {
		return fmt.Errorf("--output: %s is there now: --force replaces it", c.Output)
	}
	return nil
}

// showTable prints records as rows, and what else the answer has below. It reports false
// where the answer has no rows.
func (a *app) showTable(answer json.RawMessage) (bool, error) {
	var envelope struct {
		Result struct {
			Columns []string            `json:"columns"`
			Rows    [][]json.RawMessage `json:"rows"`
		} `json:"result"`
	}
	isTable := json.Unmarshal(answer, &envelope) == nil && len(envelope.Result.Columns) > 0
	if !isTable {
		return false, nil
	}
	rows := make([][]string, len(envelope.Result.Rows))
	for i, row := range envelope.Result.Rows {
		for _, cell := range row {
			rows[i] = append(rows[i], cellText(cell))
		}
	}
	columns, rows := telling(envelope.Result.Columns, rows)
	if err := terminal.WriteTable(a.Stdout, columns, rows); err != nil {
		return true, err
	}
	_, err := fmt.Fprint(a.Stdout, terminal.Plain(besidesResult(answer)))
	return true, err
}

// telling puts the columns first by which people know a record, then short ones: a line has
// no room for all.
func telling(columns []string, rows [][]string) ([]string, [][]string) {
	order := make([]int, len(columns))
	ranks := make([]int, len(columns))
	for i := range columns {
		order[i], ranks[i] = i, columnRank(columns[i], i, rows)
	}
	slices.SortStableFunc(order, func(x, y int) int { return ranks[x] - ranks[y] })
	pick := func(row []string) []string {
		var picked []string
		for _, i := range order {
			if i < len(row) {
				picked = append(picked, row[i])
			} else {
				picked = append(picked, "")
			}
		}
		return picked
	}
	sorted := make([][]string, len(rows))
	for i, row := range rows {
		sorted[i] = pick(row)
	}
	return pick(columns), sorted
}

// knownBy are the names of columns by which people know a record, in their order.
var knownBy = []string{"number", "key", "id", "name", "title", "subject", "displayname", "email", "status", "state"}

// shortCell is the length of cells that leave room for others.
const shortCell = 24

func columnRank(name string, column int, rows [][]string) int {
	if at := slices.Index(knownBy, strings.ToLower(name)); at >= 0 {
		return at
	}
	rank := len(knownBy)
	for _, row := range rows {
		if column < len(row) && len(row[column]) > shortCell {
			rank++ // long
			break
		}
	}
	if strings.Contains(name, ".") {
		rank += 2 // a part of what belongs to the record
	}
	return rank
}

// cellText is a value as a cell shows it: texts without quotes, null as nothing.
func cellText(raw json.RawMessage) string {
	var text string
	switch {
	case bytes.Equal(raw, []byte("null")):
		return ""
	case json.Unmarshal(raw, &text) == nil:
		return text
	default:
		return string(raw)
	}
}

// besidesResult has a line for each member of an answer but the records.
func besidesResult(answer json.RawMessage) string {
	var out bytes.Buffer
	d := json.NewDecoder(bytes.NewReader(answer))
	if _, err := d.Token(); err != nil {
		return ""
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			break
		}
		if name != "result" {
			fmt.Fprintf(&out, "%v: %s\n", name, cellText(value))
		}
	}
	return out.String()
}
