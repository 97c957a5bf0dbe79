package forum

import (
	"slices"
	"strings"
	"time"

	"kept/internal/compact"
)

// Clash is two dates of bodies that fall together and have something in common. It is
// no reproach: meetings are often put side by side on purpose.
type Clash struct {
	A, B    *compact.CalendarEntry // in the order of their first days
	Certain bool                   // both are known to the day; else they may fall together
	Items   []string               // that both concern
	Hosts   []string               // that both have: ids of bodies, else names as the source has them
}

// mostDays is how long a date may be to be compared: that two things happen in one
// year says nothing.
const mostDays = 62

// dated is a date of bodies, ready to be compared.
type dated struct {
	entry       *compact.CalendarEntry
	first, last string
	exact       bool
	bodies      []string
	items       []string
	hosts       []string
}

// Clashes compares the pack's dates of bodies, each with every other.
func Clashes(p *compact.Pack, bodies []Body) []Clash {
	byID := make(map[string]*Body, len(bodies))
	for n := range bodies {
		byID[bodies[n].ID] = &bodies[n]
	}
	var dates []dated
	for _, e := range p.Calendar {
		if d, ok := newDated(e, byID); ok {
			dates = append(dates, d)
		}
	}
	slices.SortStableFunc(dates, func(a, b dated) int { return strings.Compare(a.first, b.first) })
	var found []Clash
	for n, a := range dates {
		for _, b := range dates[n+1:] {
			if b.first > a.last {
				break
			}
			c := Clash{A: a.entry, B: b.entry, Certain: a.exact && b.exact, Items: both(a.items, b.items)}
			if !slices.Equal(a.bodies, b.bodies) {
				c.Hosts = both(a.hosts, b.hosts)
			}
			if len(c.Items)+len(c.Hosts) > 0 {
				found = append(found, c)
			}
		}
	}
	return found
}

// newDated is false for a date that is of no body, or too long or too vague to compare.
func newDated(e *compact.CalendarEntry, byID map[string]*Body) (dated, bool) {
	d := dated{entry: e, first: firstDay(e.On), last: e.LastDay(), exact: len(e.On) == len(time.DateOnly) && (e.Until == "" || len(e.Until) == len(time.DateOnly)), items: e.Items}
	for _, id := range append([]string{e.Event}, e.Bodies...) {
		b := byID[id]
		if b == nil || slices.Contains(d.bodies, id) {
			continue
		}
		d.bodies = append(d.bodies, id)
		if len(e.Items) == 0 {
			d.items = together(d.items, b.Items)
		}
		d.hosts = together(d.hosts, hostsOf(b))
	}
	from, err := time.Parse(time.DateOnly, d.first)
	to, err2 := time.Parse(time.DateOnly, d.last)
	return d, err == nil && err2 == nil && len(d.bodies) > 0 && to.Sub(from) < mostDays*24*time.Hour
}

// hostsOf are the body itself and those that host it: bodies where a relation says
// so, else the host's name as the source has it.
func hostsOf(b *Body) []string {
	hosts := []string{b.ID}
	for _, r := range b.Relations {
		switch {
		case r.Kind == "hosted_by" && r.From == b.ID:
			hosts = together(hosts, []string{r.To})
		case r.Kind == "co_hosts" && r.To == b.ID:
			hosts = together(hosts, []string{r.From})
		}
	}
	if len(hosts) == 1 && b.Host != "" {
		hosts = append(hosts, b.Host)
	}
	return hosts
}

// both are what stands in both lists, in the order of the first.
func both(a, b []string) []string {
	var shared []string
	for _, v := range a {
		if slices.Contains(b, v) && !slices.Contains(shared, v) {
			shared = append(shared, v)
		}
	}
	return shared
}
