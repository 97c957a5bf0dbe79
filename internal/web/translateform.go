package web

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/account"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// A text can be given in another language by whoever wrote it, or by the
// secretariat: one part at a time, with the original beside. It says what it is
// (an original, or a translation by a person, reviewed, or by a machine), and every
// page that shows it says so too.

// original is a field of an entry that can be read, in one of its languages.
type original struct {
	Part, Field string
	Lang        string // "und" of names and the like
	Text        string
	Missing     []locale.Lang // in which it cannot be read yet
}

// originals are the fields of an entry that can be translated: what can be read,
// and is a text and no address.
func originals(tx *db.Tx, entry int64) ([]original, error) {
	e, err := keeper.ReadEntry(tx, entry)
	if err != nil {
		return nil, err
	}
	shown, err := keeper.WordsOf(tx, entry)
	if err != nil {
		return nil, err
	}
	has := func(part string) bool { _, own := e.Words[part]; return own || shown[part] != "" } // what was erased or hidden is not entered anew
	var list []original
	for _, part := range sortedKeys(shown) {
		i := strings.LastIndexByte(part, '.')
		o := original{Part: part, Field: part[:i], Lang: part[i+1:], Text: shown[part]}
		if keeper.WebAddress(o.Text) {
			continue
		}
		for _, l := range locale.Langs {
			if !has(o.Field + "." + string(l)) {
				o.Missing = append(o.Missing, l)
			}
		}
		if len(o.Missing) > 0 {
			list = append(list, o)
		}
	}
	return list, nil
}

// translateForm asks which part, then for its text.
func (s *Site) translateForm() formHandler {
	make := func(q *request) (View, *formPage, error) {
		entry, err := q.number("entry")
		if err != nil {
			return View{}, nil, err
		}
		list, err := originals(q.Tx, entry)
		if err != nil {
			return View{}, nil, err
		}
		id := strconv.FormatInt(entry, 10)
		v := View{Title: message("translate.title"), Section: "menu.record", Crumbs: []Link{{message("entry.title", "index", id), "/record/entries/" + id}}}
		f := &formPage{Action: q.URL.Path, Back: "/record/entries/" + id, Lead: message("translate.lead")}
		if len(list) == 0 {
			f.Lead = message("translate.none")
			return v, f, nil
		}
		chosen := slices.IndexFunc(list, func(o original) bool { return o.Part == q.FormValue("part") })
		f.Fields = []formField{q.input("part", "select", true, "translate.part").from(partChoices(list, q.FormValue("part")))}
		if f.Button = message("translate.next"); chosen < 0 {
			return v, f, nil
		}
		q.translation(f, list[chosen])
		return v, f, nil
	}
	return formHandler{scope: account.ScopeParty, may: mayTranslate, make: make, submit: s.submitTranslation}
}

func partChoices(list []original, chosen string) []choice {
	out := make([]choice, len(list))
	for i, o := range list {
		out[i] = choice{o.Part, same(o.Part + ": " + shortWords(o.Text)), o.Part == chosen}
	}
	return out
}

// shortWords is the beginning of a text, to know it by.
func shortWords(text string) string {
	const most = 60
	text = keeper.Line(text)
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// translation asks for one part, with the original beside.
func (q *request) translation(f *formPage, o original) {
	beside := same(o.Text)
	if locale.Known(o.Lang) {
		beside = Text{locale.Lang(o.Lang): o.Text}
	}
	f.Summary = []factView{{same(o.Part), beside, nil}}
	kind := "line"
	if strings.Contains(o.Text, "\n") || len(o.Text) > 80 {
		kind = "text"
	}
	langs := make([]string, len(o.Missing))
	for i, l := range o.Missing {
		langs[i] = string(l)
	}
	into := q.FormValue("lang")
	if into == "" && slices.Contains(o.Missing, q.lang()) {
		into = string(q.lang())
	}
	f.Hidden = []hiddenField{{"part", o.Part}}
	f.Fields = []formField{q.input("lang", "select", true, "translate.into").from(options(langs, into, func(l string) Text { return same(locale.Lang(l).Own()) })),
		q.input("status", "select", true, "translate.status").from(options(keeper.WordStatuses, firstOf(q.FormValue("status"), "human"), func(c string) Text { return message("words.status." + c) })),
		q.input("text", kind, true, "translate.text")}
	f.Button = message("translate.button")
	f.Advice = []Text{message("translate.stays")}
}

// authorOf is the party whose words an entry holds; 0 for the secretariat and persons.
func authorOf(tx *db.Tx, entry int64) (int64, error) {
	e, err := keeper.ReadEntry(tx, entry)
	if err != nil {
		if errors.Is(err, keeper.ErrNotFound) {
			err = keeper.Refuse(keeper.ErrNotFound, locale.E("err.words.no_entry", "id", strconv.FormatInt(entry, 10)))
		}
		return 0, err
	}
	party, _ := strconv.ParseInt(e.By, 10, 64)
	return party, nil
}

// mayTranslate lets in whoever drafts for the party whose words they are, and the secretariat.
func mayTranslate(q *request) error {
	entry, err := q.number("entry")
	if err != nil {
		return err
	}
	party, err := authorOf(q.Tx, entry)
	if err != nil {
		return err
	}
	if party != 0 && q.Who.DraftsFor(party) {
		return nil
	}
	if err := q.must(account.RoleSecretariat); err != nil {
		return keeper.Refuse(keeper.ErrForbidden, locale.E("err.words.not_yours"))
	}
	return nil
}

func (s *Site) submitTranslation(q *request) (string, error) {
	entry, err := q.number("entry")
	if err != nil {
		return "", err
	}
	id := strconv.FormatInt(entry, 10)
	part := q.PostFormValue("part")
	if q.PostForm["text"] == nil { // only the part was asked for yet
		return "/words/" + id + "/translate?part=" + url.QueryEscape(keeper.Line(strings.ToValidUTF8(part, ""))), nil
	}
	var party int64
	var of original
	err = s.c.Keeper.DB().Read(q.Context(), func(tx *db.Tx) error {
		list, err := originals(tx, entry)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(o original) bool { return o.Part == part })
		if i < 0 {
			return keeper.Refuse(keeper.ErrConflict, locale.Field("part", locale.E("err.words.no_original", "part", keeper.Line(strings.ToValidUTF8(part, "")))))
		}
		of = list[i]
		party, err = authorOf(tx, entry)
		return err
	})
	if err != nil {
		return "", err
	}
	act, err := q.translationAct(entry, of)
	if err != nil {
		return "", err
	}
	if party != 0 && q.Who.DraftsFor(party) {
		act.By = strconv.FormatInt(party, 10)
		return s.publish(q, party, q.formKey(), back("/record/entries/"+id), act)
	}
	return s.bySecretariat(q, act, back("/record/entries/"+id), account.RoleSecretariat)
}

// translationAct is the act, from what was sent.
func (q *request) translationAct(entry int64, of original) (keeper.Act, error) {
	text := keeper.Prose(q.PostFormValue("text"))
	if !strings.Contains(of.Text, "\n") {
		text = keeper.Line(text)
	}
	var es locale.Errors
	if text == "" {
		es.AddField("text", locale.E("err.words.nothing_added"))
	}
	lang := q.PostFormValue("lang")
	if !slices.Contains(of.Missing, locale.Lang(lang)) {
		if locale.Known(lang) {
			es.AddField("lang", locale.E("err.words.exists", "part", of.Field+"."+lang))
		} else {
			es.AddField("lang", locale.E("err.translate.lang"))
		}
	}
	if status := q.PostFormValue("status"); !slices.Contains(keeper.WordStatuses, status) {
		es.AddField("status", locale.E("err.words.code", "codes", strings.Join(keeper.WordStatuses, ", ")))
	}
	return keeper.Act{Kind: "words.added", By: stakeholder.Secretariat, Facts: keeper.WordsAdded{Target: entry, Status: q.PostFormValue("status")},
		Words: map[string]string{of.Field + "." + lang: text}}, es.Err()
}

// translatedView says of a text on a page that it is a translation.
type translatedView struct {
	Entry  int64  `json:"entry"`
	Part   string `json:"part"`
	Act    int64  `json:"brought_by_entry"`
	Status string `json:"status"`
	Is     Text   `json:"status_in_words"`
}

// translations are the added texts of the entries that a page shows.
func (q *request) translations(entries []int64) ([]translatedView, error) {
	list, err := keeper.Translations(q.Tx, entries)
	out := make([]translatedView, 0, len(list))
	for _, t := range list {
		out = append(out, translatedView{t.Target, t.Part, t.Entry, t.Status, message("words.status." + t.Status)})
	}
	return out, err
}

// Into are the translations into a language; it is called by the template.
func (m *marksView) Into(lang string) (list []translatedView) {
	for _, t := range m.Translations {
		if strings.HasSuffix(t.Part, "."+lang) {
			list = append(list, t)
		}
	}
	return list
}
