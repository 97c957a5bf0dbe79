package compact_test

import (
	"os"
	"regexp"
	"testing"
	"testing/fstest"

	"kept/internal/compact"
	"kept/internal/locale"
)

// formatPage is the description of the format, for people who write a pack.
const formatPage = "../../docs/pack-format.md"

var (
	shownFile   = regexp.MustCompile("(?ms)^`(\\S+\\.yaml)`\n\n```yaml\n(.*?)^```$")
	shownDigest = regexp.MustCompile("(?m)^`([0-9a-f]{64})`\\.$")
)

// TestDocumentShowsACompletePack reads the pack that the page ends with and checks
// it: what a newcomer copies from there has to be without fault, and gives the
// digest that the page promises.
func TestDocumentShowsACompletePack(t *testing.T) {
	page, err := os.ReadFile(formatPage)
	if err != nil {
		t.Fatal(err)
	}
	shown := fstest.MapFS{}
	for _, m := range shownFile.FindAllSubmatch(page, -1) {
		shown[string(m[1])] = &fstest.MapFile{Data: m[2]}
	}
	if got, want := len(shown), 6; got != want {
		t.Fatalf("%d files shown, want %d", got, want)
	}
	pack, faults := compact.Check(shown)
	for _, f := range faults {
		t.Errorf("%s:%d: %s", f.File, f.Line, f.Message(locale.English))
	}
	promised := shownDigest.FindSubmatch(page)
	if promised == nil {
		t.Fatal("the page promises no digest")
	}
	if pack != nil && pack.Digest.String() != string(promised[1]) {
		t.Errorf("digest: got %s, want %s", pack.Digest, promised[1])
	}
}
