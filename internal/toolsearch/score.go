package toolsearch

import "math"

const (
	saturation   = 1.3  // how slowly further mentions count less
	uncovered    = 0.55 // of the score is left where nothing of the entity's name is asked for
	meantRarity  = 3.5  // of a phrase that stands for entities
	otherFactor  = 0.01 // for connectors that a question does not name when it names one
	unsureFactor = 0.6  // for these where the names may mean something else
	familiar     = 0.5  // score of a document that only its connector speaks for
	centered     = 0.02 // for the entity that its connector is most about, so that it comes first among equals
)

// weigh scores all documents.
func (x *Index) weigh(q *question) []float64 {
	scores := make([]float64, len(x.docs))
	covered := make([]float64, len(x.docs))
	mentions := make([]float64, len(x.docs))
	part := make([]float64, len(x.docs))
	for _, u := range q.units {
		clear(mentions)
		clear(part)
		rarity := x.mention(u, mentions, part)
		for i, m := range mentions {
			if m > 0 {
				scores[i] += u.weight * rarity * m * (saturation + 1) / (saturation + m)
				covered[i] += part[i] * math.Min(1, u.weight/furtherWeight)
			}
		}
	}
	for i := range scores {
		scores[i] = x.finish(q, i, scores[i], math.Min(1, covered[i]))
	}
	return scores
}

// mention finds the documents that speak of a unit, what part of their entities'
// names it is, and how rare it is.
func (x *Index) mention(u unit, mentions, part []float64) float64 {
	if u.means != nil {
		for _, s := range u.means {
			for _, doc := range x.groups[s.group] {
				mentions[doc] = inEntity * float64(s.part)
				part[doc] = float64(s.part)
			}
		}
		if number, ok := x.stems[u.stem]; ok {
			return max(meantRarity, x.rarity[number])
		}
		return meantRarity
	}
	number, ok := x.stems[u.stem]
	if !ok {
		return 0
	}
	for _, p := range x.postings[number] {
		mentions[p.doc] = float64(p.weight)
	}
	for _, s := range x.entities[u.stem] {
		for _, doc := range x.groups[s.group] {
			part[doc] += float64(s.part)
		}
	}
	return max(x.rarity[number], 1)
}

// finish makes a document's score of that of its words.
func (x *Index) finish(q *question, doc int, words, covered float64) float64 {
	d := &x.docs[doc]
	connector := 1.0
	if len(q.connectors) > 0 && d.connector != "" {
		connector = max(q.connectors[d.connector], map[bool]float64{false: otherFactor, true: unsureFactor}[q.unsure])
		words += familiar * q.connectors[d.connector]
	}
	if len(q.units) == 0 {
		words += familiar
	}
	if words > 0 {
		words += centered * d.central
	}
	return words * (uncovered + (1-uncovered)*covered) * connector * suits[q.intent][d.kind]
}
