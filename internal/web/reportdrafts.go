package web

import (
	"errors"
	"slices"
	"time"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Chapters of a report are written in private, until they are published with its
// opening or its release. Every saved text is a row of its own, so that nothing that
// somebody typed is lost: who saves over something that she has not seen has her text
// kept aside, and sees both.
const chapterSchema = `CREATE TABLE IF NOT EXISTS web_chapter (kind TEXT NOT NULL, to_on TEXT NOT NULL, chapter TEXT NOT NULL, lang TEXT NOT NULL, version BIGINT NOT NULL,
	body TEXT NOT NULL, owner TEXT NOT NULL, saved_at TEXT NOT NULL, aside BIGINT NOT NULL, meant BIGINT NOT NULL, PRIMARY KEY (kind, to_on, chapter, lang, version))`

// chapterLife is how long the texts of a report are kept after the last was saved;
// chapterVersions is how many of each chapter.
const (
	chapterLife     = 400 * 24 * time.Hour
	chapterVersions = 30
)

// chapterAt names a chapter of a report in one language.
type chapterAt struct{ Kind, To, Chapter, Lang string }

// chapterText is a saved text of a chapter.
type chapterText struct {
	chapterAt
	Version int64
	Body    string
	Owner   string
	Saved   string
	Meant   bool // its numbers that were typed by hand are meant as they stand
}

const chapterColumns = "kind, to_on, chapter, lang, version, body, owner, saved_at, meant"

func scanChapter(scan func(...any) error) (c chapterText, err error) {
	var meant int64
	err = scan(&c.Kind, &c.To, &c.Chapter, &c.Lang, &c.Version, &c.Body, &c.Owner, &c.Saved, &meant)
	c.Meant = meant == 1
	return c, err
}

// chapterNow is the text that stands; version 0 where nothing was saved yet.
func chapterNow(tx *db.Tx, at chapterAt) (chapterText, error) {
	c, err := scanChapter(tx.Row("SELECT "+chapterColumns+" FROM web_chapter WHERE kind = ? AND to_on = ? AND chapter = ? AND lang = ? AND aside = 0 ORDER BY version DESC LIMIT 1",
		at.Kind, at.To, at.Chapter, at.Lang).Scan)
	if errors.Is(err, db.ErrNoRows) {
		return chapterText{chapterAt: at}, nil
	}
	return c, err
}

// chaptersNow are all texts of a report that stand, by their part: CHAPTER.LANG.
func chaptersNow(tx *db.Tx, kind, to string) (map[string]chapterText, error) {
	rows, err := tx.Query("SELECT "+chapterColumns+" FROM web_chapter WHERE kind = ? AND to_on = ? AND aside = 0 ORDER BY version", kind, to)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]chapterText{}
	for rows.Next() {
		c, err := scanChapter(rows.Scan)
		if err != nil {
			return nil, err
		}
		out[c.Chapter+"."+c.Lang] = c
	}
	return out, rows.Err()
}

// narrativeOf are the texts as an act publishes them; an empty one is left out.
func narrativeOf(texts map[string]chapterText) map[string]string {
	words := map[string]string{}
	for part, c := range texts {
		if c.Body != "" {
			words[part] = c.Body
		}
	}
	return words
}

// saveChapter keeps a text. Where another one was saved since the version that it was
// written over, it is kept aside and newer is true.
func saveChapter(tx *db.Tx, now time.Time, c chapterText) (newer bool, err error) {
	for { // another process may take the same number: then it was quicker
		standing, err := chapterNow(tx, c.chapterAt)
		if err != nil {
			return false, err
		}
		var last int64
		err = tx.Row("SELECT COALESCE(MAX(version), 0) FROM web_chapter WHERE kind = ? AND to_on = ? AND chapter = ? AND lang = ?", c.Kind, c.To, c.Chapter, c.Lang).Scan(&last)
		if err != nil {
			return false, err
		}
		newer = standing.Version != c.Version
		n, err := tx.Exec(`INSERT INTO web_chapter (kind, to_on, chapter, lang, version, body, owner, saved_at, aside, meant) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (kind, to_on, chapter, lang, version) DO NOTHING`, c.Kind, c.To, c.Chapter, c.Lang, last+1, c.Body, c.Owner, stampOf(now), bit(newer), bit(c.Meant))
		if err != nil {
			return false, err
		}
		if n == 0 {
			continue
		}
		_, err = tx.Exec("DELETE FROM web_chapter WHERE kind = ? AND to_on = ? AND chapter = ? AND lang = ? AND version <= ? AND version <> ?",
			c.Kind, c.To, c.Chapter, c.Lang, last+1-chapterVersions, standing.Version)
		return newer, err
	}
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func stampOf(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// tidyChapters drops the texts of reports that nobody has worked on for long.
func tidyChapters(tx *db.Tx, now time.Time) error {
	_, err := tx.Exec("DELETE FROM web_chapter WHERE saved_at < ?", stampOf(now.Add(-chapterLife)))
	return err
}

// chapterOf reads which chapter the address names, and refuses what no report has.
func (q *request) chapterOf(pack *compact.Pack) (at chapterAt, kind *compact.ReportKind, err error) {
	at = chapterAt{q.arg("kind"), q.arg("to"), q.arg("chapter"), q.arg("in")}
	kind, ok := pack.Report(at.Kind)
	_, wrong := time.Parse(time.DateOnly, at.To)
	if !ok || wrong != nil || !pack.ReportOn(kind) || !slices.Contains(kind.Chapters, at.Chapter) || !locale.Known(at.Lang) {
		return at, nil, errNotFound(q.URL.Path)
	}
	return at, kind, nil
}

// errChapterNewer says that a colleague saved in between: her text stands, the other
// is kept, and both are on the page.
var errChapterNewer = keeper.Refuse(keeper.ErrConflict, locale.Field("text", locale.E("err.period.newer")))

// exportChapters are the texts of reports that a person saved, for her export.
func exportChapters(tx *db.Tx, id string) ([]map[string]any, error) {
	rows, err := tx.Query("SELECT "+chapterColumns+" FROM web_chapter WHERE owner = ? ORDER BY saved_at, kind, to_on, chapter, lang, version", id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := []map[string]any{}
	for rows.Next() {
		c, err := scanChapter(rows.Scan)
		if err != nil {
			return nil, err
		}
		out = append(out, map[string]any{"report": c.Kind, "to": c.To, "chapter": c.Chapter, "lang": c.Lang, "version": c.Version, "text": c.Body, "saved_at": c.Saved})
	}
	return out, rows.Err()
}
