package stakeholder

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Kinds of act about a party itself.
const (
	KindRegistered = "party.registered"
	KindStated     = "party.stated"
)

// Registered are the facts of party.registered. Words: name.LANG (name.und where
// it is the same in all), acronym.und, other_names.N.LANG, web.und, domains.N.und,
// registry_ids.N.und, purpose.LANG. A State has no words: its name is the area's.
type Registered struct {
	Kind      string   `json:"kind"`
	Area      string   `json:"area,omitempty"`   // of its seat
	Active    []string `json:"active,omitempty"` // areas where it works
	Size      string   `json:"size,omitempty"`   // band by staff and turnover, of companies
	StartUp   bool     `json:"start_up,omitempty"`
	Level     string   `json:"level,omitempty"` // how surely it is who it says; V0 when left out
	Parent    int64    `json:"parent,omitempty"`
	Languages []string `json:"languages,omitempty"`
	LedBy     []string `json:"led_by,omitempty"` // who leads it, where it says so: codes of [Leaders]
}

// Stated are the facts of party.stated: a party that somebody else's list names.
// Words beside those of a party: source.LANG, url.und.
type Stated struct {
	Registered
	On string `json:"on"` // the day as of which the source says so
}

// Leaders are who a party may say that it is led by. It says so or not: nobody is asked, and silence says nothing.
var Leaders = []string{"women", "youth", "indigenous", "persons_with_disabilities"}

// Sizes are the bands of a company.
var Sizes = []string{"micro", "small", "medium", "large"}

// maxAreas and maxLanguages bound lists that facts hold; the bytes of an entry are bounded too.
const (
	maxAreas     = 250
	maxLanguages = 30
)

func partyRegistered() keeper.Kind {
	return rules[Registered]{
		name:   KindRegistered,
		fields: wordsOf[KindRegistered],
		validate: func(a keeper.Act, f Registered, errs *locale.Errors) {
			validateParty(f, a.Words, errs)
			if f.Kind == KindPrivate && f.Size == "" {
				errs.AddField("size", locale.E("err.party.size_missing", "known", strings.Join(Sizes, ", ")))
			}
			own := f.Kind != KindState && f.Kind != KindGroup && f.Kind != KindUN && (f.Level == "" || f.Level == "V0")
			if a.By != Secretariat && !(a.By == "instance" && own) {
				errs.AddField("by", locale.E("err.party.secretariat_only"))
			}
		},
		check: func(c checking, f Registered) error {
			if err := c.party(f); err != nil {
				return err
			}
			return c.duplicate(f, false)
		},
		apply: func(tx *db.Tx, e keeper.Entry, f Registered) error { return insertParty(tx, e, f, "") },
		derive: func(tx *db.Tx, e keeper.Entry, f Registered, words map[string]string) error {
			return deriveParty(tx, e.Index, f, words)
		},
	}.kind()
}

func partyStated() keeper.Kind {
	return rules[Stated]{
		name:   KindStated,
		fields: wordsOf[KindStated],
		validate: func(a keeper.Act, f Stated, errs *locale.Errors) {
			bySecretariat(a, errs)
			validateParty(f.Registered, a.Words, errs)
			validateSource(f.On, a.Words, errs)
			if f.Level != "" {
				errs.AddField("level", locale.E("err.party.stated_level"))
			}
		},
		check: func(c checking, f Stated) error {
			if err := c.party(f.Registered); err != nil {
				return err
			}
			if err := c.notLater("on", f.On); err != nil {
				return err
			}
			return c.duplicate(f.Registered, true)
		},
		apply: func(tx *db.Tx, e keeper.Entry, f Stated) error { return insertParty(tx, e, f.Registered, f.On) },
		derive: func(tx *db.Tx, e keeper.Entry, f Stated, words map[string]string) error {
			return deriveParty(tx, e.Index, f.Registered, words)
		},
	}.kind()
}

// validateParty is what holds for a party wherever it comes from.
func validateParty(f Registered, words map[string]string, errs *locale.Errors) {
	if f.Kind == "" {
		errs.AddField("kind", locale.E("err.party.kind_missing"))
	}
	switch named := filled(words, "name"); {
	case f.Kind == KindState && f.Area == "":
		errs.AddField("area", locale.E("err.party.state_area"))
	case f.Kind == KindState && len(words) > 0 && named:
		errs.AddField("name", locale.E("err.party.state_name"))
	case f.Kind != KindState && !named:
		errs.AddField("name", locale.E("err.party.name_missing"))
	}
	if f.Size != "" && !slices.Contains(Sizes, f.Size) {
		errs.AddField("size", locale.E("err.party.not_one_of", "value", f.Size, "known", strings.Join(Sizes, ", ")))
	}
	if f.Level != "" && !slices.Contains(Levels, f.Level) {
		errs.AddField("level", locale.E("err.party.not_one_of", "value", f.Level, "known", strings.Join(Levels, ", ")))
	}
	if f.Parent < 0 {
		errs.AddField("parent", locale.E("err.party.unknown", "id", strconv.FormatInt(f.Parent, 10)))
	}
	checkList("active", f.Active, maxAreas, errs)
	checkList("languages", f.Languages, maxLanguages, errs)
	checkList("led_by", f.LedBy, len(Leaders), errs)
	for _, code := range f.LedBy {
		if !slices.Contains(Leaders, code) {
			errs.AddField("led_by", locale.E("err.party.not_one_of", "value", code, "known", strings.Join(Leaders, ", ")))
		}
	}
	for _, l := range f.Languages {
		if !languageCode(l) {
			errs.AddField("languages", locale.E("err.party.bad_language", "value", l))
		}
	}
	for part, text := range words {
		if strings.HasPrefix(part, "domains.") && domainOf("https://"+text) != text {
			errs.AddField(part, locale.E("err.party.bad_domain", "value", text))
		}
	}
}

// validateSource wants what makes a statement of somebody else traceable.
func validateSource(on string, words map[string]string, errs *locale.Errors) {
	if !filled(words, "source") {
		errs.AddField("source", locale.E("err.party.source_missing"))
	}
	if words["url.und"] == "" {
		errs.AddField("url", locale.E("err.party.source_url_missing"))
	}
	checkDate("on", on, errs)
}

// checkList refuses an entry given twice and lists that are too long.
func checkList(name string, list []string, limit int, errs *locale.Errors) {
	seen := make(map[string]bool, len(list))
	for _, entry := range list {
		if seen[entry] {
			errs.AddField(name, locale.E("err.party.entry_twice", "value", entry))
		}
		seen[entry] = true
	}
	if len(list) > limit {
		errs.AddField(name, locale.E("err.party.list_too_long", "n", len(list), "max", limit))
	}
}

// languageCode accepts the shape of a language's code: two or three letters.
func languageCode(s string) bool {
	return (len(s) == 2 || len(s) == 3) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// party checks what a party says of itself against the pack and the registry.
func (c checking) party(f Registered) error {
	var errs locale.Errors
	if !slices.Contains(c.pack.PartyKinds, f.Kind) {
		errs.AddField("kind", locale.E("err.party.not_one_of", "value", f.Kind, "known", strings.Join(c.pack.PartyKinds, ", ")))
	}
	for i, id := range append([]string{f.Area}, f.Active...) {
		name := "area"
		if i > 0 {
			name = "active"
		}
		if _, ok := c.pack.AreaSet().ByID(id); id != "" && !ok {
			errs.AddField(name, locale.E("err.party.unknown_area", "value", id))
		}
	}
	if f.Parent != 0 {
		if _, err := partyRow(c.tx, f.Parent); err != nil {
			errs.AddField("parent", err)
		}
	}
	return errs.Err()
}

func insertParty(tx *db.Tx, e keeper.Entry, f Registered, statedOn string) error {
	level, basis, on := "V0", "", ""
	if f.Level != "" && f.Level != "V0" {
		level, on = f.Level, e.On()
	}
	err := tx.Queue(`INSERT INTO party (id, kind, area, size, start_up, parent, languages, led_by, registered_on, version, level, level_basis, level_on, stated_on, claimed_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`, e.Index, f.Kind, f.Area, f.Size, number(f.StartUp), f.Parent,
		strings.Join(f.Languages, " "), strings.Join(f.LedBy, " "), e.On(), e.Index, level, basis, on, statedOn)
	if err != nil {
		return err
	}
	more, err := insertActive(tx, e.Index, f.Active)
	if err != nil {
		return err
	}
	if f.Parent != 0 {
		more = append(more, "party:"+strconv.FormatInt(f.Parent, 10))
	}
	return touch(tx, e.Index, e.Index, f.Area, more...)
}

// insertActive notes where a party works, and names the pages that this concerns.
func insertActive(tx *db.Tx, party int64, areas []string) (touched []string, err error) {
	for _, a := range areas {
		if err := tx.Queue("INSERT INTO party_active (party, area) VALUES (?, ?) ON CONFLICT (party, area) DO NOTHING", party, a); err != nil {
			return nil, err
		}
		touched = append(touched, "area:"+a)
	}
	return touched, nil
}
