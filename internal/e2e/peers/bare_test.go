package peers

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"

	_ "modernc.org/sqlite"
)

// indexes are what the peers' tables are indexed by.
func indexes() []string {
	if os.Getenv("PEERS_INDEX") == "made" {
		return []string{"item, reporting, pace, n"}
	}
	return []string{"item", "reporting", "pace", "status", "type", "area", "kind"}
}

// serveBare is a handler with nothing around it: one table, a count, a page, JSON.
func serveBare(dir string) error {
	store, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "bare.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)&_pragma=cache_size(-65536)")
	if err != nil {
		return err
	}
	store.SetMaxOpenConns(4)
	store.SetMaxIdleConns(4)
	if err := fillBare(store, dir); err != nil {
		return err
	}
	count, err := store.Prepare("SELECT COUNT(*) FROM commitments WHERE item = ? AND reporting = ? AND pace = ?")
	if err != nil {
		return err
	}
	list, err := store.Prepare(`SELECT n, title, party, kind, item, area, type, status, reporting, pace, made, ends FROM commitments
		WHERE item = ? AND reporting = ? AND pace = ? ORDER BY n DESC LIMIT 30`)
	if err != nil {
		return err
	}
	return listen(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		args := []any{q.Get("item"), q.Get("reporting"), q.Get("pace")}
		var answer struct {
			Total int   `json:"total"`
			Rows  []row `json:"rows"`
		}
		if err := count.QueryRow(args...).Scan(&answer.Total); err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		rows, err := list.Query(args...)
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		defer rows.Close()
		for rows.Next() {
			var c row
			if err := rows.Scan(&c.ID, &c.Title, &c.Party, &c.Kind, &c.Item, &c.Area, &c.Type, &c.Status, &c.Reporting, &c.Pace, &c.Made, &c.Ends); err != nil {
				http.Error(w, err.Error(), 500)
				return
			}
			answer.Rows = append(answer.Rows, c)
		}
		b, err := json.Marshal(answer)
		if err != nil {
			http.Error(w, err.Error(), 500)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(b)
	}))
}

func fillBare(store *sql.DB, dir string) error {
	rows, err := loadRows(dir)
	if err != nil {
		return err
	}
	tx, err := store.Begin()
	if err != nil {
		return err
	}
	statements := []string{`CREATE TABLE commitments (n INTEGER PRIMARY KEY, title TEXT, party TEXT, kind TEXT, item TEXT, area TEXT, type TEXT, status TEXT,
		reporting TEXT, pace TEXT, made TEXT, ends TEXT)`}
	for _, c := range indexes() {
		statements = append(statements, "CREATE INDEX by_"+c[:4]+" ON commitments ("+c+")")
	}
	for _, s := range statements {
		if _, err := tx.Exec(s); err != nil {
			return err
		}
	}
	insert, err := tx.Prepare("INSERT INTO commitments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
	if err != nil {
		return err
	}
	for _, c := range rows {
		if _, err := insert.Exec(c.ID, c.Title, c.Party, c.Kind, c.Item, c.Area, c.Type, c.Status, c.Reporting, c.Pace, c.Made, c.Ends); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("ANALYZE"); err != nil {
		return err
	}
	return tx.Commit()
}
