package forum

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/wording"
)

// SessionProposed are the facts of session.proposed. The first of the organisers
// proposes; all are parties. Of people it says what each does, and that they agreed to
// be named; who they are is words, people.N.name.und, with people.N.group.und,
// people.N.area.und and people.N.gender.und where they state it, so that all of it can
// be erased. Further words: title, problem, serving.
type SessionProposed struct {
	Call int64  `json:"call"`
	Lang string `json:"lang"`
	SessionPlan
}

// SessionPlan is what a proposal says besides its call.
type SessionPlan struct {
	Format     string   `json:"format"`
	Minutes    int64    `json:"minutes"`
	Organisers []int64  `json:"organisers"`
	People     []string `json:"people,omitempty"` // what each does, see [PersonRoles]
	Consent    bool     `json:"consent,omitempty"`
	Agenda     []int64  `json:"agenda,omitempty"` // numbers of agenda items of the cycle
	Gaps       []string `json:"gaps,omitempty"`   // "P11d:money": an item and what it lacks
	Items      []string `json:"items"`
	Serves     []string `json:"serves"` // of the forum's functions
}

// SessionAmended are the facts of session.amended: the whole of the proposal as it
// stands from now on, in the language that it was made in.
type SessionAmended struct {
	Session int64 `json:"session"`
	SessionPlan
}

// SessionWithdrawn are the facts of session.withdrawn. Words: reason.LANG.
type SessionWithdrawn struct {
	Session int64 `json:"session"`
}

var (
	sessionWords = wording.Fields{"title": {Max: MaxTitle, Line: true, Needed: true}, "problem": {Max: 4000, Needed: true}, "serving": {Max: 1500, Needed: true}}
	reasonWords  = wording.Fields{"reason": {Max: 2000, Needed: true}}
)

// personFields are what is said of a person, in words.
var personFields = []string{"name", "group", "area", "gender"}

// mostName is how long a name is at the most.
const mostName = 120

// apart parts the words about people from the others.
func apart(words map[string]string) (people, rest map[string]string) {
	people, rest = map[string]string{}, map[string]string{}
	for part, text := range words {
		if strings.HasPrefix(part, "people.") {
			people[part] = text
		} else {
			rest[part] = text
		}
	}
	return people, rest
}

func (p SessionPlan) validate(words map[string]string, es *sessionFaults) {
	people, rest := apart(words)
	sessionWords.Check(rest, &es.Errors)
	for part, text := range rest {
		if name, _ := wording.Split(part); name == "problem" {
			if n := commitment.WordCount(text); n > MaxProblem {
				es.AddField("problem", locale.E("err.session.problem", "n", n, "max", MaxProblem))
			}
		}
	}
	es.code("format", p.Format, Formats)
	es.ids("organisers", p.Organisers, MaxOrganisers)
	if len(p.Organisers) == 0 {
		es.AddField("organisers", locale.E("err.party.which"))
	}
	es.ids("agenda", p.Agenda, mostLinks)
	es.list("gaps", p.Gaps, mostLinks)
	es.list("items", p.Items, mostLinks)
	if len(p.Items) == 0 {
		es.AddField("items", locale.E("err.session.items"))
	}
	es.list("serves", p.Serves, len(ForumFunctions))
	for _, code := range p.Serves {
		es.code("serves", code, ForumFunctions)
	}
	if len(p.Serves) == 0 {
		es.AddField("serves", locale.E("err.session.serves"))
	}
	p.validatePeople(people, es)
}

// validatePeople wants each person named, with her group, and that all agreed.
func (p SessionPlan) validatePeople(words map[string]string, es *sessionFaults) {
	if len(p.People) > MaxPeople {
		es.AddField("people", locale.E("err.party.list_too_long", "n", len(p.People), "max", MaxPeople))
	}
	if len(p.People) > 0 && !p.Consent {
		es.AddField("consent", locale.E("err.session.consent"))
	}
	for n, role := range p.People {
		es.code("people", role, PersonRoles)
		for _, needed := range []string{"name", "group"} {
			if words[personPart(n, needed)] == "" {
				es.AddField("people", locale.E("err.session.person_"+needed, "n", n+1))
			}
		}
	}
	known := map[string]bool{}
	for n := range p.People {
		for _, f := range personFields {
			known[personPart(n, f)] = true
		}
	}
	for _, part := range slices.Sorted(maps.Keys(words)) {
		switch text := words[part]; {
		case !known[part]:
			es.AddField("people", locale.E("err.party.unknown_word", "part", part))
		case keeper.Line(text) != text:
			es.AddField("people", locale.E("err.party.unclean"))
		case utf8.RuneCountInString(text) > mostName:
			es.AddField("people", locale.E("err.party.word_too_long", "n", utf8.RuneCountInString(text), "max", mostName))
		}
	}
}

// personPart is the part of a word about a person.
func personPart(n int, field string) string {
	return "people." + strconv.Itoa(n) + "." + field + ".und"
}

func validateSessionProposed(a keeper.Act, f SessionProposed) error {
	var es sessionFaults
	es.language(f.Lang)
	f.validate(a.Words, &es)
	if len(f.Organisers) > 0 && a.By != secretariat && a.By != number(f.Organisers[0]) {
		es.AddField("organisers", locale.E("err.session.first"))
	}
	return es.Err()
}

func checkSessionProposed(c checking, f SessionProposed) error {
	if err := c.running(ModuleForum); err != nil {
		return err
	}
	call, err := CallByID(c.tx, f.Call)
	if err != nil {
		return err
	}
	cycle, err := c.openCycle(call.Cycle)
	if err != nil {
		return err
	}
	if c.today() > cycle.CallUntil {
		return keeper.Refuse(keeper.ErrConflict, locale.Field("call", locale.E("err.session.late", "on", cycle.CallUntil)))
	}
	var es sessionFaults
	if err := c.plan(call, cycle, f.SessionPlan, &es); err != nil {
		return err
	}
	for _, party := range f.Organisers {
		if err := c.mayOrganise(cycle, party); err != nil {
			return err
		}
	}
	var have int64
	err = c.tx.Row("SELECT COUNT(*) FROM forum_session WHERE cycle = ? AND lead = ? AND withdrawn_on = ''", cycle.ID, f.Organisers[0]).Scan(&have)
	if err == nil && have >= cycle.MostSessions {
		es.AddField("organisers", locale.E("err.session.most", "max", cycle.MostSessions))
	}
	if err != nil {
		return err
	}
	return es.Err()
}

// plan holds a proposal against its call, its cycle and the pack.
func (c checking) plan(call Call, cycle Cycle, p SessionPlan, es *sessionFaults) error {
	es.code("format", p.Format, call.Formats)
	if !slices.Contains(call.Durations, p.Minutes) {
		es.code("minutes", number(p.Minutes), numbers(call.Durations))
	}
	c.checkItems("items", p.Items, &es.Errors)
	for _, gap := range p.Gaps {
		item, kind, _ := strings.Cut(gap, ":")
		if _, ok := c.pack.Item(item); !ok || !slices.Contains(GapKinds, kind) {
			es.AddField("gaps", locale.E("err.session.gap", "value", gap))
		}
	}
	if len(p.Agenda) > 0 {
		agenda, err := Agenda(c.tx, cycle.ID)
		if err != nil {
			return err
		}
		for _, no := range p.Agenda {
			if !slices.ContainsFunc(agenda, func(i AgendaItem) bool { return int64(i.No) == no && i.WithdrawnOn == "" }) {
				es.AddField("agenda", locale.E("err.session.agenda", "n", no))
			}
		}
	}
	people, _ := apart(c.act.Words)
	for _, part := range slices.Sorted(maps.Keys(people)) {
		switch text := people[part]; {
		case strings.HasSuffix(part, ".group.und"):
			es.code("people", text, c.pack.PartyKinds)
		case strings.HasSuffix(part, ".gender.und"):
			es.code("people", text, Genders)
		case strings.HasSuffix(part, ".area.und"):
			if _, ok := c.pack.AreaSet().ByID(text); !ok {
				es.AddField("people", locale.E("err.party.unknown_area", "value", text))
			}
		}
	}
	return nil
}

// mayOrganise refuses a party that is not registered, has no right to propose (it
// never endorsed, or left), or owes the report of a session of the cycle before.
func (c checking) mayOrganise(cycle Cycle, party int64) error {
	if _, err := registered(c.tx, party); err != nil {
		return placed("organisers", err)
	}
	if err := stakeholder.Opens(c.tx, party, stakeholder.RightPropose); err != nil {
		return placed("organisers", err)
	}
	owed, err := Owed(c.tx, cycle, party, c.today())
	if err == nil && len(owed) > 0 {
		err = keeper.Refuse(keeper.ErrForbidden, locale.Field("organisers", owed[0].Refusal(party)))
	}
	return err
}

func applySessionProposed(tx *db.Tx, e keeper.Entry, f SessionProposed) error {
	call, err := CallByID(tx, f.Call)
	if err != nil && !isUnknown(err) {
		return err
	}
	err = tx.Queue(`INSERT INTO forum_session (id, call_id, cycle, lang, version, lead, format, minutes, people, proposed_on, withdrawn_on, withdrawn_by,
		scored_by, conflicts, decided_on, decided_by, outcome, merged_into, held_on, report_due, reported_on, reported_by, excused_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0, 0, '', 0, '', 0, '', '', '', 0, 0)`,
		e.Index, f.Call, call.Cycle, f.Lang, e.Index, f.lead(), f.Format, f.Minutes, len(f.People), e.On())
	if err != nil {
		return err
	}
	return f.link(tx, e.Index, e.Index, call.Cycle)
}

// lead is the party that proposes.
func (p SessionPlan) lead() int64 {
	if len(p.Organisers) == 0 {
		return 0
	}
	return p.Organisers[0]
}

// link writes whom and what a session concerns, in place of what was there.
func (p SessionPlan) link(tx *db.Tx, index, session, cycle int64) error {
	if err := tx.Queue("DELETE FROM forum_session_organiser WHERE session = ?", session); err != nil {
		return err
	}
	if err := tx.Queue("DELETE FROM forum_session_link WHERE session = ?", session); err != nil {
		return err
	}
	for n, party := range p.Organisers {
		if err := tx.Queue("INSERT INTO forum_session_organiser (session, party, n) VALUES (?, ?, ?) ON CONFLICT (session, party) DO NOTHING", session, party, n); err != nil {
			return err
		}
	}
	for kind, codes := range map[string][]string{linkItem: p.Items, linkGap: p.Gaps, linkAgenda: numbers(p.Agenda), linkServes: p.Serves} {
		for _, code := range codes {
			if err := tx.Queue("INSERT INTO forum_session_link (session, kind, code) VALUES (?, ?, ?) ON CONFLICT (session, kind, code) DO NOTHING", session, kind, code); err != nil {
				return err
			}
		}
	}
	return touchSession(tx, index, session, cycle, p.Organisers, p.Items)
}

// touchSession notes the pages that an act about a session concerns.
func touchSession(tx *db.Tx, index, session, cycle int64, parties []int64, items []string) error {
	touched := []string{"sessions", subject("session", session)}
	for _, p := range parties {
		touched = append(touched, subject("party", p))
	}
	touched, err := withItems(tx, touched, items)
	if err != nil {
		return err
	}
	return touchCycle(tx, index, cycle, touched...)
}

// withItems adds the subjects of items, and of what they stand under.
func withItems(tx *db.Tx, subjects, items []string) ([]string, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		subjects = append(subjects, "item:"+item)
		if i, ok := pack.Item(item); ok && i.Under != "" {
			subjects = append(subjects, "item:"+i.Under)
		}
	}
	return subjects, nil
}

// touchOf is touchSession for a session that stands.
func touchOf(tx *db.Tx, index, session int64) error {
	s, err := SessionByID(tx, session)
	if isUnknown(err) {
		return touchCycle(tx, index, 0, "sessions", subject("session", session))
	}
	if err != nil {
		return err
	}
	return touchSession(tx, index, session, s.Cycle, s.Organisers, s.Items)
}

func deriveSessionProposed(tx *db.Tx, e keeper.Entry, f SessionProposed, words map[string]string) error {
	return f.derive(tx, e.Index, words)
}

// derive writes what can be searched, and the people by who they say they are.
func (p SessionPlan) derive(tx *db.Tx, entry int64, words map[string]string) error {
	people, rest := apart(words)
	if err := deriveTexts(tx, entry, rest); err != nil {
		return err
	}
	for n, role := range p.People {
		name, group := people[personPart(n, "name")], people[personPart(n, "group")]
		area, gender := people[personPart(n, "area")], people[personPart(n, "gender")]
		if name+group+area+gender == "" { // all of it was erased
			continue
		}
		err := tx.Queue("INSERT INTO derived_forum_person (entry, n, role, name, folded, party_kind, area, gender) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			entry, n, role, name, fold.Text(name), group, area, gender)
		if err != nil {
			return err
		}
	}
	return nil
}

// deriveTexts writes the words of an entry as they are searched.
func deriveTexts(tx *db.Tx, entry int64, words map[string]string) error {
	for part, text := range words {
		if err := tx.Queue("INSERT INTO derived_forum_text (entry, part, body, folded) VALUES (?, ?, ?, ?)", entry, part, text, fold.Text(text)); err != nil {
			return err
		}
	}
	return nil
}
