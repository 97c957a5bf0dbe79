package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kept/internal/realdata"
)

type taken struct {
	Counts struct {
		Rows, Observations, Bad int
		NoValue                 int `json:"no_value"`
	}
	Result string
}

// The counts of the folder's own list of known answers.
func TestIngestKnownAnswers(t *testing.T) {
	data := filepath.Join(realdata.Dir(t), "indicators")
	dir := newRecord(t, "gdc")
	for _, c := range []struct {
		name               string
		args               []string
		rows, observations int
		novalue            int
	}{
		{"Gapminder's Internet users", []string{"csv", data + "/gapminder-wdi/internet_users.csv", "--area", "geo", "--area-code", "iso3", "--period", "time", "--value", "internet_users",
			"--indicator", "internet-users", "--licence", "CC BY 4.0", "--source-url", "https://data.example/internet_users.csv"}, 6024, 6024, 0},
		{"ITU's Internet users", []string{"csv", data + "/itu-datahub-csv/individuals-using-the-internet.csv", "--area", "entityIso", "--period", "dataYear", "--value", "dataValue", "--note", "dataNote",
			"--indicator", "internet-users", "--licence", "ITU terms of use"}, 4906, 4906, 0},
		{"the World Bank's answer with its nulls", []string{"worldbank", "NY.GDP.MKTP.CD", "--page", data + "/worldbank-api/NY.GDP.MKTP.CD__all.json", "--indicator", "mobile-subscriptions"}, 17290, 17290, 2749},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := size(t, dir)
			ingest := func(more ...string) taken {
				return decode[taken](t, must(t, append(append([]string{"ingest", "--data", dir, "--json"}, c.args...), more...)...))
			}
			dry := ingest()
			if n := dry.Counts; n.Rows != c.rows || n.Observations != c.observations || n.NoValue != c.novalue || n.Bad != 0 {
				t.Errorf("got %+v", dry)
			}
			if after := size(t, dir); after != before || !strings.Contains(dry.Result, "--keep") {
				t.Errorf("the dry run wrote %d entries: %s", after-before, dry.Result)
			}
			if kept := ingest("--keep"); kept.Counts != dry.Counts || !strings.Contains(kept.Result, "kept as entry") {
				t.Errorf("kept %+v, shown %+v", kept, dry)
			}
			if after := size(t, dir); after != before+1 {
				t.Errorf("%d entries for one snapshot", after-before)
			}
			again := kept(append(append([]string{"ingest", "--data", dir}, c.args...), "--keep")...)
			again.want(t, 1, "already kept")
		})
	}
	kept("replay", "--check", "--data", dir).want(t, 0)
}

func TestIngestOfBadFiles(t *testing.T) {
	dir := newRecord(t, "gdc")
	before := size(t, dir)
	good := "geo,time,value\nKEN,2020,1.5\nFRA,2020,2.5\n"
	page := `[{"page":1,"pages":1,"per_page":50,"total":1},[{"indicator":{"id":"X"},"country":{"id":"KE"},"countryiso3code":"KEN","date":"2020","value":1}]]`
	csv := []string{"ingest", "csv", "FILE", "--indicator", "internet-users", "--licence", "x", "--area", "geo", "--period", "time", "--value", "value"}
	bank := []string{"ingest", "worldbank", "X", "--page", "FILE", "--indicator", "internet-users"}
	for _, c := range []struct {
		name, file string
		command    []string
		more       string
		code       int
		want       string
	}{
		{"a good file", good, csv, "", 0, "2 observations"},
		{"the columns that were found", good, csv, "--value nothing", 1, "geo, time, value"},
		{"no such indicator", good, csv, "--indicator nothing", 2, "internet-users, mobile-subscriptions"},
		{"no such kind of code", good, csv, "--area-code iso9", 1, "iso2, iso3, m49"},
		{"a day to come", good, csv, "--retrieved 2999-01-01", 1, "2999-01-01"},
		{"no day", good, csv, "--released soon", 1, "soon"},
		{"empty", "", csv, "", 1, "kept: "},
		{"a program", "\x7fELF\x02\x01\x01\x00\x00", csv, "", 1, "not a text file"},
		{"UTF-16", "\xff\xfeg\x00e\x00o\x00", csv, "", 1, "UTF-8"},
		{"a bad row is told and the others are taken", good + "KEN,2021,many\n", csv, "", 0, "line 4"},
		{"a row too short", good + "KEN,2021\n", csv, "", 0, "line 4"},
		{"one good answer", page, bank, "", 0, "1 observations"},
		{"another series", page, []string{"ingest", "worldbank", "Y", "--page", "FILE", "--indicator", "internet-users"}, "", 1, "line 1"},
		{"an error with status 200", `[{"message":[{"id":"120","key":"Invalid value","value":"The provided parameter value is not valid"}]}]`, bank, "", 1, "not valid"},
		{"half an answer", `[{"page":1,"pages":2,"per_page":1,"total":2}` + page[strings.Index(page, ",["):], bank, "", 1, "2"},
		{"a cut answer", page[:len(page)-20], bank, "", 1, "kept: "},
		{"a page of the web", "<!DOCTYPE html><html></html>", bank, "", 1, "kept: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := write(t, "series", c.file)
			args := append([]string(nil), c.command...)
			for i, a := range args {
				if a == "FILE" {
					args[i] = file
				}
			}
			r := kept(append(append(args, strings.Fields(c.more)...), "--data", dir)...)
			r.want(t, c.code, c.want)
			if strings.ContainsAny(r.out+r.err, "⟦") {
				t.Errorf("a message is missing: %s%s", r.out, r.err)
			}
		})
	}
	if after := size(t, dir); after != before {
		t.Errorf("%d entries were written", after-before)
	}
}

// A file larger than any source's is not read to its end.
func TestIngestOfAHugeFile(t *testing.T) {
	path := write(t, "huge", "geo,time,value\n")
	if err := os.Truncate(path, 1<<30); err != nil {
		t.Fatal(err)
	}
	kept("ingest", "worldbank", "X", "--page", path, "--indicator", "internet-users").want(t, 1, "larger than")
}
