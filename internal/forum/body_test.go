package forum_test

import (
	"slices"
	"strings"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// bodiesOfHistory looks at what the history says of bodies.
func bodiesOfHistory(t *testing.T, w *world, tx *db.Tx) error {
	b, err := forum.BodyByID(tx, w.Pack, "HB.2")
	if err != nil {
		return err
	}
	if b.Own.Entry != 5002 || b.Own.Party != 3 || b.Level != "regional" || b.Cycle != "yearly" || b.Mandate.Until != "2027-04-30" || b.ConfirmedOn != "2026-05-01" || b.StaleFrom != "2027-11-02" {
		t.Errorf("HB.2: got %+v", b)
	}
	if r := asserted(b, 5005); r.Kind != "feeds" || r.By != "3" || len(r.Disputed) != 0 {
		t.Errorf("relation: got %+v", r)
	}
	if asserted(b, 5010).ID != 0 || len(b.Disputed) != 1 || b.Disputed[0].Fact != "mandate" || b.Disputed[0].Entry != 5009 {
		t.Errorf("ended relation and disputes: got %+v, %+v", asserted(b, 5010), b.Disputed)
	}
	own, err := forum.BodyByID(tx, w.Pack, "5003")
	if len(own.RunBy()) != 0 || own.Certain || len(own.Principles) != 5 {
		t.Errorf("5003: got %+v", own)
	}
	return err
}

// asserted is a relation of the record by its entry.
func asserted(b forum.Body, entry int64) forum.Relation {
	for _, r := range b.Relations {
		if r.ID == entry {
			return r
		}
	}
	return forum.Relation{}
}

func claimed(party int64, body string) keeper.Act {
	return keeper.Act{Kind: forum.KindClaimed, By: id(party), Facts: forum.OfBody{Body: body}, Words: map[string]string{"reason.en": "Our secretariat hosts it."}}
}

func entrusted(claim int64) keeper.Act {
	return keeper.Act{Kind: forum.KindEntrusted, By: "secretariat", Facts: forum.Answer{Claim: claim}}
}

func declined(claim int64) keeper.Act {
	return keeper.Act{Kind: forum.KindDeclined, By: "secretariat", Facts: forum.Answer{Claim: claim}, Words: map[string]string{"reason.en": "The council's letter names another."}}
}

func described(party int64, body string) keeper.Act {
	words := map[string]string{"mandate.und": "HC/HB/2", "members.en": "One person for each port.", "acronym.und": "HDG"}
	if body == "" {
		words["name.en"], words["name.fr"] = "Quay users' round", "Table des usagers du quai"
	}
	return keeper.Act{Kind: forum.KindDescribed, By: id(party), Words: words, Facts: forum.Described{Body: body, Lang: "en", Kind: "platform", Level: "regional", Cycle: "yearly",
		Since: "2024", MandateOn: "2024-05-01", MandateUntil: "2027-04-30", Functions: []string{"data", "standards"}, Items: []string{"H.3", "H.7"}, Groups: []string{"private", "state"}, Languages: []string{"en", "fr"}}}
}

func related(party int64, from, kind, to string) keeper.Act {
	return keeper.Act{Kind: forum.KindRelated, By: id(party), Facts: forum.Related{From: from, Kind: kind, To: to}, Words: map[string]string{"reason.en": "Its tables go to the council."}}
}

func disputed(party int64, body string, relation int64) keeper.Act {
	return keeper.Act{Kind: forum.KindDisputed, By: id(party), Facts: forum.Disputed{Relation: relation, Body: body, Lang: "en"}, Words: map[string]string{"text.en": "Nothing has reached us."}}
}

func bodyDisputed(party int64, body, about, fact string) keeper.Act {
	return keeper.Act{Kind: forum.KindBodyDisputed, By: id(party), Facts: forum.BodyDisputed{About: about, Fact: fact, Body: body, Lang: "en"}, Words: map[string]string{"text.en": "That mandate is ours."}}
}

func confirmed(party int64, body string) keeper.Act {
	return keeper.Act{Kind: forum.KindConfirmed, By: id(party), Facts: forum.OfBody{Body: body}}
}

// run lets a party run a body of the pack.
func (w *world) run(party int64, body string) { w.Submit(entrusted(w.Submit(claimed(party, body)))) }

func (w *world) body(id string) (b forum.Body) {
	w.Helper()
	w.Read(func(tx *db.Tx) (err error) {
		b, err = forum.BodyByID(tx, w.Pack, id)
		return err
	})
	return b
}

func TestBodyLife(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		w.at("2026-03-04")
		before := w.body("HB.2")
		w.run(w.kite, "HB.2")
		first := w.Submit(described(w.kite, "HB.2"))
		b := w.body("HB.2")
		if b.Own.Entry != first || b.Cycle != "yearly" || b.Acronym != "HDG" || b.Mandate.Instrument != "HC/HB/2" || b.Mandate.Until != "2027-04-30" || !b.Own.Says("functions") {
			t.Errorf("described: got %+v", b)
		}
		if b.Host != before.Host || b.Own.Says("host") || !slices.Equal(b.Items, []string{"H.3", "H.7"}) {
			t.Errorf("what it leaves out stays the pack's: host %q of %q, items %v", b.Host, before.Host, b.Items)
		}
		if b.ConfirmedOn != "2026-03-04" || b.StaleFrom != "2027-09-05" || b.Stale("2027-09-04") || !b.Stale("2027-09-05") {
			t.Errorf("confirmed %s, stale from %s", b.ConfirmedOn, b.StaleFrom)
		}

		// A body that the pack does not have, described by a party that runs it.
		own := w.Submit(described(w.guild, ""))
		if b := w.body(id(own)); b.Entry != own || b.Certain || !slices.Equal(b.RunBy(), []int64{w.guild}) || b.Words["name.fr"] != "Table des usagers du quai" {
			t.Errorf("new body: got %+v", b)
		}
		w.Submit(entrusted(own))
		if !w.body(id(own)).Certain {
			t.Error("the secretariat has looked, and it is not certain")
		}

		// Both of them rest on one instrument: both say so, and nothing is merged.
		w.Read(func(tx *db.Tx) error {
			all, err := forum.Bodies(tx, w.Pack)
			b := w.body("HB.2")
			if same := forum.SameMandate(all, &b); !slices.Equal(same, []string{id(own)}) {
				t.Errorf("same mandate: got %v", same)
			}
			return err
		})
		w.Submit(bodyDisputed(w.kite, "HB.2", id(own), "mandate"))
		if got := w.body(id(own)).Disputed; len(got) != 1 || got[0].Fact != "mandate" || got[0].Body != "HB.2" {
			t.Errorf("disputed mandate: got %+v", got)
		}

		// A relation is seen from both ends; one of them disputes it and takes that back.
		tie := w.Submit(related(w.guild, id(own), "feeds", "HB.2"))
		against := w.Submit(disputed(w.kite, "HB.2", tie))
		for _, end := range []string{id(own), "HB.2"} {
			if r := asserted(w.body(end), tie); len(r.Disputed) != 1 || r.Disputed[0].Entry != against || r.By != id(w.guild) {
				t.Errorf("%s: got %+v", end, r)
			}
		}
		w.Submit(keeper.Act{Kind: forum.KindSettled, By: id(w.kite), Facts: forum.Settled{Disagreement: against}})
		if r := asserted(w.body("HB.2"), tie); len(r.Disputed) != 0 {
			t.Errorf("taken back: got %+v", r)
		}
		w.Submit(keeper.Act{Kind: forum.KindRelationEnded, By: id(w.guild), Facts: forum.RelationEnded{Relation: tie}})
		if asserted(w.body("HB.2"), tie).ID != 0 {
			t.Error("an ended relation stands")
		}

		w.at("2027-10-01")
		if b := w.body("HB.2"); !b.Stale("2027-10-01") {
			t.Errorf("stale from %s", b.StaleFrom)
		}
		w.Submit(confirmed(w.kite, "HB.2"))
		if b := w.body("HB.2"); b.Stale("2027-10-01") || b.ConfirmedOn != "2027-10-01" {
			t.Errorf("confirmed %s", b.ConfirmedOn)
		}
		w.Submit(keeper.Act{Kind: forum.KindReleased, By: id(w.kite), Facts: forum.OfBody{Body: "HB.2"}})
		if b := w.body("HB.2"); len(b.RunBy()) != 0 || b.Runners[0].Ended != "2027-10-01" || b.Own.Entry != first {
			t.Errorf("given up: got %+v", b.Runners)
		}
		w.Replay()
	})
}

// Whoever describes a body again gives the whole of it, and has seen what stood.
func TestDescribedAgain(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.at("2026-03-04")
	w.run(w.kite, "HB.2")
	first := w.Submit(described(w.kite, "HB.2"))
	again := with(described(w.kite, "HB.2"), func(f *forum.Described, words map[string]string) {
		f.Replaces, f.MandateOn, f.MandateUntil = first, "", ""
		delete(words, "mandate.und")
		words["url.und"] = "https://data.harbour.example/"
	})
	second := w.Submit(again)
	b := w.body("HB.2")
	if b.Own.Entry != second || b.Own.Says("mandate") || b.Mandate.Source != "HS.1" || b.URL != "https://data.harbour.example/" {
		t.Errorf("got %+v", b)
	}
	w.Read(func(tx *db.Tx) error {
		steps, err := forum.BodySteps(tx, "HB.2", 10)
		if len(steps) != 4 || steps[0] != second {
			t.Errorf("steps: got %v", steps)
		}
		return err
	})
}

func TestRefusedBodies(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	w.at("2026-03-04")
	w.run(w.kite, "HB.2")
	w.run(w.gull, "HB.1")
	stands := w.Submit(described(w.kite, "HB.2"))
	own := w.Submit(described(w.guild, ""))
	tie := w.Submit(related(w.kite, "HB.2", "feeds", "HB.1"))
	against := w.Submit(disputed(w.gull, "HB.1", tie))
	open := w.Submit(claimed(w.stranger, "HB.2"))
	type words = map[string]string
	say := func(change func(f *forum.Described, w words)) keeper.Act {
		return with(described(w.kite, "HB.2"), func(f *forum.Described, w words) { f.Replaces = stands; change(f, w) })
	}
	fresh := func(change func(f *forum.Described, w words)) keeper.Act { return with(described(w.gull, ""), change) }
	nri := func(change func(f *forum.Described, w words)) keeper.Act {
		return fresh(func(f *forum.Described, w words) {
			w["name.en"], w["report.und"] = "Maravel IGF", "https://igf.harbour.example/2026"
			delete(w, "name.fr")
			f.Kind, f.Level, f.Groups, f.Principles = forum.KindNRI, "national", []string{"private", "state", "academia"}, forum.Principles
			change(f, w)
		})
	}
	w.refuses(t, []refusal{
		{"a body that somebody else runs", "body", "err.body.not_yours", keeper.ErrForbidden, described(w.gull, "HB.2")},
		{"a body that is not here", "body", "err.body.unknown", keeper.ErrNotFound, described(w.gull, "HB.99")},
		{"an id that is none", "body", "err.body.unknown", nil, described(w.gull, "../x")},
		{"unseen change", "replaces", "err.body.changed_since", keeper.ErrConflict, described(w.kite, "HB.2")},
		{"unknown function", "functions", "err.party.not_one_of", nil, say(func(f *forum.Described, _ words) { f.Functions = []string{"rule"} })},
		{"a function twice", "functions", "err.forum.twice", nil, say(func(f *forum.Described, _ words) { f.Functions = []string{"data", "data"} })},
		{"unknown item", "items", "err.forum.item", nil, say(func(f *forum.Described, _ words) { f.Items = []string{"H.99"} })},
		{"unknown group", "groups", "err.party.not_one_of", nil, say(func(f *forum.Described, _ words) { f.Groups = []string{"un"} })},
		{"no kind", "kind", "err.body.kind", nil, say(func(f *forum.Described, _ words) { f.Kind = "" })},
		{"a mandate that ends before it begins", "mandate_until", "err.body.ends_before", nil, say(func(f *forum.Described, _ words) { f.MandateUntil = "2023" })},
		{"a date that is none", "since", "err.body.date", nil, say(func(f *forum.Described, _ words) { f.Since = "2026-02-30" })},
		{"a mandate's date without a mandate", "mandate", "err.body.mandate", nil, say(func(_ *forum.Described, w words) { delete(w, "mandate.und") })},
		{"sixty-one items", "items", "err.body.too_many", nil, say(func(f *forum.Described, _ words) { f.Items = make([]string, 61) })},
		{"a direction mark in the name", "name", "err.party.unclean", nil, fresh(func(_ *forum.Described, w words) { w["name.en"] = "Quay \u202eround" })},
		{"a script as address", "url", "err.party.bad_address", nil, say(func(_ *forum.Described, w words) { w["url.und"] = "javascript:alert(1)" })},
		{"a new body without a name", "name", "err.body.name", nil, fresh(func(_ *forum.Described, w words) { delete(w, "name.en"); delete(w, "name.fr") })},
		{"the name of another, spelt otherwise", "name", "err.body.already", keeper.ErrConflict, fresh(func(_ *forum.Described, w words) { w["name.en"] = "HARBOUR dàta group" })},
		{"the name of one that its people brought", "name", "err.body.already", keeper.ErrConflict, fresh(func(*forum.Described, words) {})},
		{"principles of another kind", "principles", "err.body.not_nri", nil, say(func(f *forum.Described, _ words) { f.Principles = forum.Principles })},
		{"two groups in the team", "groups", "err.body.nri_groups", nil, nri(func(f *forum.Described, _ words) { f.Groups = f.Groups[:2] })},
		{"four principles", "principles", "err.body.nri_principles", nil, nri(func(f *forum.Described, _ words) { f.Principles = f.Principles[:4] })},
		{"no yearly report", "report", "err.body.nri_report", nil, nri(func(_ *forum.Described, w words) { delete(w, "report.und") })},
		{"a global national IGF", "level", "err.body.nri_level", nil, nri(func(f *forum.Described, _ words) { f.Level = "global" })},
		{"claimed twice", "body", "err.body.claimed_already", keeper.ErrConflict, claimed(w.stranger, "HB.2")},
		{"claimed by who runs it", "body", "err.body.yours", keeper.ErrConflict, claimed(w.kite, "HB.2")},
		{"a claim without a reason", "reason", "err.commitment.needed", nil, with(claimed(w.guild, "HB.2"), func(_ *forum.OfBody, w words) { clear(w) })},
		{"entrusted by a party", "by", "err.party.secretariat_only", nil, byOther(entrusted(open), id(w.kite))},
		{"a claim that nobody made", "claim", "err.body.no_claim", keeper.ErrNotFound, entrusted(tie)},
		{"confirmed by somebody else", "body", "err.body.not_yours", keeper.ErrForbidden, confirmed(w.gull, "HB.2")},
		{"tied to itself", "to", "err.body.itself", nil, related(w.kite, "HB.2", "feeds", "HB.2")},
		{"an unknown tie", "kind", "err.party.not_one_of", nil, related(w.kite, "HB.2", "rules", "HB.1")},
		{"a tie to nothing", "to", "err.body.unknown", keeper.ErrNotFound, related(w.kite, "HB.2", "feeds", "HB.99")},
		{"a tie of others", "from", "err.body.no_end", keeper.ErrForbidden, related(w.stranger, "HB.2", "feeds", "HB.1")},
		{"the same tie again", "to", "err.body.related_already", keeper.ErrConflict, related(w.kite, "HB.2", "feeds", "HB.1")},
		{"a tie by the secretariat without a source", "source", "err.body.source", nil, byOther(related(0, "HB.2", "overlaps", "HB.1"), "secretariat")},
		{"ended by the other end", "relation", "err.body.not_asserted_by_you", keeper.ErrForbidden, keeper.Act{Kind: forum.KindRelationEnded, By: id(w.gull), Facts: forum.RelationEnded{Relation: tie}}},
		{"disputed by who asserts it", "relation", "err.body.own_relation", keeper.ErrConflict, disputed(w.kite, "HB.2", tie)},
		{"disputed twice", "", "err.body.disputed_already", keeper.ErrConflict, disputed(w.gull, "HB.1", tie)},
		{"disputed from outside", "body", "err.body.no_end", keeper.ErrForbidden, disputed(w.guild, id(own), tie)},
		{"a tie of the pack that it has not", "relation", "err.body.no_relation", keeper.ErrNotFound,
			with(disputed(w.kite, "HB.2", 0), func(f *forum.Disputed, _ words) { f.From, f.Kind, f.To = "HB.2", "co_hosts", "HB.1" })},
		{"its own fact", "body", "err.body.own_fact", nil, bodyDisputed(w.kite, "HB.2", "HB.2", "mandate")},
		{"a fact that is none", "fact", "err.party.not_one_of", nil, bodyDisputed(w.kite, "HB.2", "HB.1", "colour")},
		{"no words", "text", "err.commitment.needed", nil, with(bodyDisputed(w.kite, "HB.2", "HB.1", "host"), func(_ *forum.BodyDisputed, w words) { clear(w) })},
		{"taken back by another", "disagreement", "err.body.not_your_dispute", keeper.ErrForbidden, keeper.Act{Kind: forum.KindSettled, By: id(w.kite), Facts: forum.Settled{Disagreement: against}}},
	})
	w.Submit(declined(open))
	w.refuses(t, []refusal{{"answered twice", "claim", "err.body.answered", keeper.ErrConflict, entrusted(open)}})
	if _, err := w.try(nri(func(*forum.Described, words) {})); err != nil {
		t.Errorf("a national IGF with all that is asked: %v", err)
	}
}

// An erased name leaves the body, and takes the name out of what is derived.
func TestErasedNameOfBody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		w := newWorld(t, store())
		own := w.Submit(described(w.guild, ""))
		w.Submit(keeper.Act{Kind: "words.erased", By: "secretariat", Facts: keeper.WordsErased{Target: own, Parts: []string{"name.en"}, Reason: "request"}})
		b := w.body(id(own))
		if _, there := b.Words["name.en"]; there || b.Words["name.fr"] == "" {
			t.Errorf("words: got %v", b.Words)
		}
		if text, in := b.Name(w.Pack, locale.English); text != "Table des usagers du quai" || in != locale.French {
			t.Errorf("name: got %q in %s", text, in)
		}
		w.Replay()
	})
}

// Names that look alike are told apart by people: the list names both.
func TestLookAlikeBodies(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	own := w.Submit(with(described(w.guild, ""), func(_ *forum.Described, words map[string]string) {
		clear(words)
		words["name.en"], words["mandate.und"] = "Hаrbour data grоup", "HC/X/1" // two Cyrillic letters
	}))
	w.Read(func(tx *db.Tx) error {
		all, err := forum.Bodies(tx, w.Pack)
		b := w.body(id(own))
		if got := forum.LookAlikes(all, w.Pack)[b.ID]; !slices.Equal(got, []string{"HB.2"}) {
			t.Errorf("looks like: got %v", got)
		}
		other := w.body("HB.1")
		if got := forum.LookAlikes(all, w.Pack)[other.ID]; len(got) != 0 {
			t.Errorf("%s looks like %s", other.ID, strings.Join(got, " "))
		}
		return err
	})
}
