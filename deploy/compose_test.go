package deploy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/internal/sandbox"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/server"
)

func compose(t *testing.T) map[string]any {
	t.Helper()
	return documents(t, "compose.yaml", read(t, "compose.yaml"))[0]
}

func TestCompose(t *testing.T) {
	t.Parallel()
	c := compose(t)
	services, _ := c["services"].(map[string]any)
	for name, service := range services {
		if hardened := at(service, "read_only") == true && at(service, "cap_drop/0") == "ALL"; !hardened && name != "certificate" {
			t.Errorf("%s is not hardened", name)
		}
		ports, _ := at(service, "ports").([]any)
		for _, port := range ports {
			if text, _ := port.(string); !strings.HasPrefix(text, "127.0.0.1:") {
				t.Errorf("%s publishes %s to other machines", name, text)
			}
		}
		checkMounts(t, name, service, c)
	}
	if got, _ := at(services, "server/deploy/replicas").(uint64); got != 3 {
		t.Errorf("%d replicas, want 3", got)
	}
	grace, err := time.ParseDuration(at(services, "server/stop_grace_period").(string))
	if err != nil || grace < server.DefaultGrace+2*time.Second {
		t.Errorf("the server is killed after %s, and needs %s", grace, server.DefaultGrace)
	}
	if at(c, "networks/back/internal") != true {
		t.Error("the network of Redis reaches further than it must")
	}
}

// checkMounts looks for the files and volumes that are mounted.
func checkMounts(t *testing.T, name string, service any, c map[string]any) {
	t.Helper()
	volumes, _ := at(service, "volumes").([]any)
	for _, volume := range volumes {
		text, _ := volume.(string)
		source, _, _ := strings.Cut(text, ":")
		if !strings.HasPrefix(source, "./") {
			if _, declared := at(c, "volumes").(map[string]any)[source]; !declared {
				t.Errorf("%s: there is no volume %s", name, source)
			}
			continue
		}
		if _, err := os.Stat(filepath.Join("..", source)); err != nil || !strings.HasSuffix(text, ":ro") {
			t.Errorf("%s mounts %s: %v", name, text, err)
		}
	}
}

// TestComposeKnowsTheSandbox compares the credentials that stand in the file.
func TestComposeKnowsTheSandbox(t *testing.T) {
	t.Parallel()
	running := startSandbox(t)
	want := running.Credentials()
	for name, value := range map[string]string{
		"AIRBYTE_CLIENT_ID": want.ClientID, "AIRBYTE_CLIENT_SECRET": want.ClientSecret,
		"AIRBYTE_ORGANIZATION_ID": want.OrganizationID, "AIRBYTE_WORKSPACE": want.Workspace,
	} {
		if got := at(compose(t), "services/server/environment/"+name); got != "${"+name+":-"+value+"}" {
			t.Errorf("%s is %v, want %s", name, got, value)
		}
	}
}

func startSandbox(t *testing.T) *sandbox.Running {
	t.Helper()
	running, err := sandbox.Start("127.0.0.1:0", sandbox.Options{Catalog: schemas.Embedded(), Seed: 1, Dataset: "small"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	return running
}
