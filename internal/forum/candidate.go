package forum

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
	"kept/record"
)

// CandidatesMethod names the rule by which gaps become candidates, and its version:
// every part of the text in force that asks something and has an open gap is one.
const CandidatesMethod = "candidates/1"

// Candidates are the gaps that a cycle's ranking is about, frozen: codes and counts, no words.
type Candidates struct {
	Method string         `json:"method"`
	Cycle  int64          `json:"cycle"`
	On     string         `json:"on"`   // the day for which the gaps were looked for
	Pack   string         `json:"pack"` // digest
	Gaps   []GapCandidate `json:"candidates,omitempty"`
}

// GapCandidate is an item with its open gaps, each with what was looked for and found.
type GapCandidate struct {
	Candidate string `json:"candidate"`
	Item      string `json:"item"`
	Gaps      []Gap  `json:"gaps"`
}

// CandidatesNow computes the candidates of a cycle as the record stands, in canonical bytes.
func CandidatesNow(tx *db.Tx, p *compact.Pack, cycle int64, today string) ([]byte, Candidates, error) {
	c := Candidates{Method: CandidatesMethod, Cycle: cycle, On: today, Pack: p.Digest.String()}
	all, err := Gaps(tx, p, today)
	if err != nil {
		return nil, c, err
	}
	for _, i := range all {
		open := slices.DeleteFunc(slices.Clone(i.Gaps), func(g Gap) bool { return !g.Open })
		if len(open) > 0 {
			c.Gaps = append(c.Gaps, GapCandidate{Candidate: ItemCandidate(i.Item), Item: i.Item, Gaps: open})
		}
	}
	b, err := record.Canonical(c)
	return b, c, err
}

// Listing is the act that freezes the candidates of a cycle as they are now.
func Listing(tx *db.Tx, cycle int64, today string) (keeper.Act, Candidates, error) {
	pack, err := compact.InForce(tx)
	if err != nil {
		return keeper.Act{}, Candidates{}, err
	}
	b, c, err := CandidatesNow(tx, pack, cycle, today)
	return keeper.Act{Kind: KindAgendaListed, By: secretariat, Blobs: [][]byte{b},
		Facts: AgendaListed{Cycle: cycle, Candidates: record.DigestOf(b).String()}}, c, err
}

func validateListed(a keeper.Act, f AgendaListed) error {
	var es locale.Errors
	bySecretariat(a, &es)
	wording.Fields{}.Check(a.Words, &es)
	oneBlob("candidates", a, f.Candidates, &es)
	return es.Err()
}

// oneBlob wants the one blob whose digest the facts hold.
func oneBlob(place string, a keeper.Act, digest string, es *locale.Errors) {
	if len(a.Blobs) != 1 || record.DigestOf(a.Blobs[0]).String() != digest {
		es.AddField(place, locale.E("err.agenda.blob"))
	}
}

// checkListed computes the candidates anew: nobody lists candidates of her own.
func checkListed(c checking, f AgendaListed) error {
	cycle, err := c.openCycle(f.Cycle)
	if err != nil {
		return err
	}
	switch list, err := listOf(c.tx, f.Cycle); {
	case err != nil:
		return err
	case list.Entry != 0:
		return keeper.Refuse(keeper.ErrConflict, locale.Field("cycle", locale.E("err.agenda.listed", "on", list.On)))
	case c.today() > cycle.TopicsUntil:
		return keeper.Refuse(keeper.ErrForbidden, locale.Field("cycle", locale.E("err.agenda.list_late", "date", cycle.TopicsUntil)))
	}
	want, _, err := CandidatesNow(c.tx, c.pack, f.Cycle, c.today())
	if err == nil && !bytes.Equal(want, c.act.Blobs[0]) {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("candidates", locale.E("err.agenda.moved")))
	}
	return err
}

func applyListed(tx *db.Tx, e keeper.Entry, f AgendaListed) error {
	err := tx.Queue("INSERT INTO agenda_list (cycle, entry, listed_on, digest) VALUES (?, ?, ?, ?) ON CONFLICT (cycle) DO NOTHING", f.Cycle, e.Index, e.On(), f.Candidates)
	if err != nil {
		return err
	}
	return touchCycle(tx, e.Index, f.Cycle)
}

// List is the frozen list of a cycle; the zero List is of a cycle without one.
type List struct {
	Entry      int64
	On, Digest string
	Candidates
}

func listOf(tx *db.Tx, cycle int64) (l List, err error) {
	err = tx.Row("SELECT entry, listed_on, digest FROM agenda_list WHERE cycle = ?", cycle).Scan(&l.Entry, &l.On, &l.Digest)
	_, err = none(err)
	return l, err
}

// ListOf is the frozen list of a cycle with its candidates.
func ListOf(tx *db.Tx, cycle int64) (List, error) {
	l, err := listOf(tx, cycle)
	if err != nil || l.Entry == 0 {
		return l, err
	}
	return l, readBlob(tx, l.Digest, &l.Candidates)
}

// readBlob reads a blob of facts; a copy of the record without its blobs has none.
func readBlob(tx *db.Tx, hex string, into any) error {
	digest, err := record.ParseDigest(hex)
	if err != nil {
		return err
	}
	b, err := keeper.Blob(tx, digest)
	if errors.Is(err, keeper.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(b, into)
}

// Topic is what a party proposed for the agenda; its words are keeper.WordsOf its ID.
type Topic struct {
	ID, Cycle, Party int64
	Items            []string
	On               string
}

// Topics lists the topics of a cycle, the first first.
func Topics(tx *db.Tx, cycle int64) ([]Topic, error) {
	rows, err := tx.Query("SELECT id, cycle, party, items, proposed_on FROM agenda_topic WHERE cycle = ? ORDER BY id", cycle)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Topic
	for rows.Next() {
		var t Topic
		var items string
		if err := rows.Scan(&t.ID, &t.Cycle, &t.Party, &items, &t.On); err != nil {
			return nil, err
		}
		t.Items = strings.Fields(items)
		list = append(list, t)
	}
	return list, rows.Err()
}

// candidatesOf are all candidates of a cycle: of gaps in the order of the text, then topics.
func candidatesOf(tx *db.Tx, cycle int64) ([]string, error) {
	l, err := ListOf(tx, cycle)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, g := range l.Gaps {
		all = append(all, g.Candidate)
	}
	topics, err := Topics(tx, cycle)
	for _, t := range topics {
		all = append(all, TopicCandidate(t.ID))
	}
	return all, err
}

// ofCycle wants candidates that a cycle has.
func ofCycle(tx *db.Tx, cycle int64, place string, list []string) error {
	all, err := candidatesOf(tx, cycle)
	if err != nil {
		return err
	}
	for _, candidate := range list {
		if !slices.Contains(all, candidate) {
			return keeper.Refuse(keeper.ErrNotFound, locale.Field(place, locale.E("err.agenda.not_of_cycle", "value", candidate)))
		}
	}
	return nil
}
