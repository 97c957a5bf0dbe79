package record_test

import (
	"context"
	"encoding/hex"
	"os"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"kept/record"
	"kept/record/recordtest"
)

// vectors reads the blocks of docs/record.md that are marked as vectors.
func vectors(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("../docs/record.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range regexp.MustCompile("(?ms)^```vector (\\S+)\n(.*?)\n```$").FindAllStringSubmatch(string(b), -1) {
		found[m[1]] = m[2]
	}
	return found
}

// worked makes the record of the worked example by the rules of the page.
func worked(t *testing.T) *recordtest.Record {
	t.Helper()
	r := recordtest.New(t, origin)
	r.Add(record.Entry{Kind: "record.opened", At: "2026-11-21T14:00:00Z", By: "instance"}, nil)
	var salt record.Salt
	for i := range salt {
		salt[i] = byte(i)
	}
	r.AddSealed(record.Entry{
		Kind: "commitment.made", At: "2026-11-21T14:02:00Z", By: "0",
		Facts: []byte(`{"area":"QM","baseline":"12.50","items":["P11d"],"target":"40","year":2030}`),
	}, record.Words{
		"promise.en":         {Salt: salt, Text: "Every school will be connected by 2030."},
		"signatory_name.und": {Salt: record.Salt{15: 1}, Text: "never published"},
	}, "signatory_name.und")
	d := r.Blob([]byte("area,value\nQM,40\n"))
	r.Add(record.Entry{
		Kind: "snapshot.taken", At: "2026-11-22T08:30:00Z", By: "secretariat",
		Facts: []byte(`{"bytes_blob":"` + d.String() + `","size":17}`),
	}, nil)
	return r
}

// shown is what the page must show of the worked example.
func shown(t *testing.T) map[string]string {
	t.Helper()
	r := worked(t)
	files := r.Publish()
	private, key, err := recordtest.Key(origin)
	if err != nil {
		t.Fatal(err)
	}
	words, err := record.ParseWords(files["words/1.json"])
	if err != nil {
		t.Fatal(err)
	}
	promise := words["promise.en"]
	bundle := files["tile/entries/000.p/3"]
	want := map[string]string{
		"private-key": private, "key": key,
		"text": promise.Text, "text-digest": record.WordDigest(promise.Salt, promise.Text).String(),
		"words-1":       string(files["words/1.json"]),
		"bundle-digest": record.DigestOf(bundle).String(),
		"bundle-start":  hex.EncodeToString(bundle[:16]),
		"checkpoint":    strings.TrimSuffix(string(files["checkpoint"]), "\n"),
		"receipt":       strings.TrimSuffix(string(marshal(t, r.Receipt(1))), "\n"),
	}
	var leaves []tlog.Hash
	var lines []string
	for i, name := range []string{"entry-0", "entry-1", "entry-2"} {
		e := r.Receipt(int64(i)).Entry
		leaves = append(leaves, record.LeafHash(e))
		lines = append(lines, hex.EncodeToString(leaves[i][:]))
		want[name] = string(e)
	}
	node := tlog.NodeHash(leaves[0], leaves[1])
	root := tlog.NodeHash(node, leaves[2])
	want["leaves"] = strings.Join(lines, "\n")
	want["node"], want["root"] = hex.EncodeToString(node[:]), hex.EncodeToString(root[:])
	return want
}

func TestDocumentShowsTheWorkedExample(t *testing.T) {
	got := vectors(t)
	for name, want := range shown(t) {
		if got[name] != want {
			t.Errorf("vector %s in docs/record.md is\n%s\nwant\n%s", name, got[name], want)
		}
	}
}

// What the page shows is enough: it is checked here from its text alone.
func TestDocumentVectorsVerify(t *testing.T) {
	v := vectors(t)
	var leaves, entries [][]byte
	for _, line := range strings.Split(v["leaves"], "\n") {
		leaf, err := hex.DecodeString(line)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, leaf)
	}
	for _, name := range []string{"entry-0", "entry-1", "entry-2"} {
		entries = append(entries, []byte(v[name]))
	}
	files := recordtest.Files{
		"key":                  []byte(v["key"] + "\n"),
		"checkpoint":           []byte(v["checkpoint"] + "\n"),
		"tile/0/000.p/3":       []byte(string(leaves[0]) + string(leaves[1]) + string(leaves[2])),
		"tile/entries/000.p/3": record.EntryBundle(entries),
		"words/1.json":         []byte(v["words-1"]),
	}
	blob := []byte("area,value\nQM,40\n")
	files[record.BlobPath(record.DigestOf(blob))] = blob
	report, err := record.Verify(context.Background(), files, record.Options{Receipts: [][]byte{[]byte(v["receipt"])}})
	if err != nil || !report.OK() || report.Size != 3 || report.Words != 1 || report.Sealed != 1 || report.Blobs != 1 || report.Consistent != 1 {
		t.Errorf("%+v %v", report, err)
	}
	signer, err := note.NewSigner(v["private-key"])
	if err != nil {
		t.Fatal(err)
	}
	again, err := record.SignCheckpoint(report.Checkpoint, signer)
	if err != nil || string(again) != v["checkpoint"]+"\n" {
		t.Errorf("signed again: %s %v", again, err)
	}
}

func TestDocumentGrammar(t *testing.T) {
	v := vectors(t)
	for _, line := range strings.Split(v["facts-taken"], "\n") {
		if _, err := record.ParseEntry([]byte(facts(line))); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
	for _, line := range strings.Split(v["facts-refused"], "\n") {
		if _, err := record.ParseEntry([]byte(facts(line))); err == nil {
			t.Errorf("%s is taken", line)
		}
	}
	if len(v["facts-taken"]) == 0 || len(v["facts-refused"]) == 0 {
		t.Error("no lines")
	}
}
