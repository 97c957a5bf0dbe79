package record_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"kept/record"
	"kept/record/recordtest"
)

func verifiers(t testing.TB, keys ...string) note.Verifiers {
	t.Helper()
	var list []note.Verifier
	for _, key := range keys {
		v, err := record.ParseKey(key)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	return note.VerifierList(list...)
}

func TestCheckpoint(t *testing.T) {
	r := recordtest.New(t, origin)
	known := verifiers(t, r.Key)
	want := record.Checkpoint{Origin: origin, Size: 42, Root: record.LeafHash([]byte("x"))}
	signed, err := record.SignCheckpoint(want, r.Signer)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := record.ParseCheckpoint(signed, known); err != nil || got != want {
		t.Errorf("got %v %v", got, err)
	}
	if !strings.HasPrefix(string(signed), want.Body()+"\n— "+origin+" ") {
		t.Errorf("%s", signed)
	}
	for name, bad := range map[string]record.Checkpoint{
		"other origin":  {Origin: "other.example", Size: 42},
		"negative size": {Origin: origin, Size: -1},
	} {
		if _, err := record.SignCheckpoint(bad, r.Signer); err == nil {
			t.Errorf("%s is signed", name)
		}
	}
}

// What is signed and still not a checkpoint of ours.
func TestParseCheckpointBody(t *testing.T) {
	r := recordtest.New(t, origin)
	root := record.LeafHash(nil).String()
	for name, text := range map[string]string{
		"no root":          origin + "\n1\n",
		"extension":        origin + "\n1\n" + root + "\nmore\n",
		"no origin":        "\n1\n" + root + "\n",
		"other origin":     "other.example\n1\n" + root + "\n",
		"leading zero":     origin + "\n01\n" + root + "\n",
		"sign":             origin + "\n+1\n" + root + "\n",
		"over 2^63":        origin + "\n9223372036854775808\n" + root + "\n",
		"short root":       origin + "\n1\n" + root[:40] + "\n",
		"stray bits":       origin + "\n1\n" + root[:42] + "V=\n",
		"space after size": origin + "\n1 \n" + root + "\n",
	} {
		signed, err := note.Sign(&note.Note{Text: text}, r.Signer)
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := record.ParseCheckpoint(signed, verifiers(t, r.Key)); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// Of a checkpoint with three signatures, two by known keys, each byte of the
// body and of the two lines counts. The line of a key that nobody here knows
// may be anything: a note can collect signatures.
func TestCheckpointEveryByte(t *testing.T) {
	log, witness, stranger := recordtest.New(t, origin), recordtest.New(t, "witness.example"), recordtest.New(t, "stranger.example")
	text := record.Checkpoint{Origin: origin, Size: 7, Root: record.LeafHash(nil)}.Body()
	signed, err := note.Sign(&note.Note{Text: text}, log.Signer, stranger.Signer, witness.Signer)
	if err != nil {
		t.Fatal(err)
	}
	files := recordtest.Files{"key": []byte(log.Key + "\n"), "checkpoint": signed}
	options := record.Options{Keys: []string{log.Key, witness.Key}, MaxFaults: 3}
	accepted := func(signed []byte) bool {
		files["checkpoint"] = signed
		report := verify(t, files, options)
		return !slices.ContainsFunc(report.Faults, func(f record.Fault) bool { return f.Place == "checkpoint" })
	}
	if !accepted(signed) {
		t.Fatal("not accepted as it is")
	}
	foreign := bytes.Index(signed, []byte("— stranger"))
	for at := range signed {
		changed := slices.Clone(signed)
		for bit := range 8 {
			changed[at] = signed[at] ^ 1<<bit
			inForeign := at >= foreign && at < foreign+bytes.IndexByte(signed[foreign:], '\n')
			if !inForeign && accepted(changed) {
				t.Errorf("byte %d bit %d goes unseen: %q", at, bit, changed)
			}
		}
	}
	twice := append(slices.Clone(signed), signed[bytes.LastIndex(signed, []byte("— ")):]...)
	if accepted(twice) {
		t.Error("a line given twice is accepted")
	}
}

func TestParseKey(t *testing.T) {
	r := recordtest.New(t, origin)
	f := strings.Split(r.Key, "+")
	for name, bad := range map[string]string{
		"empty":        "",
		"upper case":   f[0] + "+" + strings.ToUpper(f[1]) + "+" + strings.Join(f[2:], "+"),
		"line feed":    r.Key + "\n",
		"other name":   "x" + r.Key,
		"inner breaks": r.Key[:len(r.Key)-4] + "\n" + r.Key[len(r.Key)-4:],
	} {
		if _, err := record.ParseKey(bad); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func TestWords(t *testing.T) {
	good := record.Words{"promise.en": {Salt: record.NewSalt(), Text: "Ünïcode, \"quotes\"\nand <lines>"}, "title.zh": {Text: "标题"}}
	b, err := good.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	got, err := record.ParseWords(b)
	if err != nil || len(got) != 2 || got["promise.en"] != good["promise.en"] {
		t.Errorf("%v %v", got, err)
	}
	if got.Digests()["title.zh"] != record.WordDigest(record.Salt{}, "标题") {
		t.Error("digests differ")
	}
	for name, bad := range map[string]record.Words{
		"part":      {"promise": {Text: "x"}},
		"empty":     {"promise.en": {}},
		"not UTF-8": {"promise.en": {Text: "\xff"}},
		"NUL":       {"promise.en": {Text: "a\x00b"}},
		"long":      {"promise.en": {Text: strings.Repeat("x", record.MaxPart+1)}},
		"all too long": func() record.Words {
			w := record.Words{}
			for _, c := range "abcdefghijklmnopq" {
				w["field_"+string(c)+".en"] = record.Word{Text: strings.Repeat("x", record.MaxPart)}
			}
			return w
		}(),
	} {
		if _, err := bad.Marshal(); err == nil {
			t.Errorf("%s is written", name)
		}
	}
	salt := strings.Repeat("0", 32)
	for _, bad := range []string{
		``, `null`, `[]`, `{"a.en":null}`, `{"a.en":{"salt":"00","text":"x"}}`,
		`{"a.en":{"text":"x"}}`, `{"a.en":{"salt":"` + salt + `"}}`, `{"a.en":{"salt":"` + salt + `","text":"x","z":1}}`,
		`{"a.en":{"text":"x","salt":"` + salt + `"}}`, `{"a.en":{"salt":"` + salt + `","text":"x"}} `,
		`{"a.en":{"Salt":"` + salt + `","text":"x"}}`, `{"a.en":{"salt":"` + salt + `","text":"\u0078"}}`,
	} {
		if w, err := record.ParseWords([]byte(bad)); err == nil {
			t.Errorf("%s is taken: %v", bad, w)
		}
	}
}
