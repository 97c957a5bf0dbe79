package sortition

import (
	"fmt"
	"strings"
)

// Fault says what is wrong with a question and where. It has no words for readers:
// whoever shows it translates Kind.
type Fault struct {
	Kind     FaultKind
	Category string // the category it concerns, if any
	Value    string // the value, if any
	Person   int    // index into the pool, -1: none
	Got      int    // the number that is wrong
	Want     int    // the number it must not pass
}

// FaultKind names what can be wrong.
type FaultKind string

// What can be wrong with a question.
const (
	NoSeats        FaultKind = "no_seats"         // Got seats, fewer than one
	SmallPool      FaultKind = "small_pool"       // Got people for Want seats
	NoCategoryName FaultKind = "no_category_name" // Got is its number, from 1
	SameCategory   FaultKind = "same_category"
	NoValues       FaultKind = "no_values" // a category without values
	NoValueName    FaultKind = "no_value_name"
	SameValue      FaultKind = "same_value"
	NegativeQuota  FaultKind = "negative_quota"
	MinAboveMax    FaultKind = "min_above_max"  // minimum Got, maximum Want
	MinimaAbove    FaultKind = "minima_above"   // they sum to Got, above Want seats
	MaximaBelow    FaultKind = "maxima_below"   // they sum to Got, below Want seats
	AbsentValue    FaultKind = "absent_value"   // a minimum of Got of a value that nobody in the pool has
	NoID           FaultKind = "no_id"          // Person
	SameID         FaultKind = "same_id"        // Person; Got is the index of the other
	WrongCount     FaultKind = "wrong_count"    // Person has Got values, Want categories
	EmptyValue     FaultKind = "empty_value"    // Person has no value in Category
	UnknownValue   FaultKind = "unknown_value"  // Person has a Value that Category lacks
	NegativeGroup  FaultKind = "negative_group" // MostOfGroup below zero
	TooLarge       FaultKind = "too_large"      // more than Want people, seats or values
	tooManyFaults            = 100              // no list is longer
	most                     = 1_000_000        // people; more is a mistake
)

// Faults is what Check returns: at least one fault.
type Faults []Fault

func (f Faults) Error() string {
	var lines []string
	for _, fault := range f {
		lines = append(lines, fault.String())
	}
	return "sortition: " + strings.Join(lines, "; ")
}

// String is for logs and tests.
func (f Fault) String() string {
	s := string(f.Kind)
	if f.Category != "" {
		s += fmt.Sprintf(" category=%q", f.Category)
	}
	if f.Value != "" {
		s += fmt.Sprintf(" value=%q", f.Value)
	}
	if f.Person >= 0 {
		s += fmt.Sprintf(" person=%d", f.Person)
	}
	return s + fmt.Sprintf(" got=%d want=%d", f.Got, f.Want)
}

// checker gathers faults.
type checker struct {
	in     *Instance
	faults Faults
}

func (c *checker) add(f Fault) {
	if len(c.faults) < tooManyFaults {
		c.faults = append(c.faults, f)
	}
}

// Check says what is wrong with the question itself, each fault with its place. A
// question without fault can still have no answer: see Infeasible.
func (in *Instance) Check() error {
	c := &checker{in: in}
	if in.Seats < 1 {
		c.add(Fault{Kind: NoSeats, Person: -1, Got: in.Seats, Want: 1})
	}
	if in.MostOfGroup < 0 {
		c.add(Fault{Kind: NegativeGroup, Person: -1, Got: in.MostOfGroup})
	}
	if len(in.Pool) > most {
		c.add(Fault{Kind: TooLarge, Person: -1, Got: len(in.Pool), Want: most})
		return c.faults
	}
	if len(in.Pool) < in.Seats {
		c.add(Fault{Kind: SmallPool, Person: -1, Got: len(in.Pool), Want: in.Seats})
	}
	values := c.categories()
	c.pool(values)
	if len(c.faults) > 0 {
		return c.faults
	}
	return nil
}

// categories checks the quotas, and returns where each value of each category
// stands.
func (c *checker) categories() []map[string]int {
	var values []map[string]int
	names := map[string]bool{}
	for i, cat := range c.in.Categories {
		if cat.Name == "" {
			c.add(Fault{Kind: NoCategoryName, Person: -1, Got: i + 1})
		} else if names[cat.Name] {
			c.add(Fault{Kind: SameCategory, Category: cat.Name, Person: -1, Got: i + 1})
		}
		names[cat.Name] = true
		values = append(values, c.category(cat))
	}
	return values
}

func (c *checker) category(cat Category) map[string]int {
	if len(cat.Values) == 0 {
		c.add(Fault{Kind: NoValues, Category: cat.Name, Person: -1})
		return nil
	}
	at := map[string]int{}
	low, high, sound := 0, 0, true
	for i, v := range cat.Values {
		where := Fault{Category: cat.Name, Value: v.Name, Person: -1, Got: v.Min, Want: v.Max}
		_, seen := at[v.Name]
		switch {
		case v.Name == "":
			where.Kind, where.Got = NoValueName, i+1
		case seen:
			where.Kind, where.Got = SameValue, i+1
		case v.Min < 0 || v.Max < 0:
			where.Kind = NegativeQuota
		case v.Min > v.Max:
			where.Kind = MinAboveMax
		}
		if where.Kind != "" {
			c.add(where)
			sound = false
		}
		at[v.Name] = i
		low += min(max(v.Min, 0), most)
		high += min(max(v.Max, 0), most)
	}
	if sound && low > c.in.Seats {
		c.add(Fault{Kind: MinimaAbove, Category: cat.Name, Person: -1, Got: low, Want: c.in.Seats})
	}
	if sound && high < c.in.Seats {
		c.add(Fault{Kind: MaximaBelow, Category: cat.Name, Person: -1, Got: high, Want: c.in.Seats})
	}
	return at
}

// pool checks the people, and that each value with a minimum has somebody.
func (c *checker) pool(values []map[string]int) {
	have := make([][]int, len(values))
	for i, cat := range c.in.Categories {
		have[i] = make([]int, len(cat.Values))
	}
	ids := map[string]int{}
	for i, p := range c.in.Pool {
		if p.ID == "" {
			c.add(Fault{Kind: NoID, Person: i})
		} else if other, seen := ids[p.ID]; seen {
			c.add(Fault{Kind: SameID, Person: i, Got: other})
		} else {
			ids[p.ID] = i
		}
		if len(p.Values) != len(values) {
			c.add(Fault{Kind: WrongCount, Person: i, Got: len(p.Values), Want: len(values)})
			continue
		}
		for j, name := range p.Values {
			at, known := values[j][name]
			switch {
			case len(c.in.Categories[j].Values) == 0: // told already
			case name == "":
				c.add(Fault{Kind: EmptyValue, Category: c.in.Categories[j].Name, Person: i})
			case !known:
				c.add(Fault{Kind: UnknownValue, Category: c.in.Categories[j].Name, Value: name, Person: i})
			default:
				have[j][at]++
			}
		}
	}
	c.absent(have)
}

func (c *checker) absent(have [][]int) {
	for i, cat := range c.in.Categories {
		for j, v := range cat.Values {
			if v.Min > 0 && have[i][j] == 0 && v.Name != "" {
				c.add(Fault{Kind: AbsentValue, Category: cat.Name, Value: v.Name, Person: -1, Got: v.Min})
			}
		}
	}
}
