package draw_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"kept/internal/forum/draw"
)

// A published round of a real beacon; testdata/rounds.json says where each comes from.
type published struct {
	Beacon                          string
	Round                           uint64
	Signature, Previous, Randomness string
}

func rounds(t testing.TB) (list []published) {
	t.Helper()
	var file struct{ Rounds []published }
	b, err := os.ReadFile("testdata/rounds.json")
	if err == nil {
		err = json.Unmarshal(b, &file)
	}
	if err != nil || len(file.Rounds) == 0 {
		t.Fatal(err, len(file.Rounds))
	}
	return file.Rounds
}

func chain(t testing.TB, beacon string) draw.Chain {
	t.Helper()
	for _, c := range draw.Known() {
		if c.Beacon == beacon {
			return c
		}
	}
	t.Fatalf("no chain %s", beacon)
	return draw.Chain{}
}

func TestKnownChains(t *testing.T) {
	for _, c := range draw.Known() {
		if err := c.Check(); err != nil {
			t.Errorf("%s: %v", c.Beacon, err)
		}
		other := c
		other.Genesis++
		if err := other.Check(); err == nil {
			t.Errorf("%s: another genesis under the same hash was taken", c.Beacon)
		}
	}
}

func TestPublishedRoundsVerify(t *testing.T) {
	for _, r := range rounds(t) {
		if err := chain(t, r.Beacon).Verify(r.Round, r.Signature, r.Previous); err != nil {
			t.Errorf("%s round %d: %v", r.Beacon, r.Round, err)
		}
		sig, _ := hex.DecodeString(r.Signature)
		if sum := sha256.Sum256(sig); r.Randomness != "" && hex.EncodeToString(sum[:]) != r.Randomness {
			t.Errorf("%s round %d: randomness %x, published %s", r.Beacon, r.Round, sum, r.Randomness)
		}
	}
}

// Each bit of a signature counts, and so do the round and the one before.
func TestForgedRoundsAreRefused(t *testing.T) {
	for _, r := range rounds(t) {
		c := chain(t, r.Beacon)
		sig, _ := hex.DecodeString(r.Signature)
		for bit := 0; bit < 8*len(sig); bit += 1 + len(sig)/16 {
			forged := append([]byte(nil), sig...)
			forged[bit/8] ^= 1 << (bit % 8)
			if c.Verify(r.Round, hex.EncodeToString(forged), r.Previous) == nil {
				t.Fatalf("%s round %d: bit %d changed and it verifies", r.Beacon, r.Round, bit)
			}
		}
		for name, err := range map[string]error{
			"the round after":     c.Verify(r.Round+1, r.Signature, r.Previous),
			"in capitals":         c.Verify(r.Round, strings.ToUpper(r.Signature), r.Previous),
			"cut short":           c.Verify(r.Round, r.Signature[2:], r.Previous),
			"no signature":        c.Verify(r.Round, "", r.Previous),
			"the neutral element": c.Verify(r.Round, "c0"+strings.Repeat("00", len(sig)-1), r.Previous),
			"another previous":    c.Verify(r.Round, r.Signature, r.Previous+"00"),
			"not hexadecimal":     c.Verify(r.Round, "x"+r.Signature[1:], r.Previous),
		} {
			if err == nil {
				t.Errorf("%s round %d: %s verifies", r.Beacon, r.Round, name)
			}
		}
	}
	q := chain(t, "quicknet")
	if list := rounds(t); q.Verify(1000, list[1].Signature, "") == nil {
		t.Error("round 1001's signature verifies as that of round 1000")
	}
	weak := q
	weak.PublicKey = "c0" + strings.Repeat("00", 95)
	if weak.Check() == nil || weak.Verify(1000, "c0"+strings.Repeat("00", 47), "") == nil {
		t.Error("a key under which anything verifies was taken")
	}
}

func TestRoundTimes(t *testing.T) {
	q := draw.Quicknet()
	for _, c := range []struct {
		at   string
		want uint64
	}{
		{"2023-08-23T15:09:27Z", 1}, // genesis
		{"2020-01-01T00:00:00Z", 1}, // before it
		{"2023-08-23T15:09:28Z", 2}, // the next one
		{"2023-08-23T15:09:30Z", 2},
		{"2023-08-23T15:59:24Z", 1000},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		got := q.Round(at)
		if got != c.want {
			t.Errorf("at %s round %d, want %d", c.at, got, c.want)
		}
		if due := q.Time(got); due.Before(at) {
			t.Errorf("round %d is due at %s, before %s", got, due, c.at)
		}
	}
	if got := q.Time(32398885).Unix(); got != 1790000019 {
		t.Errorf("round 32398885 at %d", got)
	}
}
