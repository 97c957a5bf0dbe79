package stakeholder_test

import (
	"context"
	"slices"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

func TestList(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		if _, err := stakeholder.AdoptAll(context.Background(), s.Keeper, s.Pack); err != nil {
			t.Fatal(err)
		}
		watch := register("civil-society", "Tide Watch", func(f *stakeholder.Registered) { f.Area = "QQ" })
		watch.Words["name.ar"], watch.Words["acronym.und"], watch.Words["other_names.0.en"] = "مرصد المدّ", "TW", "Friends of the Tide"
		ngo := s.Submit(watch)
		s.Submit(register("private", "Écluse & Fils"))
		chinese := register("academia", "x", func(f *stakeholder.Registered) { f.Area = "" })
		chinese.Words = map[string]string{"name.zh": "潮汐大学"}
		s.Submit(chinese)
		group := s.Submit(register("group", "Outer Islands"))
		s.Submit(register("un", "Harbour Agency"))
		s.Submit(endorse(ngo))
		s.Submit(keeper.Act{Kind: stakeholder.KindVerified, By: "secretariat", Facts: stakeholder.Verified{Party: ngo, Level: "V2", Basis: "document"}})
		s.Read(func(tx *db.Tx) error {
			for _, areaID := range []string{"QZ", "QV"} {
				state, ok, err := stakeholder.ByArea(tx, areaID)
				if err != nil || !ok {
					t.Fatalf("State of %s: %v", areaID, err)
				}
				defer s.Submit(keeper.Act{Kind: stakeholder.KindJoined, By: id(group), Facts: stakeholder.Membership{Group: group, Member: state, On: "2024-01-01"}})
			}
			return nil
		})

		type filter = stakeholder.Filter
		tests := []struct {
			name string
			filter
			want  []string // names in the filter's language
			total int64
		}{
			{"kind", filter{Kind: "private"}, []string{"Écluse & Fils"}, 1},
			{"endorsed", filter{Basis: "endorsed"}, []string{"Tide Watch"}, 1},
			{"group", filter{Basis: "group"}, []string{"Outer Islands"}, 1},
			{"partner", filter{Basis: "partner"}, []string{"Harbour Agency"}, 1},
			{"without a basis", filter{Basis: "none"}, []string{"潮汐大学", "Écluse & Fils"}, 2},
			{"area", filter{Area: "QQ"}, []string{"Quillonia", "Tide Watch"}, 2},
			{"subregion", filter{Region: "Q12", Kind: "state"}, []string{"Quillonia", "Saltmarch", "Tarnholm"}, 3},
			{"group of countries", filter{Region: "lldc"}, []string{"Quillonia", "Tarnholm", "Tide Watch"}, 3},
			{"unknown region", filter{Region: "999"}, nil, 0},
			{"members", filter{Group: group}, []string{"Vesperine", "Zephyria"}, 2},
			{"members on a day before", filter{Group: group, GroupOn: "2023-12-31"}, nil, 0},
			{"verified", filter{MinLevel: "V2", Kind: "civil-society"}, []string{"Tide Watch"}, 1},
			{"search by a beginning", filter{Query: "watc TI"}, []string{"Tide Watch"}, 1},
			{"search without accents", filter{Query: "ecluse"}, []string{"Écluse & Fils"}, 1},
			{"search by acronym", filter{Query: "tw"}, []string{"Tide Watch"}, 1},
			{"search by another name", filter{Query: "friends"}, []string{"Tide Watch"}, 1},
			{"search in Arabic", filter{Query: "المد", Lang: locale.Arabic}, []string{"مرصد المدّ"}, 1},
			{"search inside Chinese", filter{Query: "大学", Lang: locale.Chinese}, []string{"潮汐大学"}, 1},
			{"a State by its French name", filter{Query: "zéphyrie", Lang: locale.French}, []string{"Zéphyrie"}, 1},
			{"signs of SQL are not signs", filter{Query: "%_' OR 1=1"}, nil, 0},
			{"bytes that are no text", filter{Query: "\xff\x00", Kind: "\x00", Area: "\xfe"}, nil, 0},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				s.Read(func(tx *db.Tx) error {
					page, err := stakeholder.List(tx, tt.filter)
					if err != nil {
						return err
					}
					lang := tt.Lang
					if lang == "" {
						lang = locale.English
					}
					var got []string
					for _, p := range page.Parties {
						name, _ := p.Names.In(lang)
						got = append(got, name)
					}
					if want := slices.Clone(tt.want); !sameSet(got, want) || page.Total != tt.total {
						t.Errorf("got %q of %d, want %q of %d", got, page.Total, tt.want, tt.total)
					}
					return nil
				})
			})
		}
		s.Read(func(tx *db.Tx) error {
			c, err := stakeholder.Count(tx)
			if c.Total != 17 || c.ByKind["state"] != 12 || c.ByBasis["adopted"] != 12 || c.ByBasis["group"] != 1 || c.ByBasis["none"] != 2 || c.NoSeat != 1 || c.Verified != 13 {
				t.Errorf("counts: got %+v", c)
			}
			return err
		})
		s.Replay()
	})
}

func sameSet(got, want []string) bool {
	slices.Sort(got)
	slices.Sort(want)
	return slices.Equal(got, want)
}

// A walk over the pages meets every party once, in the order of names.
func TestPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		if _, err := stakeholder.AdoptAll(context.Background(), s.Keeper, s.Pack); err != nil {
			t.Fatal(err)
		}
		for _, lang := range locale.Langs {
			var walked []string
			var want []string
			for _, a := range s.Pack.AreaSet().Sorted(lang) {
				want = append(want, a.ID)
			}
			s.Read(func(tx *db.Tx) error {
				f := stakeholder.Filter{Lang: lang, Limit: 5}
				for {
					page, err := stakeholder.List(tx, f)
					if err != nil {
						return err
					}
					for _, p := range page.Parties {
						walked = append(walked, p.Area)
					}
					if f.After = page.Next; f.After == "" {
						break
					}
				}
				f.After = "broken"
				if _, err := stakeholder.List(tx, f); err == nil {
					t.Error("a broken cursor was taken")
				}
				return nil
			})
			if !slices.Equal(walked, want) {
				t.Errorf("%s: got %q, want %q", lang, walked, want)
			}
		}
	})
}
