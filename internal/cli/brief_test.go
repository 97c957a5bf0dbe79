package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBrief(t *testing.T) {
	dir := newRecord(t, "harbour")
	now := must(t, "brief", "H.1", dir, "--lang", "fr", "--base", "https://harbour.example/")
	for _, want := range []string{"# Note de synthèse : H.1 ", "](<https://harbour.example/fr/texts/harbour-2025>)", "--lang fr --as-of "} {
		if !strings.Contains(now, want) {
			t.Errorf("the brief does not hold %q:\n%s", want, now)
		}
	}
	_, after, _ := strings.Cut(now, "--as-of ")
	when, _, _ := strings.Cut(after, "\n")
	if again := must(t, "brief", "H.1", dir, "--lang", "fr", "--base", "https://harbour.example", "--as-of", when); again != now {
		t.Errorf("the brief as of %s differs from the one that named it:\n%s\n%s", when, now, again)
	}
	earlier := must(t, "brief", "H.1", dir, "--as-of", when[:10]+".1")
	if !strings.Contains(earlier, "1 indicator has no values here yet") || strings.Contains(now, "1 indicateur n’a pas") || !strings.Contains(earlier, "the first 1 entries") {
		t.Errorf("after its first entry the record knew of no series; the brief says\n%s", earlier)
	}
	file := filepath.Join(t.TempDir(), "brief.html")
	must(t, "brief", "H.1", "--data", dir, "--as", "html", "--lang", "ar", "-o", file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(b), "<!doctype html>\n<html lang=\"ar\" dir=\"rtl\">") {
		t.Errorf("the file begins %.80q", b)
	}
	for _, c := range []struct {
		args string
		code int
		want string
	}{{"brief", 2, "brief"}, {"brief ZZ " + dir, 1, "/items"}, {"brief H.1 --as pdf --data " + dir, 2, "--as"}, {"brief H.1 --as-of yesterday --data " + dir, 1, "yesterday"},
		{"brief H.1 --as-of 2026-11-21.x --data " + dir, 2, "--as-of"}, {"brief H.1 --as-of 2026-11-21.99999 --data " + dir, 1, "no state after 99,999"}} {
		kept(strings.Split(c.args, " ")...).want(t, c.code, c.want)
	}
}
