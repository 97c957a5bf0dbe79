package stakeholder_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// cast is who the refused acts are about.
type cast struct{ state, firm, ngo, group, stated, endorsement, claimed int64 }

func newCast(s *site) (c cast) {
	secretary := func(kind string, facts any, words map[string]string) int64 {
		return s.Submit(keeper.Act{Kind: kind, By: stakeholder.Secretariat, Facts: facts, Words: words})
	}
	source := map[string]string{"name.en": "Buoy Club", "source.en": "A list", "url.und": "https://example.org/"}
	c.state = secretary(stakeholder.KindRegistered, stakeholder.Registered{Kind: "state", Area: "QP"}, nil)
	secretary(stakeholder.KindAdoption, stakeholder.Adoption{Party: c.state, Text: "new", On: "2025-06-01"}, map[string]string{"symbol.und": "T/RES/1"})
	c.firm = s.Submit(register("private", "Lantern Charts"))
	c.ngo = s.Submit(register("civil-society", "Tide Watch", func(f *stakeholder.Registered) { f.Parent = c.firm }))
	c.group = s.Submit(register("group", "Outer Islands"))
	secretary(stakeholder.KindJoined, stakeholder.Membership{Group: c.group, Member: c.state, On: "2020-01-01"}, nil)
	c.stated = secretary(stakeholder.KindStated, stakeholder.Stated{Registered: stakeholder.Registered{Kind: "academia"}, On: "2025-01-01"}, source)
	delete(source, "name.en")
	c.claimed = secretary(stakeholder.KindEndorsed, stakeholder.Endorsed{Party: c.stated, Text: "new", On: "2025-01-01"}, source)
	c.endorsement = s.Submit(endorse(c.ngo))
	return c
}

// with changes a copy of an act.
func with[F any](a keeper.Act, change func(f *F, words map[string]string)) keeper.Act {
	f := a.Facts.(F)
	words := map[string]string{}
	for part, text := range a.Words {
		words[part] = text
	}
	change(&f, words)
	a.Facts, a.Words = f, words
	return a
}

func TestRefusedActs(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	c := newCast(s)
	firm := endorse(c.firm)
	type party = stakeholder.Registered
	type words = map[string]string
	secretary := func(kind string, facts any, w words) keeper.Act {
		return keeper.Act{Kind: kind, By: stakeholder.Secretariat, Facts: facts, Words: w}
	}
	partyWith := func(change func(f *party, w words)) keeper.Act {
		return with(register("media", "Fog Horn"), change)
	}
	endorseWith := func(change func(f *stakeholder.Given, w words)) keeper.Act { return with(firm, change) }
	tests := []struct {
		name  string
		act   keeper.Act
		field string
		key   string
		kind  error
	}{
		{"facts of another kind", secretary(stakeholder.KindRegistered, stakeholder.Adoption{}, nil), "", "err.record.wrong_facts", keeper.ErrInvalid},
		{"no kind", partyWith(func(f *party, w words) { f.Kind = "" }), "kind", "err.party.kind_missing", keeper.ErrInvalid},
		{"kind that the pack has not", partyWith(func(f *party, w words) { f.Kind = "wizard" }), "kind", "err.party.not_one_of", nil},
		{"no name", partyWith(func(f *party, w words) { delete(w, "name.en") }), "name", "err.party.name_missing", keeper.ErrInvalid},
		{"State without area", partyWith(func(f *party, w words) { f.Kind, f.Area = "state", ""; delete(w, "name.en") }), "area", "err.party.state_area", keeper.ErrInvalid},
		{"State with a name", partyWith(func(f *party, w words) { f.Kind, f.Area = "state", "QR" }), "name", "err.party.state_name", keeper.ErrInvalid},
		{"State twice", partyWith(func(f *party, w words) { f.Kind, f.Area = "state", "QP"; delete(w, "name.en") }), "area", "err.party.already", keeper.ErrConflict},
		{"company without size", partyWith(func(f *party, w words) { f.Kind = "private" }), "size", "err.party.size_missing", keeper.ErrInvalid},
		{"size", partyWith(func(f *party, w words) { f.Size = "huge" }), "size", "err.party.not_one_of", keeper.ErrInvalid},
		{"level", partyWith(func(f *party, w words) { f.Level = "V9" }), "level", "err.party.not_one_of", keeper.ErrInvalid},
		{"area", partyWith(func(f *party, w words) { f.Area = "KEN" }), "area", "err.party.unknown_area", nil},
		{"active area", partyWith(func(f *party, w words) { f.Active = []string{"QP", "XX"} }), "active", "err.party.unknown_area", nil},
		{"active area twice", partyWith(func(f *party, w words) { f.Active = []string{"QP", "QP"} }), "active", "err.party.entry_twice", keeper.ErrInvalid},
		{"parent", partyWith(func(f *party, w words) { f.Parent = 9999 }), "parent", "err.party.unknown", nil},
		{"language", partyWith(func(f *party, w words) { f.Languages = []string{"English"} }), "languages", "err.party.bad_language", keeper.ErrInvalid},
		{"surplus words", partyWith(func(f *party, w words) { w["slogan.en"] = "x" }), "slogan.en", "err.party.unknown_word", keeper.ErrInvalid},
		{"word with a language that has none", partyWith(func(f *party, w words) { w["acronym.fr"] = "FH" }), "acronym.fr", "err.party.no_language", keeper.ErrInvalid},
		{"too many words", partyWith(func(f *party, w words) {
			for n := range 181 {
				w["other_names."+id(int64(n))+".en"] = "x"
			}
		}), "", "err.party.too_many_words", keeper.ErrInvalid},
		{"bidi override", partyWith(func(f *party, w words) { w["name.en"] = "Fog\u202eHorn" }), "name.en", "err.party.unclean", keeper.ErrInvalid},
		{"NUL", partyWith(func(f *party, w words) { w["name.en"] = "Fog\x00Horn" }), "name.en", "err.words.nul", keeper.ErrInvalid},
		{"not UTF-8", partyWith(func(f *party, w words) { w["name.en"] = "Fog\xff" }), "name.en", "err.words.not_utf8", keeper.ErrInvalid},
		{"10 MB", partyWith(func(f *party, w words) { w["purpose.en"] = strings.Repeat("x", 10<<20) }), "purpose.en", "err.words.too_long", keeper.ErrInvalid},
		{"script as address", partyWith(func(f *party, w words) { w["web.und"] = "javascript:alert(1)" }), "web.und", "err.party.bad_address", keeper.ErrInvalid},
		{"password in address", partyWith(func(f *party, w words) { w["web.und"] = "https://a:b@example.org/" }), "web.und", "err.party.bad_address", keeper.ErrInvalid},
		{"domain", partyWith(func(f *party, w words) { w["domains.0.und"] = "https://Example.org/x" }), "domains.0.und", "err.party.bad_domain", keeper.ErrInvalid},
		{"same name", partyWith(func(f *party, w words) { w["name.fr"] = "TIDE—WATCH" }), "name", "err.party.already", keeper.ErrConflict},
		{"a group by itself", func() keeper.Act { a := register("group", "Shoal"); a.By = "instance"; return a }(), "by", "err.party.secretariat_only", keeper.ErrInvalid},
		{"a party by another", func() keeper.Act { a := register("media", "Shoal"); a.By = id(c.ngo); return a }(), "by", "err.party.secretariat_only", keeper.ErrInvalid},

		{"stated without source", secretary(stakeholder.KindStated, stakeholder.Stated{Registered: party{Kind: "media"}, On: "2025-01-01"}, words{"name.en": "X", "url.und": "https://example.org/"}), "source", "err.party.source_missing", keeper.ErrInvalid},
		{"stated in the future", secretary(stakeholder.KindStated, stakeholder.Stated{Registered: party{Kind: "media"}, On: "2026-03-06"}, words{"name.en": "X", "source.en": "Y", "url.und": "https://example.org/"}), "on", "err.party.future", nil},

		{"level without its ground", secretary(stakeholder.KindVerified, stakeholder.Verified{Party: c.ngo, Level: "V3", Basis: "mailbox"}, nil), "basis", "err.party.level_basis", keeper.ErrInvalid},
		{"one voucher", secretary(stakeholder.KindVerified, stakeholder.Verified{Party: c.ngo, Level: "V3", Basis: "vouchers", Vouchers: []int64{c.state}}, nil), "vouchers", "err.party.vouchers", keeper.ErrInvalid},
		{"voucher not verified", secretary(stakeholder.KindVerified, stakeholder.Verified{Party: c.group, Level: "V3", Basis: "vouchers", Vouchers: []int64{c.firm, c.ngo}}, nil), "vouchers", "err.party.voucher_level", nil},
		{"verified by itself", keeper.Act{Kind: stakeholder.KindVerified, By: id(c.ngo), Facts: stakeholder.Verified{Party: c.ngo, Level: "V4", Basis: "official-channel"}}, "by", "err.party.secretariat_only", keeper.ErrInvalid},

		{"adoption by an organisation", secretary(stakeholder.KindAdoption, stakeholder.Adoption{Party: c.ngo, Text: "new", On: "2025-06-01"}, words{"symbol.und": "T"}), "party", "err.party.cannot_adopt", nil},
		{"adoption twice", secretary(stakeholder.KindAdoption, stakeholder.Adoption{Party: c.state, Text: "new", On: "2025-06-01"}, words{"symbol.und": "T"}), "party", "err.party.adopted_already", keeper.ErrConflict},
		{"adoption of an unknown text", secretary(stakeholder.KindAdoption, stakeholder.Adoption{Party: c.state, Text: "newer", On: "2025-06-01"}, words{"symbol.und": "T"}), "text", "err.party.unknown_text", nil},
		{"adoption without symbol", secretary(stakeholder.KindAdoption, stakeholder.Adoption{Party: c.state, Text: "new", On: "2025-06-01"}, nil), "symbol", "err.party.symbol_missing", keeper.ErrInvalid},
		{"adoption on a day that is none", secretary(stakeholder.KindAdoption, stakeholder.Adoption{Party: c.state, Text: "new", On: "2025-06-31"}, words{"symbol.und": "T"}), "on", "err.party.bad_date", keeper.ErrInvalid},

		{"endorsement by a State", endorse(c.state), "party", "err.endorsement.kind", keeper.ErrForbidden},
		{"endorsement by a stated party", endorse(c.stated), "party", "err.party.stated_only", keeper.ErrForbidden},
		{"endorsement by nobody", endorse(9999), "party", "err.party.unknown", keeper.ErrNotFound},
		{"endorsement twice", endorse(c.ngo), "text", "err.endorsement.already", keeper.ErrConflict},
		{"endorsement that names its maker again", endorseWith(func(f *stakeholder.Given, w words) { f.Party = c.firm }), "party", "err.party.named_twice", keeper.ErrInvalid},
		{"endorsement for nobody", func() keeper.Act { a := firm; a.By = stakeholder.Secretariat; return a }(), "party", "err.party.which", keeper.ErrInvalid},
		{"endorsement by a person", func() keeper.Act { a := firm; a.By = "person"; return a }(), "by", "err.party.not_yours", keeper.ErrInvalid},
		{"no vision", endorseWith(func(f *stakeholder.Given, w words) { f.Vision = false }), "endorses_vision", "err.endorsement.vision", keeper.ErrInvalid},
		{"no principles", endorseWith(func(f *stakeholder.Given, w words) { f.Principles = false }), "endorses_principles", "err.endorsement.principles", keeper.ErrInvalid},
		{"no language", endorseWith(func(f *stakeholder.Given, w words) { f.Language = "" }), "language_read", "err.endorsement.language_missing", keeper.ErrInvalid},
		{"a language that the pack has not", endorseWith(func(f *stakeholder.Given, w words) { f.Language = "ru" }), "language_read", "err.party.bad_language", nil},
		{"item of another text", endorseWith(func(f *stakeholder.Given, w words) { f.Supports = []string{"D.1"} }), "supports", "err.endorsement.unknown_item", nil},
		{"items without end", endorseWith(func(f *stakeholder.Given, w words) { f.Supports = make([]string, 251) }), "supports", "err.party.list_too_long", keeper.ErrInvalid},
		{"item twice", endorseWith(func(f *stakeholder.Given, w words) { f.Supports = []string{"P2a", "P2a"} }), "supports", "err.party.entry_twice", keeper.ErrInvalid},
		{"digest of words that are not loaded", endorseWith(func(f *stakeholder.Given, w words) { f.Digest = strings.Repeat("a", 64) }), "text_digest", "err.endorsement.no_words", nil},
		{"digest that is none", endorseWith(func(f *stakeholder.Given, w words) { f.Digest = "A1" }), "text_digest", "err.endorsement.bad_digest", keeper.ErrInvalid},
		{"neither activity nor reason", endorseWith(func(f *stakeholder.Given, w words) { f.Activities = nil; delete(w, "activities.0.title.en") }), "activities", "err.endorsement.activity_missing", keeper.ErrInvalid},
		{"activity without title", endorseWith(func(f *stakeholder.Given, w words) { delete(w, "activities.0.title.en") }), "activities.0.title", "err.endorsement.activity_title", keeper.ErrInvalid},
		{"title without activity", endorseWith(func(f *stakeholder.Given, w words) { w["activities.1.title.en"] = "x" }), "activities.1.title.en", "err.endorsement.no_such_activity", keeper.ErrInvalid},
		{"activity neither under way nor planned", endorseWith(func(f *stakeholder.Given, w words) { f.Activities = []stakeholder.Activity{{State: "done"}} }), "activities.0.state", "err.party.not_one_of", keeper.ErrInvalid},
		{"under way from next year", endorseWith(func(f *stakeholder.Given, w words) {
			f.Activities = []stakeholder.Activity{{State: "under-way", Start: "2027"}}
		}), "activities.0.start", "err.endorsement.not_begun", nil},
		{"no office of the signatory", endorseWith(func(f *stakeholder.Given, w words) { delete(w, "role.en") }), "role", "err.endorsement.role_missing", keeper.ErrInvalid},

		{"withdrawal by another", keeper.Act{Kind: stakeholder.KindWithdrawn, By: id(c.firm), Facts: stakeholder.Withdrawn{Endorsement: c.endorsement}, Words: words{"reason.en": "x"}}, "endorsement", "err.party.not_yours", keeper.ErrForbidden},
		{"withdrawal without reason", keeper.Act{Kind: stakeholder.KindWithdrawn, By: id(c.ngo), Facts: stakeholder.Withdrawn{Endorsement: c.endorsement}}, "reason", "err.endorsement.reason_missing", keeper.ErrInvalid},
		{"revoked by the party", keeper.Act{Kind: stakeholder.KindWithdrawn, By: id(c.ngo), Facts: stakeholder.Withdrawn{Endorsement: c.endorsement, Revoked: true}, Words: words{"reason.en": "x"}}, "revoked", "err.party.secretariat_only", keeper.ErrInvalid},
		{"withdrawal of nothing", keeper.Act{Kind: stakeholder.KindWithdrawn, By: id(c.ngo), Facts: stakeholder.Withdrawn{Endorsement: c.ngo}, Words: words{"reason.en": "x"}}, "endorsement", "err.endorsement.unknown", keeper.ErrNotFound},

		{"claim of a registered party", keeper.Act{Kind: stakeholder.KindClaim, By: id(c.firm), Facts: stakeholder.Claim{Of: c.ngo}}, "of", "err.claim.not_stated", nil},
		{"claim of another's endorsement", keeper.Act{Kind: stakeholder.KindClaim, By: id(c.firm), Facts: stakeholder.Claim{Of: c.claimed, Given: ptr(firm.Facts.(stakeholder.Given))}, Words: firm.Words}, "of", "err.claim.other_party", keeper.ErrForbidden},
		{"claim with stray words", keeper.Act{Kind: stakeholder.KindClaim, By: id(c.firm), Facts: stakeholder.Claim{Of: c.stated}, Words: words{"role.en": "x"}}, "given", "err.claim.words", keeper.ErrInvalid},

		{"joined already", secretary(stakeholder.KindJoined, stakeholder.Membership{Group: c.group, Member: c.state, On: "2021-01-01"}, nil), "member", "err.group.member_already", keeper.ErrConflict},
		{"joined itself", secretary(stakeholder.KindJoined, stakeholder.Membership{Group: c.group, Member: c.group, On: "2021-01-01"}, nil), "member", "err.group.itself", keeper.ErrInvalid},
		{"joined no group", secretary(stakeholder.KindJoined, stakeholder.Membership{Group: c.firm, Member: c.state, On: "2021-01-01"}, nil), "group", "err.group.no_group", nil},
		{"joined by the member's own word", keeper.Act{Kind: stakeholder.KindJoined, By: id(c.state), Facts: stakeholder.Membership{Group: c.group, Member: c.state, On: "2021-01-01"}}, "by", "err.group.not_yours", keeper.ErrInvalid},
		{"left before it joined", secretary(stakeholder.KindLeft, stakeholder.Membership{Group: c.group, Member: c.state, On: "2019-01-01"}, nil), "on", "err.group.left_before", nil},
		{"left without being in", secretary(stakeholder.KindLeft, stakeholder.Membership{Group: c.group, Member: c.firm, On: "2021-01-01"}, nil), "member", "err.group.no_member", keeper.ErrConflict},
	}
	size := s.Keeper.Size()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := s.Keeper.Submit(context.Background(), "", tt.act)
			all, ok := locale.All(err)
			if !ok {
				t.Fatalf("got %v, want %s", err, tt.key)
			}
			got := all[0]
			for _, e := range all { // the one that is asked for, if there are several
				if e.Key == tt.key {
					got = e
				}
			}
			if got.Key != tt.key || got.Place != tt.field {
				t.Errorf("got %s at %q, want %s at %q", got.Key, got.Place, tt.key, tt.field)
			}
			if text := got.In(locale.English); strings.ContainsAny(text, "⟦{") {
				t.Errorf("message: %s", text)
			}
			if tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("got the answer %v, want %v", err, tt.kind)
			}
		})
	}
	if s.Keeper.Size() != size {
		t.Errorf("refused acts left entries: %d → %d", size, s.Keeper.Size())
	}
	s.Replay()
}

func ptr[T any](v T) *T { return &v }
