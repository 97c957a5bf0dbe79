package print_test

import (
	"io"
	"os"
	"testing"

	"kept/internal/locale"
	"kept/internal/report/print"
)

func TestShelf(t *testing.T) {
	s := print.Shelf{Dir: t.TempDir()}
	put := func(release int64, lang locale.Lang, text string) print.Print {
		t.Helper()
		p, err := s.Put(print.Print{Release: release, Lang: lang, Seen: 7, MadeOn: "2027-01-01"}, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	put(9, locale.English, "%PDF first")
	put(9, locale.Arabic, "%PDF shared")
	put(4, locale.English, "%PDF shared")
	second := put(9, locale.English, "%PDF second")
	list, err := s.List()
	if err != nil || len(list) != 3 || list[0].Release != 4 || list[1].Lang != locale.Arabic || list[2] != second {
		t.Fatalf("got %+v, %v", list, err)
	}
	if files, _ := os.ReadDir(s.Dir); len(files) != 5 {
		t.Errorf("%d files, want three cards and two PDFs: what was replaced is gone", len(files))
	}
	p, ok := s.Of(9, locale.English)
	f, err := s.Open(p)
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	defer f.Close()
	if b, _ := io.ReadAll(f); string(b) != "%PDF second" || p.Size != 11 || p.Seen != 7 {
		t.Errorf("got %q of %+v", b, p)
	}
	if _, ok := s.Of(9, locale.Russian); ok {
		t.Error("there is a print that nobody made")
	}
	if err := s.Drop(p); err != nil {
		t.Fatal(err)
	}
	if _, ok := s.Of(9, locale.English); ok {
		t.Error("what was dropped is still there")
	}
	if files, _ := os.ReadDir(s.Dir); len(files) != 3 {
		t.Errorf("%d files, want two cards and the PDF that they share", len(files))
	}
	if err := os.WriteFile(s.Dir+"/new-half", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone, err := s.Clear()
	if err != nil || len(gone) != 2 {
		t.Errorf("cleared %+v, %v", gone, err)
	}
	if files, _ := os.ReadDir(s.Dir); len(files) != 0 {
		t.Errorf("left: %v", files)
	}
	if list, err := (print.Shelf{Dir: s.Dir + "/none"}).List(); err != nil || len(list) != 0 {
		t.Errorf("an empty shelf: %v, %v", list, err)
	}
	if _, err := (print.Shelf{Dir: s.Dir + "/none"}).Clear(); err != nil {
		t.Error(err)
	}
}
