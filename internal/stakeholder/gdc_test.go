package stakeholder_test

import (
	"context"
	"testing"

	"kept/compacts"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// The whole of the United Nations' membership, with the real symbol and date.
func TestAdoptionBy193States(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, store func() *db.DB) {
		s := open(t, store(), compacts.GDC())
		made, err := stakeholder.AdoptAll(context.Background(), s.Keeper, s.Pack)
		if err != nil || made != 193 {
			t.Fatalf("got %d, %v; want 193", made, err)
		}
		s.Read(func(tx *db.Tx) error {
			adopters, err := stakeholder.Adopters(tx, s.Pack.InForce)
			if err != nil {
				return err
			}
			for _, a := range adopters {
				if a.Symbol != "A/RES/79/1" || a.On != "2024-09-22" {
					t.Errorf("%s: got %s on %s", a.Area, a.Symbol, a.On)
				}
			}
			kenya, _, err := stakeholder.ByArea(tx, "KEN")
			if err != nil || stakeholder.Opens(tx, kenya, stakeholder.RightCommit) != nil {
				t.Errorf("Kenya may not commit: %v, %v", stakeholder.Opens(tx, kenya, stakeholder.RightCommit), err)
			}
			for _, observer := range []string{"VAT", "PSE"} {
				if _, ok, _ := stakeholder.ByArea(tx, observer); ok {
					t.Errorf("%s is no Member State", observer)
				}
			}
			c, err := stakeholder.Count(tx)
			sum := int64(0)
			for _, n := range c.ByRegion {
				sum += n
			}
			if c.ByBasis["adopted"] != 193 || sum != 193 || c.ByRegion["002"] != 54 {
				t.Errorf("counts: got %+v, want 193 States, 54 of them in Africa", c)
			}
			page, err := stakeholder.List(tx, stakeholder.Filter{Lang: locale.Spanish, Limit: 1000})
			if len(page.Parties) != 193 {
				t.Errorf("list: got %d", len(page.Parties))
			}
			if name, in := page.Parties[0].Names.In(locale.Spanish); name != "Afganistán" || in != "es" {
				t.Errorf("first: got %s in %s", name, in)
			}
			return err
		})
		s.Replay()
	})
}
