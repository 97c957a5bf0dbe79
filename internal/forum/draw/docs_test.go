package draw

import (
	"math/big"
	"os"
	"regexp"
	"testing"

	"kept/record"
)

// The worked example of docs/fair-selection.md is what this program computes.
func TestWorkedExample(t *testing.T) {
	b, err := os.ReadFile("../../../docs/fair-selection.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `([0-9a-f]{64})` \\| `([0-9a-f]{64})` \\| (\\d+) \\| (\\d+) \\|$").FindAllStringSubmatch(string(b), -1)
	if len(rows) < 3 {
		t.Fatalf("%d rows of the example were found", len(rows))
	}
	for _, row := range rows {
		plan, err := record.ParseDigest(row[1])
		if err != nil {
			t.Fatal(err)
		}
		seed, err := record.ParseDigest(row[2])
		if err != nil {
			t.Fatal(err)
		}
		total, _ := new(big.Int).SetString(row[3], 10)
		if got := number(plan, seed, total).String(); got != row[4] {
			t.Errorf("of %s tickets: %s, the page says %s", row[3], got, row[4])
		}
	}
	throws := regexp.MustCompile("(?m)^    ([1-6]{100}) → ([0-9a-f]{64})$").FindStringSubmatch(string(b))
	if throws == nil {
		t.Fatal("no throws were found")
	}
	seed, err := Source{Throws: 100}.dice(Randomness{Throws: throws[1]})
	if err != nil || record.Digest(seed).String() != throws[2] {
		t.Errorf("%x %v, the page says %s", seed, err, throws[2])
	}
}
