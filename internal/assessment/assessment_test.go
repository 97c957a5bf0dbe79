package assessment_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"kept/internal/account"
	"kept/internal/assessment"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/locale"
)

// What a person did in reviews is given to her whole, and goes with her.
func TestExportAndForget(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store, ctx, now := open(), context.Background(), time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
		for _, err := range []error{account.Prepare(ctx, store), assessment.Prepare(ctx, store), assessment.Prepare(ctx, store)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		err := store.Write(ctx, func(tx *db.Tx) error {
			id, err := account.Add(tx, now, "ada@peer.example", "Ada", locale.English)
			if err != nil {
				return err
			}
			for _, statement := range []string{
				"INSERT INTO assessment_member (pool, account, role, since) VALUES (7, '%s', 'Engineer', '2026-11-22T09:00:00Z')",
				"INSERT INTO assessment_part (review, account, declared, reason, declared_at, seat, codes, coded_at) VALUES (8, '%s', 'conflict', 'planted reason', '2026-11-22T09:00:00Z', 0, '', '')",
				"INSERT INTO assessment_draft (review, fields, changed_at, sent_on, reply_until, answer, reply, answered_by, answered_at) VALUES (9, '{}', '', '', '', 'waived', '{}', '%s', '')"} {
				if _, err := tx.Exec(fmt.Sprintf(statement, id)); err != nil {
					return err
				}
			}
			rows, err := assessment.About(tx, id)
			if err != nil {
				return err
			}
			if text := fmt.Sprint(rows); !strings.Contains(text, "planted reason") || !strings.Contains(text, "Engineer") {
				t.Errorf("the export is %v", rows)
			}
			if err := assessment.Forget(tx, id); err != nil {
				return err
			}
			for _, table := range []string{"assessment_member WHERE account", "assessment_part WHERE account", "assessment_draft WHERE answered_by"} {
				var n int64
				if err := tx.Row("SELECT COUNT(*) FROM "+table+" = ?", id).Scan(&n); err != nil || n != 0 {
					t.Errorf("%s: %d rows left, %v", table, n, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Who may not judge never gets near a case: each reason has its own answer.
func TestSeat(t *testing.T) {
	reviewer := func(change func(w *account.Who)) *account.Who {
		w := &account.Who{ID: "ada", Roles: []account.Role{account.RoleReviewer}}
		change(w)
		return w
	}
	part := func(declared string, seat int64) []assessment.Part {
		return []assessment.Part{{Member: assessment.Member{Account: "ada"}, Declared: declared, Seat: seat}}
	}
	for _, x := range []struct {
		name  string
		who   *account.Who
		parts []assessment.Part
		want  string
	}{
		{"a seat and no conflict", reviewer(func(*account.Who) {}), part(assessment.NoConflict, 1), ""},
		{"no seat", reviewer(func(*account.Who) {}), part(assessment.NoConflict, 0), "no_seat"},
		{"no declaration", reviewer(func(*account.Who) {}), part("", 1), "undeclared"},
		{"a conflict", reviewer(func(*account.Who) {}), part(assessment.Conflict, 1), "conflict"},
		{"not of the pool", reviewer(func(*account.Who) {}), nil, "not_of_pool"},
		{"a post at the party", reviewer(func(w *account.Who) { w.Posts = []account.Post{{Party: 4, As: account.AsDrafter}} }), part(assessment.NoConflict, 1), "post"},
		{"a post at a partner", reviewer(func(w *account.Who) { w.Posts = []account.Post{{Party: 5, As: account.AsMain}} }), part(assessment.NoConflict, 1), "post"},
		{"a post elsewhere", reviewer(func(w *account.Who) { w.Posts = []account.Post{{Party: 6, As: account.AsMain}} }), part(assessment.NoConflict, 1), ""},
		{"runs the site", reviewer(func(w *account.Who) { w.Roles = append(w.Roles, account.RoleOperator) }), part(assessment.NoConflict, 1), "runs_site"},
		{"of the secretariat", reviewer(func(w *account.Who) { w.Roles = append(w.Roles, account.RoleSecretariat) }), part(assessment.NoConflict, 1), "runs_site"},
		{"no reviewer any more", reviewer(func(w *account.Who) { w.Roles = nil }), part(assessment.NoConflict, 1), "no_reviewer"},
	} {
		c := assessment.Case{Lead: 4, Partners: []int64{5}, Parts: x.parts}
		c.Wanted = 1
		_, err := c.Seat(x.who)
		got := ""
		if es, ok := locale.All(err); ok && len(es) > 0 {
			got = strings.TrimPrefix(es[0].Key, "err.assessment.")
		}
		if got != x.want {
			t.Errorf("%s: got %q (%v), want %q", x.name, got, err, x.want)
		}
	}
}
