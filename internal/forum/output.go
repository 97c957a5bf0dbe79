package forum

import (
	"slices"
	"strings"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/wording"
	"kept/record"
)

// KindOutputPublished is the act of an output.
const KindOutputPublished = "output.published"

// OutputKinds are what a cycle leaves behind. None of them is a negotiated text.
var OutputKinds = []string{"map", "visual", "policy-note", "message"}

// OutputPublished are the facts of output.published: a page of this site (words:
// page.und, its address without language), a document that stands here as evidence, by its digest,
// or a message. Words: title.LANG, about.LANG.
type OutputPublished struct {
	Cycle    int64    `json:"cycle"`
	Lang     string   `json:"lang"`
	Kind     string   `json:"kind"`
	Document string   `json:"document,omitempty"` // digest
	Message  int64    `json:"message,omitempty"`
	Sessions []int64  `json:"sessions,omitempty"`
	Items    []string `json:"items,omitempty"`
	Serves   []string `json:"serves"`
}

var outputWords = wording.Fields{"title": {Max: 120, Line: true, Needed: true}, "about": {Max: 1000}, "page": {Max: 300, Line: true}}

// sitePage tells whether an address is one of this site: it begins with one stroke,
// and no part of it can be read as a host or a scheme.
func sitePage(address string) bool {
	return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//") && !strings.ContainsAny(address, "\\ \t\"'<>") && !strings.Contains(address, "..")
}

func validateOutput(a keeper.Act, f OutputPublished) error {
	var es sessionFaults
	bySecretariat(a, &es.Errors)
	es.language(f.Lang)
	outputWords.Check(a.Words, &es.Errors)
	es.code("kind", f.Kind, OutputKinds)
	page := a.Words["page.und"]
	given := 0
	for _, is := range []bool{page != "", f.Document != "", f.Message != 0} {
		if is {
			given++
		}
	}
	if given != 1 || (f.Kind == "message") != (f.Message != 0) {
		es.AddField("document", locale.E("err.output.what"))
	}
	if page != "" && !sitePage(page) {
		es.AddField("page", locale.E("err.output.page"))
	}
	for part := range a.Words {
		if name, lang := wording.Split(part); name == "page" && lang != "und" {
			es.AddField("page", locale.E("err.party.no_language", "part", part))
		}
	}
	if _, err := record.ParseDigest(f.Document); f.Document != "" && err != nil {
		es.AddField("document", locale.E("err.output.document"))
	}
	es.ids("sessions", f.Sessions, mostLinks)
	es.list("items", f.Items, mostLinks)
	es.list("serves", f.Serves, len(ForumFunctions))
	for _, code := range f.Serves {
		es.code("serves", code, ForumFunctions)
	}
	if len(f.Serves) == 0 {
		es.AddField("serves", locale.E("err.session.serves"))
	}
	return es.Err()
}

func checkOutput(c checking, f OutputPublished) error {
	if _, err := c.openCycle(f.Cycle); err != nil {
		return err
	}
	var es sessionFaults
	c.checkItems("items", f.Items, &es.Errors)
	for _, id := range f.Sessions {
		s, err := SessionByID(c.tx, id)
		if err != nil {
			return placed("sessions", err)
		}
		if s.Cycle != f.Cycle {
			es.AddField("sessions", locale.E("err.message.other_cycle", "session", number(id)))
		}
	}
	if f.Message != 0 {
		m, err := MessageByID(c.tx, f.Message)
		if err != nil {
			return placed("message", err)
		}
		if m.Cycle != f.Cycle {
			es.AddField("message", locale.E("err.output.other_cycle", "id", number(m.ID)))
		}
	}
	if f.Document != "" {
		pieces, err := commitment.PiecesOf(c.tx, f.Document)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(pieces, func(p commitment.PieceView) bool { return p.SeenBy == "" }) {
			es.AddField("document", locale.E("err.output.document"))
		}
	}
	return es.Err()
}

func applyOutput(tx *db.Tx, e keeper.Entry, f OutputPublished) error {
	err := tx.Queue("INSERT INTO forum_output (id, cycle, lang, kind, document, message, published_on) VALUES (?, ?, ?, ?, ?, ?, ?)", e.Index, f.Cycle, f.Lang, f.Kind, f.Document, f.Message, e.On())
	if err != nil {
		return err
	}
	for kind, codes := range map[string][]string{linkItem: f.Items, linkSession: numbers(f.Sessions), linkServes: f.Serves} {
		for _, code := range codes {
			if err := tx.Queue("INSERT INTO forum_output_link (output, kind, code) VALUES (?, ?, ?) ON CONFLICT (output, kind, code) DO NOTHING", e.Index, kind, code); err != nil {
				return err
			}
		}
	}
	touched, err := withItems(tx, []string{"outputs"}, f.Items)
	if err != nil {
		return err
	}
	return touchCycle(tx, e.Index, f.Cycle, touched...)
}

func deriveOutput(tx *db.Tx, e keeper.Entry, _ OutputPublished, words map[string]string) error {
	return deriveTexts(tx, e.Index, words)
}
