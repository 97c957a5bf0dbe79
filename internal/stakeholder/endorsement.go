package stakeholder

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Kinds of act about endorsements.
const (
	KindGiven     = "endorsement.given"
	KindEndorsed  = "endorsement.stated"
	KindWithdrawn = "endorsement.withdrawn"
)

// Given are the facts of endorsement.given. Words: alignment.LANG (how policy and
// practice will change), activities.N.title.LANG, activities.N.link.und,
// no_activity_reason.LANG where there is none, role.LANG of who signs,
// signatory_name.und by choice, interpretive_note.LANG.
type Given struct {
	Party      int64      `json:"party,omitempty"` // only where the secretariat writes for it
	Text       string     `json:"text"`
	Language   string     `json:"language_read"`
	Digest     string     `json:"text_digest,omitempty"` // of the official words read, where they are loaded
	Vision     bool       `json:"endorses_vision,omitempty"`
	Principles bool       `json:"endorses_principles,omitempty"`
	Supports   []string   `json:"supports,omitempty"` // objectives and items of the text
	Activities []Activity `json:"activities,omitempty"`
}

// Activity is something done for the text, already or soon; its title is a word.
type Activity struct {
	State string `json:"state"` // under-way or planned
	Start string `json:"start,omitempty"`
}

// Endorsed are the facts of endorsement.stated: somebody else's list says that a
// party endorsed. Words beside those of an endorsement: source.LANG, url.und.
type Endorsed struct {
	Party    int64    `json:"party"`
	Text     string   `json:"text"`
	Supports []string `json:"supports,omitempty"`
	On       string   `json:"on"`
}

// Withdrawn are the facts of endorsement.withdrawn. Words: reason.LANG.
type Withdrawn struct {
	Party       int64 `json:"party,omitempty"` // only where the secretariat writes for it
	Endorsement int64 `json:"endorsement"`
	Revoked     bool  `json:"revoked,omitempty"` // by the secretariat's own decision
}

var endorsementFields = fields{
	{name: "alignment", lang: true, prose: true, max: 10000},
	{name: "activities.*.title", lang: true, max: 500},
	{name: "activities.*.link", max: 2000, link: true},
	{name: "no_activity_reason", lang: true, prose: true, max: 2000},
	{name: "role", lang: true, max: 200},
	{name: "signatory_name", max: 200},
	{name: "interpretive_note", lang: true, prose: true, max: 10000},
}

// maxSupports is more than the parts of any text so far that can be supported.
const maxSupports = 250

// activityStates say whether an activity has begun.
var activityStates = []string{"under-way", "planned"}

func endorsementGiven() keeper.Kind {
	return rules[Given]{
		name:   KindGiven,
		fields: wordsOf[KindGiven],
		validate: func(a keeper.Act, f Given, errs *locale.Errors) {
			checkActor(a.By, f.Party, errs)
			validateGiven(f, a.Words, errs)
		},
		check: func(c checking, f Given) error { return c.mayEndorse(actor(c.act.By, f.Party), f) },
		apply: func(tx *db.Tx, e keeper.Entry, f Given) error { return insertEndorsement(tx, e, f, 0) },
	}.kind()
}

func validateGiven(f Given, words map[string]string, errs *locale.Errors) {
	if f.Text == "" {
		errs.AddField("text", locale.E("err.party.text_missing"))
	}
	if f.Language == "" {
		errs.AddField("language_read", locale.E("err.endorsement.language_missing"))
	}
	if _, err := record.ParseDigest(f.Digest); f.Digest != "" && err != nil {
		errs.AddField("text_digest", locale.E("err.endorsement.bad_digest"))
	}
	if !f.Vision {
		errs.AddField("endorses_vision", locale.E("err.endorsement.vision"))
	}
	if !f.Principles {
		errs.AddField("endorses_principles", locale.E("err.endorsement.principles"))
	}
	if !filled(words, "role") {
		errs.AddField("role", locale.E("err.endorsement.role_missing"))
	}
	checkList("supports", f.Supports, maxSupports, errs)
	validateActivities(f.Activities, words, errs)
}

func validateActivities(list []Activity, words map[string]string, errs *locale.Errors) {
	if len(list) == 0 && !filled(words, "no_activity_reason") {
		errs.AddField("activities", locale.E("err.endorsement.activity_missing"))
	}
	if len(list) > maxMany {
		errs.AddField("activities", locale.E("err.party.list_too_long", "n", len(list), "max", maxMany))
	}
	for n, activity := range list {
		at := fmt.Sprintf("activities.%d", n)
		if !slices.Contains(activityStates, activity.State) {
			errs.AddField(at+".state", locale.E("err.party.not_one_of", "value", activity.State, "known", strings.Join(activityStates, ", ")))
		}
		if activity.Start != "" && !partialDate(activity.Start) {
			errs.AddField(at+".start", locale.E("err.party.bad_date", "value", activity.Start))
		}
		if !filled(words, at+".title") {
			errs.AddField(at+".title", locale.E("err.endorsement.activity_title"))
		}
	}
	for part := range words {
		steps := strings.Split(part, ".")
		if n, err := strconv.Atoi(steps[min(1, len(steps)-1)]); steps[0] == "activities" && err == nil && n >= len(list) {
			errs.AddField(part, locale.E("err.endorsement.no_such_activity", "part", part))
		}
	}
}

// mayEndorse checks an own endorsement against the pack, the texts and the registry.
func (c checking) mayEndorse(party int64, f Given) error {
	p, err := registered(c.tx, party)
	if err != nil {
		return placed("party", err)
	}
	if !slices.Contains(c.pack.Bases(p.Kind), BasisEndorsed) {
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("party", locale.E("err.endorsement.kind", "kind", kindWord(p.Kind))))
	}
	var errs locale.Errors
	c.supports(f.Text, f.Supports, &errs)
	if !slices.Contains(c.pack.Languages, locale.Lang(f.Language)) {
		errs.AddField("language_read", locale.E("err.party.bad_language", "value", f.Language))
	}
	for n, activity := range f.Activities {
		if day := activity.Start; activity.State == "under-way" && day != "" && c.notLater("", day) != nil {
			errs.AddField(fmt.Sprintf("activities.%d.start", n), locale.E("err.endorsement.not_begun", "value", day))
		}
	}
	if err := c.officialWords(f, &errs); err != nil {
		return err
	}
	if err := errs.Err(); err != nil {
		return err
	}
	return c.notTwice(party, f.Text)
}

// supports checks that a text is in the pack, and that items belong to it.
func (c checking) supports(text string, items []string, errs *locale.Errors) {
	if _, ok := c.pack.Text(text); !ok {
		errs.AddField("text", locale.E("err.party.unknown_text", "value", text))
		return
	}
	for _, id := range items {
		if item, ok := c.pack.Item(id); !ok || item.TextID != text {
			errs.AddField("supports", locale.E("err.endorsement.unknown_item", "item", id, "text", text))
		}
	}
}

// officialWords compares the digest with that of the official words in the language read.
func (c checking) officialWords(f Given, errs *locale.Errors) error {
	words, loaded, err := compact.LoadedText(c.tx, f.Text, locale.Lang(f.Language))
	if err != nil {
		return err
	}
	switch {
	case loaded && f.Digest != words.Split.String():
		errs.AddField("text_digest", locale.E("err.endorsement.other_words"))
	case !loaded && f.Digest != "":
		errs.AddField("text_digest", locale.E("err.endorsement.no_words"))
	}
	return nil
}

// notTwice refuses a second endorsement of a text while the first one holds.
func (c checking) notTwice(party int64, text string) error {
	rows, err := c.tx.Query("SELECT id FROM endorsement WHERE party = ? AND text_id = ? AND stated_on = '' AND ended_on = ''", party, text)
	if err != nil {
		return err
	}
	ids, err := integers(rows)
	if err != nil || len(ids) == 0 {
		return err
	}
	return keeper.Refuse(keeper.ErrConflict, locale.Field("text", locale.E("err.endorsement.already", "id", strconv.FormatInt(ids[0], 10))))
}

func endorsementStated() keeper.Kind {
	return rules[Endorsed]{
		name:   KindEndorsed,
		fields: wordsOf[KindEndorsed],
		validate: func(a keeper.Act, f Endorsed, errs *locale.Errors) {
			checkActor(a.By, f.Party, errs)
			bySecretariat(a, errs)
			validateSource(f.On, a.Words, errs)
			checkList("supports", f.Supports, maxSupports, errs)
			if f.Text == "" {
				errs.AddField("text", locale.E("err.party.text_missing"))
			}
		},
		check: func(c checking, f Endorsed) error {
			var errs locale.Errors
			if _, err := partyRow(c.tx, f.Party); err != nil {
				errs.AddField("party", err)
			}
			errs.Add(c.notLater("on", f.On))
			c.supports(f.Text, f.Supports, &errs)
			return errs.Err()
		},
		apply: applyEndorsed,
	}.kind()
}

// insertEndorsement notes an own endorsement; claimOf is the stated one that it makes its own.
func insertEndorsement(tx *db.Tx, e keeper.Entry, f Given, claimOf int64) error {
	party := actor(e.By, f.Party)
	err := tx.Queue(`INSERT INTO endorsement (id, party, text_id, language_read, text_digest, vision, principles, given_on, stated_on, claim_of, claimed_as, ended_on, ended_by, revoked)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, '', ?, 0, '', 0, 0)`,
		e.Index, party, f.Text, f.Language, f.Digest, number(f.Vision), number(f.Principles), e.On(), claimOf)
	if err != nil {
		return err
	}
	for n, a := range f.Activities {
		err := tx.Queue("INSERT INTO endorsement_activity (endorsement, n, state, since) VALUES (?, ?, ?, ?)", e.Index, n, a.State, a.Start)
		if err != nil {
			return err
		}
	}
	if err := stand(tx, party, f.Text, BasisEndorsed, e.On(), e.Index); err != nil {
		return err
	}
	// What other lists said of the party gives way to its own word.
	err = tx.Queue(`UPDATE endorsement SET claimed_as = ? WHERE text_id = ? AND stated_on <> '' AND claimed_as = 0
		AND (party = ? OR party IN (SELECT id FROM party WHERE claimed_by = ? AND stated_on <> ''))`, e.Index, f.Text, party, party)
	if err != nil {
		return err
	}
	return supportItems(tx, e, party, f.Text, f.Supports)
}

func applyEndorsed(tx *db.Tx, e keeper.Entry, f Endorsed) error {
	err := tx.Queue(`INSERT INTO endorsement (id, party, text_id, language_read, text_digest, vision, principles, given_on, stated_on, claim_of, claimed_as, ended_on, ended_by, revoked)
		VALUES (?, ?, ?, '', '', 0, 0, ?, ?, 0, 0, '', 0, 0)`, e.Index, f.Party, f.Text, e.On(), f.On)
	if err != nil {
		return err
	}
	return supportItems(tx, e, f.Party, f.Text, f.Supports)
}

// supportItems notes which items an endorsement supports, and the pages that it concerns.
func supportItems(tx *db.Tx, e keeper.Entry, party int64, text string, items []string) error {
	subjects := []string{"text:" + text}
	for _, item := range items {
		err := tx.Queue("INSERT INTO endorsement_item (endorsement, item) VALUES (?, ?) ON CONFLICT (endorsement, item) DO NOTHING", e.Index, item)
		if err != nil {
			return err
		}
		subjects = append(subjects, "item:"+item)
	}
	p, err := applied(tx, party)
	if err != nil {
		return err
	}
	return touch(tx, e.Index, party, p.Area, subjects...)
}
