package secret_test

import (
	"testing"

	"airbyte-mcp-server/internal/secret"
)

func TestIsPlaceholder(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"${X}", "${input:client secret}", "${env:AIRBYTE_CLIENT_SECRET}", "${X:-none}", "Bearer ${TOKEN}",
		"${{ secrets.X }}", "$X", "$AIRBYTE_ID",
		"$airbyte_secret", "$env:SECRET", "$(cat secret)", "{{x}}", "{{ secret }}", "{env:X}", "%X%", "%airbyte_secret%", "#{X}", "%(X)s",
		"<your-secret>", "<secret>", "[your secret]", "YOUR_CLIENT_SECRET", "your-client-id", "your-api-key-here", "changeme", "...",
		"****", "REDACTED", "op://vault/item/field", "env:SECRET", ` "${X}" `, "https://${HOST}",
	} {
		if !secret.IsPlaceholder(text) {
			t.Errorf("%q is taken for a value", text)
		}
	}
	for _, text := range []string{
		"", "aB3xYz", "p@$$w0rd", "$ecret", "100%", "%41%42", "a{b}c", "{}", "me<3you",
		"x", "xxxxxxxxxxxxxxxx", "your-team", "my-workspace", "ghp_abc123", "sk_live_$",
		"abc$DEF", "5f2c8a1e-0000-4000-8000-000000000001", "secret", "-----BEGIN KEY-----", `{"a": {"b": {}}}`,
	} {
		if secret.IsPlaceholder(text) {
			t.Errorf("%q is taken for a placeholder", text)
		}
	}
}
