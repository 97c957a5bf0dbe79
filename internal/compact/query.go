package compact

import (
	"errors"
	"fmt"
	"slices"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/record"
)

// Adopted is a pack that took effect.
type Adopted struct {
	Entry  int64
	Digest record.Digest
	Pack   string
	From   string
}

// InForce is the pack in force: the one adopted last. ErrNotFound when there is none yet.
func InForce(tx *db.Tx) (*Pack, error) {
	return db.Once(tx, once("in force"), func() (*Pack, error) {
		a, err := lastAdopted(tx)
		if err != nil {
			return nil, err
		}
		return parsed(tx, a.Digest)
	})
}

// once names what a snapshot answers one time for all (see [db.Once]).
type once string

// AdoptedAt is the entry by which the pack in force took effect.
func AdoptedAt(tx *db.Tx) (int64, error) {
	a, err := lastAdopted(tx)
	return a.Entry, err
}

func lastAdopted(tx *db.Tx) (a Adopted, err error) {
	var digest string
	err = tx.Row("SELECT entry, digest, pack, from_on FROM pack_adopted ORDER BY entry DESC LIMIT 1").
		Scan(&a.Entry, &digest, &a.Pack, &a.From)
	if errors.Is(err, db.ErrNoRows) {
		return a, fmt.Errorf("pack in force: %w", keeper.ErrNotFound)
	}
	if err == nil {
		a.Digest, err = record.ParseDigest(digest)
	}
	return a, err
}

// AdoptedPacks lists the packs that took effect, the latest first.
func AdoptedPacks(tx *db.Tx) ([]Adopted, error) {
	rows, err := tx.Query("SELECT entry, digest, pack, from_on FROM pack_adopted ORDER BY entry DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []Adopted
	for rows.Next() {
		var a Adopted
		var digest string
		if err := rows.Scan(&a.Entry, &digest, &a.Pack, &a.From); err != nil {
			return nil, err
		}
		if a.Digest, err = record.ParseDigest(digest); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// ByDigest is a pack that the record keeps, in force or earlier.
func ByDigest(tx *db.Tx, digest record.Digest) (*Pack, error) { return parsed(tx, digest) }

// parsed reads a pack from its blob, once in a process.
func parsed(tx *db.Tx, digest record.Digest) (*Pack, error) {
	if p := cached(digest); p != nil {
		return p, nil
	}
	b, err := keeper.Blob(tx, digest)
	if err != nil {
		return nil, err
	}
	return Parse(digest, b)
}

// Loaded is the loading of a text's official words in one language.
type Loaded struct {
	Entry int64
	Text  string
	Lang  locale.Lang
	File  record.Digest // the document as the operator gave it
	Split record.Digest // its split into parts; endorsements name this one
	On    string
}

// LoadedText is the last loading of a text in a language.
func LoadedText(tx *db.Tx, text string, lang locale.Lang) (l Loaded, ok bool, err error) {
	var file, split string
	err = tx.Row("SELECT entry, file_digest, split_digest, loaded_on FROM text_loaded WHERE text_id = ? AND lang = ? ORDER BY entry DESC LIMIT 1",
		text, string(lang)).Scan(&l.Entry, &file, &split, &l.On)
	if errors.Is(err, db.ErrNoRows) {
		return l, false, nil
	}
	if err != nil {
		return l, false, err
	}
	l.Text, l.Lang = text, lang
	if l.File, err = record.ParseDigest(file); err != nil {
		return l, false, err
	}
	l.Split, err = record.ParseDigest(split)
	return l, err == nil, err
}

// LoadedLanguages lists the languages in which the official words of a text are loaded.
func LoadedLanguages(tx *db.Tx, text string) ([]locale.Lang, error) {
	rows, err := tx.Query("SELECT DISTINCT lang FROM text_loaded WHERE text_id = ?", text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []locale.Lang
	for rows.Next() {
		var lang string
		if err := rows.Scan(&lang); err != nil {
			return nil, err
		}
		found = append(found, locale.Lang(lang))
	}
	slices.SortFunc(found, func(a, b locale.Lang) int { return slices.Index(locale.Langs, a) - slices.Index(locale.Langs, b) })
	return found, rows.Err()
}

// OfficialWords are the official words of a part of a text, where the operator has loaded them.
func OfficialWords(tx *db.Tx, text, item string, lang locale.Lang) (words string, ok bool, err error) {
	l, ok, err := LoadedText(tx, text, lang)
	if err != nil || !ok {
		return "", false, err
	}
	o, err := officialBy(tx, l.Split)
	if err != nil {
		return "", false, err
	}
	words, ok = o.Items[item]
	return words, ok, nil
}

// OfficialHeading is the heading that the document prints before a part, where it prints one.
func OfficialHeading(tx *db.Tx, text, item string, lang locale.Lang) (words string, ok bool, err error) {
	l, ok, err := LoadedText(tx, text, lang)
	if err != nil || !ok {
		return "", false, err
	}
	o, err := officialBy(tx, l.Split)
	if err != nil {
		return "", false, err
	}
	words, ok = o.Headings[item]
	return words, ok, nil
}
