package sandbox

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"airbyte-mcp-server/internal/sandbox/problem"
	"airbyte-mcp-server/internal/sandbox/random"
)

// faultRule makes matching requests fail. See the package documentation.
type faultRule struct {
	route, connector, entity, action string
	nth, times                       int
	rate                             float64

	effect         string
	status         int
	body           int
	retryAfter     string
	delay          time.Duration
	size           int64
	redirect       string
	redirectStatus int

	seen, fired int
}

// faults holds the rules in force.
type faults struct {
	mu     sync.Mutex
	seed   random.Seed
	routes []string // their names
	world  *world
	rules  []*faultRule
	header map[string]*faultRule // rules from request headers, which count on their own
}

// maxHeaderRules bounds the header rules whose counts are remembered.
const maxHeaderRules = 1000

// FaultHeader is the request header that carries a rule for one request.
const FaultHeader = "X-Sandbox-Fault"

// newFaults takes rules about routes of these names, and about what is in a world.
func newFaults(rules []string, s random.Seed, routes []string, w *world) (*faults, error) {
	f := &faults{seed: s.Of("faults"), routes: routes, world: w}
	return f, f.replace(rules)
}

// count is how many rules are in force.
func (f *faults) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.rules)
}

// replace puts new rules in force, or none of them if one is malformed.
func (f *faults) replace(texts []string) error {
	rules := make([]*faultRule, 0, len(texts))
	for _, text := range texts {
		rule, err := f.parse(text)
		if err != nil {
			return fmt.Errorf("fault rule %q: %w", text, err)
		}
		rules = append(rules, rule)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules, f.header = rules, map[string]*faultRule{}
	return nil
}

// effects without a value, and those whose value is their argument.
var (
	plainEffects = []string{
		"hang", "reset", "reset_body", "truncate", "malformed", "empty", "slow", "expire_token", "inband", "quota", "nothing",
	}
	valuedEffects = []string{"status", "delay", "huge", "redirect", "vendor"}
)

// parse reads a rule about what there is.
func (f *faults) parse(text string) (*faultRule, error) {
	rule, err := parseFault(text)
	if err == nil {
		err = f.checkNames(rule)
	}
	return rule, err
}

func parseFault(text string) (*faultRule, error) {
	rule := &faultRule{rate: 1, body: 1, redirectStatus: http.StatusTemporaryRedirect}
	for part := range strings.SplitSeq(text, ",") {
		key, value, valued := strings.Cut(strings.TrimSpace(part), "=")
		if err := rule.set(key, value, valued); err != nil {
			return nil, err
		}
	}
	if rule.effect == "" {
		return nil, fmt.Errorf("no effect; use one of %s", strings.Join(append(slices.Clone(valuedEffects), plainEffects...), ", "))
	}
	return rule, nil
}

func (r *faultRule) set(key, value string, valued bool) error {
	plain := slices.Contains(plainEffects, key)
	if plain == valued {
		return fmt.Errorf("%q: %s", key, map[bool]string{true: "takes no value", false: "needs a value or is unknown"}[plain])
	}
	if plain || slices.Contains(valuedEffects, key) {
		if r.effect != "" {
			return fmt.Errorf("two effects: %s and %s", r.effect, key)
		}
		r.effect = key
	}
	if plain {
		return nil
	}
	if err := r.setValue(key, value); err != nil {
		return fmt.Errorf("%s=%s: %w", key, value, err)
	}
	return nil
}

func (r *faultRule) setValue(key, value string) (err error) {
	switch key {
	case "route":
		r.route = value
	case "connector":
		r.connector = value
	case "entity":
		r.entity = value
	case "action":
		r.action = value
	case "nth":
		r.nth, err = positive(value)
	case "times":
		r.times, err = positive(value)
	case "rate":
		r.rate, err = strconv.ParseFloat(value, 64)
	case "status", "vendor":
		r.status, err = statusCode(value)
	case "body":
		if r.body, err = positive(value); err == nil && r.body > 5 {
			err = errors.New("there are the bodies 1 to 5")
		}
	case "retry_after":
		r.retryAfter = value
	case "delay":
		r.delay, err = time.ParseDuration(value)
	case "huge":
		r.size, err = parseSize(value)
	case "redirect":
		r.redirect = value
	case "redirect_status":
		r.redirectStatus, err = statusCode(value)
	default:
		err = errors.New("unknown key")
	}
	return err
}

func positive(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && n < 1 {
		err = errors.New("must be at least 1")
	}
	return n, err
}

func statusCode(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err == nil && (n < 200 || n > 599) {
		err = errors.New("must be 200 to 599")
	}
	return n, err
}

// parseSize reads sizes such as 512, 64KB, 10MB and 1GB.
func parseSize(text string) (int64, error) {
	unit := int64(1)
	for suffix, factor := range map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30} {
		if rest, ok := strings.CutSuffix(strings.ToUpper(text), suffix); ok {
			text, unit = rest, factor
			break
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && n < 1 {
		err = errors.New("must be at least 1")
	}
	return n * unit, err
}

// match finds the first rule that concerns a request and counts it.
func (f *faults) match(x *roundTrip) (*faultRule, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if text := x.r.Header.Get(FaultHeader); text != "" {
		rule, err := f.headerRule(text)
		if err != nil {
			return nil, problem.New(http.StatusBadRequest, "%s: %v", FaultHeader, err)
		}
		if f.fires(rule, x) {
			return rule, nil
		}
	}
	for _, rule := range f.rules {
		if f.fires(rule, x) {
			return rule, nil
		}
	}
	return nil, nil
}

func (f *faults) headerRule(text string) (*faultRule, error) {
	if rule, ok := f.header[text]; ok {
		return rule, nil
	}
	rule, err := f.parse(text)
	if err == nil && len(f.header) < maxHeaderRules {
		f.header[text] = rule
	}
	return rule, err
}

// fires decides whether a rule takes effect on a request.
func (f *faults) fires(r *faultRule, x *roundTrip) bool {
	if !r.concerns(x) {
		return false
	}
	r.seen++
	switch {
	case r.nth > 0 && r.seen != r.nth, r.times > 0 && r.fired >= r.times:
		return false
	case r.rate < 1 && f.seed.At(r.seen).Fraction() >= r.rate:
		return false
	}
	r.fired++
	return true
}

func (r *faultRule) concerns(x *roundTrip) bool {
	if r.route != "" && r.route != x.route.name || r.entity != "" && r.entity != x.call.Entity || r.action != "" && r.action != x.call.Action {
		return false
	}
	if r.connector == "" {
		return true
	}
	if len(x.values) == 0 {
		return false
	}
	id := connectorID(x.values[0])
	c := x.s.world.connector(id)
	return r.connector == id || c != nil && (strings.EqualFold(r.connector, c.Name) || r.connector == c.Type)
}
