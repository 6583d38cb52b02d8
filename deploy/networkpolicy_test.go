package deploy_test

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// peer is what the policy is asked about: an address outside, or a pod with its labels.
type peer struct {
	address        string
	namespace, pod string // labels as "key: value"; no namespace means the server's own
}

const policyFile = "deploy/kubernetes/networkpolicy.yaml"

// policies are the policy as it is shipped, and with every block uncommented.
func policies(t *testing.T) (shipped, full map[string]any) {
	t.Helper()
	text := read(t, policyFile)
	uncommented := regexp.MustCompile(`(?m)^#(    )`).ReplaceAllString(text, "$1")
	return documents(t, policyFile, text)[0], documents(t, policyFile+" uncommented", uncommented)[0]
}

// admits reports whether one of the rules lets a peer through by a port.
func admits(rules any, direction string, who peer, port any, protocol string) bool {
	list, _ := rules.([]any)
	for _, rule := range list {
		peers, _ := at(rule, direction).([]any)
		ports, _ := at(rule, "ports").([]any)
		byPort := slices.ContainsFunc(ports, func(p any) bool { return at(p, "port") == port && at(p, "protocol") == protocol })
		if byPort && slices.ContainsFunc(peers, who.chosenBy) {
			return true
		}
	}
	return false
}

// chosenBy reports whether a peer of a rule is this one.
func (p peer) chosenBy(chosen any) bool {
	if p.address != "" {
		return p.within(at(chosen, "ipBlock"))
	}
	if at(chosen, "ipBlock") != nil {
		return false
	}
	namespace, pod := at(chosen, "namespaceSelector/matchLabels"), at(chosen, "podSelector/matchLabels")
	return yamlOf(namespace) == p.namespace && (pod == nil || yamlOf(pod) == p.pod)
}

func (p peer) within(block any) bool {
	cidr, _ := at(block, "cidr").(string)
	prefix, err := netip.ParsePrefix(cidr)
	address := netip.MustParseAddr(p.address)
	if err != nil || !prefix.Contains(address) {
		return false
	}
	except, _ := at(block, "except").([]any)
	return !slices.ContainsFunc(except, func(e any) bool {
		text, _ := e.(string)
		left, err := netip.ParsePrefix(text)
		return err != nil || left.Contains(address)
	})
}

// TestNetworkPolicyEgress: what the shipped policy lets out, and what its commented
// blocks add for clusters that have it.
func TestNetworkPolicyEgress(t *testing.T) {
	t.Parallel()
	shipped, full := policies(t)
	inNamespace := func(namespace, app string) peer {
		return peer{namespace: "kubernetes.io/metadata.name: " + namespace, pod: "app.kubernetes.io/name: " + app}
	}
	for name, way := range map[string]struct {
		to            peer
		port          int
		protocol      string
		ships, offers bool
	}{
		"DNS":                     {peer{namespace: "kubernetes.io/metadata.name: kube-system", pod: "k8s-app: kube-dns"}, 53, "UDP", true, true},
		"DNS over TCP":            {peer{namespace: "kubernetes.io/metadata.name: kube-system", pod: "k8s-app: kube-dns"}, 53, "TCP", true, true},
		"NodeLocal DNS":           {peer{address: "169.254.20.10"}, 53, "UDP", false, true},
		"NodeLocal DNS over TCP":  {peer{address: "169.254.20.10"}, 53, "TCP", false, true},
		"the internet":            {peer{address: "93.184.216.34"}, 443, "TCP", true, true},
		"the internet by IPv6":    {peer{address: "2606:2800::1"}, 443, "TCP", true, true},
		"the internet by HTTP":    {peer{address: "93.184.216.34"}, 80, "TCP", false, false},
		"Redis beside the server": {peer{pod: "app.kubernetes.io/name: redis"}, 6379, "TCP", true, true},
		"managed Redis in 10/8":   {peer{address: "10.1.2.3"}, 6379, "TCP", false, true},
		"managed Redis in 172":    {peer{address: "172.31.0.9"}, 6379, "TCP", false, true},
		"managed Redis in 192":    {peer{address: "192.168.7.7"}, 6379, "TCP", false, true},
		"public Redis":            {peer{address: "93.184.216.34"}, 6379, "TCP", false, false},
		"another replica":         {peer{pod: "app.kubernetes.io/name: airbyte-mcp-server"}, 8080, "TCP", true, true},
		"a collector":             {inNamespace("observability", "opentelemetry-collector"), 4318, "TCP", false, true},
		"an identity provider":    {inNamespace("identity", "keycloak"), 8443, "TCP", false, true},
		"metadata service":        {peer{address: "169.254.169.254"}, 443, "TCP", false, false},
		"metadata service, HTTP":  {peer{address: "169.254.169.254"}, 80, "TCP", false, false},
		"metadata service, IPv6":  {peer{address: "fd00:ec2::254"}, 443, "TCP", false, false},
		"the cluster's API":       {peer{address: "10.96.0.1"}, 443, "TCP", false, false},
		"another pod":             {inNamespace("default", "anything"), 443, "TCP", false, false},
	} {
		if got := admits(at(shipped, "spec/egress"), "to", way.to, way.port, way.protocol); got != way.ships {
			t.Errorf("%s: the shipped policy lets it out: %v", name, got)
		}
		if got := admits(at(full, "spec/egress"), "to", way.to, way.port, way.protocol); got != way.offers {
			t.Errorf("%s: the uncommented policy lets it out: %v", name, got)
		}
	}
}

// TestNetworkPolicyIngress: in from the controller's namespace and other replicas, and from Prometheus
// where its block is uncommented.
func TestNetworkPolicyIngress(t *testing.T) {
	t.Parallel()
	shipped, full := policies(t)
	prometheus := peer{namespace: "kubernetes.io/metadata.name: monitoring", pod: "app.kubernetes.io/name: prometheus"}
	front := peer{namespace: "airbyte-mcp-server/front: allowed", pod: "app: any"}
	for name, policy := range map[string]map[string]any{"shipped": shipped, "uncommented": full} {
		rules := at(policy, "spec/ingress")
		replica := peer{pod: "app.kubernetes.io/name: airbyte-mcp-server"}
		if !admits(rules, "from", front, "http", "TCP") || !admits(rules, "from", replica, "http", "TCP") ||
			admits(rules, "from", peer{address: "10.1.2.3"}, "http", "TCP") ||
			admits(rules, "from", peer{pod: "app: any"}, "http", "TCP") {
			t.Errorf("%s: in from the wrong peers: %v", name, rules)
		}
		if got := admits(rules, "from", prometheus, "http", "TCP"); got != (name == "uncommented") {
			t.Errorf("%s: Prometheus is let in: %v", name, got)
		}
		if yamlOf(at(policy, "spec/podSelector/matchLabels")) != "app.kubernetes.io/name: airbyte-mcp-server" ||
			!slices.Equal(at(policy, "spec/policyTypes").([]any), []any{"Ingress", "Egress"}) {
			t.Errorf("%s: it is for %v", name, at(policy, "spec"))
		}
	}
}

// TestNetworkPolicyBlocks: every commented line belongs to a block that parses, and the
// label that lets a controller in is named where it is set up.
func TestNetworkPolicyBlocks(t *testing.T) {
	t.Parallel()
	shipped, full := policies(t)
	rules := func(policy map[string]any) int {
		in, _ := at(policy, "spec/ingress").([]any)
		out, _ := at(policy, "spec/egress").([]any)
		return len(in) + len(out)
	}
	blocks := strings.Count(read(t, policyFile), "\n#    - ")
	if rules(full) != rules(shipped)+blocks || blocks != 5 {
		t.Errorf("%d rules shipped, %d with %d blocks", rules(shipped), rules(full), blocks)
	}
}
