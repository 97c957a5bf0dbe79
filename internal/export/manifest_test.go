package export

import (
	"encoding/json"
	"testing"
)

// TestManifest: the manifest that is written file by file is the JSON of the whole.
func TestManifest(t *testing.T) {
	for _, files := range [][]File{nil, {{"a/index.html", 3, "abc"}}, {{"b.json", 1, "x"}, {"a~3cb.csv", 2, "y"}}} {
		m := &Manifest{Format: format, Origin: "gdc.example", Size: 7, Checkpoint: "gdc.example\n7\n<&>\n", Date: "2026-11-21", Files: files}
		got, err := m.marshal()
		if err != nil {
			t.Fatal(err)
		}
		want, err := json.MarshalIndent(m, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want)+"\n" {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
