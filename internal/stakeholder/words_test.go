package stakeholder_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

const official = "1. Harbours belong to those who use them.\n\n2. We commit:\n\n(a) To connect the ports;\n\n(b) To share what is learned.\n"

// Where official words are loaded an endorsement names them, and none but them.
func TestEndorsementNamesTheWordsRead(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	text, _ := s.Pack.Text("new")
	split, faults := compact.Split(text, locale.English, []byte(official), compact.Choices{})
	if len(faults) > 0 {
		t.Fatal(faults[0])
	}
	load, err := compact.LoadText(split, []byte(official))
	if err != nil {
		t.Fatal(err)
	}
	s.Submit(load)
	var digest string
	s.Read(func(tx *db.Tx) error {
		l, _, err := compact.LoadedText(tx, "new", locale.English)
		digest = l.Split.String()
		return err
	})
	party := s.Submit(register("academia", "Tide School"))
	tests := []struct {
		name, language, digest, want string
	}{
		{"no digest", "en", "", "err.endorsement.other_words"},
		{"another digest", "en", strings.Repeat("0", 64), "err.endorsement.other_words"},
		{"a language without words", "fr", digest, "err.endorsement.no_words"},
		{"the words read", "en", digest, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := with(endorse(party), func(f *stakeholder.Given, _ map[string]string) { f.Language, f.Digest = tt.language, tt.digest })
			got := ""
			if all, ok := locale.All(s.Keeper.Check(context.Background(), a)); ok {
				got = all[0].Key
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A party's own endorsement takes the place of what lists say of it, so that no
// party is counted twice.
func TestOwnWordReplacesStated(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	source := map[string]string{"source.en": "A list", "url.und": "https://example.org/"}
	own := s.Submit(register("academia", "Tide School"))
	for range 2 { // two lists say so
		s.Submit(keeper.Act{Kind: stakeholder.KindEndorsed, By: stakeholder.Secretariat, Facts: stakeholder.Endorsed{Party: own, Text: "new", On: "2025-01-01", Supports: []string{"P2a"}}, Words: source})
	}
	want := func(when string, given, elsewhere int64) {
		t.Helper()
		s.Read(func(tx *db.Tx) error {
			all, err := stakeholder.Supporting(tx)
			if err != nil {
				return err
			}
			if got := all.On(stakeholder.SupportFilter{}, []string{"P2a"})[""]; got != (stakeholder.Support{Given: given, Elsewhere: elsewhere}) {
				t.Errorf("%s: got %+v", when, got)
			}
			return nil
		})
	}
	want("stated", 0, 1)
	s.Submit(endorse(own))
	want("given", 1, 0)
	named := map[string]string{"name.en": "The Tide School", "source.en": "A list", "url.und": "https://example.org/"}
	other := s.Submit(keeper.Act{Kind: stakeholder.KindStated, By: stakeholder.Secretariat, Facts: stakeholder.Stated{Registered: stakeholder.Registered{Kind: "academia"}, On: "2025-01-01"}, Words: named})
	s.Submit(keeper.Act{Kind: stakeholder.KindEndorsed, By: stakeholder.Secretariat, Facts: stakeholder.Endorsed{Party: other, Text: "new", On: "2025-01-01", Supports: []string{"P2a"}}, Words: source})
	want("stated under another name", 1, 1)
	s.Submit(keeper.Act{Kind: stakeholder.KindClaim, By: id(own), Facts: stakeholder.Claim{Of: other}})
	want("the other name claimed", 1, 0)
	s.Replay()
}

// Two at once make each State and each party once.
func TestTwoAtOnce(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	var wait sync.WaitGroup
	for range 3 {
		wait.Go(func() {
			if _, err := stakeholder.AdoptAll(context.Background(), s.Keeper, s.Pack); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for range 3 {
		wait.Go(func() {
			if r, err := stakeholder.ImportEndorsements(context.Background(), s.Keeper, strings.NewReader(endorsers), list); err != nil || len(r.Faults) > 0 {
				t.Error(r.Faults, err)
			}
		})
	}
	wait.Wait()
	s.Read(func(tx *db.Tx) error {
		adopters, err := stakeholder.Adopters(tx, "new")
		if err != nil {
			return err
		}
		support, err := stakeholder.Endorsements(tx, "new")
		if len(adopters) != 12 || support.Elsewhere != 4 {
			t.Errorf("got %d adoptions and %d stated endorsements, want 12 and 4", len(adopters), support.Elsewhere)
		}
		return err
	})
	s.Replay()
}
