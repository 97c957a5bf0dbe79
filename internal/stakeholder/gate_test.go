package stakeholder_test

import (
	"io/fs"
	"os"
	"testing"

	"kept/compacts"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// What opens which right, the pack says: three packs, three answers. An endorsement
// that was withdrawn stays readable with its dates, and opens nothing any more.
func TestGateOfEachPack(t *testing.T) {
	const free, endorseFirst, notHere, notOnBasis = "", "err.right.needs_endorsed", "err.right.not_for_kind", "err.right.not_on_basis"
	type rights [3]string // to commit, to propose, to nominate
	for _, c := range []struct {
		name                      string
		pack                      fs.FS
		kind, area                string
		before, endorsed, ungiven rights // ungiven: after the withdrawal
	}{
		{"the proposal's gate, in the Harbour Compact", compacts.Harbour(), "academia", "QM", rights{endorseFirst, endorseFirst, endorseFirst}, rights{}, rights{endorseFirst, endorseFirst, endorseFirst}},
		{"the adopted Global Digital Compact: to commit alone", compacts.GDC(), "academia", "KEN", rights{endorseFirst, free, free}, rights{}, rights{endorseFirst, free, free}},
		{"a compact in which nobody but States nominates", os.DirFS("testdata/pack"), "academia", "QM", rights{endorseFirst, free, notHere}, rights{free, free, notOnBasis}, rights{endorseFirst, free, notHere}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
				s := open(t, store(), c.pack)
				party := s.Submit(register(c.kind, "Lantern University", func(f *stakeholder.Registered) { f.Area = c.area }))
				want := func(when string, want rights) {
					t.Helper()
					s.Read(func(tx *db.Tx) error {
						for n, r := range stakeholder.RightsOf(tx, s.Pack, party) {
							got := ""
							if es, ok := locale.All(r.Why); ok {
								got = es[0].Key
							} else if r.Why != nil {
								return r.Why
							}
							if got != want[n] || r.Gated != s.Pack.Gated(r.Right) {
								t.Errorf("%s, to %s: got %q, want %q (%+v)", when, r.Right, got, want[n], r)
							}
						}
						return nil
					})
				}
				want("before", c.before)
				given := s.Submit(keeper.Act{Kind: stakeholder.KindGiven, By: id(party), Facts: stakeholder.Given{Text: s.Pack.InForce, Language: "en", Vision: true, Principles: true,
					Activities: []stakeholder.Activity{{State: "under-way", Start: "2025-09"}}}, Words: map[string]string{"activities.0.title.en": "Courses", "role.en": "Rector"}})
				want("endorsed", c.endorsed)
				s.Submit(keeper.Act{Kind: stakeholder.KindWithdrawn, By: id(party), Facts: stakeholder.Withdrawn{Endorsement: given}, Words: map[string]string{"reason.en": "Merged"}})
				want("withdrawn", c.ungiven)
				s.Read(func(tx *db.Tx) error {
					history, err := stakeholder.History(tx, party)
					if err != nil || len(history) != 1 || history[0].GivenOn == "" || history[0].EndedOn == "" || history[0].Holds() {
						t.Errorf("history: %+v, %v", history, err)
					}
					doing, err := stakeholder.Activities(tx, given)
					if len(doing) != 1 || doing[0] != (stakeholder.ActivityOf{N: 0, State: "under-way", Since: "2025-09"}) {
						t.Errorf("activities: %+v", doing)
					}
					return err
				})
			})
		})
	}
}

func TestVerifications(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := tide(t, store())
		party := s.Submit(register("private", "Lantern Charts"))
		for _, step := range []stakeholder.Verified{{Party: party, Level: "V1", Basis: "mailbox"}, {Party: party, Level: "V3", Basis: "register"}} {
			s.Submit(keeper.Act{Kind: stakeholder.KindVerified, By: stakeholder.Secretariat, Facts: step})
		}
		s.Read(func(tx *db.Tx) error {
			list, err := stakeholder.Verifications(tx, party)
			if len(list) != 2 || list[0].Level != "V1" || list[1].Level != "V3" || list[1].Basis != "register" || list[1].On == "" {
				t.Errorf("got %+v", list)
			}
			return err
		})
	})
}
