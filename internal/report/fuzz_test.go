package report_test

import (
	"bytes"
	"os"
	"strconv"
	"testing"

	"kept/internal/report"
)

// What Parse takes is what Canonical writes, or at least reads the same again; it
// never falls over.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"../cli/testdata/release-1/figures.json", "../cli/testdata/release-2/figures.json"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"chapters":[{"figures":[{"id":"parties.total","method":"count/1","records":[1,2],"unit":"parties","value":"2"}],"id":"parties"}],"date":"2025-12-31","format":1,"from":"2025-01-01","pack":"00","report":"yearly","size":3,"to":"2025-12-31"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		one, err := report.Parse(b)
		if err != nil {
			return
		}
		written, err := one.Canonical()
		if err != nil {
			return // a number that the record has no room for
		}
		again, err := report.Parse(written)
		if err != nil {
			t.Fatalf("what was written is not read: %v\n%s", err, written)
		}
		if twice, err := again.Canonical(); err != nil || !bytes.Equal(written, twice) {
			t.Errorf("%v: %s\nbecame\n%s", err, written, twice)
		}
	})
}

// Figures are no place for words: a key that nothing has, and values that are
// neither numbers nor codes, are refused.
func TestParseRefusesWords(t *testing.T) {
	whole := `{"chapters":[{"figures":[{"id":"parties.total","method":"count/1","value":"2"}],"id":"parties"}],"date":"2025-12-31","format":1,"from":"2025-01-01","pack":"00","report":"yearly","size":3,"to":"2025-12-31"}`
	if _, err := report.Parse([]byte(whole)); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, old, new string }{
		{"a value in words", `"value":"2"`, `"value":"Ada of Northquay"`},
		{"a key of its own", `"value":"2"`, `"value":"2","who":"ada"`},
		{"a reason in words", `"value":"2"`, `"why":"nobody asked Ada"`},
		{"a rule that is none", `"count/1"`, `"counted by Ada"`},
		{"an id with a blank", `"parties.total"`, `"parties total"`},
		{"the format of tomorrow", `"format":1`, `"format":` + strconv.Itoa(report.Format+1)},
		{"not canonical", `"date":"2025-12-31",`, `"date": "2025-12-31",`},
	} {
		if _, err := report.Parse(bytes.Replace([]byte(whole), []byte(test.old), []byte(test.new), 1)); err == nil {
			t.Errorf("%s: taken", test.name)
		}
	}
}
