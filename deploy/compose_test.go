package deploy_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
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

// composeSandbox is compose.yaml with compose.sandbox.yaml over it.
func composeSandbox(t *testing.T) map[string]any {
	t.Helper()
	over := documents(t, "compose.sandbox.yaml", read(t, "compose.sandbox.yaml"))[0]
	merged, _ := overlay(compose(t), over).(map[string]any)
	return merged
}

// overlay merges as Compose does: members of maps one by one, lists end to end.
func overlay(under, over any) any {
	switch upper := over.(type) {
	case map[string]any:
		lower, _ := under.(map[string]any)
		merged := maps.Clone(lower)
		if merged == nil {
			return over
		}
		for key, value := range upper {
			merged[key] = overlay(lower[key], value)
		}
		return merged
	case []any:
		lower, _ := under.([]any)
		return slices.Concat(lower, upper)
	default:
		return over
	}
}

func TestCompose(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]map[string]any{"compose.yaml": compose(t), "with the sandbox": composeSandbox(t)} {
		services, _ := c["services"].(map[string]any)
		for service, s := range services {
			checkService(t, name+": "+service, s)
			checkMounts(t, name+": "+service, s, c)
		}
		if got, _ := at(services, "server/deploy/replicas").(int); got != 3 {
			t.Errorf("%s: %d replicas, want 3", name, got)
		}
		grace, err := time.ParseDuration(at(services, "server/stop_grace_period").(string))
		if err != nil || grace < server.DefaultGrace+2*time.Second {
			t.Errorf("%s: the server is killed after %s, and needs %s", name, grace, server.DefaultGrace)
		}
		if at(c, "networks/back/internal") != true {
			t.Errorf("%s: the network of Redis reaches further than it must", name)
		}
	}
}

// checkService: nothing to write to but memory with a bound, nothing open to others.
func checkService(t *testing.T, name string, service any) {
	t.Helper()
	hardened := at(service, "read_only") == true && at(service, "cap_drop/0") == "ALL"
	if !hardened && !strings.HasSuffix(name, "certificate") {
		t.Errorf("%s is not hardened", name)
	}
	ports, _ := at(service, "ports").([]any)
	for _, port := range ports {
		if text, _ := port.(string); !strings.HasPrefix(text, "127.0.0.1:") {
			t.Errorf("%s publishes %s to other machines", name, text)
		}
	}
	mounts, _ := at(service, "tmpfs").([]any)
	for _, mount := range mounts {
		if text, _ := mount.(string); !regexp.MustCompile(`^/[a-z]+:mode=1777,size=\d+m$`).MatchString(text) {
			t.Errorf("%s has memory without a bound at %s", name, text)
		}
	}
}

// TestComposeMemory: a full /tmp and the runtime's own bound fit into the container.
func TestComposeMemory(t *testing.T) {
	t.Parallel()
	service := at(compose(t), "services/server")
	number := func(path, pattern string) int {
		text, _ := at(service, path).(string)
		found := regexp.MustCompile(pattern).FindStringSubmatch(text)
		if found == nil {
			t.Fatalf("%s is %q", path, text)
		}
		n, err := strconv.Atoi(found[1])
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	files, heap := number("tmpfs/0", `^/tmp:.*size=(\d+)m$`), number("environment/GOMEMLIMIT", `^(\d+)MiB$`)
	all := number("mem_limit", `^(\d+)m$`)
	if files+heap >= all || all-files-heap > 100 {
		t.Errorf("%d MiB of files and %d MiB of heap in %d MiB", files, heap, all)
	}
}

// TestComposeTrustsNobodyNew: only with the emulator is the emulator's certificate
// believed; all that an account needs comes from the environment.
func TestComposeTrustsNobodyNew(t *testing.T) {
	t.Parallel()
	alone := read(t, "compose.yaml")
	for _, stray := range []string{"CA_FILE", "tls:", "certificate:", "sandbox:8443", "not-a-secret"} {
		if strings.Contains(alone, stray) {
			t.Errorf("compose.yaml has %q without the emulator", stray)
		}
	}
	environment, _ := at(compose(t), "services/server/environment").(map[string]any)
	for _, name := range []string{
		"AIRBYTE_API_HOST", "AIRBYTE_CLIENT_ID", "AIRBYTE_CLIENT_SECRET", "AIRBYTE_ORGANIZATION_ID", "AIRBYTE_WORKSPACE",
	} {
		if value, there := environment[name]; !there || value != nil {
			t.Errorf("%s is %v instead of what the environment has", name, value)
		}
	}
	merged := composeSandbox(t)
	if at(merged, "services/server/environment/AIRBYTE_MCP_CA_FILE") != "/tls/cert.pem" ||
		at(merged, "services/server/volumes/0") != "tls:/tls:ro" {
		t.Error("the emulator's certificate is not believed with the emulator")
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
		if got := at(composeSandbox(t), "services/server/environment/"+name); got != value {
			t.Errorf("%s is %v, want %s", name, got, value)
		}
	}
}

func startSandbox(t testing.TB) *sandbox.Running {
	t.Helper()
	running, err := sandbox.Start("127.0.0.1:0", sandbox.Options{Catalog: schemas.Embedded(), Seed: 1, Dataset: "small"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = running.Close() })
	return running
}
