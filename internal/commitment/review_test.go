package commitment_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// pool names a pool of peers whose reviewers' names are not given.
func (w *world) pool(basis, naming string) int64 {
	w.Helper()
	return w.must(keeper.Act{Kind: commitment.KindPool, By: "secretariat", Facts: commitment.Pool{Lang: "en", Basis: basis, Appointer: w.kite, Naming: naming},
		Words: map[string]string{"name.en": "Peers of the Lantern Sea", "appointed_by.en": "Named by the harbour assembly", "rule.en": "Three for each review, drawn by lot."}})
}

func (w *world) opening(of, pool int64, stage string) keeper.Act {
	return keeper.Act{Kind: commitment.KindReviewOpened, By: "secretariat",
		Facts: commitment.ReviewOpened{Lang: "en", Commitment: of, Version: of, Stage: stage, Pool: pool, Reviewers: 2}}
}

// reviewed is a review by two reviewers, of a commitment with one report.
func (w *world) reviewed(review, report int64, draftOn string) keeper.Act {
	codings := []commitment.Coding{{Of: "overall", Codes: []string{"limited", "substantial"}}, {Of: "milestone", Codes: []string{"substantial", "substantial"}},
		{Of: "indicator", Codes: []string{"limited", "limited"}}, {Of: "evidence", Report: report, Codes: []string{"E3", "E2"}}}
	return keeper.Act{Kind: commitment.KindReviewPublished, By: "secretariat", Facts: commitment.ReviewPublished{Review: review, Lang: "en", Verifiable: "yes",
		Potential: "substantial", Completion: "limited", Evidence: []commitment.Used{{Report: report, Strength: "E3"}}, Recomputed: true, Reviewers: 2, Conflicts: 1,
		Codings: codings, Agreement: commitment.Agree(codings), Recommended: 1, DraftOn: draftOn, ReplyUntil: commitment.AddWorkdays(draftOn, 15), Answer: "no_reply"},
		Words: map[string]string{"reasoning.en": "A seventh of the schools are connected.", "verifiable_reason.en": "The register counts them.",
			"recommendations.0.text.en": "Publish the list of schools.", "reviewers.0.role.en": "Network engineer", "reviewers.1.role.en": "Head of a school"}}
}

func (w *world) reply(review int64) keeper.Act {
	return keeper.Act{Kind: commitment.KindReviewReplied, By: id(w.ministry), Facts: commitment.ReviewReplied{Review: review, Lang: "en",
		Responses: []commitment.Response{{Recommendation: 0, Code: "supported_in_part"}}}, Words: map[string]string{"reply.en": "The list follows in May."}}
}

func (w *world) review(id int64) (r commitment.Review) {
	w.Helper()
	w.read(func(tx *db.Tx) (err error) { r, err = commitment.GetReview(tx, id); return err })
	return r
}

// A review from its opening to a second one that differs; the other four facts
// never move.
func TestReview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools())
		w.now = day("2026-03-31")
		report := w.must(w.progress(c, "2025-03-20", "2026-03-31", "150"))
		before := w.get(c, "2026-03-31")
		pool := w.pool("peer", "role_only")
		first := w.must(w.opening(c, pool, "periodic"))
		assessed := func(state string, found int64) {
			t.Helper()
			today := keeper.Today(w.now)
			v := w.get(c, today)
			if v.Review.State != state || v.Review.Basis != "peer" {
				t.Errorf("assessment %+v, want %s", v.Review, state)
			}
			if p := w.list(commitment.Filter{Today: today, Review: state}); p.Total != found || p.List[0].Review != state {
				t.Errorf("list by %s: %+v", state, p)
			}
			if v.Lifecycle != before.Lifecycle || v.Reporting.Reports != before.Reporting.Reports || v.Self != before.Self || v.Indicators[0].Paced != before.Indicators[0].Paced {
				t.Errorf("a review changed another fact: %+v", v)
			}
		}
		assessed("open", 1)
		if got := w.get(c, "2026-04-01").Review.Why(locale.English); got != "a review is under way" {
			t.Errorf("why: %q", got)
		}

		w.now = day("2026-04-27") // the window of a draft of 3 April ends on the 24th
		publish := w.reviewed(first, report, "2026-04-03")
		w.must(publish)
		assessed("limited", 1)
		r := w.review(first)
		if r.ReplyUntil != "2026-04-24" || r.Completion != "limited" || r.Strength != "E3" || r.Conflicts != 1 || r.Pooled.Appointer != w.kite || r.Facts.Answer != "no_reply" {
			t.Errorf("review: %+v", r)
		}
		if text, in := r.Text("reasoning", locale.French); text == "" || in != "en" {
			t.Errorf("reasoning %q in %s", text, in)
		}
		if a := r.Facts.Agreement; len(a) != 2 || a[0].Of != "completion" || a[0].Units != 3 || a[0].Kappa != "0.4" || a[1].Kappa != "0" || a[1].Alpha != "0" {
			t.Errorf("agreement: %+v", a)
		}
		w.must(w.reply(first)) // a later reply

		second := w.opening(c, pool, "periodic")
		second = change(second, func(f *commitment.ReviewOpened, _ map[string]string) { f.SecondOf = first })
		other := w.must(second)
		assessed("limited", 1) // until the second one is published
		w.now = day("2026-06-10")
		again := change(w.reviewed(other, report, "2026-05-04"), func(f *commitment.ReviewPublished, _ map[string]string) {
			f.Completion, f.Answer = "substantial", "replied"
		})
		if _, err := w.keeper.Submit(context.Background(), "", w.reply(other), again); err != nil {
			t.Fatal(err)
		}
		assessed("differing", 1)
		v := w.get(c, "2026-06-10")
		if !slices.Equal(v.Review.Codes, []string{"limited", "substantial"}) {
			t.Errorf("both codes: %v", v.Review.Codes)
		}
		if got := v.Review.Why(locale.English); got != "two reviews of one stage differ: limited, substantial; both stand" {
			t.Errorf("why: %q", got)
		}
		if r := w.review(first); !r.Differs() || r.Second.ID != other || r.Replied[0].Facts.Responses[0].Code != "supported_in_part" {
			t.Errorf("first: %+v", r)
		}
		if r := w.review(other); !r.Differs() || r.First.ID != first || len(r.Replied) != 1 {
			t.Errorf("second: %+v", r)
		}
		if n := len(v.History); n != 8 || v.History[n-1].Kind != commitment.KindReviewPublished || v.History[n-2].Kind != commitment.KindReviewReplied {
			t.Errorf("history: %+v", v.History)
		}
		w.read(func(tx *db.Tx) error {
			list, next, total, err := commitment.ListReviews(tx, commitment.ReviewFilter{Limit: 1})
			if len(list) != 1 || list[0].ID != other || next != other || total != 2 {
				t.Errorf("list: %v, next %d of %d", list, next, total)
			}
			for _, x := range []struct {
				f    commitment.ReviewFilter
				want int64
			}{{commitment.ReviewFilter{Stage: "end"}, 0}, {commitment.ReviewFilter{Stage: "periodic"}, 2}, {commitment.ReviewFilter{Completion: "limited"}, 1},
				{commitment.ReviewFilter{State: "open"}, 0}, {commitment.ReviewFilter{State: "published", Basis: "peer"}, 2}, {commitment.ReviewFilter{Commitment: c + 100}, 0}} {
				if _, _, total, e := commitment.ListReviews(tx, x.f); e != nil || total != x.want {
					t.Errorf("%+v: %d, %v", x.f, total, e)
				}
			}
			return err
		})
		w.replays()
	})
}

func TestReviewRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools())
		none := w.must(change(w.schools(), func(f *commitment.Made, _ map[string]string) { f.Review, f.Items = "none", []string{"H.2"} }))
		w.now = day("2026-03-31")
		report := w.must(w.progress(c, "2025-03-20", "2026-03-31", "150"))
		pool, experts := w.pool("peer", "role_only"), w.pool("independent", "named")

		refused := func(name string, a keeper.Act, place, key string) {
			t.Helper()
			_, err := w.submit(a)
			if got := faults(err)[place]; got != key {
				t.Errorf("%s: got %q at %q (%v), want %q", name, got, place, err, key)
			}
		}
		edit := func(edit func(f *commitment.ReviewOpened)) keeper.Act {
			return change(w.opening(c, pool, "periodic"), func(f *commitment.ReviewOpened, _ map[string]string) { edit(f) })
		}
		refused("none was asked for", w.opening(none, pool, "spot"), "commitment", "err.review.not_asked")
		refused("no commitment", w.opening(9999, pool, "spot"), "commitment", "err.commitment.unknown")
		refused("another kind of pool", w.opening(c, experts, "spot"), "pool", "err.review.pool_basis")
		refused("no pool", w.opening(c, 9999, "spot"), "pool", "err.review.no_pool")
		refused("an end review before the end", w.opening(c, pool, "end"), "stage", "err.review.end_early")
		refused("a version of something else", edit(func(f *commitment.ReviewOpened) { f.Version = none }), "version", "err.review.version")
		refused("no reviewer", edit(func(f *commitment.ReviewOpened) { f.Reviewers = 0 }), "reviewers", "err.review.reviewers")
		refused("second of nothing", edit(func(f *commitment.ReviewOpened) { f.SecondOf = 9999 }), "second_of", "err.review.unknown")
		a := w.opening(c, pool, "spot")
		a.By = id(w.ministry)
		refused("a party opens its own review", a, "by", "err.party.secretariat_only")

		r := w.must(w.opening(c, pool, "periodic"))
		refused("twice at once", w.opening(c, pool, "periodic"), "stage", "err.review.open_already")
		refused("second of one that is not published", edit(func(f *commitment.ReviewOpened) { f.SecondOf = r }), "second_of", "err.review.second")

		w.now = day("2026-04-24")
		good := w.reviewed(r, report, "2026-04-03")
		edited := func(edit func(f *commitment.ReviewPublished, words map[string]string)) keeper.Act {
			return change(good, edit)
		}
		refused("while the window is open", good, "reply_until", "err.review.window_open")
		w.now = day("2026-04-27")
		words := map[string]string{}
		for _, word := range []string{"reasoning.en"} {
			for range 401 {
				words[word] += "word "
			}
			words[word] = words[word][:len(words[word])-1]
		}
		for _, x := range []struct {
			name, place, key string
			edit             func(f *commitment.ReviewPublished, words map[string]string)
		}{
			{"a window of 14 working days", "reply_until", "err.review.window", func(f *commitment.ReviewPublished, _ map[string]string) { f.ReplyUntil = "2026-04-23" }},
			{"a draft from before the opening", "draft_on", "err.review.draft_early", func(f *commitment.ReviewPublished, _ map[string]string) {
				f.DraftOn = "2026-03-02"
			}},
			{"a reply that is not there", "answer", "err.review.reply_with", func(f *commitment.ReviewPublished, _ map[string]string) { f.Answer = "replied" }},
			{"complete on own documents", "completion", "err.review.complete_needs", func(f *commitment.ReviewPublished, _ map[string]string) {
				f.Completion, f.Evidence = "complete", []commitment.Used{{Report: report, Strength: "E2"}}
			}},
			{"evidence that is not there", "evidence", "err.review.piece", func(f *commitment.ReviewPublished, _ map[string]string) {
				f.Evidence = []commitment.Used{{Report: report, Piece: 1, Strength: "E3"}}
			}},
			{"figures that do not follow", "agreement", "err.review.agreement", func(f *commitment.ReviewPublished, _ map[string]string) {
				f.Agreement = slices.Clone(f.Agreement)
				f.Agreement[0].Kappa = "0.9"
			}},
			{"codings of one of two", "codings", "err.review.coding", func(f *commitment.ReviewPublished, _ map[string]string) {
				f.Codings = slices.Clone(f.Codings)
				f.Codings[1].Codes = []string{"limited"}
			}},
			{"two reviewers and no codings", "codings", "err.review.no_codings", func(f *commitment.ReviewPublished, _ map[string]string) { f.Codings, f.Agreement = nil, nil }},
			{"a milestone that is not there", "codings", "err.review.coding", func(f *commitment.ReviewPublished, _ map[string]string) {
				f.Codings = slices.Clone(f.Codings)
				f.Codings[1].N = 7
				f.Agreement = commitment.Agree(f.Codings)
			}},
			{"a name where roles only are given", "reviewers.0.name", "err.review.naming_role_only", func(_ *commitment.ReviewPublished, words map[string]string) { words["reviewers.0.name.und"] = "Ada" }},
			{"401 words", "reasoning.en", "err.review.words", func(_ *commitment.ReviewPublished, have map[string]string) { maps.Copy(have, words) }},
			{"no reason for verifiability", "verifiable_reason", "err.commitment.needed", func(_ *commitment.ReviewPublished, words map[string]string) { delete(words, "verifiable_reason.en") }},
			{"an unknown code", "completion", "err.commitment.not_one_of", func(f *commitment.ReviewPublished, _ map[string]string) { f.Completion = "excellent" }},
		} {
			refused(x.name, edited(x.edit), x.place, x.key)
		}
		waived := edited(func(f *commitment.ReviewPublished, _ map[string]string) { f.Answer = "waived" })
		w.now = day("2026-04-06")
		if _, err := w.submit(waived); err != nil {
			t.Errorf("a party that waived need not be waited for: %v", err)
		}
		refused("published twice", waived, "review", "err.review.published")

		stranger := w.reply(r)
		stranger.By = id(w.kite)
		if _, err := w.submit(stranger); !errors.Is(err, keeper.ErrForbidden) {
			t.Errorf("another party replies: %v", err)
		}
		refused("a reply to advice that was not given", change(w.reply(r), func(f *commitment.ReviewReplied, _ map[string]string) { f.Responses[0].Recommendation = 1 }),
			"responses.0.code", "err.review.recommendation")
		w.replays()
	})
}

// The day from which an end review can be opened moves with the end: an amendment
// puts it off, a conclusion brings it forward, a withdrawal takes it away.
func TestEndReviewMoves(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		why := map[string]string{"reason.en": "It is done."}
		later, sooner, gone := w.must(w.schools()), w.must(w.schools()), w.must(w.schools())
		unasked := w.must(change(w.schools(), func(f *commitment.Made, _ map[string]string) { f.Review = "none" }))
		w.must(w.amend(later, func(f *commitment.Amended, words map[string]string) { f.End = "2031-06-30" }))
		w.must(keeper.Act{Kind: commitment.KindConcluded, By: id(w.ministry), Facts: commitment.Ended{Commitment: sooner, Outcome: "achieved"}, Words: why})
		w.must(keeper.Act{Kind: commitment.KindWithdrawn, By: id(w.ministry), Facts: commitment.Ended{Commitment: gone}, Words: why})
		for _, c := range []int64{later, sooner, gone, unasked} {
			first := ""
			w.read(func(tx *db.Tx) error {
				return tx.Row("SELECT review_from FROM commitment WHERE id = ?", c).Scan(&first)
			})
			want := map[int64]string{later: "2031-10-30", sooner: w.now.AddDate(0, 4, 0).Format("2006-01-02")}[c]
			if want == "" {
				want = "9999-12-31"
			}
			if first != want {
				t.Errorf("commitment %d: from %s, want %s", c, first, want)
			}
		}
		var due []int64
		w.read(func(tx *db.Tx) error {
			list, err := commitment.EndReviewsDue(tx, "2032-01-01", 100)
			for _, s := range list {
				due = append(due, s.ID)
			}
			return err
		})
		if !slices.Equal(due, []int64{sooner, later}) {
			t.Errorf("due: %v, want %v", due, []int64{sooner, later})
		}
		w.replays()
	})
}

// An end review opens four months after the end, and the desk is told.
func TestEndReview(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		w := newWorld(t, open())
		c := w.must(w.schools()) // ends on 31 December 2030
		pool := w.pool("peer", "role_only")
		due := func(today string) (n int) {
			w.read(func(tx *db.Tx) error {
				list, err := commitment.EndReviewsDue(tx, today, 100)
				n = len(list)
				return err
			})
			return n
		}
		if due("2031-04-29") != 0 || due("2031-04-30") != 1 || due("2031-05-01") != 1 {
			t.Errorf("due: %d, %d, %d", due("2031-04-29"), due("2031-04-30"), due("2031-05-01"))
		}
		w.now = day("2031-04-30").AddDate(0, 0, -1)
		if _, err := w.submit(w.opening(c, pool, "end")); err == nil {
			t.Error("opened a day early")
		}
		w.now = day("2031-04-30")
		r := w.must(w.opening(c, pool, "end"))
		if due("2031-05-01") != 0 {
			t.Error("still due after it was opened")
		}
		w.now = day("2031-06-30")
		if _, err := w.submit(change(w.reviewed(r, 0, "2031-05-05"), func(f *commitment.ReviewPublished, _ map[string]string) {
			f.Evidence, f.Codings = nil, f.Codings[:3]
			f.Agreement = commitment.Agree(f.Codings)
		})); faults(err)["results"] != "err.commitment.needed" {
			t.Errorf("an end review without results: %v", err)
		}
	})
}

func TestAddWorkdays(t *testing.T) {
	for _, x := range []struct {
		day  string
		n    int
		want string
	}{{"2026-11-20", 1, "2026-11-23"}, {"2026-11-21", 1, "2026-11-23"}, {"2026-11-22", 1, "2026-11-23"}, {"2026-11-23", 5, "2026-11-30"},
		{"2026-04-03", 15, "2026-04-24"}, {"2026-12-18", 15, "2027-01-08"}, {"2028-02-28", 2, "2028-03-01"}} {
		if got := commitment.AddWorkdays(x.day, x.n); got != x.want {
			t.Errorf("%s + %d: got %s, want %s", x.day, x.n, got, x.want)
		}
	}
}
