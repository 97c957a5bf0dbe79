package forum

import (
	"slices"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
)

// Kinds of act about messages.
const (
	KindMessageIssued   = "message.issued"
	KindMessageFollowed = "message.followed"
)

// MessageIssued are the facts of message.issued: what sessions of a cycle hand on, to
// addressees of the pack and to parties. A message is what was said in a session; it
// binds nobody and nothing in it was negotiated. Words: text.LANG.
type MessageIssued struct {
	Cycle      int64    `json:"cycle"`
	Party      int64    `json:"party,omitempty"` // the organiser, where the secretariat writes for it; none: the secretariat for the forum
	Lang       string   `json:"lang"`
	Sessions   []int64  `json:"sessions"`
	Items      []string `json:"items"`
	Addressees []string `json:"addressees,omitempty"`
	Parties    []int64  `json:"parties,omitempty"`
}

// What became of a message, for one of those whom it addresses. Until somebody says
// something there is no response.
const (
	NoResponse = "no_response"
	Noted      = "noted"
	TakenUp    = "taken_up"
	Done       = "done"
)

// MessageStates are the states in their order.
var MessageStates = []string{NoResponse, Noted, TakenUp, Done}

// MessageFollowed are the facts of message.followed: what one of those addressed did
// with a message, said by that party of itself, or by the secretariat with a source.
// Words: note.LANG, source.LANG, url.und.
type MessageFollowed struct {
	Message   int64  `json:"message"`
	Addressee string `json:"addressee,omitempty"` // of the pack, or
	Party     int64  `json:"party,omitempty"`     // a party, where the secretariat says so of it
	State     string `json:"state"`
	On        string `json:"on"` // the day on which it was so
}

// Whom a message is to, in state.
const (
	toAddressee = "addressee"
	toParty     = "party"
	linkSession = "session"
)

// MaxMessage is how many characters a message has at the most: it is read at once.
const MaxMessage = 1200

var (
	messageWords  = wording.Fields{"text": {Max: MaxMessage, Needed: true}}
	followedWords = wording.Fields{"note": {Max: 2000, Needed: true}, "source": {Max: 400, Line: true}, "url": {Max: 1000, Line: true, Link: true}}
)

func validateIssued(a keeper.Act, f MessageIssued) error {
	var es sessionFaults
	checkActor(a.By, f.Party, &es.Errors)
	es.language(f.Lang)
	messageWords.Check(a.Words, &es.Errors)
	if es.ids("sessions", f.Sessions, mostLinks); len(f.Sessions) == 0 {
		es.AddField("sessions", locale.E("err.message.session_missing"))
	}
	if es.list("items", f.Items, mostLinks); len(f.Items) == 0 {
		es.AddField("items", locale.E("err.message.items"))
	}
	es.list("addressees", f.Addressees, mostLinks)
	if es.ids("parties", f.Parties, mostLinks); len(f.Addressees)+len(f.Parties) == 0 {
		es.AddField("addressees", locale.E("err.message.nobody"))
	}
	return es.Err()
}

func checkIssued(c checking, f MessageIssued) error {
	cycle, err := c.openCycle(f.Cycle)
	if err != nil {
		return err
	}
	party := actor(c.act.By, f.Party)
	var es sessionFaults
	for _, id := range f.Sessions {
		s, err := SessionByID(c.tx, id)
		switch {
		case err != nil:
			return placed("sessions", err)
		case s.Cycle != cycle.ID:
			es.AddField("sessions", locale.E("err.message.other_cycle", "session", number(id)))
		case s.Slot == nil || c.at.UTC().Format(SlotTime) < s.Slot.Starts:
			es.AddField("sessions", locale.E("err.message.not_begun", "session", number(id)))
		case party != 0 && !slices.Contains(s.Organisers, party):
			es.AddField("sessions", locale.E("err.message.not_organiser", "session", number(id)))
		}
	}
	c.checkItems("items", f.Items, &es.Errors)
	for _, code := range f.Addressees {
		if !c.pack.IsAddressee(code) {
			es.AddField("addressees", locale.E("err.message.addressee", "value", code))
		}
	}
	for _, id := range f.Parties {
		if _, err := registered(c.tx, id); err != nil {
			if _, ok := locale.All(err); !ok {
				return err
			}
			es.AddField("parties", err)
		}
	}
	return es.Err()
}

func applyIssued(tx *db.Tx, e keeper.Entry, f MessageIssued) error {
	err := tx.Queue("INSERT INTO forum_message (id, cycle, lang, issued_on, party) VALUES (?, ?, ?, ?, ?)", e.Index, f.Cycle, f.Lang, e.On(), actor(e.By, f.Party))
	if err != nil {
		return err
	}
	for kind, codes := range map[string][]string{linkItem: f.Items, linkSession: numbers(f.Sessions)} {
		for _, code := range codes {
			if err := tx.Queue("INSERT INTO forum_message_link (message, kind, code) VALUES (?, ?, ?) ON CONFLICT (message, kind, code) DO NOTHING", e.Index, kind, code); err != nil {
				return err
			}
		}
	}
	for kind, codes := range map[string][]string{toAddressee: f.Addressees, toParty: numbers(f.Parties)} {
		for _, code := range codes {
			err := tx.Queue(`INSERT INTO forum_message_to (message, kind, code, state, state_on, entry) VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (message, kind, code) DO NOTHING`,
				e.Index, kind, code, NoResponse, "")
			if err != nil {
				return err
			}
		}
	}
	return touchMessage(tx, e.Index, Message{ID: e.Index, Cycle: f.Cycle, Items: f.Items, Sessions: f.Sessions, To: toOf(f.Addressees, f.Parties)})
}

func toOf(addressees []string, parties []int64) (out []Addressed) {
	for _, code := range addressees {
		out = append(out, Addressed{Addressee: code})
	}
	for _, id := range parties {
		out = append(out, Addressed{Party: id})
	}
	return out
}

// touchMessage notes the pages that a message concerns.
func touchMessage(tx *db.Tx, index int64, m Message) error {
	touched, err := withItems(tx, []string{"messages", subject("message", m.ID)}, m.Items)
	if err != nil {
		return err
	}
	for _, s := range m.Sessions {
		touched = append(touched, subject("session", s))
	}
	for _, to := range m.To {
		if to.Party != 0 {
			touched = append(touched, subject("party", to.Party))
		}
	}
	return touchCycle(tx, index, m.Cycle, touched...)
}

func deriveIssued(tx *db.Tx, e keeper.Entry, _ MessageIssued, words map[string]string) error {
	return deriveTexts(tx, e.Index, words)
}

func validateMessageFollowed(a keeper.Act, f MessageFollowed) error {
	var es sessionFaults
	followedWords.Check(a.Words, &es.Errors)
	es.code("state", f.State, MessageStates)
	if !day(f.On) {
		es.AddField("on", locale.E("err.party.bad_date", "value", keeper.Line(strings.ToValidUTF8(f.On, ""))))
	}
	switch {
	case a.By == secretariat && (f.Addressee == "") == (f.Party == 0):
		es.AddField("addressee", locale.E("err.message.of_whom"))
	case a.By == secretariat && (!wording.Filled(a.Words, "source") || a.Words["url.und"] == ""):
		es.AddField("source", locale.E("err.message.source"))
	case a.By != secretariat:
		checkActor(a.By, f.Party, &es.Errors)
		if f.Addressee != "" {
			es.AddField("addressee", locale.E("err.message.itself"))
		}
	}
	return es.Err()
}

func checkMessageFollowed(c checking, f MessageFollowed) error {
	if err := c.running(ModuleForum); err != nil {
		return err
	}
	m, err := MessageByID(c.tx, f.Message)
	if err != nil {
		return err
	}
	party := actor(c.act.By, f.Party)
	at := slices.IndexFunc(m.To, func(to Addressed) bool { return to.Addressee == f.Addressee && to.Party == party })
	switch {
	case at < 0:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("addressee", locale.E("err.message.not_to_you")))
	case m.To[at].State == f.State:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("state", locale.E("err.message.same_state")))
	case f.On < m.IssuedOn || f.On > c.at.UTC().Format(time.DateOnly):
		return locale.Field("on", locale.E("err.message.on", "from", m.IssuedOn))
	}
	return nil
}

func applyMessageFollowed(tx *db.Tx, e keeper.Entry, f MessageFollowed) error {
	kind, code := toAddressee, f.Addressee
	if code == "" {
		kind, code = toParty, number(actor(e.By, f.Party))
	}
	err := tx.Queue("INSERT INTO forum_message_step (entry, message, kind, code, state, made_on, made_by) VALUES (?, ?, ?, ?, ?, ?, ?)", e.Index, f.Message, kind, code, f.State, f.On, e.By)
	if err == nil {
		err = tx.Queue("UPDATE forum_message_to SET state = ?, state_on = ?, entry = ? WHERE message = ? AND kind = ? AND code = ?", f.State, f.On, e.Index, f.Message, kind, code)
	}
	if err != nil {
		return err
	}
	m, err := MessageByID(tx, f.Message)
	if isUnknown(err) {
		return touchCycle(tx, e.Index, 0, "messages", subject("message", f.Message))
	}
	if err != nil {
		return err
	}
	return touchMessage(tx, e.Index, m)
}
