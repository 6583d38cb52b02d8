package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"airbyte-mcp-server/internal/demo"
)

// demoTime bounds the whole demo.
const demoTime = time.Minute

type demoCmd struct {
	Recording string `name:"recording" placeholder:"FILE" help:"Write the demo as an animated SVG into this file, instead of printing it."`
}

// recordedPath stands in recordings for the path of this program, which differs by machine.
const recordedPath = "/usr/local/bin/airbyte-mcp-server"

// Run starts this program as an MCP host would, as a subprocess over stdio, and
// prints what is said.
func (c *demoCmd) Run(ctx context.Context, a *app) error {
	if a.Executable == "" {
		return errors.New("the path of this program is not known")
	}
	ctx, cancel := context.WithTimeout(ctx, demoTime)
	defer cancel()
	d := demo.Demo{Program: a.Executable, Shown: a.Executable, Out: a.Stdout}
	if c.Recording == "" {
		return d.Play(ctx)
	}
	d.Shown = recordedPath
	picture, err := d.Record(ctx)
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Recording, picture, 0o644); err != nil { //nolint:gosec // a picture, for everybody
		return fmt.Errorf("writing the recording: %w", err)
	}
	return nil
}
