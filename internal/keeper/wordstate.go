package keeper

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"kept/internal/db"
	"kept/record"
)

// wordSchema is the state that the acts about words make. target is the entry
// whose words file holds the part, save in word_added, where it is the entry that
// was translated and entry the one that holds the text.
const wordSchema = `
CREATE TABLE word_added (target BIGINT NOT NULL, part TEXT NOT NULL, entry BIGINT NOT NULL, status TEXT NOT NULL, PRIMARY KEY (target, part));
CREATE TABLE word_erased (target BIGINT NOT NULL, part TEXT NOT NULL, entry BIGINT NOT NULL, PRIMARY KEY (target, part));
CREATE TABLE word_hidden (target BIGINT NOT NULL, part TEXT NOT NULL, entry BIGINT NOT NULL, appeal_until TEXT NOT NULL, PRIMARY KEY (target, part));
`

// WordsSubject is touched by every act about words. An act about words knows no
// subject, so it cannot tell which pages show them: all are made anew.
const WordsSubject = "words"

// What became of a part.
const (
	Shown  = "shown"
	Hidden = "hidden"
	Erased = "erased"
)

func applyAdded(tx *db.Tx, e Entry, f WordsAdded) error {
	for _, part := range sortedParts(e.Words) {
		err := tx.Queue(`INSERT INTO word_added (target, part, entry, status) VALUES (?, ?, ?, ?)
			ON CONFLICT (target, part) DO UPDATE SET entry = excluded.entry, status = excluded.status`, f.Target, part, e.Index, f.Status)
		if err != nil {
			return err
		}
	}
	return Touch(tx, e.Index, WordsSubject)
}

// applyErased deletes texts and salts, and the unsalted digest of what was sent,
// by which a short text could be guessed. It does so in a replay too: a record
// that learns of an erasure obeys it.
func applyErased(tx *db.Tx, e Entry, f WordsErased) error {
	for _, part := range f.Parts {
		if err := erasePart(tx, f.Target, part); err != nil {
			return err
		}
		err := tx.Queue("INSERT INTO word_erased (target, part, entry) VALUES (?, ?, ?) ON CONFLICT (target, part) DO NOTHING", f.Target, part, e.Index)
		if err != nil {
			return err
		}
	}
	return Touch(tx, e.Index, WordsSubject)
}

func erasePart(tx *db.Tx, target int64, part string) error {
	if err := tx.Queue("DELETE FROM record_word WHERE idx = ? AND part = ?", target, part); err != nil {
		return err
	}
	if err := tx.Queue("DELETE FROM word_hidden WHERE target = ? AND part = ?", target, part); err != nil {
		return err
	}
	return tx.Queue("UPDATE record_submission SET input = '' WHERE first <= ? AND first + acts > ?", target, target)
}

func applyHidden(tx *db.Tx, e Entry, f WordsHidden) error {
	for _, part := range f.Parts {
		err := tx.Queue("INSERT INTO word_hidden (target, part, entry, appeal_until) VALUES (?, ?, ?, ?)", f.Target, part, e.Index, f.AppealUntil)
		if err != nil {
			return err
		}
	}
	return Touch(tx, e.Index, WordsSubject)
}

func applyRestored(tx *db.Tx, e Entry, f WordsRestored) error {
	for _, part := range f.Parts {
		if err := tx.Queue("DELETE FROM word_hidden WHERE target = ? AND part = ?", f.Target, part); err != nil {
			return err
		}
	}
	return Touch(tx, e.Index, WordsSubject)
}

// reader is where a replay reads entries and words: the store that it rebuilds, or
// the one that it is compared with.
type reader struct{ tx *db.Tx }

// rederive makes anew what is computed from the words of the entry that an act
// about words is about. Rows of derived_ tables under an entry are computed from
// that entry's words and from nothing else, so they can be deleted and made again.
func (k *Keeper) rederive(tx *db.Tx, from reader, act Entry) error {
	var f struct {
		Target int64 `json:"target"`
	}
	if err := act.Decode(&f); err != nil {
		return err
	}
	return k.rederiveEntry(tx, from, f.Target, act.Index)
}

// rederiveEntry does so for an entry, or, where it holds a translation, for the
// entry that was translated; then for those before an index that build on it.
func (k *Keeper) rederiveEntry(tx *db.Tx, from reader, index, before int64) error {
	e, err := ReadEntry(from.tx, index)
	if err != nil {
		return err
	}
	if e.Kind == record.KindWordsAdded {
		var f WordsAdded
		if err := e.Decode(&f); err != nil {
			return err
		}
		return k.rederiveEntry(tx, from, f.Target, before)
	}
	if err := k.deriveAgain(tx, from, e); err != nil || k.kinds[e.Kind].After == nil {
		return err
	}
	later, err := k.kinds[e.Kind].After(tx, e)
	if err != nil {
		return err
	}
	for _, i := range later {
		if i >= before {
			break // a replay has not come so far
		}
		next, err := ReadEntry(from.tx, i)
		if err != nil {
			return err
		}
		if err := k.deriveAgain(tx, from, next); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) deriveAgain(tx *db.Tx, from reader, e Entry) error {
	kind, ok := k.kinds[e.Kind]
	if !ok || kind.Derive == nil {
		return nil
	}
	for _, table := range k.derived {
		if err := tx.Queue("DELETE FROM "+table+" WHERE entry = ?", e.Index); err != nil {
			return err
		}
	}
	words, err := WordsOf(from.tx, e.Index)
	if err != nil {
		return err
	}
	return kind.Derive(tx, e, words)
}

var derivedTable = regexp.MustCompile(`(?is)CREATE TABLE (derived_\w+)\s*\(\s*(\w+)`)

// derivedTables lists the tables that are computed from words. Their first column
// is the entry that holds the words.
func derivedTables(subjects []Subject) ([]string, error) {
	var names []string
	for _, s := range subjects {
		for _, m := range derivedTable.FindAllStringSubmatch(s.Schema, -1) {
			if m[2] != "entry" {
				return nil, fmt.Errorf("table %s: the first column of what is computed from words is entry, not %s", m[1], m[2])
			}
			names = append(names, m[1])
		}
	}
	return names, nil
}

// fateOf is what became of a part that a target holds.
func fateOf(tx *db.Tx, target int64, part string) (string, error) {
	var fate string
	err := tx.Row(`SELECT 'erased' FROM word_erased WHERE target = ? AND part = ?
		UNION ALL SELECT 'hidden' FROM word_hidden WHERE target = ? AND part = ?`, target, part, target, part).Scan(&fate)
	if errors.Is(err, db.ErrNoRows) {
		return Shown, nil
	}
	return fate, err
}

// added is a translation: the entry that holds it, its status, and whether it has
// not been erased.
type added struct {
	entry  int64
	status string
	there  bool
}

func addedParts(tx *db.Tx, target int64) (map[string]added, error) {
	rows, err := tx.Query(`SELECT a.part, a.entry, a.status, COALESCE(e.entry, -1) FROM word_added a
		LEFT JOIN word_erased e ON e.target = a.entry AND e.part = a.part WHERE a.target = ?`, target)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	parts := make(map[string]added)
	for rows.Next() {
		var part string
		var a added
		var erased int64
		if err := rows.Scan(&part, &a.entry, &a.status, &erased); err != nil {
			return nil, err
		}
		a.there = erased < 0
		parts[part] = a
	}
	return parts, rows.Err()
}

// Fate is what became of one part that an entry has, or that was added to it.
type Fate struct {
	Part   string
	Holder int64  // the entry whose words file has it
	State  string // Shown, Hidden or Erased
	Status string // of a translation: human, reviewed, machine; else original
	Act    int64  // the entry that hid or erased it; −1 where it is shown
	At     string // time of that act
	Reason string // its code: the reason of an erasure, the category of what is hidden
	Basis  string // of what is hidden
	Until  string // of what is hidden: the last day of an appeal
}

// Fates tells of each part of an entry, its own and added ones, what became of it.
func Fates(tx *db.Tx, e Entry) ([]Fate, error) {
	parts, err := addedParts(tx, e.Index)
	if err != nil {
		return nil, err
	}
	for part := range e.Words {
		parts[part] = added{e.Index, "original", true}
	}
	fates := make([]Fate, 0, len(parts))
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		f := Fate{Part: part, Holder: parts[part].entry, State: Shown, Status: parts[part].status, Act: -1}
		err := tx.Row(`SELECT 'erased', entry FROM word_erased WHERE target = ? AND part = ?
			UNION ALL SELECT 'hidden', entry FROM word_hidden WHERE target = ? AND part = ?`, f.Holder, part, f.Holder, part).Scan(&f.State, &f.Act)
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return nil, err
		}
		fates = append(fates, f)
	}
	for i := range fates {
		if err := fates[i].explain(tx); err != nil {
			return nil, err
		}
	}
	return fates, nil
}

// Taken are the parts of an entry, its own and added ones, that are hidden or
// erased. Of most entries that is none, which one query tells.
func Taken(tx *db.Tx, index int64) ([]Fate, error) {
	var n int64
	err := tx.Row(`SELECT (SELECT count(*) FROM word_erased WHERE target = ?) + (SELECT count(*) FROM word_hidden WHERE target = ?)
		+ (SELECT count(*) FROM word_added a JOIN word_erased e ON e.target = a.entry AND e.part = a.part WHERE a.target = ?)
		+ (SELECT count(*) FROM word_added a JOIN word_hidden h ON h.target = a.entry AND h.part = a.part WHERE a.target = ?)`, index, index, index, index).Scan(&n)
	if err != nil || n == 0 {
		return nil, err
	}
	e, err := ReadEntry(tx, index)
	if err != nil {
		return nil, err
	}
	fates, err := Fates(tx, e)
	return slices.DeleteFunc(fates, func(f Fate) bool { return f.State == Shown }), err
}

// explain reads the act that hid or erased a part.
func (f *Fate) explain(tx *db.Tx) error {
	if f.Act < 0 {
		return nil
	}
	e, err := ReadEntry(tx, f.Act)
	if err != nil {
		return err
	}
	f.At = e.At
	if f.State == Hidden {
		var h WordsHidden
		err = e.Decode(&h)
		f.Reason, f.Basis, f.Until = h.Category, h.Basis, h.AppealUntil
		return err
	}
	var w WordsErased
	err = e.Decode(&w)
	f.Reason = w.Reason
	return err
}

// HiddenWords are the texts of an entry that are hidden: for those who decide an
// appeal, and for nobody else.
func HiddenWords(tx *db.Tx, index int64) (map[string]string, error) {
	rows, err := tx.Query(`SELECT w.part, w.body FROM record_word w JOIN word_hidden h ON h.target = w.idx AND h.part = w.part WHERE w.idx = ?`, index)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	words := make(map[string]string)
	for rows.Next() {
		var part, body string
		if err := rows.Scan(&part, &body); err != nil {
			return nil, err
		}
		words[part] = body
	}
	return words, rows.Err()
}

// Withheld names the parts of an entry that its words file lacks because they are
// hidden, in order.
func Withheld(tx *db.Tx, index int64) ([]string, error) {
	rows, err := tx.Query("SELECT part FROM word_hidden WHERE target = ? ORDER BY part", index)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var parts []string
	for rows.Next() {
		var part string
		if err := rows.Scan(&part); err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	slices.SortFunc(parts, strings.Compare)
	return parts, rows.Err()
}

func sortedParts[V any](words map[string]V) []string { return slices.Sorted(maps.Keys(words)) }
