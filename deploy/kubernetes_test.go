package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"airbyte-mcp-server/server"
)

// cluster is every object that the kustomization has or offers, by kind.
func cluster(t *testing.T) map[string]map[string]any {
	t.Helper()
	objects := map[string]map[string]any{}
	files, err := filepath.Glob("kubernetes/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		for _, object := range documents(t, file, read(t, "deploy/"+file)) {
			kind, _ := object["kind"].(string)
			objects[kind] = object
			for _, field := range []string{"apiVersion", "kind"} {
				if object[field] == nil {
					t.Errorf("%s has no %s", file, field)
				}
			}
		}
	}
	return objects
}

// container is the deployment's only one.
func container(t *testing.T) map[string]any {
	t.Helper()
	c, ok := at(cluster(t)["Deployment"], "spec/template/spec/containers/0").(map[string]any)
	if !ok {
		t.Fatal("there is not one container")
	}
	return c
}

func TestKustomizationIsComplete(t *testing.T) {
	t.Parallel()
	k := cluster(t)["Kustomization"]
	var listed []string
	resources, _ := k["resources"].([]any)
	for _, resource := range resources {
		listed = append(listed, resource.(string))
	}
	files, _ := filepath.Glob("kubernetes/*.yaml")
	optional := []string{"kustomization.yaml", "secret.example.yaml", "ingress.yaml", "httproute.yaml", "podmonitor.yaml"}
	for _, file := range files {
		if name := filepath.Base(file); slices.Contains(listed, name) == slices.Contains(optional, name) {
			t.Errorf("%s: listed %v, optional %v", name, slices.Contains(listed, name), slices.Contains(optional, name))
		}
	}
	for _, name := range listed {
		if _, err := os.Stat(filepath.Join("kubernetes", name)); err != nil {
			t.Error(err)
		}
	}
	// That would put the server's name into the peers of the network policy.
	if strings.Contains(read(t, "deploy/kubernetes/kustomization.yaml"), "includeSelectors") {
		t.Error("the kustomization rewrites selectors")
	}
}

// TestRestricted holds the pod to Kubernetes' standard of that name, and a bit more.
func TestRestricted(t *testing.T) {
	t.Parallel()
	pod := at(cluster(t)["Deployment"], "spec/template/spec")
	for path, want := range map[string]any{
		"securityContext/runAsNonRoot": true, "securityContext/seccompProfile/type": "RuntimeDefault",
		"automountServiceAccountToken": false, "enableServiceLinks": false,
		"containers/0/securityContext/allowPrivilegeEscalation": false,
		"containers/0/securityContext/readOnlyRootFilesystem":   true,
		"containers/0/securityContext/capabilities/drop/0":      "ALL",
	} {
		if got := at(pod, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
	if user, _ := at(pod, "securityContext/runAsUser").(int); user != 65532 {
		t.Errorf("the user is %d; the image's is 65532", user)
	}
	if at(cluster(t)["ServiceAccount"], "automountServiceAccountToken") != false {
		t.Error("the account gets a token")
	}
}

// TestProbesAndGrace: the pod lives as long as its last calls.
func TestProbesAndGrace(t *testing.T) {
	t.Parallel()
	c := container(t)
	for probe, path := range map[string]string{"startupProbe": "/healthz", "livenessProbe": "/healthz", "readinessProbe": "/readyz"} {
		if at(c, probe+"/httpGet/path") != path || at(c, probe+"/httpGet/port") != "http" {
			t.Errorf("%s is %v", probe, at(c, probe))
		}
	}
	pause, _ := at(c, "lifecycle/preStop/sleep/seconds").(int)
	total, _ := at(cluster(t)["Deployment"], "spec/template/spec/terminationGracePeriodSeconds").(int)
	if spare := time.Duration(total-pause)*time.Second - server.DefaultGrace; pause == 0 || spare < 2*time.Second {
		t.Errorf("%d s to stop, %d s of them before it is told; it needs %s", total, pause, server.DefaultGrace)
	}
	if at(cluster(t)["Service"], "spec/ports/0/targetPort") != "http" || at(c, "ports/0/name") != "http" {
		t.Error("the service's port is not the container's")
	}
}

// TestSelectors: each object that chooses pods chooses the deployment's.
func TestSelectors(t *testing.T) {
	t.Parallel()
	objects := cluster(t)
	const label = "app.kubernetes.io/name"
	want := "airbyte-mcp-server"
	for kind, path := range map[string]string{
		"Deployment": "spec/selector/matchLabels", "Service": "spec/selector",
		"PodDisruptionBudget": "spec/selector/matchLabels", "PodMonitor": "spec/selector/matchLabels",
		"NetworkPolicy": "spec/podSelector/matchLabels",
	} {
		chosen, _ := at(objects[kind], path).(map[string]any)
		if len(chosen) != 1 || chosen[label] != want {
			t.Errorf("%s chooses %v", kind, chosen)
		}
	}
	if labels, _ := at(objects["Deployment"], "spec/template/metadata/labels").(map[string]any); labels[label] != want {
		t.Errorf("the pods are labelled %v", labels)
	}
	for _, kind := range []string{"Deployment", "Service", "ServiceAccount", "HorizontalPodAutoscaler", "Ingress", "HTTPRoute"} {
		if got := at(objects[kind], "metadata/name"); got != want {
			t.Errorf("%s is called %v", kind, got)
		}
	}
	target, _ := at(objects["HorizontalPodAutoscaler"], "spec/scaleTargetRef").(map[string]any)
	if target["name"] != want || target["kind"] != "Deployment" {
		t.Errorf("the autoscaler scales %v", target)
	}
}

// yamlOf writes labels as a text.
func yamlOf(v any) string {
	m, _ := v.(map[string]any)
	var all []string
	for key, value := range m {
		if text, ok := value.(string); ok {
			all = append(all, key+": "+text)
		}
	}
	return strings.Join(all, "\n")
}

// TestSecretsAreExamples: no value that somebody could leave in place unseen.
func TestSecretsAreExamples(t *testing.T) {
	t.Parallel()
	secrets := documents(t, "secret", read(t, "deploy/kubernetes/secret.example.yaml"))
	if len(secrets) != 2 {
		t.Fatalf("%d secrets", len(secrets))
	}
	for _, secret := range secrets {
		data, _ := secret["stringData"].(map[string]any)
		for key, value := range data {
			if text, _ := value.(string); !strings.Contains(text, "REPLACE_ME") {
				t.Errorf("%s is %q", key, text)
			}
		}
	}
	mounted := at(container(t), "volumeMounts")
	if !strings.Contains(read(t, "deploy/kubernetes/settings.env"), "AIRBYTE_MCP_KEYS_FILE=/etc/airbyte-mcp-server/keys.yaml") {
		t.Errorf("the keys are not where they are mounted: %v", mounted)
	}
}

// TestKustomize renders everything where kubectl is at hand; it asks no cluster.
func TestKustomize(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("kubectl"); err != nil {
		t.Skip("skipped: kubectl is not installed")
	}
	cmd := exec.CommandContext(t.Context(), "kubectl", "kustomize", "kubernetes")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "KUBECONFIG=" + os.DevNull}
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for _, object := range documents(t, "rendered", string(out)) {
		kind, _ := object["kind"].(string)
		if kinds[kind]++; kind != "Namespace" && at(object, "metadata/namespace") != "airbyte-mcp" {
			t.Errorf("%s is in no namespace of ours", kind)
		}
		if kind != "NetworkPolicy" {
			continue
		}
		var admitted []string
		rules, _ := at(object, "spec/ingress").([]any)
		for _, rule := range rules {
			admitted = append(admitted, yamlOf(at(rule, "from/0/namespaceSelector/matchLabels"))+yamlOf(at(rule, "from/0/podSelector/matchLabels")))
		}
		if want := []string{"airbyte-mcp-server/front: allowed", "app.kubernetes.io/name: airbyte-mcp-server"}; !slices.Equal(admitted, want) {
			t.Errorf("the rendered policy lets in %q, want %q", admitted, want)
		}
	}
	if len(kinds) != 8 || kinds["ConfigMap"] != 1 || kinds["Secret"] != 0 {
		t.Errorf("rendered %v", kinds)
	}
}
