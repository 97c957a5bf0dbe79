package cli_test

import (
	"path/filepath"
	"testing"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// The same commands on PostgreSQL: the data directory holds the key alone.
func TestPostgres(t *testing.T) {
	address := dbtest.Postgres(t)
	dir := filepath.Join(t.TempDir(), "data")
	at := func(args ...string) []string { return append(args, "--data", dir, "--db", address) }
	must(t, at("init", "--pack", "gdc", "--origin", originOf(t))...)
	must(t, at("init", "--pack", "gdc", "--origin", originOf(t))...)
	must(t, at("import", "parties", write(t, "p.csv", partiesCSV), "--keep")...)
	must(t, at("import", "endorsements", write(t, "e.csv", endorseCSV), "--keep", "--source", "A register", "--source-url", "https://r.example/", "--on", "2025-03-01")...)
	must(t, at("text", "load", "--text", "gdc-2024", gdcShaped, "--yes")...)
	copied := filepath.Join(t.TempDir(), "copy")
	must(t, at("verify", dir, "--save", copied)...)
	kept("verify", copied).want(t, 0, "origin "+originOf(t))
	kept(at("replay", "--check")...).want(t, 0, "every state table is as stored")
	site := serve(t, dir, "--db", address)
	if over, here := size(t, "http://"+site.addr), size(t, copied); over != here {
		t.Errorf("%d entries over HTTP, %d in the copy", over, here)
	}
	site.stop()

	other := filepath.Join(t.TempDir(), "other")
	kept("init", "--data", other, "--db", address, "--pack", "gdc", "--origin", "other.example/"+filepath.Base(t.TempDir())).want(t, 1, "another key")
	change(t, db.Config{URL: address}, "UPDATE party SET area = 'FRA' WHERE area = 'KEN'")
	kept(at("replay", "--check")...).want(t, 3, "party: ")
	kept("replay", "--check", "--data", dir, "--db", "postgres://nobody@127.0.0.1:1/x").want(t, 1, "kept: ")
}
