package keys

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"airbyte-mcp-server/internal/identity"
	"airbyte-mcp-server/internal/lazyregexp"
	"airbyte-mcp-server/internal/secret"
)

// digest is kept of a key, and not its text.
type digest [sha256.Size]byte

func digestOf(text string) digest { return sha256.Sum256([]byte(text)) }

// keyPrefix begins every API key, which is amk_ID_SECRET.
const keyPrefix = "amk_"

const hashPrefix = "sha256:"

// keyID is what an id looks like: short, and without the character that ends it.
var keyID = lazyregexp.New(`^[a-z0-9][a-z0-9-]{0,31}$`)

// Key is an API key as a file of keys has it: its digest, not its text.
type Key struct {
	ID        string // a-z, 0-9 and -, up to 32 characters
	Principal string // "" for the id; keys of one principal have one workspace
	Workspace string
	Policy    identity.Policy
	Limits    identity.Limits
	Created   time.Time // zero if the file does not say
	Expires   time.Time // zero for never
	Revoked   bool

	hash digest // of the whole text
	line int    // in the file
}

// newKeyText makes the text of a key: 256 random bits, in letters and digits.
func newKeyText(id string) secret.Text {
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	return secret.New(keyPrefix + id + "_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(random)))
}

// newKeyID makes an id for a key that has none.
func newKeyID() string { return strings.ToLower(rand.Text()[:8]) }

// hashText is how a file has the digest of a key.
func hashText(d digest) string { return hashPrefix + hex.EncodeToString(d[:]) }

func parseHash(text string) (digest, error) {
	sum, err := hex.DecodeString(strings.TrimPrefix(text, hashPrefix))
	if err != nil || !strings.HasPrefix(text, hashPrefix) || len(sum) != sha256.Size {
		return digest{}, errors.New("want sha256: and 64 hexadecimal digits, as `keys create` writes them")
	}
	return digest(sum), nil
}

// who is the principal of a key.
func (k *Key) who() string {
	if k.Principal != "" {
		return k.Principal
	}
	return k.ID
}

// check reports what a key cannot be.
func (k *Key) check() error {
	switch err := identity.CheckWorkspace(k.Workspace); {
	case !keyID.MatchString(k.ID):
		return errors.New("id: want a to z, 0 to 9 and -, up to 32 characters")
	case err != nil:
		return fmt.Errorf("workspace: %w: name one Airbyte workspace", err)
	}
	if err := identity.CheckPrincipal(k.who()); err != nil {
		return fmt.Errorf("principal: %w", err)
	}
	return k.Limits.Check()
}

func (k *Key) identity() identity.Identity {
	return identity.Identity{Principal: "key:" + k.who(), Workspace: k.Workspace, Policy: k.Policy, Limits: k.Limits, Expires: k.Expires}
}
