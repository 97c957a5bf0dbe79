package draw_test

import (
	"bytes"
	"testing"

	"kept/internal/forum/draw"
	"kept/record"
	"kept/record/recordtest"
)

const announcedAt = "2023-08-23T14:00:00Z"

func TestCheckOfAWholeDraw(t *testing.T) {
	k := newKeeping(t)
	announced := k.announce(announcedAt)
	v, err := draw.Check(k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced}), draw.Options{})
	if err != nil || !v.OK() {
		t.Fatalf("%v %+v", err, v.Steps)
	}
	if len(v.Steps) != 7 || v.Announced.Index != 6 || v.Announced.Origin != origin {
		t.Errorf("%+v %+v", v.Steps, v.Announced)
	}
	if _, err := draw.Check(k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced}), draw.Options{Keys: []string{k.Key}}); err != nil {
		t.Errorf("under the record's own key: %v", err)
	}
	stranger := recordtest.New(t, "other.example/record")
	if _, err := draw.Check(k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced}), draw.Options{Keys: []string{stranger.Key}}); !has(err, "err.draw.receipt") {
		t.Errorf("under a stranger's key: %v", err)
	}
}

// A checkpoint that covers more entries than the announcement comes with its last one.
func TestCheckWithALaterCheckpoint(t *testing.T) {
	k := newKeeping(t)
	k.announce(announcedAt)
	k.enter("party.registered", "2023-08-23T15:00:00Z", "secretariat", `{"n":9}`)
	announced, last := k.Receipt(6), k.Receipt(7)
	if _, err := draw.Check(k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced, Last: &last}), draw.Options{}); err != nil {
		t.Error(err)
	}
	if _, err := draw.Check(k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced}), draw.Options{}); !has(err, "err.draw.last") {
		t.Errorf("without the last entry: %v", err)
	}
	k.enter("party.registered", "2023-08-23T16:00:00Z", "secretariat", `{"n":10}`)
	late, lateLast := k.Receipt(6), k.Receipt(8)
	if _, err := draw.Check(k.file(round(t, 1, firstRound), draw.Evidence{Announced: &late, Last: &lateLast}), draw.Options{}); !has(err, "err.draw.covered_late") {
		t.Errorf("covered by a checkpoint from after the round: %v", err)
	}
	if _, err := draw.Check(k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced, Last: &lateLast}), draw.Options{}); !has(err, "err.draw.last") {
		t.Errorf("the last entry of another checkpoint: %v", err)
	}
}

// What a witness of checkpoints signed, and words of the entry, do not come into the file.
func TestFileHoldsWhatIsCheckedAlone(t *testing.T) {
	k := newKeeping(t)
	announced := k.announce(announcedAt)
	want := k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced})
	announced.Checkpoint = append(announced.Checkpoint, "— witness.example AAAAAKzQ\n"...)
	announced.Withheld = []string{"reason.en"}
	if got := k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced}); !bytes.Equal(got, want) {
		t.Errorf("got %s", got)
	}
	announced.Checkpoint = bytes.Replace(announced.Checkpoint, []byte("\n7\n"), []byte("\n8\n"), 1)
	if _, err := draw.NewFile(k.plan, round(t, 1, firstRound), draw.Evidence{Announced: &announced}); !has(err, "err.draw.receipt") {
		t.Errorf("a checkpoint that nobody signed: %v", err)
	}
}

// Each byte of a file counts: whichever is changed, the check fails.
func TestCheckRejectsEachChangedByte(t *testing.T) {
	t.Parallel()
	k := newKeeping(t)
	k.announce(announcedAt)
	k.enter("party.registered", "2023-08-23T15:00:00Z", "secretariat", `{"n":9}`)
	announced, last := k.Receipt(6), k.Receipt(7)
	file := k.file(round(t, 1, firstRound), draw.Evidence{Announced: &announced, Last: &last})
	if _, err := draw.Check(file, draw.Options{}); err != nil {
		t.Fatal(err)
	}
	for i := range file {
		changed := bytes.Clone(file)
		changed[i] ^= []byte{0x01, 0x02, 0x10, 0x20}[i%4]
		if v, err := draw.Check(changed, draw.Options{}); err == nil || v.OK() {
			t.Fatalf("byte %d changed from %q to %q and nothing was said: …%s…", i, file[i], changed[i], file[max(0, i-40):min(len(file), i+40)])
		}
	}
	for _, changed := range [][]byte{append(bytes.Clone(file), '\n'), append([]byte(" "), file...), file[:len(file)-1], bytes.Replace(file, []byte(`,`), []byte(`, `), 1), {}} {
		if _, err := draw.Check(changed, draw.Options{}); err == nil {
			t.Errorf("taken: %.60s", changed)
		}
	}
}

func TestCheckOfTheFallBacks(t *testing.T) {
	missing := `{"missing":true,"plan":"PLAN","source":1}`
	for _, c := range []struct {
		name   string
		states [][3]string // at, by, facts
		want   string
	}{
		{"two witnesses in time", [][3]string{{"2023-08-25T00:00:00Z", "7", missing}, {"2023-08-26T00:00:00Z", "8", missing}}, ""},
		{"by choice", nil, "err.draw.not_failed"},
		{"one witness", [][3]string{{"2023-08-25T00:00:00Z", "7", missing}}, "err.draw.not_failed"},
		{"the same witness twice", [][3]string{{"2023-08-25T00:00:00Z", "7", missing}, {"2023-08-26T00:00:00Z", "7", missing}}, "err.draw.not_failed"},
		{"before it could have failed", [][3]string{{"2023-08-24T00:00:00Z", "7", missing}, {"2023-08-26T00:00:00Z", "8", missing}}, "err.draw.not_failed"},
		{"when the next round was known", [][3]string{{"2023-08-25T00:00:00Z", "7", missing}, {"2026-09-21T15:00:00Z", "8", missing}}, "err.draw.not_failed"},
		{"by somebody else", [][3]string{{"2023-08-25T00:00:00Z", "7", missing}, {"2023-08-26T00:00:00Z", "10", missing}}, "err.draw.witnessed_by"},
		{"by the secretariat", [][3]string{{"2023-08-25T00:00:00Z", "7", missing}, {"2023-08-26T00:00:00Z", "secretariat", missing}}, "err.draw.witnessed_by"},
		{"of another plan", [][3]string{{"2023-08-25T00:00:00Z", "7", `{"missing":true,"plan":"` + record.Digest{}.String() + `","source":1}`}}, "err.draw.witnessed_kind"},
		{"of another source", [][3]string{{"2023-08-25T00:00:00Z", "7", `{"missing":true,"plan":"PLAN","source":2}`}}, "err.draw.witnessed_idle"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKeeping(t)
			announced := k.announce(announcedAt)
			e := draw.Evidence{Announced: &announced}
			for _, s := range c.states {
				e.Witnessed = append(e.Witnessed, k.state(s[0], s[1], s[2]))
			}
			_, err := draw.Check(k.file(round(t, 2, secondRound), e), draw.Options{})
			if c.want == "" && err != nil || c.want != "" && !has(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestCheckOfDice(t *testing.T) {
	one, two := `{"missing":true,"plan":"PLAN","source":1}`, `{"missing":true,"plan":"PLAN","source":2}`
	saw := `{"plan":"PLAN","source":3,"throws":"` + throws + `"}`
	other := `{"plan":"PLAN","source":3,"throws":"` + throws[:99] + `1"}`
	for _, c := range []struct {
		name   string
		states [][3]string
		want   string
	}{
		{"seen by two", [][3]string{{"2026-10-02T10:00:00Z", "8", saw}, {"2026-10-02T10:05:00Z", "9", saw}}, ""},
		{"seen by one", [][3]string{{"2026-10-02T10:00:00Z", "8", saw}}, "err.draw.two_witnesses"},
		{"seen by the same twice", [][3]string{{"2026-10-02T10:00:00Z", "8", saw}, {"2026-10-02T10:05:00Z", "8", saw}}, "err.draw.witness_twice"},
		{"seen differently", [][3]string{{"2026-10-02T10:00:00Z", "8", saw}, {"2026-10-02T10:05:00Z", "9", other}}, "err.draw.two_witnesses"},
		{"a third who saw otherwise", [][3]string{{"2026-10-02T10:00:00Z", "8", saw}, {"2026-10-02T10:05:00Z", "9", saw}, {"2026-10-02T10:06:00Z", "7", other}}, ""},
		{"two against two", [][3]string{{"2026-10-02T10:00:00Z", "8", saw}, {"2026-10-02T10:05:00Z", "9", saw}, {"2026-10-02T10:06:00Z", "7", other}, {"2026-10-02T10:07:00Z", "11", other}}, "err.draw.witnessed_wrong"},
		{"too early", [][3]string{{"2026-10-01T23:00:00Z", "8", saw}, {"2026-10-02T10:05:00Z", "9", saw}}, "err.draw.witnessed_wrong"},
		{"seen by nobody", nil, "err.draw.two_witnesses"},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := newKeeping(t)
			k.plan.Witnesses = append(k.plan.Witnesses, "11")
			announced := k.announce(announcedAt)
			e := draw.Evidence{Announced: &announced, Witnessed: []record.Receipt{
				k.state("2023-08-25T00:00:00Z", "7", one), k.state("2023-08-25T00:10:00Z", "8", one),
				k.state("2026-10-01T01:00:00Z", "7", two), k.state("2026-10-01T01:10:00Z", "9", two)}}
			for _, s := range c.states {
				e.Witnessed = append(e.Witnessed, k.state(s[0], s[1], s[2]))
			}
			_, err := draw.Check(k.file(draw.Randomness{Source: 3, Throws: throws}, e), draw.Options{})
			if c.want == "" && err != nil || c.want != "" && !has(err, c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	good := func(k *keeping) draw.Evidence {
		a := k.announce(announcedAt)
		return draw.Evidence{Announced: &a}
	}
	for _, c := range []struct {
		name string
		make func(k *keeping) []byte
		want string
	}{
		{"no announcement", func(k *keeping) []byte { return k.file(round(t, 1, firstRound), draw.Evidence{}) }, "err.draw.missing.announced"},
		{"announced too late", func(k *keeping) []byte {
			a := k.announce("2023-08-23T15:30:00Z")
			return k.file(round(t, 1, firstRound), draw.Evidence{Announced: &a})
		}, "err.draw.announced_late"},
		{"announced after the round", func(k *keeping) []byte {
			a := k.announce("2023-08-23T16:30:00Z")
			return k.file(round(t, 1, firstRound), draw.Evidence{Announced: &a})
		}, "err.draw.covered_late"},
		{"the plan changed afterwards", func(k *keeping) []byte {
			e := good(k)
			k.plan.Drawn.Group = "another group"
			return k.file(round(t, 1, firstRound), e)
		}, "err.draw.announced_plan"},
		{"an entry of another kind", func(k *keeping) []byte {
			d, _ := k.plan.Digest()
			a := k.enter("pool.published", announcedAt, "secretariat", `{"plan_blob":"`+d.String()+`"}`)
			return k.file(round(t, 1, firstRound), draw.Evidence{Announced: &a})
		}, "err.draw.announced_kind"},
		{"a receipt of another entry", func(k *keeping) []byte {
			e := good(k)
			e.Announced.Index--
			return k.file(round(t, 1, firstRound), e)
		}, "err.draw.receipt"},
		{"a checkpoint that nobody signed", func(k *keeping) []byte {
			b := k.file(round(t, 1, firstRound), good(k))
			return bytes.Replace(b, []byte(`\n7\n`), []byte(`\n8\n`), 1)
		}, "err.draw.receipt"},
		{"a signature that would not be checked", func(k *keeping) []byte {
			b := k.file(round(t, 1, firstRound), good(k))
			return bytes.Replace(b, []byte(`\n","entry"`), []byte(`\n— witness.example AAAAAKzQ\n","entry"`), 1)
		}, "err.draw.receipt_bare"},
		{"a winner exchanged", func(k *keeping) []byte {
			f, err := draw.NewFile(k.plan, round(t, 1, firstRound), good(k))
			if err != nil {
				t.Fatal(err)
			}
			f.Outcome.Panel[1] = f.Outcome.Reserves[0]
			return canonical(t, f)
		}, "err.draw.outcome"},
		{"another round", func(k *keeping) []byte {
			f, err := draw.NewFile(k.plan, round(t, 1, firstRound), good(k))
			if err != nil {
				t.Fatal(err)
			}
			f.Randomness = round(t, 1, 1001)
			return canonical(t, f)
		}, "err.draw.round"},
		{"a forged round", func(k *keeping) []byte {
			f, err := draw.NewFile(k.plan, round(t, 1, firstRound), good(k))
			if err != nil {
				t.Fatal(err)
			}
			f.Randomness.Signature = round(t, 1, 1001).Signature
			return canonical(t, f)
		}, "err.draw.forged"},
		{"a source that the plan lacks", func(k *keeping) []byte {
			f, err := draw.NewFile(k.plan, round(t, 1, firstRound), good(k))
			if err != nil {
				t.Fatal(err)
			}
			f.Randomness.Source = 4
			return canonical(t, f)
		}, "err.draw.source"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := draw.Check(c.make(newKeeping(t)), draw.Options{})
			if !has(err, c.want) || v.OK() {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
