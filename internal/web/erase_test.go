package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"kept/internal/account"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/job"
)

// everyRow writes every row of every table of a store, as text.
func everyRow(t *testing.T, d *db.DB) map[string][]string {
	t.Helper()
	out := make(map[string][]string)
	list := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
	if d.Dialect() == db.Postgres {
		list = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
	}
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		names, err := tx.Query(list)
		if err != nil {
			return err
		}
		for names.Next() {
			var name string
			if err := names.Scan(&name); err != nil {
				return err
			}
			out[name] = nil
		}
		for name := range out {
			rows, err := tx.Query("SELECT * FROM " + name)
			if err != nil {
				return err
			}
			for rows.Next() {
				values, err := rows.Values()
				if err != nil {
					return err
				}
				text := ""
				for _, v := range values {
					if b, ok := v.([]byte); ok {
						v = string(b)
					}
					text += fmt.Sprint(v) + "|"
				}
				out[name] = append(out[name], text)
			}
			rows.Close()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEveryTableOfPeopleIsErased finds tables with a column that holds an account, of
// which nobody has said what becomes of them when the person is erased.
func TestEveryTableOfPeopleIsErased(t *testing.T) {
	store := dbtest.SQLite(t)
	harbourHouse(t, store)
	known := []string{"account_role", "account_post", "account_session", "account_link", "account_token", "account_passkey", "account_identity", "account_ceremony",
		"account_log", "web_draft", "assessment_member", "assessment_part", "reminder_log", "web_sheet", "moderation_hidden", "moderation_appeal",
		"web_chapter", "reminder_window", "forum_scorer", "web_session_draft", "nominee"} // account.holdings, web.Forget
	err := store.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query("SELECT DISTINCT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name IN ('account', 'owner') AND m.name <> 'private_schema' ORDER BY m.name")
		if err != nil {
			return err
		}
		defer rows.Close()
		n := 0
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			if n++; !slices.Contains(known, name) {
				t.Errorf("the table %s knows accounts: let web.Forget and the export know it, then name it here", name)
			}
		}
		if n != len(known) {
			t.Errorf("%d tables know accounts, %d are named here", n, len(known))
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestErasure plants a name and an address in everything that a person can do, asks
// for her export, erases her, and looks for her in every row of every table.
func TestErasure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, open func() *db.DB) {
		store := open()
		h := harbourHouse(t, store)
		const name, mail = "Zephyrine Plantagenet", "zephyrine@org.example"
		id := h.person(mail, account.RoleOperator, account.Post{Party: h.org, As: account.AsMain}, account.Post{Party: h.state, As: account.AsAlternate})
		h.person("colleague@org.example", account.RoleOperator, account.Post{Party: h.org, As: account.AsAlternate}, account.Post{Party: h.state, As: account.AsMain})
		b, colleague := h.signIn(mail), h.signIn("colleague@org.example")
		b.fill("/en/desk/account", url.Values{"name": {name}, "lang": {"en"}})
		b.token("report")
		b.fill("/en/stakeholders/"+itoa(h.org)+"/endorse", endorsement())
		mine, shared := begun(t, b, h.org), begun(t, b, h.state)
		body := b.want(shared+"/1", http.StatusOK)
		b.send(http.MethodPost, shared+"/1", url.Values{"title": {"Lamps"}, "token": {formToken.FindStringSubmatch(body)[1]}}.Encode(), nil)
		b.fill(mine+"/ask?field=problem", url.Values{"field": {"problem"}, "mail": {"expert@lab.example"}, "lang": {"en"}})
		at := b.fill("/en/commitments/"+itoa(h.promise)+"/report", progress())
		colleague.fill("/en/desk/people", url.Values{"mail": {mail}, "grant": {"steward"}})
		b.fill("/en/sign-in", url.Values{"mail": {mail}}) // a link that is never used
		h.do()

		h.write(func(tx *db.Tx) error {
			if _, err := tx.Exec("INSERT INTO assessment_member (pool, account, role, since) VALUES (1, ?, 'reviewer', '2026-01-01')", id); err != nil {
				return err
			}
			if err := correction.NoteHidden(tx, h.now, 1, "spam", id); err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO moderation_appeal (id, act, party, body, made_on, state, account, decided_on, reason) VALUES ('a', 1, 1, '', '2026-01-01', 'stands', ?, '2026-01-02', '')", id); err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO reminder_log (account, commitment, due_on, offset_days, party, sent_on) VALUES (?, 1, '2026-01-01', 0, 1, '2026-01-01')", id); err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO web_sheet (id, owner, party, lang, name, digest, body, answers, at) VALUES ('s', ?, 1, 'en', ?, '', ?, '{}', '2026-11-20')", id, name, []byte(name)); err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO web_chapter (kind, to_on, chapter, lang, version, body, owner, saved_at, aside, meant) VALUES ('yearly', '2025-12-31', 'money', 'en', 1, 'Text', ?, '2026-01-01', 0, 0)", id); err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO reminder_window (account, report, step, sent_on) VALUES (?, 1, 'opened', '2026-01-01')", id); err != nil {
				return err
			}
			for review, codes := range []string{"", "{}"} {
				if _, err := tx.Exec("INSERT INTO assessment_part (review, account, declared, reason, declared_at, seat, codes, coded_at) VALUES (?, ?, 'none', ?, '', 1, ?, '')", review, id, name, codes); err != nil {
					return err
				}
			}
			if _, err := tx.Exec("INSERT INTO nominee (id, call, link, mail, mail_key, name, lang, account, party, profile, made_on, state, reason, note, decided_on, answer) VALUES ('n', 1, 'x', 'n@sea.example', 'n@sea.example', 'N', 'en', ?, 1, '{}', '2026-01-01', 'named', '', '', '', '')", id); err != nil {
				return err
			}
			return job.Enqueue(tx, job.Job{Kind: "mail", Key: "waiting letter", Payload: []byte(`{"to": "` + mail + `"}`)}, job.Job{Kind: "sign-in", Key: "1", Payload: []byte(`{"mail": "` + mail + `"}`)}, job.Job{Kind: "mail", Key: "another's", Payload: []byte(`{"to": "x@y.example"}`)})
		})
		colleague.fill("/en/desk/parties/"+itoa(h.org)+"/hand-over", url.Values{"as": {"alternate"}, "mail": {"next@org.example"}, "lang": {"en"}})
		b.fill("/en/desk/parties/"+itoa(h.org)+"/hand-over", url.Values{"as": {"main"}, "mail": {"next@org.example"}, "lang": {"en"}})

		found := func() (in []string) {
			for table, rows := range everyRow(t, store) {
				for _, row := range rows {
					for _, planted := range []string{name, strings.ToLower(mail), id} {
						if strings.Contains(strings.ToLower(row), strings.ToLower(planted)) {
							in = append(in, table+": "+row)
						}
					}
				}
			}
			return in
		}
		if n := len(found()); n < 12 {
			t.Fatalf("only %d rows know her: nothing much was planted", n)
		}
		w := b.get("/desk/account/export")
		var export map[string][]map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &export); err != nil || w.Code != http.StatusOK {
			t.Fatalf("the export: status %d, %v", w.Code, err)
		}
		for _, table := range []string{"account_person", "account_role", "account_post", "account_session", "account_link", "account_token", "account_pending", "account_question", "account_log", "web_draft", "assessment_member", "assessment_part", "reminder_log", "web_sheet", "web_chapter", "moderation_hidden", "moderation_appeal", "nominee"} {
			if len(export[table]) == 0 {
				t.Errorf("the export lacks her rows of %s", table)
			}
		}
		if n := len(export["reminder_log"]); n != 2 {
			t.Errorf("the export has %d letters that were sent to her, want one reminder and one about a report", n)
		}
		if !strings.Contains(w.Body.String(), name) || !strings.Contains(w.Body.String(), mail) {
			t.Error("the export does not name her")
		}

		if w := b.post("/en/desk/account/erase", "/en/desk/account/erase", url.Values{"mail": {"somebody@else.example"}}); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("erased by a slip: status %d", w.Code)
		}
		b.fill("/en/desk/account/erase", url.Values{"mail": {mail}})
		if in := found(); len(in) != 0 {
			t.Errorf("she is still in\n%s", strings.Join(in, "\n"))
		}
		b.want("/en/desk", http.StatusSeeOther)
		if jobs := strings.Join(everyRow(t, store)["job"], "\n"); !strings.Contains(jobs, "x@y.example") {
			t.Error("the letter to somebody else was given up too")
		}
		if rows := everyRow(t, store)["account_log"]; len(rows) < 8 {
			t.Errorf("the access log lost its lines: %d", len(rows))
		}
		if !strings.Contains(colleague.want("/en/desk", http.StatusOK), shared) {
			t.Error("the draft that a colleague shares went with her")
		}
		colleague.fill(at, url.Values{"decision": {"approved"}}) // what she prepared for the party is the party's
	})
}
