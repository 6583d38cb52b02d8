package telemetry

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Held is what callers hold of one kind of thing, of which there is so much.
type Held struct {
	Size, Held int64
	Waiting    int   // requests that wait for some
	Refused    int64 // requests that were refused some, since the start
}

// held asks at each scrape what is held.
type held struct {
	size, held, waiting, refused *prometheus.Desc

	mu  sync.Mutex
	ask map[string]func() Held // by kind
}

// newHeld returns a collector for the kinds of things that are counted in a unit.
func newHeld(thing, unit, words string) *held {
	desc := func(name, help string) *prometheus.Desc {
		return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", thing+"_"+name), help, []string{"kind"}, nil)
	}
	return &held{
		size:    desc("limit"+unit, "All "+words+" that there are."),
		held:    desc("held"+unit, "Of these, what callers hold."),
		waiting: desc("waiting", "Requests that wait for "+words+"."),
		refused: desc("refused_total", "Requests that were refused "+words+"."),
		ask:     map[string]func() Held{},
	}
}

// watch asks about one more kind.
func (h *held) watch(kind string, ask func() Held) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ask[kind] = ask
}

// Describe implements [prometheus.Collector].
func (h *held) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{h.size, h.held, h.waiting, h.refused} {
		out <- d
	}
}

// Collect implements [prometheus.Collector].
func (h *held) Collect(out chan<- prometheus.Metric) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for kind, ask := range h.ask {
		now := ask()
		out <- prometheus.MustNewConstMetric(h.size, prometheus.GaugeValue, float64(now.Size), kind)
		out <- prometheus.MustNewConstMetric(h.held, prometheus.GaugeValue, float64(now.Held), kind)
		out <- prometheus.MustNewConstMetric(h.waiting, prometheus.GaugeValue, float64(now.Waiting), kind)
		out <- prometheus.MustNewConstMetric(h.refused, prometheus.CounterValue, float64(now.Refused), kind)
	}
}

// WatchMemory has each scrape ask what is held of a part of the memory budget, in bytes.
// The kinds are the program's own.
func (m *Metrics) WatchMemory(kind string, ask func() Held) {
	if m != nil {
		m.families.memory.watch(kind, ask)
	}
}

// WatchPlaces has each scrape ask how many places of a kind are taken.
func (m *Metrics) WatchPlaces(kind string, ask func() Held) {
	if m != nil {
		m.families.places.watch(kind, ask)
	}
}
