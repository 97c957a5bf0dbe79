package forum

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Who was nominated is private: a row that its holder reads, corrects, takes back
// and erases by the link in her letter, without an account. The record learns of
// her what the published pool says of a pseudonym, and her name only where she
// takes a seat and agrees that it is said.

//go:embed private/nominee.sql
var nomineeSchema string

// Prepare makes the private tables.
func Prepare(ctx context.Context, store *db.DB) error {
	return store.Migrate(ctx, "forum", nomineeSchema)
}

// The states of a nomination.
const (
	Named      = "named"      // by somebody; she has not agreed yet
	Consented  = "consented"  // she has; the secretariat looks at it
	Withdrawn  = "withdrawn"  // by herself
	Eligible   = "eligible"   // goes into the pool
	Ineligible = "ineligible" // with a reason
)

// Answers of a drawn person: she takes the seat with her name, under her pseudonym,
// or not at all.
const (
	TakesNamed   = "named"
	TakesUnnamed = "unnamed"
	Declines     = "declined"
)

// SeatAnswers are all of them.
var SeatAnswers = []string{TakesNamed, TakesUnnamed, Declines}

// Nominee is a person who was nominated, as she and the secretariat see her.
type Nominee struct {
	ID        string  `json:"id"`
	Call      int64   `json:"call"`
	Mail      string  `json:"mail"`
	Name      string  `json:"name"`
	Lang      string  `json:"language"`
	Account   string  `json:"-"`
	Party     int64   `json:"nominated_by,omitempty"`
	MadeOn    string  `json:"nominated_on"`
	State     string  `json:"state"`
	Reason    string  `json:"reason,omitempty"`
	Note      string  `json:"note,omitempty"`
	DecidedOn string  `json:"decided_on,omitempty"`
	Pool      int64   `json:"pool,omitempty"`
	Person    string  `json:"pseudonym,omitempty"`
	Answer    string  `json:"answer,omitempty"`
	Profile   Profile `json:"profile"`
}

const nomineeColumns = `SELECT n.id, n.call, n.mail, n.name, n.lang, n.account, n.party, n.profile, n.made_on, n.state, n.reason, n.note, n.decided_on, n.answer,
	COALESCE(p.id, 0), COALESCE(s.person, '') FROM nominee n LEFT JOIN nominee_pseudonym s ON s.nominee = n.id AND s.pool = (SELECT digest FROM nomination_pool WHERE call = n.call)
	LEFT JOIN nomination_pool p ON p.digest = s.pool AND p.call = n.call `

// before holds while the pool of a nominee's call is not published.
const before = " AND NOT EXISTS (SELECT 1 FROM nomination_pool p WHERE p.call = nominee.call)"

func scanNominee(from func(...any) error) (n Nominee, err error) {
	var profile string
	err = from(&n.ID, &n.Call, &n.Mail, &n.Name, &n.Lang, &n.Account, &n.Party, &profile, &n.MadeOn, &n.State, &n.Reason, &n.Note, &n.DecidedOn, &n.Answer, &n.Pool, &n.Person)
	if err == nil {
		err = json.Unmarshal([]byte(profile), &n.Profile)
	}
	return n, err
}

func nomineeWhere(tx *db.Tx, where string, args ...any) (Nominee, error) {
	n, err := scanNominee(tx.Row(nomineeColumns+where, args...).Scan)
	if errors.Is(err, db.ErrNoRows) {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.nominee.unknown"))
	}
	return n, err
}

// NomineeByLink is who holds the link of a letter.
func NomineeByLink(tx *db.Tx, token string) (Nominee, error) {
	return nomineeWhere(tx, "WHERE n.link = ?", digestOf(token))
}

// NomineeByID is one nominee.
func NomineeByID(tx *db.Tx, id string) (Nominee, error) {
	return nomineeWhere(tx, "WHERE n.id = ?", id)
}

// NomineeOf is who stands behind a pseudonym of a pool; ErrNotFound where nobody
// does any more.
func NomineeOf(tx *db.Tx, pool int64, person string) (Nominee, error) {
	return nomineeWhere(tx, "WHERE p.id = ? AND s.person = ?", pool, person)
}

// Nominees lists who was nominated for a call, by name.
func Nominees(tx *db.Tx, call int64) ([]Nominee, error) {
	rows, err := tx.Query(nomineeColumns+"WHERE n.call = ? ORDER BY n.name, n.id", call)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Nominee
	for rows.Next() {
		n, err := scanNominee(rows.Scan)
		if err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

func digestOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Nominate keeps a nomination and makes the secret of its link, for the letter that
// asks the person herself. Until she agrees nothing is done with it.
func Nominate(tx *db.Tx, now time.Time, n Nominee) (id, token string, err error) {
	call, err := NominationsByID(tx, n.Call)
	if err != nil {
		return "", "", err
	}
	if err := call.takes(now); err != nil {
		return "", "", err
	}
	profile, err := json.Marshal(n.Profile)
	if err != nil {
		return "", "", err
	}
	id, token = strings.ToLower(rand.Text()[:20]), rand.Text()+rand.Text()
	made, err := tx.Exec(`INSERT INTO nominee (id, call, link, mail, mail_key, name, lang, account, party, profile, made_on, state, reason, note, decided_on, answer)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', '', '') ON CONFLICT (call, mail_key) DO NOTHING`,
		id, n.Call, digestOf(token), n.Mail, strings.ToLower(n.Mail), keeper.Line(n.Name), n.Lang, n.Account, n.Party, string(profile), now.UTC().Format(time.DateOnly), Named)
	if err == nil && made == 0 {
		err = keeper.Refuse(keeper.ErrConflict, locale.Field("mail", locale.E("err.nominee.twice")))
	}
	return id, token, err
}

// takes refuses nominations after the last day of the call, which ends when it has
// ended everywhere.
func (c NominationCall) takes(now time.Time) error {
	if c.Takes(keeper.Today(now)) {
		return nil
	}
	return keeper.Refuse(keeper.ErrForbidden, locale.E("err.nominee.closed", "until", c.Until))
}

// NewLink makes another secret for a nominee, whose letter was lost; the old one
// opens nothing any more.
func NewLink(tx *db.Tx, id string) (token string, err error) {
	token = rand.Text() + rand.Text()
	n, err := tx.Exec("UPDATE nominee SET link = ? WHERE id = ?", digestOf(token), id)
	if err == nil && n == 0 {
		err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.nominee.unknown"))
	}
	return token, err
}

// Amend changes what is kept of a nominee, by herself, until the pool is published
// or the secretariat has decided. With agree she consents.
func Amend(tx *db.Tx, now time.Time, n Nominee, agree bool) error {
	call, err := NominationsByID(tx, n.Call)
	if err != nil {
		return err
	}
	if err := call.takes(now); err != nil {
		return err
	}
	profile, err := json.Marshal(n.Profile)
	if err != nil {
		return err
	}
	state := n.State
	if agree {
		state = Consented
	}
	changed, err := tx.Exec("UPDATE nominee SET name = ?, lang = ?, profile = ?, state = ? WHERE id = ? AND state IN (?, ?)"+before,
		keeper.Line(n.Name), n.Lang, string(profile), state, n.ID, Named, Consented)
	return moved(changed, err)
}

// moved refuses a step that came too late: somebody else was quicker.
func moved(changed int64, err error) error {
	if err == nil && changed == 0 {
		err = keeper.Refuse(keeper.ErrConflict, locale.E("err.nominee.moved"))
	}
	return err
}

// Withdraw takes a nomination back, at any time before the pool is published.
// After it her pseudonym stays in the pool, and she declines a seat instead.
func Withdraw(tx *db.Tx, id string) error {
	changed, err := tx.Exec("UPDATE nominee SET state = ? WHERE id = ?"+before, Withdrawn, id)
	return moved(changed, err)
}

// IneligibleReasons are why the secretariat leaves somebody out; their words are messages.
var IneligibleReasons = []string{"criteria", "terms_served", "conflict", "incomplete", "duplicate", "not_reachable"}

// Decide notes whether somebody who agreed goes into the pool, and why not.
func Decide(tx *db.Tx, now time.Time, n Nominee, eligible bool, reason, note string, terms Terms) error {
	state := Eligible
	var es locale.Errors
	switch {
	case eligible && n.Profile.Terms >= terms.MostTerms:
		es.AddField("eligible", locale.E("err.nominee.terms_served", "n", n.Profile.Terms, "max", terms.MostTerms))
	case eligible:
		reason, note = "", ""
	default:
		state = Ineligible
		knownCode("reason", reason, IneligibleReasons, &es)
		if keeper.Prose(note) == "" {
			es.AddField("note", locale.E("err.nominee.why"))
		}
	}
	if err := es.Err(); err != nil {
		return err
	}
	changed, err := tx.Exec("UPDATE nominee SET state = ?, reason = ?, note = ?, decided_on = ? WHERE id = ? AND state IN (?, ?, ?)"+before,
		state, reason, keeper.Prose(note), now.UTC().Format(time.DateOnly), n.ID, Consented, Eligible, Ineligible)
	return moved(changed, err)
}

// SeatAsked is the answer of who was asked whether she takes a seat and has not said.
const SeatAsked = "asked"

// AskSeat notes that a drawn person is asked, and makes the secret of the link in the
// letter that asks; false where she was asked before.
func AskSeat(tx *db.Tx, n Nominee) (token string, ok bool, err error) {
	changed, err := tx.Exec("UPDATE nominee SET answer = ? WHERE id = ? AND answer = ''", SeatAsked, n.ID)
	if err != nil || changed == 0 {
		return "", false, err
	}
	token, err = NewLink(tx, n.ID)
	return token, true, err
}

// AnswerSeat notes what a drawn person says to the seat.
func AnswerSeat(tx *db.Tx, n Nominee, answer string) error {
	var es locale.Errors
	knownCode("answer", answer, SeatAnswers, &es)
	if err := es.Err(); err != nil {
		return err
	}
	changed, err := tx.Exec("UPDATE nominee SET answer = ? WHERE id = ? AND EXISTS (SELECT 1 FROM nominee_pseudonym s WHERE s.nominee = nominee.id)", answer, n.ID)
	return moved(changed, err)
}

// SameName groups nominees of one name, as names are compared when people look for
// one another: they may be one person with two addresses.
func SameName(list []Nominee) map[string][]Nominee {
	by := map[string][]Nominee{}
	for _, n := range list {
		if n.State != Withdrawn {
			by[fold.Text(n.Name)] = append(by[fold.Text(n.Name)], n)
		}
	}
	for name, those := range by {
		if len(those) < 2 {
			delete(by, name)
		}
	}
	return by
}

// EraseNominee forgets a person. Where her name stands in the record as the word of
// a seat, its entry is noted, for an operator to erase; her pseudonym stays.
func EraseNominee(tx *db.Tx, now time.Time, n Nominee) error {
	if n.Pool != 0 {
		seats, err := seatsWhere(tx, "WHERE person = ? AND draw IN (SELECT id FROM group_draw WHERE pool = ?) ORDER BY id", n.Person, n.Pool)
		if err != nil {
			return err
		}
		for _, s := range seats {
			_, err := tx.Exec("INSERT INTO nominee_erasure (entry, asked_on) VALUES (?, ?) ON CONFLICT (entry) DO NOTHING", s.ID, now.UTC().Format(time.DateOnly))
			if err != nil {
				return err
			}
		}
	}
	if _, err := tx.Exec("DELETE FROM nominee_pseudonym WHERE nominee = ?", n.ID); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM nominee WHERE id = ?", n.ID)
	return err
}

// ErasuresAsked are the entries whose words holders of seats asked to have erased,
// with the day; those that hold no word any more are dropped.
func ErasuresAsked(tx *db.Tx) (map[int64]string, error) {
	rows, err := tx.Query("SELECT entry, asked_on FROM nominee_erasure ORDER BY entry")
	if err != nil {
		return nil, err
	}
	asked := map[int64]string{}
	for rows.Next() {
		var entry int64
		var on string
		if err := rows.Scan(&entry, &on); err != nil {
			rows.Close()
			return nil, err
		}
		asked[entry] = on
	}
	rows.Close()
	for entry := range asked {
		words, err := keeper.WordsOf(tx, entry)
		if err != nil {
			return nil, err
		}
		if len(words) == 0 {
			delete(asked, entry)
		}
	}
	return asked, rows.Err()
}

// ForgetNominator takes an account out of the nominations that it made.
func ForgetNominator(tx *db.Tx, account string) error {
	_, err := tx.Exec("UPDATE nominee SET account = '' WHERE account = ?", account)
	return err
}

// NominationsBy lists what an account nominated, without the persons: those are not hers to export.
func NominationsBy(tx *db.Tx, account string) ([]map[string]any, error) {
	rows, err := tx.Query("SELECT call, party, made_on FROM nominee WHERE account = ? ORDER BY made_on, id", account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []map[string]any{}
	for rows.Next() {
		var call, party int64
		var on string
		if err := rows.Scan(&call, &party, &on); err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"call": call, "party": party, "made_on": on})
	}
	return out, rows.Err()
}

// NomineeKept is how long a nomination that came to nothing is kept after the call closed.
const NomineeKept = 90 * 24 * time.Hour

// TidyNominees deletes nominations that came to nothing, and those of a pool whose
// last reserve can no longer move up because its terms have ended.
func TidyNominees(tx *db.Tx, now time.Time) error {
	calls, err := AllNominations(tx)
	if err != nil {
		return err
	}
	for _, c := range calls {
		terms, err := TermsByID(tx, c.Terms)
		if err != nil {
			return err
		}
		closed, err := time.Parse(time.DateOnly, c.Until)
		if err != nil {
			return fmt.Errorf("call %d: %w", c.ID, err)
		}
		if now.After(closed.Add(NomineeKept)) {
			_, err := tx.Exec(`DELETE FROM nominee WHERE call = ? AND id NOT IN (SELECT s.nominee FROM nominee_pseudonym s JOIN nomination_pool p ON p.digest = s.pool)`, c.ID)
			if err != nil {
				return err
			}
		}
		from, err := time.Parse(time.DateOnly, c.TermFrom)
		if err != nil {
			return fmt.Errorf("call %d: %w", c.ID, err)
		}
		if now.After(from.AddDate(0, int(terms.Term), 0)) {
			if _, err := tx.Exec("DELETE FROM nominee WHERE call = ?", c.ID); err != nil {
				return err
			}
		}
	}
	_, err = tx.Exec("DELETE FROM nominee_pseudonym WHERE nominee NOT IN (SELECT id FROM nominee)")
	return err
}
