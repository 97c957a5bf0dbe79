package commitment_test

import (
	"errors"
	"slices"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// help is a request or an offer by a party, of money for an item.
func (w *world) help(kind string, party int64, edit func(f *commitment.Support)) keeper.Act {
	f := commitment.Support{Party: party, Lang: "en", Kind: "money", Items: []string{"H.1"}, Areas: []string{"QM"}, Size: "4000000", Unit: "USD", Until: "2026-12-31"}
	if edit != nil {
		edit(&f)
	}
	return keeper.Act{Kind: kind, By: id(party), Facts: f, Words: map[string]string{"title.en": "Fibre for the last schools", "text.en": "The last two hundred schools lie on islands."}}
}

func TestSupport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools())
		type f = commitment.Support
		for name, x := range map[string]struct {
			place string
			edit  func(*f)
		}{
			"no item": {"items", func(s *f) { s.Items = nil }}, "an item that is not there": {"items", func(s *f) { s.Items = []string{"X.1"} }},
			"an area that is not there": {"areas", func(s *f) { s.Areas = []string{"KEN"} }}, "a kind of its own": {"kind", func(s *f) { s.Kind = "luck" }},
			"a size without unit": {"unit", func(s *f) { s.Unit = "" }}, "an unknown unit": {"unit", func(s *f) { s.Unit = "smiles" }}, "a size of nothing": {"size", func(s *f) { s.Size = "0" }},
			"over already": {"until", func(s *f) { s.Until = "2025-03-01" }}, "for ever": {"until", func(s *f) { s.Until = "2031-01-01" }},
			"another's commitment": {"commitment", func(s *f) { s.Commitment, s.Party = c, w.loose }},
		} {
			a := w.help(commitment.KindRequested, w.ministry, x.edit)
			a.By = id(a.Facts.(f).Party)
			if _, err := w.submit(a); faults(err)[x.place] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		a := w.help(commitment.KindRequested, w.ministry, nil)
		a.By = id(w.kite)
		if _, err := w.submit(a); faults(err)["party"] != "err.support.not_yours" {
			t.Errorf("for another party: %v", err)
		}
		want := w.must(w.help(commitment.KindRequested, w.ministry, func(s *f) { s.Commitment = c }))
		offer := w.must(w.help(commitment.KindOffered, w.loose, func(s *f) { s.Size, s.Answers = "1000000", want })) // no basis: nothing gates support
		if _, err := w.submit(w.help(commitment.KindRequested, w.kite, func(s *f) { s.Answers = want })); faults(err)["answers"] != "err.support.answers_other" {
			t.Errorf("a request that answers a request: %v", err)
		}
		list := func(x commitment.HelpFilter) (ids []int64) {
			t.Helper()
			x.Today = "2026-01-01"
			w.read(func(tx *db.Tx) error {
				p, err := commitment.ListHelp(tx, x)
				for _, h := range p.List {
					ids = append(ids, h.ID)
				}
				if p.Total != int64(len(ids)) && x.Limit == 0 {
					t.Errorf("%+v: %d of %d", x, len(ids), p.Total)
				}
				return err
			})
			return ids
		}
		for _, x := range []struct {
			f    commitment.HelpFilter
			want []int64
		}{
			{commitment.HelpFilter{}, []int64{offer, want}}, {commitment.HelpFilter{Side: "requested"}, []int64{want}}, {commitment.HelpFilter{Kind: "data"}, nil},
			{commitment.HelpFilter{Items: []string{"H.1"}}, []int64{offer, want}}, {commitment.HelpFilter{Items: []string{"H.2"}}, nil}, {commitment.HelpFilter{Area: "QM"}, []int64{offer, want}},
			{commitment.HelpFilter{Party: w.loose}, []int64{offer}}, {commitment.HelpFilter{Commitment: c}, []int64{want}}, {commitment.HelpFilter{Answers: want}, []int64{offer}},
			{commitment.HelpFilter{Query: "LAST schools"}, []int64{offer, want}}, {commitment.HelpFilter{State: "open"}, []int64{offer, want}},
			{commitment.HelpFilter{Limit: 1}, []int64{offer}}, {commitment.HelpFilter{Limit: 1, After: itoa(offer)}, []int64{want}},
		} {
			if got := list(x.f); !slices.Equal(got, x.want) {
				t.Errorf("%+v: got %v, want %v", x.f, got, x.want)
			}
		}
		w.read(func(tx *db.Tx) error {
			h, err := commitment.GetHelp(tx, want)
			if err != nil {
				return err
			}
			if text, in := h.Text("title", locale.French); text != "Fibre for the last schools" || in != "en" {
				t.Errorf("title: %q in %s", text, in)
			}
			found, _, err := commitment.MatchesOf(tx, w.pack, h, "2026-01-01")
			if len(found) != 1 || found[0].Help.ID != offer || !slices.Equal(found[0].Reasons, []string{"same_item", "same_kind", "same_place", "part_of_size", "open"}) {
				t.Errorf("matches: %+v", found)
			}
			for today, state := range map[string]string{"2026-12-31": "open", "2027-01-01": "over"} {
				if got := h.State(today); got != state {
					t.Errorf("%s: got %s, want %s", today, got, state)
				}
			}
			n, err := commitment.CountHelp(tx, commitment.HelpFilter{Items: []string{"H.1"}, Today: "2026-01-01"})
			if n != (commitment.HelpCounts{Requested: 1, Offered: 1}) {
				t.Errorf("counts: %+v", n)
			}
			return err
		})
		end := func(by int64, outcome string) keeper.Act {
			return keeper.Act{Kind: commitment.KindClosed, By: id(by), Facts: commitment.Closed{Support: want, Outcome: outcome}}
		}
		if _, err := w.submit(end(w.kite, "met")); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("closed by another: %v", err)
		}
		if _, err := w.submit(end(w.ministry, "fine")); faults(err)["outcome"] == "" {
			t.Errorf("closed with an outcome of its own: %v", err)
		}
		w.must(end(w.ministry, "partly_met"))
		if _, err := w.submit(end(w.ministry, "met")); !errors.Is(err, keeper.ErrConflict) {
			t.Errorf("closed twice: %v", err)
		}
		if got := list(commitment.HelpFilter{State: "closed"}); !slices.Equal(got, []int64{want}) {
			t.Errorf("closed: %v", got)
		}
		w.replays()
	})
}

func TestMatch(t *testing.T) {
	tree := commitment.Tree{
		Above:  func(item string) []string { return map[string][]string{"H.1": {"HO.1"}, "H.2": {"HO.1"}}[item] },
		Within: func(area, region string) bool { return region == "QAA" && area[0] == 'Q' && area != "QAA" },
	}
	want := commitment.Help{ID: 1, Party: 1, Side: "requested", Kind: "money", Items: []string{"H.1"}, Areas: []string{"QM"}, Size: "100", Unit: "USD", Until: "2026-12-31"}
	offer := func(id int64, edit func(h *commitment.Help)) commitment.Help {
		h := commitment.Help{ID: id, Party: 2, Side: "offered", Kind: "money", Items: []string{"H.1"}, Areas: []string{"QM"}, Size: "100", Unit: "USD", Until: "2026-12-31"}
		if edit != nil {
			edit(&h)
		}
		return h
	}
	others := []commitment.Help{
		offer(10, func(h *commitment.Help) { h.Items = []string{"HO.1"} }),
		offer(11, func(h *commitment.Help) { h.Areas = []string{"QAA"}; h.Size = "40" }),
		offer(12, func(h *commitment.Help) { h.Areas = nil; h.Unit = "EUR" }),
		offer(13, nil),
		offer(14, func(h *commitment.Help) { h.Until = "2026-06-30" }),
		offer(15, func(h *commitment.Help) { h.Party = 1 }),
		offer(16, func(h *commitment.Help) { h.Side = "requested" }),
		offer(17, func(h *commitment.Help) { h.Until = "2025-12-31" }),
		offer(18, func(h *commitment.Help) { h.ClosedOn = "2025-12-31" }),
		offer(19, func(h *commitment.Help) { h.Kind = "data" }),
		offer(20, func(h *commitment.Help) { h.Areas = []string{"QN"} }),
		offer(21, func(h *commitment.Help) { h.Items = []string{"H.2"} }),
	}
	reasons := map[int64][]string{
		14: {"same_item", "same_kind", "same_place", "size", "open"}, 13: {"same_item", "same_kind", "same_place", "size", "open"},
		11: {"same_item", "same_kind", "region", "part_of_size", "open"}, 12: {"same_item", "same_kind", "anywhere", "size_open", "open"},
		10: {"under_item", "same_kind", "same_place", "size", "open"},
	}
	for range 3 {
		found, wider := commitment.Match(want, others, tree, "2026-01-01")
		var ids []int64
		for _, m := range found {
			ids = append(ids, m.Help.ID)
			if !slices.Equal(m.Reasons, reasons[m.Help.ID]) {
				t.Errorf("%d: got %v, want %v", m.Help.ID, m.Reasons, reasons[m.Help.ID])
			}
		}
		if !slices.Equal(ids, []int64{14, 13, 11, 10, 12}) || wider != nil {
			t.Errorf("order: %v, %v", ids, wider)
		}
		slices.Reverse(others) // the order of what comes in says nothing
	}
	_, wider := commitment.Match(want, others[:3], tree, "2026-01-01")
	if !slices.Equal(wider, []commitment.Widening{{"kind", 1}, {"items", 1}, {"areas", 1}}) {
		t.Errorf("what could be widened: %v", wider)
	}
	if found, wider := commitment.Match(want, nil, tree, "2026-01-01"); found != nil || wider != nil {
		t.Errorf("among nothing: %v, %v", found, wider)
	}
	// The other way round the same two fit.
	if found, _ := commitment.Match(others[0], []commitment.Help{want}, tree, "2026-01-01"); len(found) != 0 {
		t.Errorf("an offer for another item: %v", found)
	}
	if found, _ := commitment.Match(offer(13, nil), []commitment.Help{want}, tree, "2026-01-01"); len(found) != 1 || found[0].Reasons[3] != "size" {
		t.Errorf("the offer's side: %v", found)
	}
}
