// Package dbtest gives tests real stores: SQLite in a temporary folder, and a
// fresh database on the PostgreSQL server that KEPT_TEST_POSTGRES names.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"kept/internal/db"
)

// Each runs a test on both engines. Without KEPT_TEST_POSTGRES it says that it
// left PostgreSQL out; where CI is set that is a failure.
func Each(t *testing.T, test func(t *testing.T, open func() *db.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		test(t, func() *db.DB { return open(t, db.Config{Dir: dir}) })
	})
	t.Run("postgres", func(t *testing.T) {
		address := Postgres(t)
		test(t, func() *db.DB { return open(t, db.Config{URL: address}) })
	})
}

// Bench runs a benchmark on both engines.
func Bench(b *testing.B, bench func(b *testing.B, d *db.DB)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, open(b, db.Config{URL: Postgres(b)})) })
}

// SQLite opens a store in a temporary folder.
func SQLite(t testing.TB) *db.DB { return open(t, db.Config{Dir: t.TempDir()}) }

// Postgres makes an empty database, dropped at the test's end, and returns its address.
func Postgres(t testing.TB) string {
	server := os.Getenv("KEPT_TEST_POSTGRES")
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("KEPT_TEST_POSTGRES is not set")
		}
		t.Skip("left out: KEPT_TEST_POSTGRES is not set (make test starts a server)")
	}
	var b [8]byte
	_, _ = rand.Read(b[:])
	name := "kept_test_" + hex.EncodeToString(b[:])
	run(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { run(t, server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

func run(t testing.TB, server, sql string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("KEPT_TEST_POSTGRES: %v", err)
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, sql); err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, c db.Config) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
