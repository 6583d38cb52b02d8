package identity_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"airbyte-mcp-server/internal/identity"
)

// editorFile makes another process of this test one that changes a file of keys.
const editorFile = "IDENTITY_TEST_EDITOR_FILE"

func TestMain(m *testing.M) {
	if file := os.Getenv(editorFile); file != "" {
		if err := editKeys(identity.KeyFile(file), os.Getenv("IDENTITY_TEST_EDITOR_NAME"), 15); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// editKeys creates keys, and revokes every other one.
func editKeys(file identity.KeyFile, name string, count int) error {
	for i := range count {
		_, key, err := file.Create(identity.Key{ID: name + "-" + strconv.Itoa(i), Workspace: "ws-" + name})
		if err == nil && i%2 == 0 {
			err = file.Revoke(key.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
