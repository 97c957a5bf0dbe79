// Package person takes what natural persons send to a public record, and keeps
// from the record everything that could tell who sent it, when, and what else the
// same person sent.
//
// Terms: a call is what people answer to; input is one thing that one person sent
// to it. Input is private until a moderator admits it. Admitted input is published
// in batches ([Publisher]): at half past midnight UTC when at least [Enough] of a
// call wait, or after its close. A batch is one transaction with one act each, by
// "person"; the entries carry the midnight of the day and stand in random order. A
// receipt is given at once: a code, and the salted digests that the entry will
// hold. Its proof exists after the batch.
//
// Invariants:
//   - no row, log line or job of this path names an account, an address or a time
//     finer than a day; two things that one person sent share nothing;
//   - of a person the record has at most the group of stakeholders and the region,
//     and neither where fewer than [Enough] of the batch have the same two;
//   - what she wrote, and its salts, are here until the batch and then in the
//     record alone, where they can be erased.
//
// Where fewer than [Enough] come before the close, the day of a small batch may
// tell who sent it. The form says so before it is sent, and offers to publish a
// summary only: that somebody answered, without what was written.
package person

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

//go:embed schema.sql
var schema string

// Prepare makes the private tables.
func Prepare(ctx context.Context, store *db.DB) error {
	return store.Migrate(ctx, "person", schema)
}

// Enough is how many make a batch, and a cell whose group and region are told.
const Enough = 5

// By is who an act of a person is by, in the record.
const By = "person"

// Call is what people answer to: Kind is the act that an answer becomes, and
// Closes the last day on which one is taken, "" where it stays open.
type Call struct {
	ID     string
	Kind   string
	Closes string
}

// Monthly is the call of a month, for what has no close of its own: so that input
// which waits for company waits at most until the month is over.
func Monthly(id, kind string, now time.Time) Call {
	first := time.Date(now.UTC().Year(), now.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	return Call{ID: id + "/" + first.Format("2006-01"), Kind: kind, Closes: first.AddDate(0, 1, -1).Format(time.DateOnly)}
}

// Cell is the only thing that the record may say of a person.
type Cell struct{ Group, Region string }

// Input is what one person sends. Facts are those of the act, without group and
// region, which are put in when it is published.
type Input struct {
	Facts   any
	Words   map[string]string
	Cell    Cell
	Summary bool // publish that somebody answered, and not what was written
}

// The states of input.
const (
	Waiting   = "waiting"   // for a moderator
	Admitted  = "admitted"  // for company
	Batched   = "batched"   // on its way into the record
	Published = "published" // in the record
	Refused   = "refused"
)

// RefusalReasons are why a moderator refuses. Their words are messages: person.refused.spam.
var RefusalReasons = []string{"private_data", "danger", "unlawful", "hate", "spam", "off_topic", "rules"}

// Receipt is what the person takes away when she has sent something.
type Receipt struct {
	Code  string
	Parts map[string]Part // the digests that the entry will hold; none of a summary
}

// Part is a text as its digest is made of it.
type Part struct {
	Salt   record.Salt
	Text   string
	Digest record.Digest
}

// stored is one text with its salt, as a row keeps it.
type stored struct {
	Salt record.Salt `json:"salt"`
	Text string      `json:"text"`
}

var codeForm = regexp.MustCompile(`^[A-Z2-7]{26}$`)

// Submit keeps input in private. Check it against the rules of its kind first
// ([keeper.Keeper.Check]); they run again when it is published.
func Submit(tx *db.Tx, now time.Time, c Call, in Input) (Receipt, error) {
	day := now.UTC().Format(time.DateOnly)
	if c.Closes != "" && day > c.Closes {
		return Receipt{}, keeper.Refuse(keeper.ErrForbidden, locale.E("err.person.closed", "on", c.Closes))
	}
	facts, err := json.Marshal(in.Facts)
	if err != nil {
		return Receipt{}, fmt.Errorf("facts of %s: %w", c.Kind, err)
	}
	words := make(map[string]stored, len(in.Words))
	r := Receipt{Code: rand.Text(), Parts: make(map[string]Part)}
	for part, text := range in.Words {
		if text = keeper.Normal(text); text == "" {
			continue
		}
		w := stored{record.NewSalt(), text}
		words[part] = w
		if !in.Summary {
			r.Parts[part] = Part{w.Salt, text, record.WordDigest(w.Salt, text)}
		}
	}
	kept, err := json.Marshal(words)
	if err != nil {
		return Receipt{}, err
	}
	err = tx.Queue("INSERT INTO person_call (id, kind, closes_on) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET closes_on = excluded.closes_on", c.ID, c.Kind, c.Closes)
	if err != nil {
		return Receipt{}, err
	}
	summary := 0
	if in.Summary {
		summary = 1
	}
	_, err = tx.Exec(`INSERT INTO person_input (id, call, day, stakeholders, region, facts, words, summary, state, reason, batch, entry)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0)`, idOf(r.Code), c.ID, day, in.Cell.Group, in.Cell.Region, facts, kept, summary, Waiting)
	return r, err
}

// idOf is the row of a receipt's code: who reads the table cannot show a receipt.
func idOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return hex.EncodeToString(sum[:])
}

// Row is one input as moderators and the holder of its receipt see it.
type Row struct {
	ID      string
	Call    string
	Kind    string
	Day     string
	Cell    Cell
	Facts   json.RawMessage
	Words   map[string]string
	Parts   map[string]Part
	Summary bool
	State   string
	Reason  string
	Closes  string
	Entry   int64 // where it was published
}

const columns = `SELECT i.id, i.call, c.kind, c.closes_on, i.day, i.stakeholders, i.region, i.facts, i.words, i.summary, i.state, i.reason, i.entry
	FROM person_input i JOIN person_call c ON c.id = i.call `

func scan(rows *db.Rows) ([]Row, error) {
	defer rows.Close()
	var out []Row
	for rows.Next() {
		var r Row
		var facts, words []byte
		var summary int64
		if err := rows.Scan(&r.ID, &r.Call, &r.Kind, &r.Closes, &r.Day, &r.Cell.Group, &r.Cell.Region, &facts, &words, &summary, &r.State, &r.Reason, &r.Entry); err != nil {
			return nil, err
		}
		r.Facts, r.Summary = facts, summary == 1
		if err := r.read(words); err != nil {
			return nil, fmt.Errorf("input of %s: %w", r.Call, err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

func (r *Row) read(words []byte) error {
	var kept map[string]stored
	if len(words) > 0 {
		if err := json.Unmarshal(words, &kept); err != nil {
			return err
		}
	}
	r.Words, r.Parts = make(map[string]string, len(kept)), make(map[string]Part, len(kept))
	for part, w := range kept {
		r.Words[part] = w.Text
		r.Parts[part] = Part{w.Salt, w.Text, record.WordDigest(w.Salt, w.Text)}
	}
	return nil
}

// mostListed bounds what the desk lists at once.
const mostListed = 200

// List lists input of a state, of all calls, in no order that tells anything.
func List(tx *db.Tx, state string) ([]Row, error) {
	rows, err := tx.Query(columns+"WHERE i.state = ? ORDER BY i.day, i.id LIMIT ?", state, mostListed)
	if err != nil {
		return nil, err
	}
	return scan(rows)
}

// Count is how many inputs of a call wait for company or a moderator, and how many
// were published: for the form, which says what a small number means.
func Count(tx *db.Tx, call string) (waiting, published int64, err error) {
	err = tx.Row(`SELECT (SELECT count(*) FROM person_input WHERE call = ? AND state IN ('waiting', 'admitted', 'batched')),
		(SELECT count(*) FROM person_input WHERE call = ? AND state = 'published')`, call, call).Scan(&waiting, &published)
	return waiting, published, err
}

// Get reads one input by its id.
func Get(tx *db.Tx, id string) (Row, error) {
	rows, err := tx.Query(columns+"WHERE i.id = ?", id)
	if err != nil {
		return Row{}, err
	}
	list, err := scan(rows)
	if err == nil && len(list) == 0 {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.person.no_receipt"))
	}
	if err != nil {
		return Row{}, err
	}
	return list[0], nil
}

// ByCode reads the input that a receipt's code was given for.
func ByCode(tx *db.Tx, code string) (Row, error) {
	code = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return -1
		}
		return r
	}, code))
	if !codeForm.MatchString(code) {
		return Row{}, keeper.Refuse(keeper.ErrNotFound, locale.E("err.person.no_receipt"))
	}
	return Get(tx, idOf(code))
}

var errState = keeper.Refuse(keeper.ErrConflict, locale.E("err.person.decided"))

// Moderate admits waiting input, or refuses it with a code of [RefusalReasons]:
// then what was written is deleted.
func Moderate(tx *db.Tx, id string, admit bool, reason string) error {
	if admit {
		n, err := tx.Exec("UPDATE person_input SET state = ? WHERE id = ? AND state = ?", Admitted, id, Waiting)
		if err == nil && n == 0 {
			return errState
		}
		return err
	}
	known := false
	for _, r := range RefusalReasons {
		known = known || r == reason
	}
	if !known {
		return locale.Field("reason", locale.E("err.words.code", "codes", strings.Join(RefusalReasons, ", ")))
	}
	n, err := refuse(tx, id, Waiting, reason)
	if err == nil && n == 0 {
		return errState
	}
	return err
}

func refuse(tx *db.Tx, id, from, reason string) (int64, error) {
	return tx.Exec("UPDATE person_input SET state = ?, reason = ?, batch = '', facts = ?, words = ?, stakeholders = '', region = '' WHERE id = ? AND state = ?",
		Refused, reason, []byte("{}"), []byte("{}"), id, from)
}

// Kept is how long a receipt's code is known after its input was published or
// refused.
const Kept = 400 * 24 * time.Hour

// SummaryKept is how long the desk has what a person wrote for it alone.
const SummaryKept = 90 * 24 * time.Hour

// tidy forgets what was settled long ago.
func tidy(tx *db.Tx, day string) error {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return err
	}
	err = tx.Queue("UPDATE person_input SET words = ? WHERE summary = 1 AND state = 'published' AND day < ?", []byte("{}"), d.Add(-SummaryKept).Format(time.DateOnly))
	if err != nil {
		return err
	}
	return tx.Queue("DELETE FROM person_input WHERE state IN ('published', 'refused') AND day < ?", d.Add(-Kept).Format(time.DateOnly))
}

var errNoKind = errors.New("person: no facts are known of this kind")
