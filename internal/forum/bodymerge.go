package forum

import (
	"slices"

	"kept/internal/compact"
)

// merge puts together what the pack and the record say of bodies.
type merge struct {
	pack   *compact.Pack
	bodies []Body
	at     map[string]int   // id → place in bodies
	own    map[int64]string // description that stands → its body
}

// newMerge begins with what the pack says.
func newMerge(p *compact.Pack) *merge {
	m := &merge{pack: p, at: make(map[string]int, len(p.Bodies)), own: map[int64]string{}}
	for _, b := range p.Bodies {
		m.at[b.ID] = len(m.bodies)
		m.bodies = append(m.bodies, fromPack(b))
	}
	for _, t := range p.Texts {
		for _, i := range t.Items {
			for _, id := range i.Bodies {
				if b := m.body(id); b != nil && !slices.Contains(b.Items, i.ID) {
					b.Items = append(b.Items, i.ID)
				}
			}
		}
	}
	for _, b := range p.Bodies {
		for _, r := range b.Relations {
			m.relate(Relation{From: b.ID, To: r.To, Kind: r.Kind, By: r.Source, On: r.On})
		}
	}
	return m
}

// body is a body by its id, or nil.
func (m *merge) body(id string) *Body {
	if n, ok := m.at[id]; ok {
		return &m.bodies[n]
	}
	return nil
}

// relate adds a relation to both of its ends.
func (m *merge) relate(r Relation) {
	for _, end := range []string{r.From, r.To} {
		if b := m.body(end); b != nil {
			b.Relations = append(b.Relations, r)
		}
	}
}

// fromPack is what the pack says of a body; its lists are copies, since the pack is shared.
func fromPack(b *compact.Body) Body {
	return Body{ID: b.ID, Kind: b.Kind, Acronym: b.Acronym, Host: b.Host, Level: b.Level, Cycle: b.Cycle, Since: b.Since, Until: b.Until,
		URL: b.URL, Contact: b.Contact, Text: b.Text, Mandate: Mandate{b.Mandate.Instrument, b.Mandate.Item, b.Mandate.On, b.Mandate.Until, b.Mandate.Source},
		Functions: slices.Clone(b.Functions), Items: slices.Clone(b.Items), Groups: slices.Clone(b.Groups), Languages: slices.Clone(b.Languages),
		ConfirmedOn: b.LastConfirmed, StaleFrom: staleFrom(b.LastConfirmed), Source: b.Source, Also: b.Also, Certain: b.Certain, Reading: b.Reading}
}

// OfPack is what the pack alone says of a body.
func OfPack(b *compact.Body) *Body {
	body := fromPack(b)
	return &body
}
