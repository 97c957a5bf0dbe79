package db_test

import (
	"slices"
	"testing"

	"kept/internal/db"
)

func TestSchema(t *testing.T) {
	for _, c := range []struct{ name, schema, sqlite, postgres string }{
		{"an integer key is the row number",
			"CREATE TABLE a (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)",
			"CREATE TABLE a (id INTEGER PRIMARY KEY, n BIGINT NOT NULL)",
			"CREATE TABLE a (id BIGINT PRIMARY KEY, n BIGINT NOT NULL)"},
		{"not null before key",
			"CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)",
			"CREATE TABLE a (id INTEGER PRIMARY KEY)",
			"CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY)"},
		{"a text key needs no row number",
			"CREATE TABLE IF NOT EXISTS a (code TEXT PRIMARY KEY, data BLOB NOT NULL)",
			"CREATE TABLE IF NOT EXISTS a (code TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
			"CREATE TABLE IF NOT EXISTS a (code TEXT PRIMARY KEY, data BYTEA NOT NULL)"},
		{"nor does a key of two columns",
			"CREATE TABLE a (x BIGINT NOT NULL,\n  y TEXT NOT NULL,\n  PRIMARY KEY (x, y))",
			"CREATE TABLE a (x BIGINT NOT NULL,\n  y TEXT NOT NULL,\n  PRIMARY KEY (x, y)) WITHOUT ROWID",
			"CREATE TABLE a (x BIGINT NOT NULL,\n  y TEXT NOT NULL,\n  PRIMARY KEY (x, y))"},
		{"a table without a key stays", "CREATE TABLE a (x BIGINT)", "CREATE TABLE a (x BIGINT)", "CREATE TABLE a (x BIGINT)"},
		{"an index stays", "CREATE INDEX i ON a (x)", "CREATE INDEX i ON a (x)", "CREATE INDEX i ON a (x)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for dialect, want := range map[db.Dialect]string{db.SQLite: c.sqlite, db.Postgres: c.postgres} {
				got := db.Statements(dialect.Schema("-- a note; with a semicolon\n" + c.schema + "; -- and another\n"))
				if !slices.Equal(got, []string{want}) {
					t.Errorf("%s: got %q, want %q", dialect, got, want)
				}
			}
		})
	}
}

func TestStatements(t *testing.T) {
	got := db.Statements("CREATE TABLE a (x BIGINT); -- one; two\n\n-- alone\n;CREATE INDEX i ON a (x)\n")
	want := []string{"CREATE TABLE a (x BIGINT)", "CREATE INDEX i ON a (x)"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
