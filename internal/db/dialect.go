package db

import (
	"regexp"
	"strings"
)

// Dialect names the engine.
type Dialect int

// The two engines.
const (
	SQLite Dialect = iota
	Postgres
)

// String is the engine's name.
func (d Dialect) String() string {
	if d == Postgres {
		return "PostgreSQL"
	}
	return "SQLite"
}

// Lock is the clause that holds a row until the transaction ends; SQLite's
// single writer needs none.
func (d Dialect) Lock() string {
	if d == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

// Now is an expression for the store's own clock in UTC, to the second; SQLite
// runs in our process and has ours.
func (d Dialect) Now() string {
	if d == Postgres {
		return `to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`
	}
	return "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')"
}

// Now is the store's own clock in UTC, to the second.
func (t *Tx) Now() (now string, err error) {
	err = t.Row("SELECT " + t.dialect.Now()).Scan(&now)
	return now, err
}

// Schema fits a schema to the dialect. PostgreSQL calls a BLOB BYTEA. SQLite
// would keep every table twice, once by a row number of its own and once by the
// primary key; an INTEGER key is that row number, and WITHOUT ROWID does without it.
func (d Dialect) Schema(schema string) string {
	if d == Postgres {
		return strings.ReplaceAll(schema, " BLOB", " BYTEA")
	}
	statements := Statements(schema)
	for i, s := range statements {
		s = integerKey.ReplaceAllString(s, "INTEGER PRIMARY KEY")
		if keyed.MatchString(s) && !strings.Contains(s, "INTEGER PRIMARY KEY") {
			s += " WITHOUT ROWID"
		}
		statements[i] = s
	}
	return strings.Join(statements, ";\n") + ";\n"
}

var (
	integerKey = regexp.MustCompile(`\bBIGINT (NOT NULL )?PRIMARY KEY\b`)
	keyed      = regexp.MustCompile(`(?s)^CREATE TABLE\b.*\bPRIMARY KEY\b.*\)$`)
)

// Statements parts a schema at its semicolons, without comments. Schemas hold no
// semicolon inside a literal.
func Statements(schema string) []string {
	var lines []string
	for _, line := range strings.Split(schema, "\n") {
		before, _, _ := strings.Cut(line, "--")
		lines = append(lines, before)
	}
	var out []string
	for _, s := range strings.Split(strings.Join(lines, "\n"), ";") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// structural statements change tables or settings; they are run on their own, so
// that no prepared statement outlives its table.
func structural(text string) bool {
	for _, word := range []string{"CREATE", "DROP", "ALTER", "PRAGMA"} {
		if strings.HasPrefix(text, word) {
			return true
		}
	}
	return false
}
