package stakeholder

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// KindAmended is the act by which a party changes what the registry says of it.
const KindAmended = "party.amended"

// Amended are the facts of party.amended: the whole of a party's facts as they
// stand with it. Its words are likewise all of the party's words, and a reason.
// What kind of party it is only the secretariat changes; how surely it is who it
// says has an act of its own (party.verified), so there is no level here.
type Amended struct {
	Party   int64 `json:"party"`
	Version int64 `json:"version"` // the entry that it takes the place of: two people cannot overwrite one another
	Registered
}

func partyAmended() keeper.Kind {
	return rules[Amended]{
		name:   KindAmended,
		fields: wordsOf[KindAmended],
		validate: func(a keeper.Act, f Amended, errs *locale.Errors) {
			if a.By != Secretariat && a.By != strconv.FormatInt(f.Party, 10) {
				errs.AddField("by", locale.E("err.party.not_yours"))
			}
			validateParty(f.Registered, a.Words, errs)
			if f.Kind == KindPrivate && f.Size == "" {
				errs.AddField("size", locale.E("err.party.size_missing", "known", strings.Join(Sizes, ", ")))
			}
			if f.Level != "" {
				errs.AddField("level", locale.E("err.party.amends_level"))
			}
		},
		check: checkAmended,
		apply: applyAmended,
		derive: func(tx *db.Tx, e keeper.Entry, f Amended, words map[string]string) error {
			return deriveParty(tx, e.Index, f.Registered, words)
		},
	}.kind()
}

func checkAmended(c checking, f Amended) error {
	p, err := registered(c.tx, f.Party)
	switch {
	case err != nil:
		return placed("party", err)
	case f.Version != p.Version:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("version", locale.E("err.party.amended_since", "version", strconv.FormatInt(p.Version, 10))))
	}
	var errs locale.Errors
	if f.Kind != p.Kind && c.act.By != Secretariat {
		errs.AddField("kind", locale.E("err.party.kind_secretariat"))
	}
	for _, fixed := range []string{KindState, KindGroup, KindUN} { // they have rights and members by what they are
		if f.Kind != p.Kind && (f.Kind == fixed || p.Kind == fixed) {
			errs.AddField("kind", locale.E("err.party.kind_fixed"))
		}
	}
	if p.Kind == KindState && f.Area != p.Area {
		errs.AddField("area", locale.E("err.party.state_area_fixed"))
	}
	errs.Add(c.party(f.Registered))
	if err := c.noCircle(f); err != nil {
		errs.AddField("parent", err)
	}
	if err := errs.Err(); err != nil {
		return err
	}
	if same, err := c.same(p, f); err != nil || same {
		if same {
			err = locale.E("err.party.amends_nothing")
		}
		return err
	}
	if p.Kind == KindState {
		return nil
	}
	return c.duplicateBut(f.Registered, false, f.Party)
}

// noCircle refuses a parent that belongs to the party itself.
func (c checking) noCircle(f Amended) error {
	for at, seen := f.Parent, map[int64]bool{}; at != 0 && !seen[at]; {
		if at == f.Party {
			return locale.E("err.party.parent_circle")
		}
		seen[at] = true
		p, err := partyRow(c.tx, at)
		if err != nil {
			return err
		}
		at = p.Parent
	}
	return nil
}

// same tells whether an amendment says what stands already.
func (c checking) same(p Party, f Amended) (bool, error) {
	rows, err := c.tx.Query("SELECT area FROM party_active WHERE party = ? ORDER BY area", p.ID)
	if err != nil {
		return false, err
	}
	if p.Active, err = texts(rows); err != nil {
		return false, err
	}
	words, err := keeper.WordsOf(c.tx, p.Version)
	if err != nil {
		return false, err
	}
	now := Standing(p)
	slices.Sort(now.Active)
	after := f.Registered
	after.Active = slices.Sorted(slices.Values(after.Active))
	a, fault := record.Canonical(now)
	if fault != nil {
		return false, fault
	}
	b, err := record.Canonical(after)
	return string(a) == string(b) && maps.Equal(withoutReason(words), withoutReason(c.act.Words)), err
}

func withoutReason(words map[string]string) map[string]string {
	out := maps.Clone(words)
	maps.DeleteFunc(out, func(part, _ string) bool { return strings.HasPrefix(part, "reason.") })
	return out
}

// Standing are the facts of a party as they stand, to be changed and sent back.
func Standing(p Party) Registered {
	return Registered{Kind: p.Kind, Area: p.Area, Active: p.Active, Size: p.Size, StartUp: p.StartUp, Parent: p.Parent, Languages: p.Languages, LedBy: p.LedBy}
}

// StandingWords are the words of a party as they stand, without the reason of the latest amendment.
func StandingWords(tx *db.Tx, p Party) (map[string]string, error) {
	words, err := keeper.WordsOf(tx, p.Version)
	return withoutReason(words), err
}

func applyAmended(tx *db.Tx, e keeper.Entry, f Amended) error {
	before, err := applied(tx, f.Party)
	if err != nil {
		return err
	}
	err = tx.Queue("UPDATE party SET kind = ?, area = ?, size = ?, start_up = ?, parent = ?, languages = ?, led_by = ?, version = ? WHERE id = ?",
		f.Kind, f.Area, f.Size, number(f.StartUp), f.Parent, strings.Join(f.Languages, " "), strings.Join(f.LedBy, " "), e.Index, f.Party)
	if err != nil {
		return err
	}
	if err := tx.Queue("DELETE FROM party_active WHERE party = ?", f.Party); err != nil {
		return err
	}
	more, err := insertActive(tx, f.Party, f.Active)
	if err != nil {
		return err
	}
	for _, parent := range []int64{before.Parent, f.Parent} {
		if parent != 0 {
			more = append(more, "party:"+strconv.FormatInt(parent, 10))
		}
	}
	if before.Area != "" {
		more = append(more, "area:"+before.Area)
	}
	return touch(tx, e.Index, f.Party, f.Area, more...)
}

// Step is an act about a party.
type Step struct {
	Entry    int64
	On, Kind string
}

// Steps lists the acts about a party, the latest first.
func Steps(tx *db.Tx, party int64, limit int) ([]Step, error) {
	rows, err := tx.Query("SELECT entry FROM party_step WHERE party = ? ORDER BY entry DESC LIMIT ?", party, limit)
	if err != nil {
		return nil, err
	}
	entries, err := integers(rows)
	if err != nil {
		return nil, err
	}
	var steps []Step
	for _, index := range entries {
		e, err := keeper.ReadEntry(tx, index)
		if err != nil {
			return nil, err
		}
		steps = append(steps, Step{index, e.On(), e.Kind})
	}
	return steps, nil
}
