package keys_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/identity/keys"
)

// editorFile makes another process of this test one that changes a file of keys.
const editorFile = "IDENTITY_TEST_EDITOR_FILE"

func TestMain(m *testing.M) {
	if file := os.Getenv(editorFile); file != "" {
		if err := editKeys(keys.File(file), os.Getenv("IDENTITY_TEST_EDITOR_NAME"), 15); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func letIn(t testing.TB, by *keys.Set, token string) identity.Identity {
	t.Helper()
	got, err := by.Identify(context.Background(), token)
	if err != nil || !by.Speaks(token) {
		t.Errorf("got %v, want to be let in", err)
	}
	return got
}

// refuse checks that a key is refused, by words that show nothing of it.
func refuse(t testing.TB, by *keys.Set, token string, status int) *identity.Refusal {
	t.Helper()
	got, err := by.Identify(context.Background(), token)
	refusal, ok := errors.AsType[*identity.Refusal](err)
	if !ok {
		t.Fatalf("got %+v and the error %v, want a *Refusal", got, err)
	}
	if refusal.Status != status {
		t.Errorf("got %v (%v), want %d", refusal, refusal.Cause, status)
	}
	if len(token) >= 8 && strings.Contains(refusal.Error(), token) {
		t.Errorf("the refusal shows the credential: %v", refusal)
	}
	return refusal
}

// editKeys creates keys, and revokes every other one.
func editKeys(file keys.File, name string, count int) error {
	for i := range count {
		_, key, err := file.Create(keys.Key{ID: name + "-" + strconv.Itoa(i), Workspace: "ws-" + name})
		if err == nil && i%2 == 0 {
			err = file.Revoke(key.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
