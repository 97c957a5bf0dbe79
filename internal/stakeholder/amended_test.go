package stakeholder_test

import (
	"math/big"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// amend is a change of what stands of a party.
func (s *site) amend(party int64, change func(f *stakeholder.Amended, words map[string]string)) keeper.Act {
	s.Helper()
	var f stakeholder.Amended
	var words map[string]string
	s.Read(func(tx *db.Tx) error {
		p, err := stakeholder.ByID(tx, party)
		if err != nil {
			return err
		}
		f = stakeholder.Amended{Party: party, Version: p.Version, Registered: stakeholder.Standing(p)}
		words, err = stakeholder.StandingWords(tx, p)
		return err
	})
	change(&f, words)
	return keeper.Act{Kind: stakeholder.KindAmended, By: id(party), Facts: f, Words: words}
}

func (s *site) party(party int64) (p stakeholder.Party) {
	s.Helper()
	s.Read(func(tx *db.Tx) (err error) { p, err = stakeholder.ByID(tx, party); return err })
	return p
}

func (s *site) found(f stakeholder.Filter) (total int64) {
	s.Helper()
	s.Read(func(tx *db.Tx) error {
		page, err := stakeholder.List(tx, f)
		total = page.Total
		return err
	})
	return total
}

func TestAmendedParty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		firm := s.Submit(register("private", "Lantern Charts"))
		ngo := s.Submit(register("civil-society", "Tide Watch", func(f *stakeholder.Registered) { f.Active = []string{"QP", "QQ"} }))
		first := s.amend(ngo, func(f *stakeholder.Amended, words map[string]string) {
			f.Area, f.Active, f.LedBy, f.Parent = "QN", []string{"QR"}, []string{"women", "youth"}, firm
			words["name.en"], words["name.fr"], words["reason.en"] = "Moon Watch", "Veille de la lune", "We look up now."
		})
		late := s.amend(ngo, func(_ *stakeholder.Amended, words map[string]string) { words["name.en"] = "Star Watch" })
		version := s.Submit(first)
		p := s.party(ngo)
		name, _ := p.Names.In(locale.French)
		if name != "Veille de la lune" || p.Area != "QN" || len(p.Active) != 1 || p.Active[0] != "QR" || len(p.LedBy) != 2 || p.Parent != firm || p.Version != version || p.RegisteredOn == "" {
			t.Errorf("got %q, %+v", name, p)
		}
		for _, tt := range []struct {
			filter stakeholder.Filter
			want   int64
		}{{stakeholder.Filter{Query: "moon"}, 1}, {stakeholder.Filter{Query: "tide"}, 0}, {stakeholder.Filter{LedBy: "youth"}, 1}, {stakeholder.Filter{LedBy: "indigenous"}, 0},
			{stakeholder.Filter{LedBy: "%"}, 0}, {stakeholder.Filter{Area: "QN"}, 1}} {
			if got := s.found(tt.filter); got != tt.want {
				t.Errorf("%+v finds %d, want %d", tt.filter, got, tt.want)
			}
		}
		s.Read(func(tx *db.Tx) error {
			steps, err := stakeholder.Steps(tx, ngo, 10)
			if len(steps) != 2 || steps[0].Entry != version || steps[0].Kind != stakeholder.KindAmended || steps[1].Entry != ngo {
				t.Errorf("steps: got %+v", steps)
			}
			return err
		})
		change := func(f func(f *stakeholder.Amended, words map[string]string)) keeper.Act { return s.amend(ngo, f) }
		for _, tt := range []struct {
			name, field, key string
			act              keeper.Act
		}{
			{"somebody was faster", "version", "err.party.amended_since", late},
			{"nothing", "", "err.party.amends_nothing", change(func(*stakeholder.Amended, map[string]string) {})},
			{"only a reason", "", "err.party.amends_nothing", change(func(_ *stakeholder.Amended, w map[string]string) { w["reason.en"] = "So." })},
			{"another kind", "kind", "err.party.kind_secretariat", change(func(f *stakeholder.Amended, _ map[string]string) { f.Kind = "academia" })},
			{"a level", "level", "err.party.amends_level", change(func(f *stakeholder.Amended, _ map[string]string) { f.Level = "V4" })},
			{"led by nobody known", "led_by", "err.party.not_one_of", change(func(f *stakeholder.Amended, _ map[string]string) { f.LedBy = []string{"robots"} })},
			{"a name taken", "name", "err.party.already", change(func(f *stakeholder.Amended, w map[string]string) { f.Area, w["name.en"] = "QM", "LANTERN charts" })},
			{"no name", "name", "err.party.name_missing", change(func(_ *stakeholder.Amended, w map[string]string) { delete(w, "name.en"); delete(w, "name.fr") })},
			{"its own child", "parent", "err.party.parent_circle", s.amend(firm, func(f *stakeholder.Amended, _ map[string]string) { f.Parent = ngo })},
			{"itself", "parent", "err.party.parent_circle", change(func(f *stakeholder.Amended, _ map[string]string) { f.Parent = ngo })},
		} {
			_, err := s.Keeper.Submit(t.Context(), "", tt.act)
			es, _ := locale.All(err)
			if len(es) == 0 || es[0].Key != tt.key || es[0].Place != tt.field {
				t.Errorf("%s: got %v, want %s at %q", tt.name, err, tt.key, tt.field)
			}
		}
		another := change(func(f *stakeholder.Amended, _ map[string]string) { f.Kind = "academia" })
		another.By = stakeholder.Secretariat
		s.Submit(another)
		if p := s.party(ngo); p.Kind != "academia" {
			t.Errorf("kind %s, want academia", p.Kind)
		}
		stranger := change(func(f *stakeholder.Amended, _ map[string]string) { f.Area = "QP" })
		stranger.By = id(firm)
		if _, err := s.Keeper.Submit(t.Context(), "", stranger); err == nil {
			t.Error("a party changed another one's data")
		}
		s.Replay()
	})
}

// The vector of fields-and-methods §3.8, and the words at their borders.
func TestRatio(t *testing.T) {
	rat := func(s string) *big.Rat { r, _ := new(big.Rat).SetString(s); return r }
	for _, tt := range []struct{ share, benchmark, ratio, word string }{
		{"0.12", "0.1837", "0.653", "under"}, {"0.79999", "1", "0.800", "under"}, {"0.8", "1", "0.800", "near"}, {"1.25", "1", "1.250", "near"},
		{"1.2501", "1", "1.250", "over"}, {"0", "0.5", "0.000", "under"}, {"0.5", "0", "", ""},
	} {
		ratio, word := stakeholder.Ratio(rat(tt.share), rat(tt.benchmark))
		got := ""
		if ratio != nil {
			got = ratio.FloatString(3)
		}
		if got != tt.ratio || word != tt.word {
			t.Errorf("%s of %s: got %s %s, want %s %s", tt.share, tt.benchmark, got, word, tt.ratio, tt.word)
		}
	}
}

func TestBalanceOfParticipation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		in := func(areaID string, more ...func(*stakeholder.Registered)) []func(*stakeholder.Registered) {
			return append(more, func(f *stakeholder.Registered) { f.Area = areaID })
		}
		group := s.Submit(register("private", "Lantern Group", in("QM")...))
		s.Submit(register("private", "Lantern Charts", in("QM", func(f *stakeholder.Registered) { f.Parent, f.Size = group, "large" })...))
		small := s.Submit(register("private", "Gull Lines", in("QQ", func(f *stakeholder.Registered) { f.LedBy = []string{"women", "youth"} })...))
		guild := s.Submit(register("civil-society", "Chart Guild", in("QP")...))
		s.Submit(register("academia", "Nowhere School", in("")...))
		declared := keeper.Act{Kind: stakeholder.KindDeclared, By: id(guild), Facts: stakeholder.Declared{Association: guild, Members: []int64{small, group}, Number: 42, On: "2026-01-01"},
			Words: map[string]string{"source.en": "Yearbook", "url.und": "https://guild.example/2026"}}
		representation := s.Submit(declared)
		balance := func(f stakeholder.Filter) (b stakeholder.Balance) {
			s.Read(func(tx *db.Tx) (err error) { b, err = stakeholder.BalanceOf(tx, f); return err })
			return b
		}
		cell := func(b stakeholder.Balance, dimension, code string) stakeholder.Cell {
			for _, d := range b.Dimensions {
				for _, c := range d.Cells {
					if d.Name == dimension && c.Code == code {
						return c
					}
				}
			}
			return stakeholder.Cell{}
		}
		b := balance(stakeholder.Filter{})
		if b.Parties != 5 || b.Families != 4 || b.Represented != 40 {
			t.Errorf("%d parties, %d families, %d represented; want 5, 4, 40: two of the 42 are parties", b.Parties, b.Families, b.Represented)
		}
		// Three of the four parties that have a seat have it in Q1.
		in1 := int64(len(s.Pack.AreaSet().In("Q1")))
		q1 := cell(b, "region", "Q1")
		ratio, word := stakeholder.Ratio(big.NewRat(3, 4), big.NewRat(in1, int64(len(s.Pack.AreaSet().All()))))
		if q1.Parties != 3 || q1.Families != 2 || q1.Share != "0.7500" || q1.There != in1 || q1.Ratio != ratio.FloatString(3) || q1.Word != word {
			t.Errorf("region Q1: got %+v, want ratio %s %s", q1, ratio.FloatString(3), word)
		}
		if c := cell(b, "region", stakeholder.NotGiven); c.Parties != 1 || c.Ratio != "" || c.Share != "" {
			t.Errorf("without a seat: got %+v", c)
		}
		if c := cell(b, "led_by", stakeholder.NotGiven); c.Parties != 4 || cell(b, "led_by", "women").Parties != 1 || cell(b, "led_by", "women").Share != "1.0000" {
			t.Errorf("led by: not given %+v, women %+v", c, cell(b, "led_by", "women"))
		}
		if c := cell(b, "size", "small"); c.Parties != 2 || c.Ratio != "" {
			t.Errorf("small companies: got %+v", c)
		}
		if only := balance(stakeholder.Filter{Kind: "private"}); only.Parties != 3 || only.Represented != 0 {
			t.Errorf("companies: got %+v", only)
		}
		if _, err := s.Keeper.Submit(t.Context(), "", declared); err == nil {
			t.Error("a second declaration was taken while one holds")
		}
		for key, facts := range map[string]stakeholder.Declared{"err.representation.whom": {Association: guild, On: "2026-01-01"}, "err.representation.number": {Association: guild, Members: []int64{small, group}, Number: 1, On: "2026-01-01"},
			"err.representation.itself": {Association: guild, Members: []int64{guild}, On: "2026-01-01"}, "err.representation.twice": {Association: guild, Members: []int64{small, small}, On: "2026-01-01"}} {
			act := declared
			act.Facts = facts
			_, err := s.Keeper.Submit(t.Context(), "", act)
			if es, _ := locale.All(err); len(es) == 0 || es[0].Key != key {
				t.Errorf("got %v, want %s", err, key)
			}
		}
		s.Submit(keeper.Act{Kind: stakeholder.KindEnded, By: id(guild), Facts: stakeholder.Ended{Representation: representation, On: "2026-02-01"}})
		if b := balance(stakeholder.Filter{}); b.Represented != 0 {
			t.Errorf("%d represented after the end, want 0", b.Represented)
		}
		s.Replay()
	})
}

func TestReviewOfParticipation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		s.Submit(register("private", "Lantern Charts"))
		figures := func() ([]byte, stakeholder.Figures) {
			var b []byte
			var f stakeholder.Figures
			s.Read(func(tx *db.Tx) (err error) {
				b, f, err = stakeholder.FiguresNow(tx, s.Pack.Digest.String())
				return err
			})
			return b, f
		}
		review := func(b []byte, size int64) keeper.Act {
			return stakeholder.ReviewOf(b, size, map[string]string{"findings.en": "Few yet."})
		}
		due := func() (on string) {
			s.Read(func(tx *db.Tx) (err error) { on, err = stakeholder.ReviewDueOn(tx); return err })
			return on
		}
		if got := due(); got != "2027-03-04" {
			t.Errorf("the first review is due on %q, want a year after the first party", got)
		}
		old, before := figures()
		s.Submit(register("academia", "Tide School"))
		b, now := figures()
		for key, act := range map[string]keeper.Act{"err.participation.moved": review(old, before.Size), "err.participation.findings": stakeholder.ReviewOf(b, now.Size, nil),
			"err.participation.figures": review(b, now.Size+7)} {
			_, err := s.Keeper.Submit(t.Context(), "", act)
			if es, _ := locale.All(err); len(es) == 0 || es[0].Key != key {
				t.Errorf("got %v, want %s", err, key)
			}
		}
		made := s.Submit(review(b, now.Size))
		s.Read(func(tx *db.Tx) error {
			list, err := stakeholder.ParticipationReviews(tx)
			if len(list) != 1 || list[0].ID != made || list[0].Figures.Balance.Parties != 2 || list[0].Figures.Method != "balance/1" || list[0].Size != now.Size {
				t.Errorf("reviews: got %+v", list)
			}
			return err
		})
		s.Replay()
	})
}
