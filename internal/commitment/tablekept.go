package commitment

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// keptPledges are the stated commitments of the record, by party and day, as far
// as a table was compared with them.
type keptPledges map[string][]*keptPledge

// keptPledge is a stated commitment that a row of a table may say again.
type keptPledge struct {
	id    int64
	texts map[string]bool   // "title" or "promise" and the folded text
	words map[string]string // read once its title is that of a row
	taken bool              // an earlier row says it
}

// find marks a row that the record has already: the same party, date, title and
// source or address of it. An entry answers one row only, since one page may bring
// several pledges of one title; so rows whose promise is the same, too, are looked
// for first, and what is left afterwards is one whose wording was changed since.
func (kept keptPledges) find(tx *db.Tx, p *pledge, exactly bool) error {
	if p.existing || p.facts.Party == 0 || p.party != nil || !anyDate(p.facts.On) {
		return nil
	}
	list, err := kept.of(tx, p.facts.Party, p.facts.On)
	if err != nil {
		return err
	}
	texts := textsOf(p.words)
	for _, k := range list {
		if k.taken || !k.says(texts, exactly) {
			continue
		}
		if k.words == nil {
			if k.words, err = keeper.WordsOf(tx, k.id); err != nil {
				return err
			}
		}
		if sameSource(k.words, p.words) {
			k.taken, p.existing = true, true
			return nil
		}
	}
	return nil
}

// of are the stated commitments of a party on a day, with those stated of parties
// that it says it is.
func (kept keptPledges) of(tx *db.Tx, party int64, on string) ([]*keptPledge, error) {
	key := strconv.FormatInt(party, 10) + " " + on
	if list, ok := kept[key]; ok {
		return list, nil
	}
	parties, err := stakeholder.Claimed(tx, party)
	if err != nil {
		return nil, err
	}
	list := []*keptPledge{}
	for _, party := range append(parties, party) {
		rows, err := tx.Query(`SELECT c.id, d.part, d.folded FROM commitment c JOIN derived_commitment_text d ON d.commitment = c.id
			WHERE c.party = ? AND c.stated = 1 AND c.stated_on = ? ORDER BY c.id`, party, on)
		err = each(rows, err, func(scan func(...any) error) error {
			var id int64
			var part, folded string
			err := scan(&id, &part, &folded)
			if len(list) == 0 || list[len(list)-1].id != id {
				list = append(list, &keptPledge{id: id, texts: map[string]bool{}})
			}
			field, _ := splitPart(part)
			list[len(list)-1].texts[field+" "+folded] = true
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	kept[key] = list
	return list, nil
}

// says compares titles, or promises where one of the two has no title.
func (k *keptPledge) says(texts map[string]bool, exactly bool) bool {
	if !exactly && has(k.texts, "title ") && has(texts, "title ") {
		return meet(k.texts, texts, "title ")
	}
	for _, field := range []string{"title ", "promise "} {
		if has(k.texts, field) && has(texts, field) && !meet(k.texts, texts, field) {
			return false
		}
	}
	return meet(k.texts, texts, "")
}

func textsOf(words map[string]string) map[string]bool {
	texts := map[string]bool{}
	for name, text := range words {
		if field, _ := splitPart(name); field == "title" || field == "promise" {
			texts[field+" "+fold.Text(text)] = true
		}
	}
	return texts
}

func has(texts map[string]bool, field string) bool {
	for text := range texts {
		if strings.HasPrefix(text, field) {
			return true
		}
	}
	return false
}

// meet tells whether a text of a field stands in both.
func meet(a, b map[string]bool, field string) bool {
	for text := range a {
		if strings.HasPrefix(text, field) && b[text] {
			return true
		}
	}
	return false
}

// sameSource compares the addresses of two statements, or who published them.
func sameSource(a, b map[string]string) bool {
	if a["url.und"] != "" && a["url.und"] == b["url.und"] {
		return true
	}
	return slices.ContainsFunc(sourcesOf(a), func(source string) bool { return slices.Contains(sourcesOf(b), source) })
}

func sourcesOf(words map[string]string) (folded []string) {
	for _, name := range slices.Sorted(maps.Keys(words)) {
		if field, _ := splitPart(name); field == "source" {
			folded = append(folded, fold.Text(words[name]))
		}
	}
	return folded
}
