package web_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
	"kept/internal/web"
)

// BenchmarkDeskAtSize opens the desk over 100,000 commitments of 6,000 parties: the
// secretariat's, and that of a focal point whose party has the most commitments, is
// named as a partner 300 times, and asks for support twenty times while 500 others
// offer it; 300 reviews are open. It reports the median; the goal is 20 ms.
func BenchmarkDeskAtSize(b *testing.B) {
	dbtest.Bench(b, func(b *testing.B, store *db.DB) {
		site := siteAtSize(b, store, 6000, 100000)
		party := busyParty(b, store)
		for _, who := range []struct {
			name  string
			role  account.Role
			posts []account.Post
		}{{"secretariat", account.RoleSecretariat, nil}, {"focal", "", []account.Post{{Party: party, As: account.AsMain}}}} {
			b.Run(who.name, func(b *testing.B) {
				cookie := session(b, store, who.name+"@desk.example", who.role, who.posts...)
				desked(site, cookie) // the picture in memory is made once
				var took []time.Duration
				for b.Loop() {
					begin := time.Now()
					if w := desked(site, cookie); w.Code != http.StatusOK {
						b.Fatalf("%d %s", w.Code, w.Body)
					}
					took = append(took, time.Since(begin))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			})
		}
	})
}

// busyParty gives the party with the most commitments much to do, row by row, and
// has reviews wait for their seats.
func busyParty(b *testing.B, store *db.DB) (party int64) {
	b.Helper()
	err := store.Write(b.Context(), func(tx *db.Tx) error {
		if err := tx.Row("SELECT party FROM commitment GROUP BY party ORDER BY COUNT(*) DESC, party LIMIT 1").Scan(&party); err != nil {
			return err
		}
		statements := []string{
			fmt.Sprintf("INSERT INTO commitment_partner (commitment, party, share, state, state_on, answer) SELECT id, %d, '', 'named', '', 0 FROM commitment WHERE party <> %d ORDER BY id LIMIT 300", party, party),
			"INSERT INTO review_pool (id, basis, appointer, naming, lang, named_on) VALUES (900000001, 'peer', 0, 'role_only', 'en', '2026-01-01')",
			`INSERT INTO review (id, commitment, version, stage, pool, wanted, second_of, lang, opened_on, published, published_on, verifiable, potential, completion, results,
				strength, reviewers, conflicts, recommended, draft_on, reply_until, answer, replies)
				SELECT 910000000 + id, id, id, 'interim', 900000001, 2, 0, 'en', '2026-01-01', 0, '', '', '', '', '', '', 0, 0, 0, '', '', '', 0 FROM commitment WHERE review = 'peer' ORDER BY id LIMIT 300`,
		}
		for n := range 520 {
			side, of := "offered", "(SELECT MIN(id) FROM party WHERE kind = 'private')"
			if n < 20 {
				side, of = "requested", fmt.Sprint(party)
			}
			statements = append(statements, fmt.Sprintf(`INSERT INTO support (id, party, made_on, made_by, side, lang, kind, commitment, answers, size, unit, until_on, closed_on, closed_by, outcome)
				VALUES (%d, %s, '2026-01-01', 'secretariat', '%s', 'en', 'funding', 0, 0, '', '', '2099-01-01', '', 0, '')`, 920000000+n, of, side),
				fmt.Sprintf("INSERT INTO support_item (support, item) VALUES (%d, 'P11d')", 920000000+n))
		}
		for _, s := range statements {
			if _, err := tx.Exec(s); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		_, err := tx.Exec("ANALYZE")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return party
}

// session signs somebody in.
func session(b *testing.B, store *db.DB, mail string, role account.Role, posts ...account.Post) *http.Cookie {
	b.Helper()
	var token string
	err := store.Write(b.Context(), func(tx *db.Tx) error {
		var last string
		if err := tx.Row("SELECT last_at FROM record_head").Scan(&last); err != nil {
			return err
		}
		now, err := time.Parse(time.RFC3339, last)
		if err != nil {
			return err
		}
		now = now.AddDate(1, 0, 0) // as siteAtSize has it
		id, err := account.Add(tx, now, mail, "", locale.English)
		if err != nil {
			return err
		}
		if role != "" {
			if err := account.Grant(tx, now, id, role); err != nil {
				return err
			}
		}
		for _, p := range posts {
			if err := account.Appoint(tx, now, id, p); err != nil {
				return err
			}
		}
		token, err = account.StartSession(tx, now, id, false, "")
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return &http.Cookie{Name: "kept-session", Value: token}
}

func desked(site *web.Site, cookie *http.Cookie) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, formBase+"/en/desk", nil)
	r.RemoteAddr = here
	r.AddCookie(cookie)
	return request(site, r)
}
