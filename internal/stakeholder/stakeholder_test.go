package stakeholder_test

import (
	"context"
	"io/fs"
	"os"
	"strconv"
	"testing"

	"kept/internal/compact/compacttest"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// site is a record with the rules of texts and parties.
type site struct{ *compacttest.Site }

func open(t testing.TB, store *db.DB, pack fs.FS) *site {
	t.Helper()
	return &site{compacttest.Open(t, store, pack, stakeholder.Subject())}
}

// tide opens a site with the invented compact of testdata.
func tide(t testing.TB, store *db.DB) *site { return open(t, store, os.DirFS("testdata/pack")) }

func id(n int64) string { return strconv.FormatInt(n, 10) }

// register is an act that enters an organisation.
func register(kind, name string, change ...func(*stakeholder.Registered)) keeper.Act {
	f := stakeholder.Registered{Kind: kind, Area: "QM", Languages: []string{"en"}}
	if kind == stakeholder.KindPrivate {
		f.Size = "small"
	}
	for _, c := range change {
		c(&f)
	}
	return keeper.Act{Kind: stakeholder.KindRegistered, By: stakeholder.Secretariat, Facts: f, Words: map[string]string{"name.en": name}}
}

// endorse is a whole endorsement by a party.
func endorse(party int64) keeper.Act {
	return keeper.Act{Kind: stakeholder.KindGiven, By: id(party),
		Facts: stakeholder.Given{Text: "new", Language: "en", Vision: true, Principles: true, Supports: []string{"P2a", "O1"},
			Activities: []stakeholder.Activity{{State: "under-way", Start: "2025-09"}}},
		Words: map[string]string{"activities.0.title.en": "Mooring school", "role.en": "Director", "alignment.en": "We share our charts."}}
}

func TestLifeOfAParty(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		state := s.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "state", Area: "QP"}})
		adoption := s.Submit(keeper.Act{Kind: stakeholder.KindAdoption, By: "secretariat",
			Facts: stakeholder.Adoption{Party: state, Text: "new", On: "2025-06-01"}, Words: map[string]string{"symbol.und": "T/RES/1"}})
		firm := s.Submit(register("private", "Lantern Charts"))
		ngo := s.Submit(register("civil-society", "Tide Watch", func(f *stakeholder.Registered) { f.Parent = firm; f.Active = []string{"QP", "QQ"} }))
		s.Submit(keeper.Act{Kind: stakeholder.KindVerified, By: "secretariat", Facts: stakeholder.Verified{Party: ngo, Level: "V2", Basis: "document"}})
		group := s.Submit(register("group", "Outer Islands"))
		s.Submit(keeper.Act{Kind: stakeholder.KindJoined, By: id(group), Facts: stakeholder.Membership{Group: group, Member: state, On: "2020-01-01"}})
		endorsement := s.Submit(endorse(ngo))

		s.Read(func(tx *db.Tx) error {
			p, err := stakeholder.ByID(tx, ngo)
			if err != nil {
				return err
			}
			name, in := p.Names.In(locale.French)
			if name != "Tide Watch" || in != "en" || p.Level != "V2" || p.Basis != "endorsed" || p.Since != "2026-03-04" || p.Parent != firm || len(p.Active) != 2 {
				t.Errorf("party: got %q in %s, %+v", name, in, p)
			}
			for _, right := range []struct {
				name  string
				party int64
				right string
				want  string
			}{
				{"State adopted", state, stakeholder.RightCommit, ""},
				{"endorsed", ngo, stakeholder.RightCommit, ""},
				{"not yet endorsed", firm, stakeholder.RightCommit, "err.right.needs_endorsed"},
				{"not gated", firm, stakeholder.RightPropose, ""},
				{"nothing opens it", ngo, stakeholder.RightNominate, "err.right.not_on_basis"},
				{"group", group, stakeholder.RightCommit, "err.right.not_on_basis"},
			} {
				got := ""
				if es, ok := locale.All(stakeholder.Opens(tx, right.party, right.right)); ok {
					got = es[0].Key
				}
				if got != right.want {
					t.Errorf("right, %s: got %q, want %q", right.name, got, right.want)
				}
			}
			adopters, err := stakeholder.Adopters(tx, "new")
			if err != nil || len(adopters) != 1 || adopters[0] != (stakeholder.Adopter{ID: adoption, Party: state, Area: "QP", On: "2025-06-01", Symbol: "T/RES/1"}) {
				t.Errorf("adopters: got %+v, %v", adopters, err)
			}
			supporters, err := stakeholder.Supporters(tx, "P2a")
			if err != nil || len(supporters) != 1 || supporters[0].ID != endorsement || supporters[0].Party != ngo {
				t.Errorf("supporters: got %+v, %v", supporters, err)
			}
			members, err := stakeholder.Members(tx, group, "2019-12-31")
			if err != nil || len(members) != 0 {
				t.Errorf("members before it joined: got %+v, %v", members, err)
			}
			members, err = stakeholder.Members(tx, group, "2026-01-01")
			if err != nil || len(members) != 1 || members[0].Party != state {
				t.Errorf("members: got %+v, %v", members, err)
			}
			return nil
		})
		for _, subject := range []string{"home", "parties", "party:" + id(ngo), "item:P2a", "item:O1", "area:QM"} {
			if got := s.Keeper.Seen([]string{subject}); got != endorsement {
				t.Errorf("seen of %s: got %d, want %d", subject, got, endorsement)
			}
		}

		s.Now = s.Now.AddDate(0, 1, 0)
		s.Submit(keeper.Act{Kind: stakeholder.KindWithdrawn, By: id(ngo), Facts: stakeholder.Withdrawn{Endorsement: endorsement}, Words: map[string]string{"reason.en": "We merged."}})
		s.Submit(keeper.Act{Kind: stakeholder.KindLeft, By: "secretariat", Facts: stakeholder.Membership{Group: group, Member: state, On: "2026-04-01"}})
		again := s.Submit(endorse(ngo))
		s.Read(func(tx *db.Tx) error {
			history, err := stakeholder.History(tx, ngo)
			if err != nil || len(history) != 2 || history[0].ID != again || history[1].EndedOn != "2026-04-04" || history[1].Holds() {
				t.Errorf("history: got %+v, %v", history, err)
			}
			now, err := stakeholder.Members(tx, group, "")
			if err != nil || len(now) != 0 {
				t.Errorf("members after it left: got %+v, %v", now, err)
			}
			then, err := stakeholder.Members(tx, group, "2026-03-31")
			if err != nil || len(then) != 1 {
				t.Errorf("members before it left: got %+v, %v", then, err)
			}
			return nil
		})
		s.Replay()
	})
}

func TestStatedElsewhereAndClaimed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		source := map[string]string{"name.en": "Tide Watch", "source.en": "List of the Harbour Office", "url.und": "https://example.org/list"}
		stated := s.Submit(keeper.Act{Kind: stakeholder.KindStated, By: "secretariat",
			Facts: stakeholder.Stated{Registered: stakeholder.Registered{Kind: "civil-society", Area: "QM"}, On: "2024-10-01"}, Words: source})
		elsewhere := s.Submit(keeper.Act{Kind: stakeholder.KindEndorsed, By: "secretariat",
			Facts: stakeholder.Endorsed{Party: stated, Text: "new", On: "2024-10-01", Supports: []string{"P2b"}},
			Words: map[string]string{"source.en": "List of the Harbour Office", "url.und": "https://example.org/list"}})
		check := func(when string, total, stateds, given, notHere int64) {
			t.Helper()
			s.Read(func(tx *db.Tx) error {
				c, err := stakeholder.Count(tx)
				if err != nil {
					return err
				}
				e, err := stakeholder.Endorsements(tx, "new")
				if c.Total != total || c.Elsewhere != stateds || e.Given != given || e.Elsewhere != notHere {
					t.Errorf("%s: got %+v, %+v; want %d parties, %d elsewhere, %d given, %d elsewhere", when, c, e, total, stateds, given, notHere)
				}
				return err
			})
		}
		check("stated", 0, 1, 0, 1)
		s.Read(func(tx *db.Tx) error {
			if es, _ := locale.All(stakeholder.Opens(tx, stated, "commit")); len(es) != 1 || es[0].Key != "err.party.stated_only" {
				t.Errorf("a stated party has rights: %v", es)
			}
			return nil
		})
		own := s.Submit(register("civil-society", "Tide Watch"))
		s.Submit(keeper.Act{Kind: stakeholder.KindClaim, By: id(own), Facts: stakeholder.Claim{Of: stated}})
		check("party claimed", 1, 0, 0, 1)
		a := endorse(own)
		given := a.Facts.(stakeholder.Given)
		claim := s.Submit(keeper.Act{Kind: stakeholder.KindClaim, By: id(own), Facts: stakeholder.Claim{Of: elsewhere, Given: &given}, Words: a.Words})
		check("endorsement claimed", 1, 0, 1, 0)
		s.Read(func(tx *db.Tx) error {
			history, err := stakeholder.History(tx, own)
			if err != nil || len(history) != 2 || history[0].ID != claim || history[0].ClaimOf != elsewhere || history[1].ClaimedAs != claim {
				t.Errorf("history: got %+v, %v", history, err)
			}
			found, err := stakeholder.Find(tx, "TIDE  watch", "")
			if found != own {
				t.Errorf("find: got %d, want %d", found, own)
			}
			return err
		})
		s.Replay()
	})
}

func TestAdoptAll(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		early := s.Submit(keeper.Act{Kind: stakeholder.KindRegistered, By: "secretariat", Facts: stakeholder.Registered{Kind: "state", Area: "QV"}})
		for round, want := range []int{12, 0} {
			made, err := stakeholder.AdoptAll(context.Background(), s.Keeper, s.Pack)
			if err != nil || made != want {
				t.Fatalf("round %d: got %d, %v; want %d", round+1, made, err, want)
			}
		}
		s.Read(func(tx *db.Tx) error {
			adopters, err := stakeholder.Adopters(tx, "new")
			if err != nil || len(adopters) != 12 || adopters[7].Party != early || adopters[7].Area != "QV" {
				t.Errorf("adopters: got %+v, %v", adopters, err)
			}
			return err
		})
		s.Replay()
	})
}
