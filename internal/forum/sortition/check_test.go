package sortition

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
)

// sound is a question without fault.
func sound() *Instance {
	return &Instance{
		Seats:      2,
		Categories: []Category{{"region", []Value{{"north", 1, 1}, {"south", 1, 1}}}, {"age", []Value{{"young", 0, 2}, {"old", 0, 2}}}},
		Pool: []Person{
			{ID: "a", Values: []string{"north", "young"}},
			{ID: "b", Values: []string{"south", "old"}},
			{ID: "c", Values: []string{"south", "young"}},
		},
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(in *Instance)
		want  Fault
	}{
		{"no seats", func(in *Instance) { in.Seats = 0; in.Categories = nil; in.Pool = nil }, Fault{Kind: NoSeats, Person: -1, Want: 1}},
		{"small pool", func(in *Instance) { in.Pool = in.Pool[:1]; in.Categories[0].Values[1] = Value{"south", 0, 1} }, Fault{Kind: SmallPool, Person: -1, Got: 1, Want: 2}},
		{"category without name", func(in *Instance) { in.Categories[1].Name = "" }, Fault{Kind: NoCategoryName, Person: -1, Got: 2}},
		{"category twice", func(in *Instance) { in.Categories[1].Name = "region" }, Fault{Kind: SameCategory, Category: "region", Person: -1, Got: 2}},
		{"no values", func(in *Instance) {
			in.Categories = append(in.Categories, Category{Name: "size"})
			for i := range in.Pool {
				in.Pool[i].Values = append(in.Pool[i].Values, "")
			}
		}, Fault{Kind: NoValues, Category: "size", Person: -1}},
		{"value twice", func(in *Instance) { in.Categories[1].Values[1].Name = "young"; in.Pool[1].Values[1] = "young" }, Fault{Kind: SameValue, Category: "age", Value: "young", Person: -1, Got: 2, Want: 2}},
		{"negative", func(in *Instance) { in.Categories[1].Values[0].Min = -1 }, Fault{Kind: NegativeQuota, Category: "age", Value: "young", Person: -1, Got: -1, Want: 2}},
		{"minimum above maximum", func(in *Instance) { in.Categories[1].Values[0] = Value{"young", 2, 1} }, Fault{Kind: MinAboveMax, Category: "age", Value: "young", Person: -1, Got: 2, Want: 1}},
		{"minima above the seats", func(in *Instance) { in.Categories[0].Values[0] = Value{"north", 2, 2} }, Fault{Kind: MinimaAbove, Category: "region", Person: -1, Got: 3, Want: 2}},
		{"maxima below the seats", func(in *Instance) { in.Categories[0].Values[0] = Value{"north", 0, 0} }, Fault{Kind: MaximaBelow, Category: "region", Person: -1, Got: 1, Want: 2}},
		{"absent value", func(in *Instance) { in.Pool[0].Values[0] = "south" }, Fault{Kind: AbsentValue, Category: "region", Value: "north", Person: -1, Got: 1}},
		{"no id", func(in *Instance) { in.Pool[1].ID = "" }, Fault{Kind: NoID, Person: 1}},
		{"id twice", func(in *Instance) { in.Pool[2].ID = "a" }, Fault{Kind: SameID, Person: 2, Got: 0}},
		{"too few values", func(in *Instance) { in.Pool[2].Values = []string{"south"} }, Fault{Kind: WrongCount, Person: 2, Got: 1, Want: 2}},
		{"empty value", func(in *Instance) { in.Pool[2].Values[1] = "" }, Fault{Kind: EmptyValue, Category: "age", Person: 2}},
		{"unknown value", func(in *Instance) { in.Pool[2].Values[1] = "ancient" }, Fault{Kind: UnknownValue, Category: "age", Value: "ancient", Person: 2}},
		{"negative rule", func(in *Instance) { in.MostOfGroup = -1 }, Fault{Kind: NegativeGroup, Person: -1, Got: -1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := sound()
			if err := in.Check(); err != nil {
				t.Fatal(err)
			}
			tt.spoil(in)
			var faults Faults
			if err := in.Check(); !errors.As(err, &faults) {
				t.Fatalf("got %v, want faults", err)
			}
			if !slices.Equal(faults, Faults{tt.want}) {
				t.Errorf("got %v, want %v", faults, tt.want)
			}
			if _, err := Leximin(context.Background(), in, Options{}); !errors.As(err, &faults) {
				t.Errorf("got %v, want faults", err)
			}
		})
	}
}

func TestCheckListsNoMoreThanAHundred(t *testing.T) {
	in := sound()
	for i := range 500 {
		in.Pool = append(in.Pool, Person{ID: fmt.Sprint("x", i)})
	}
	var faults Faults
	if err := in.Check(); !errors.As(err, &faults) || len(faults) != tooManyFaults {
		t.Errorf("got %d faults, want %d", len(faults), tooManyFaults)
	}
}

// FuzzCheck takes any question: what passes the check is computed, and holds.
func FuzzCheck(f *testing.F) {
	seed, err := json.Marshal(sound())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"seats":1,"categories":[],"pool":[{"id":"a"},{"id":"b","group":"g"}],"most_of_group":1}`))
	f.Add([]byte(`{"seats":-1,"categories":[{"name":"","values":[{"min":9,"max":-9}]}],"pool":[{"values":["","x"]}]}`))
	f.Add([]byte(`{"seats":2,"categories":[{"name":"c","values":[{"name":"v","max":9223372036854775807}]}],"pool":[{"id":"a","values":["v"]},{"id":"b","values":["v"]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := new(Instance)
		if json.Unmarshal(text, in) != nil {
			return
		}
		err := in.Check()
		var faults Faults
		if err != nil && (!errors.As(err, &faults) || len(faults) == 0 || err.Error() == "") {
			t.Fatalf("got %v, want faults", err)
		}
		if len(in.Pool) > 8 || len(in.Categories) > 3 {
			return
		}
		p, failed := Leximin(context.Background(), in, Options{})
		var why *Infeasible
		switch {
		case err != nil:
			if failed == nil || failed.Error() != err.Error() {
				t.Fatalf("got %v, want %v", failed, err)
			}
		case failed == nil:
			if err := p.Verify(context.Background(), in); err != nil {
				t.Fatal(err)
			}
		case !errors.As(failed, &why) || len(why.Conflict) == 0 || len(why.Relaxed) == 0:
			t.Fatalf("got %v, want a portfolio or a conflict", failed)
		}
	})
}
