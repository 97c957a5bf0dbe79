package draw

import (
	"slices"

	"kept/internal/forum/sortition"
)

// An Instance is the question as a plan spells it: seats, quotas and the pool under
// pseudonyms. Package sortition has the same; this one is part of the format.
type Instance struct {
	Seats       int        `json:"seats"`
	Categories  []Category `json:"categories,omitempty"`
	Pool        []Person   `json:"pool"`
	MostOfGroup int        `json:"most_of_group,omitempty"` // at most so many of one affiliation; 0: no rule
}

// A Category is an attribute with the quota of each of its values.
type Category struct {
	Name   string  `json:"name"`
	Values []Value `json:"values"`
}

// A Value has a quota: so many of the panel have it.
type Value struct {
	Name string `json:"name"`
	Min  int    `json:"min"`
	Max  int    `json:"max"`
}

// A Person of the pool, under a pseudonym.
type Person struct {
	ID     string   `json:"id"`
	Values []string `json:"values,omitempty"` // in the order of the categories
	Group  string   `json:"group,omitempty"`  // pseudonym of the affiliation
}

func instanceOf(in *sortition.Instance) Instance {
	out := Instance{Seats: in.Seats, MostOfGroup: in.MostOfGroup}
	for _, c := range in.Categories {
		category := Category{Name: c.Name}
		for _, v := range c.Values {
			category.Values = append(category.Values, Value(v))
		}
		out.Categories = append(out.Categories, category)
	}
	for _, p := range in.Pool {
		out.Pool = append(out.Pool, Person{ID: p.ID, Values: slices.Clone(p.Values), Group: p.Group})
	}
	return out
}

// Question is the instance as package sortition takes it.
func (in Instance) Question() *sortition.Instance {
	out := &sortition.Instance{Seats: in.Seats, MostOfGroup: in.MostOfGroup}
	for _, c := range in.Categories {
		category := sortition.Category{Name: c.Name}
		for _, v := range c.Values {
			category.Values = append(category.Values, sortition.Value(v))
		}
		out.Categories = append(out.Categories, category)
	}
	for _, p := range in.Pool {
		out.Pool = append(out.Pool, sortition.Person{ID: p.ID, Values: p.Values, Group: p.Group})
	}
	return out
}

func portfolioOf(pf *sortition.Portfolio) Portfolio {
	l := Portfolio{Method: pf.Method, Total: pf.Total.String()}
	if len(pf.Proof.Steps) > 0 {
		l.Proof = proofText(pf.Proof)
	}
	for i, panel := range pf.Panels {
		l.Panels = append(l.Panels, slices.Clone(panel))
		l.Tickets = append(l.Tickets, pf.Weights[i].String())
	}
	return l.ordered()
}

// broken are the quotas that a panel misses, in the order of the categories, then of the affiliations.
func (in Instance) broken(panel []int32) (missed []Bound) {
	for n, c := range in.Categories {
		for _, v := range c.Values {
			has := 0
			for _, i := range panel {
				if in.Pool[i].Values[n] == v.Name {
					has++
				}
			}
			if has < v.Min || has > v.Max {
				missed = append(missed, Bound{Category: c.Name, Value: v.Name, Min: v.Min, Max: v.Max, Has: has})
			}
		}
	}
	if in.MostOfGroup == 0 {
		return missed
	}
	of := make(map[string]int)
	for _, i := range panel {
		group := in.Pool[i].Group
		if of[group]++; group != "" && of[group] == in.MostOfGroup+1 {
			missed = append(missed, Bound{Value: group, Max: in.MostOfGroup})
		}
	}
	for i := range missed {
		if missed[i].Category == "" {
			missed[i].Has = of[missed[i].Value]
		}
	}
	return missed
}
