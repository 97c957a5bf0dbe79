package forum

import (
	"strconv"
	"strings"

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Message is a message as state has it.
type Message struct {
	ID, Cycle, Party int64 // party 0: the secretariat, for the forum
	Lang, IssuedOn   string
	Items            []string
	Sessions         []int64
	To               []Addressed
	words            map[string]string
}

// Addressed is one of those whom a message addresses, and what became of it there.
type Addressed struct {
	Addressee string
	Party     int64
	State, On string
	Entry     int64 // that says so; 0 while there is no response
}

// MessageStep is one step of what became of a message.
type MessageStep struct {
	Entry     int64
	Addressee string
	Party     int64
	State, On string
	By        string
}

// Text is the message in a language; in names the language it is in.
func (m Message) Text(l locale.Lang) (text, in string) { return pickWord(m.words, "text", l, m.Lang) }

// Furthest is the furthest that anybody addressed has come with a message.
func (m Message) Furthest() string {
	furthest := 0
	for _, to := range m.To {
		for n, state := range MessageStates {
			if to.State == state {
				furthest = max(furthest, n)
			}
		}
	}
	return MessageStates[furthest]
}

// MessageFilter says which messages a list holds; an empty field leaves it open.
type MessageFilter struct {
	Cycle     int64
	Items     []string
	Addressee string
	Party     int64
	Session   int64
	State     string // of one of those addressed; with Addressee or Party of that one
	Query     string
	After     string
	Limit     int
}

// MessagePage is a part of a list, the newest first.
type MessagePage struct {
	List  []Message
	Next  string
	Total int64
}

func (f MessageFilter) where() *condition {
	w := &condition{}
	w.add("1 = 1")
	if f.Cycle != 0 {
		w.add("m.cycle = ?", f.Cycle)
	}
	if len(f.Items) > 0 {
		w.oneOfThese("EXISTS (SELECT 1 FROM forum_message_link l WHERE l.message = m.id AND l.kind = 'item' AND l.code", asAny(f.Items), ")")
	}
	if f.Session != 0 {
		w.add("EXISTS (SELECT 1 FROM forum_message_link l WHERE l.message = m.id AND l.kind = 'session' AND l.code = ?)", number(f.Session))
	}
	if f.Addressee != "" || f.Party != 0 || f.State != "" {
		to := &condition{}
		to.add("t.message = m.id")
		if f.Addressee != "" {
			to.add("t.kind = 'addressee' AND t.code = ?", f.Addressee)
		}
		if f.Party != 0 {
			to.add("t.kind = 'party' AND t.code = ?", number(f.Party))
		}
		if f.State != "" {
			to.add("t.state = ?", f.State)
		}
		w.add("EXISTS (SELECT 1 FROM forum_message_to t WHERE "+to.sql()+")", to.args...)
	}
	if q := fold.Text(f.Query); q != "" {
		w.add(`EXISTS (SELECT 1 FROM derived_forum_text t WHERE t.entry = m.id AND t.folded LIKE ? ESCAPE '\')`, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(q)+"%")
	}
	return w
}

const messageColumns = "m.id, m.cycle, m.party, m.lang, m.issued_on"

func scanMessage(scan func(...any) error) (m Message, err error) {
	m.words = map[string]string{}
	err = scan(&m.ID, &m.Cycle, &m.Party, &m.Lang, &m.IssuedOn)
	return m, err
}

// Messages is a page of the messages that a filter lets through.
func Messages(tx *db.Tx, f MessageFilter) (page MessagePage, err error) {
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 50
	}
	w := f.where()
	if err := tx.Row("SELECT COUNT(*) FROM forum_message m WHERE "+w.sql(), w.args...).Scan(&page.Total); err != nil {
		return page, err
	}
	if id, err := strconv.ParseInt(f.After, 10, 64); err == nil {
		w.add("m.id < ?", id)
	}
	rows, err := tx.Query("SELECT "+messageColumns+" FROM forum_message m WHERE "+w.sql()+" ORDER BY m.id DESC LIMIT ?", append(w.args, f.Limit+1)...)
	err = readRows(rows, err, func() error {
		m, err := scanMessage(rows.Scan)
		if len(page.List) == f.Limit {
			page.Next = strconv.FormatInt(page.List[f.Limit-1].ID, 10)
			return err
		}
		page.List = append(page.List, m)
		return err
	})
	if err != nil {
		return page, err
	}
	return page, fillMessages(tx, page.List)
}

// MessageByID is one message.
func MessageByID(tx *db.Tx, id int64) (Message, error) {
	m, err := scanMessage(tx.Row("SELECT "+messageColumns+" FROM forum_message m WHERE m.id = ?", id).Scan)
	if missing, rest := none(err); missing || rest != nil {
		if missing {
			rest = keeper.Refuse(keeper.ErrNotFound, locale.Field("message", locale.E("err.message.unknown", "id", number(id))))
		}
		return m, rest
	}
	list := []Message{m}
	err = fillMessages(tx, list)
	return list[0], err
}

func fillMessages(tx *db.Tx, list []Message) error {
	if len(list) == 0 {
		return nil
	}
	at := make(map[int64]*Message, len(list))
	var ids []any
	for i := range list {
		at[list[i].ID], ids = &list[i], append(ids, list[i].ID)
	}
	in := " IN (?" + strings.Repeat(", ?", len(ids)-1) + ")"
	rows, err := tx.Query("SELECT message, kind, code FROM forum_message_link WHERE message"+in+" ORDER BY message, kind, code", ids...)
	err = readRows(rows, err, func() error {
		var id int64
		var kind, code string
		err := rows.Scan(&id, &kind, &code)
		if kind == linkItem {
			at[id].Items = append(at[id].Items, code)
		} else if session, wrong := strconv.ParseInt(code, 10, 64); wrong == nil {
			at[id].Sessions = append(at[id].Sessions, session)
		}
		return err
	})
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT message, kind, code, state, state_on, entry FROM forum_message_to WHERE message"+in+" ORDER BY message, kind, code", ids...)
	err = readRows(rows, err, func() error {
		var id int64
		var kind, code string
		var to Addressed
		err := rows.Scan(&id, &kind, &code, &to.State, &to.On, &to.Entry)
		to.Addressee, to.Party = whom(kind, code)
		at[id].To = append(at[id].To, to)
		return err
	})
	if err != nil {
		return err
	}
	rows, err = tx.Query("SELECT entry, part, body FROM derived_forum_text WHERE entry"+in, ids...)
	return readRows(rows, err, func() error {
		var id int64
		var part, body string
		err := rows.Scan(&id, &part, &body)
		at[id].words[part] = body
		return err
	})
}

// whom reads whom a row is about.
func whom(kind, code string) (addressee string, party int64) {
	if kind == toAddressee {
		return code, 0
	}
	party, err := strconv.ParseInt(code, 10, 64)
	if err != nil {
		return code, 0
	}
	return "", party
}

// MessageSteps are the steps of a message, the oldest first; their words are keeper.WordsOf the entry.
func MessageSteps(tx *db.Tx, message int64) (out []MessageStep, err error) {
	rows, err := tx.Query("SELECT entry, kind, code, state, made_on, made_by FROM forum_message_step WHERE message = ? ORDER BY entry", message)
	err = readRows(rows, err, func() error {
		var f MessageStep
		var kind, code string
		err := rows.Scan(&f.Entry, &kind, &code, &f.State, &f.On, &f.By)
		f.Addressee, f.Party = whom(kind, code)
		out = append(out, f)
		return err
	})
	return out, err
}

// Fates counts the messages of a cycle by the furthest that each has come.
func Fates(tx *db.Tx, cycle int64) (map[string]int64, error) {
	counts := map[string]int64{}
	f := MessageFilter{Cycle: cycle, Limit: 1000}
	for {
		page, err := Messages(tx, f)
		if err != nil {
			return nil, err
		}
		for _, m := range page.List {
			counts[m.Furthest()]++
		}
		if f.After = page.Next; page.Next == "" {
			return counts, nil
		}
	}
}

// OutputOf is an output as state has it.
type OutputOf struct {
	ID, Cycle, Message   int64
	Lang, Kind, Document string
	On                   string
	Sessions             []int64
	Items, Serves        []string
	words                map[string]string
}

// Text is the title or what it is about in a language; in names the language it is in.
func (o OutputOf) Text(field string, l locale.Lang) (text, in string) {
	return pickWord(o.words, field, l, o.Lang)
}

// Page is the address on this site that it stands at, "" for none.
func (o OutputOf) Page() string { return o.words["page.und"] }

// Outputs are those of a cycle, the oldest first; of all cycles where it is 0.
func Outputs(tx *db.Tx, cycle int64) ([]OutputOf, error) {
	rows, err := tx.Query("SELECT id, cycle, message, lang, kind, document, published_on FROM forum_output WHERE cycle = ? OR ? = 0 ORDER BY id", cycle, cycle)
	var list []OutputOf
	err = readRows(rows, err, func() error {
		o := OutputOf{words: map[string]string{}}
		err := rows.Scan(&o.ID, &o.Cycle, &o.Message, &o.Lang, &o.Kind, &o.Document, &o.On)
		list = append(list, o)
		return err
	})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	at := make(map[int64]*OutputOf, len(list))
	for i := range list {
		at[list[i].ID] = &list[i]
	}
	rows, err = tx.Query("SELECT l.output, l.kind, l.code FROM forum_output_link l JOIN forum_output o ON o.id = l.output WHERE o.cycle = ? OR ? = 0 ORDER BY l.output, l.kind, l.code", cycle, cycle)
	err = readRows(rows, err, func() error {
		var id int64
		var kind, code string
		err := rows.Scan(&id, &kind, &code)
		at[id].link(kind, code)
		return err
	})
	if err != nil {
		return nil, err
	}
	rows, err = tx.Query("SELECT t.entry, t.part, t.body FROM derived_forum_text t JOIN forum_output o ON o.id = t.entry WHERE o.cycle = ? OR ? = 0", cycle, cycle)
	return list, readRows(rows, err, func() error {
		var id int64
		var part, body string
		err := rows.Scan(&id, &part, &body)
		at[id].words[part] = body
		return err
	})
}

func (o *OutputOf) link(kind, code string) {
	switch kind {
	case linkItem:
		o.Items = append(o.Items, code)
	case linkServes:
		o.Serves = append(o.Serves, code)
	case linkSession:
		if id, err := strconv.ParseInt(code, 10, 64); err == nil {
			o.Sessions = append(o.Sessions, id)
		}
	}
}

// Served is what served one function of the forum in a cycle: sessions that were
// accepted, outputs, and messages by the sessions that they come from.
type Served struct {
	Function                    string
	Sessions, Outputs, Messages []int64
}

// FunctionsServed says of each function what served it in a cycle, in the order of
// [ForumFunctions].
func FunctionsServed(tx *db.Tx, cycle int64) ([]Served, error) {
	out := make([]Served, len(ForumFunctions))
	at := map[string]*Served{}
	for i, code := range ForumFunctions {
		out[i].Function = code
		at[code] = &out[i]
	}
	gather := func(query string, to func(s *Served) *[]int64) error {
		rows, err := tx.Query(query, cycle)
		return readRows(rows, err, func() error {
			var id int64
			var code string
			err := rows.Scan(&id, &code)
			if s, ok := at[code]; ok {
				*to(s) = append(*to(s), id)
			}
			return err
		})
	}
	err := gather(`SELECT s.id, l.code FROM forum_session s JOIN forum_session_link l ON l.session = s.id AND l.kind = 'serves'
		WHERE s.cycle = ? AND s.outcome = 'accepted' AND s.withdrawn_on = '' ORDER BY s.id, l.code`, func(s *Served) *[]int64 { return &s.Sessions })
	if err == nil {
		err = gather(`SELECT o.id, l.code FROM forum_output o JOIN forum_output_link l ON l.output = o.id AND l.kind = 'serves' WHERE o.cycle = ? ORDER BY o.id, l.code`,
			func(s *Served) *[]int64 { return &s.Outputs })
	}
	if err == nil {
		err = gather(`SELECT DISTINCT m.id, f.code FROM forum_message m JOIN forum_message_link l ON l.message = m.id AND l.kind = 'session'
			JOIN forum_session s ON CAST(s.id AS TEXT) = l.code JOIN forum_session_link f ON f.session = s.id AND f.kind = 'serves' WHERE m.cycle = ? ORDER BY m.id, f.code`,
			func(s *Served) *[]int64 { return &s.Messages })
	}
	return out, err
}

// MessageChange is an act about a message: that issued it, or said what became of it.
type MessageChange struct{ Entry, Message int64 }

// MessageChanges are the acts about the messages that a filter lets through, before an
// entry, the newest first.
func MessageChanges(tx *db.Tx, f MessageFilter, before int64, limit int) (out []MessageChange, err error) {
	w := f.where()
	args := append(append(append([]any{}, w.args...), before), w.args...)
	rows, err := tx.Query("SELECT m.id, m.id FROM forum_message m WHERE "+w.sql()+" AND m.id < ? UNION SELECT x.entry, m.id FROM forum_message_step x JOIN forum_message m ON m.id = x.message WHERE "+
		w.sql()+" AND x.entry < ? ORDER BY 1 DESC LIMIT ?", append(args, before, limit)...)
	err = readRows(rows, err, func() error {
		var c MessageChange
		err := rows.Scan(&c.Entry, &c.Message)
		out = append(out, c)
		return err
	})
	return out, err
}
