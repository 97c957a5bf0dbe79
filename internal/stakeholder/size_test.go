package stakeholder_test

import (
	"fmt"
	"testing"

	"kept/internal/db/dbtest"
	"kept/internal/stakeholder"
)

// The fullest endorsement that the rules take still fits into an entry.
func TestFullestEndorsementFits(t *testing.T) {
	s := tide(t, dbtest.SQLite(t))
	party := s.Submit(register("academia", "Tide School"))
	s.Submit(with(endorse(party), func(f *stakeholder.Given, words map[string]string) {
		f.Activities = nil
		for n := range 50 {
			f.Activities = append(f.Activities, stakeholder.Activity{State: "under-way", Start: "2025-09-01"})
			for _, lang := range []string{"en", "fr-Latn-x-abcd", "ar-Arab-x-abcd"} {
				words[fmt.Sprintf("activities.%d.title.%s", n, lang)] = "A title"
			}
		}
		for n := range 25 {
			words[fmt.Sprintf("interpretive_note.en-x-%08d", n)] = "A note"
		}
	}))
}
