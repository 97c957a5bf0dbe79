package keeper

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// normalWords brings texts into NFC and refuses what no text holds. Limits are
// those of docs/record.md, of the text as it will be kept: NFC can be longer.
func normalWords(words map[string]string) (map[string]string, error) {
	var es locale.Errors
	total := 0
	out := make(map[string]string, len(words))
	for _, part := range slices.Sorted(maps.Keys(words)) {
		text := words[part]
		if !utf8.ValidString(text) {
			es.AddField(part, locale.E("err.words.not_utf8"))
			continue
		}
		if strings.IndexByte(text, 0) >= 0 {
			es.AddField(part, locale.E("err.words.nul"))
			continue
		}
		text = Normal(text)
		if len(text) > record.MaxPart {
			es.AddField(part, locale.E("err.words.too_long", "n", len(text), "max", record.MaxPart))
		}
		if text == "" {
			continue // an empty part is left out: a key states that something was filled in
		}
		out[part] = text
		total += len(text)
	}
	if total > record.MaxWords {
		es.Add(locale.E("err.words.all_too_long", "n", total, "max", record.MaxWords))
	}
	return out, es.Err()
}

// Normal is a text as the record keeps it, in Unicode form C: for who makes a
// digest of it before it is submitted.
func Normal(text string) string { return norm.NFC.String(text) }

// Line cleans a one-line field: no control or bidi control characters, no outer
// or doubled blanks. Names can then not turn the page around them. What is not
// UTF-8 stays as it is, to be refused.
func Line(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	return strings.Join(strings.Fields(strings.Map(clean, s)), " ")
}

// Prose cleans a text of several lines: line ends become \n, control and bidi
// override characters go, blank space at its ends too.
func Prose(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.TrimSpace(strings.Map(clean, s))
}

// clean is what a character becomes in a text; −1 takes it out.
func clean(r rune) rune {
	switch {
	case r == '\t':
		return r
	case r >= '\n' && r <= '\r' || r == '\u0085' || r == '\u2028' || r == '\u2029':
		return '\n' // whatever ends a line
	case unicode.IsControl(r) || bidiControl(r) || r == '\ufeff':
		return -1
	}
	return r
}

// bidiControl tells the embedding, override and isolate characters; the marks
// LRM, RLM and ALM stay, honest Arabic and Hebrew texts need them.
func bidiControl(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// Word is the text of one part of an entry, its own or one that was added; ok is
// false where it was never filled, has been erased or is hidden.
func Word(tx *db.Tx, index int64, part string) (text string, ok bool, err error) {
	words, err := WordsOf(tx, index)
	text, ok = words[part]
	return text, ok, err
}

// publicWords are the parts that an entry holds and that are not hidden.
const publicWords = ` FROM record_word w WHERE w.idx = ? AND NOT EXISTS (SELECT 1 FROM word_hidden h WHERE h.target = w.idx AND h.part = w.part)`

// WordsOf are the texts of an entry that readers see: its own and those added to
// it, without what was erased or is hidden.
func WordsOf(tx *db.Tx, index int64) (map[string]string, error) {
	rows, err := tx.Query("SELECT w.part, w.body"+publicWords+`
		UNION ALL SELECT a.part, w.body FROM word_added a JOIN record_word w ON w.idx = a.entry AND w.part = a.part
		WHERE a.target = ? AND NOT EXISTS (SELECT 1 FROM word_hidden h WHERE h.target = w.idx AND h.part = w.part)`, index, index)
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

// saltedWords are the parts that an entry itself holds and that are public.
func saltedWords(tx *db.Tx, index int64) (record.Words, error) {
	rows, err := tx.Query("SELECT w.part, w.salt, w.body"+publicWords, index)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	words := make(record.Words)
	for rows.Next() {
		var part, body string
		var salt []byte
		if err := rows.Scan(&part, &salt, &body); err != nil {
			return nil, err
		}
		w := record.Word{Text: body}
		copy(w.Salt[:], salt)
		words[part] = w
	}
	return words, rows.Err()
}

// Blob is the bytes that a digest stands for.
func Blob(tx *db.Tx, d record.Digest) ([]byte, error) {
	var b []byte
	err := tx.Row("SELECT bytes FROM record_blob WHERE digest = ?", d.String()).Scan(&b)
	if errors.Is(err, db.ErrNoRows) {
		return nil, fmt.Errorf("blob %s: %w", d, ErrNotFound)
	}
	return b, err
}

// HasBlob tells whether the bytes of a digest are kept.
func HasBlob(tx *db.Tx, d record.Digest) (bool, error) {
	var n int64
	err := tx.Row("SELECT COUNT(*) FROM record_blob WHERE digest = ?", d.String()).Scan(&n)
	return n > 0, err
}

// ReadEntry is the entry at an index.
func ReadEntry(tx *db.Tx, index int64) (Entry, error) {
	b, err := entryBytes(tx, index)
	if err != nil {
		return Entry{}, err
	}
	e, err := record.ParseEntry(b)
	if err != nil {
		return Entry{}, fmt.Errorf("entry %d: %w", index, err)
	}
	return Entry{index, e}, nil
}

func entryBytes(tx *db.Tx, index int64) ([]byte, error) {
	var b []byte
	err := tx.Row("SELECT bytes FROM record_entry WHERE idx = ?", index).Scan(&b)
	if errors.Is(err, db.ErrNoRows) {
		return nil, fmt.Errorf("entry %d: %w", index, ErrNotFound)
	}
	return b, err
}
