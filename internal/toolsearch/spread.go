package toolsearch

// Factors for a hit of which others of the same entity, or connector, are before it.
var (
	crowded = []float64{1, 0.85, 0.6, 0.45, 0.35} // by hits of the entity
	filled  = []float64{1, 1, 0.9, 0.8, 0.7, 0.6} // by hits of the connector, where a question names none
)

// candidates is how many hits are looked at for each that is asked for.
const candidates = 12

// spread chooses hits so that the tools of one entity, or of one connector, leave
// room for others that are nearly as good. It keeps scores in falling order.
func (x *Index) spread(hits []Hit, limit int, unnamed bool) []Hit {
	pool := hits[:min(len(hits), limit*candidates)]
	groups, connectors := map[int]int{}, map[string]int{}
	var chosen []Hit
	for len(chosen) < limit && len(pool) > 0 {
		best, bestScore := 0, -1.0
		for i, h := range pool {
			d := &x.docs[h.Index]
			score := h.Score * step(crowded, groups[d.group])
			if unnamed {
				score *= step(filled, connectors[d.connector])
			}
			if score > bestScore {
				best, bestScore = i, score
			}
		}
		d := &x.docs[pool[best].Index]
		groups[d.group]++
		connectors[d.connector]++
		chosen = append(chosen, Hit{pool[best].Index, bestScore})
		pool = append(pool[:best:best], pool[best+1:]...)
	}
	return chosen
}

func step(factors []float64, n int) float64 { return factors[min(n, len(factors)-1)] }
