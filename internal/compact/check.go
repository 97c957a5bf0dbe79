package compact

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kept/internal/compact/area"
	"kept/internal/locale"
)

// check looks at what no single value shows: the parts of a text against its
// paragraphs, words against parts, indicators against their tables.
func (p *Pack) check(d *decoder) {
	p.checkSettings(d)
	for _, t := range p.Texts {
		for _, item := range t.Items {
			checkItem(d, t, item)
		}
		checkPlaces(d, t)
	}
	p.checkChanges(d)
	p.checkLinks(d)
	for _, i := range p.Indicators {
		p.checkIndicator(d, i)
	}
	for _, b := range p.Bodies {
		checkBody(d, b)
	}
	for _, r := range p.Reports {
		checkReport(d, r)
	}
	p.checkWords(d)
}

func (p *Pack) checkSettings(d *decoder) {
	s := &p.Settings
	if s.Format != 0 && s.Format != 1 {
		d.faultAt(s, "format", "bad_format", "format", s.Format)
	}
	if s.Areas != "" && !area.Known(s.Areas) {
		d.faultAt(s, "areas", "bad_areas", "value", s.Areas)
	}
	if !slices.Contains(s.Languages, locale.English) {
		d.faultAt(s, "languages", "no_english")
	}
	for _, lang := range s.NotesComplete {
		if !slices.Contains(s.Languages, lang) {
			d.faultAt(s, "notes_complete", "language_not_listed", "lang", lang)
		}
	}
	if slices.Contains(s.Earlier, s.InForce) {
		d.faultAt(s, "earlier", "entry_twice", "value", s.InForce)
	}
	if s.ReportEveryMonths > 120 {
		d.faultAt(s, "report_every_months", "too_great", "max", 120)
	}
}

// checkItem looks at one part of a text on its own.
func checkItem(d *decoder, t *Text, i *Item) {
	if i.Asks() && len(i.Addressees) == 0 {
		d.faultAt(i, "id", "item_without_addressee", "id", i.ID)
	}
	if i.Asks() && i.Verb == "" {
		d.faultAt(i, "id", "item_without_verb", "id", i.ID)
	}
	if !i.Asks() && i.Verb != "" {
		d.faultAt(i, "verb", "verb_without_item", "id", i.ID)
	}
	if i.Under != "" && i.Under != FollowUp {
		above := t.item(i.Under)
		if above == nil || above.Kind != KindObjective && above.Kind != KindTheme {
			d.faultAt(i, "under", "under_what", "id", i.Under)
		}
	}
	if i.Block != "" && t.item(i.Block) == nil {
		d.faultAt(i, "block", "block_elsewhere", "id", i.Block)
	}
	if i.Para == "" {
		return
	}
	if n, err := strconv.ParseInt(i.Para, 10, 64); err != nil || n < 1 || n > t.Paragraphs || strconv.FormatInt(n, 10) != i.Para {
		d.faultAt(i, "para", "bad_para", "para", i.Para, "last", t.Paragraphs)
	}
}

func (t *Text) item(id string) *Item {
	for _, i := range t.Items {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// checkPlaces looks whether the parts of a text with numbered paragraphs cover
// them: each paragraph once, its letters from a on without a gap.
func checkPlaces(d *decoder, t *Text) {
	if t.Paragraphs == 0 {
		return
	}
	places := make(map[[2]string]string)
	letters := make(map[string][]string)
	for _, i := range t.Items {
		if i.Para == "" {
			continue
		}
		if other, taken := places[[2]string{i.Para, i.Letter}]; taken {
			d.faultAt(i, "para", "place_twice", "place", i.Place(), "other", other)
			continue
		}
		places[[2]string{i.Para, i.Letter}] = i.ID
		if i.Letter != "" {
			letters[i.Para] = append(letters[i.Para], i.Letter)
		}
	}
	for n := int64(1); n <= min(t.Paragraphs, maxParagraphs); n++ {
		para := strconv.FormatInt(n, 10)
		if places[[2]string{para, ""}] == "" {
			d.faultAt(t, "items", "para_missing", "para", para)
		}
		checkLetters(d, t, para, letters[para])
	}
	if t.Paragraphs > maxParagraphs {
		d.faultAt(t, "paragraphs", "too_great", "max", maxParagraphs)
	}
}

const maxParagraphs = 2000

func checkLetters(d *decoder, t *Text, para string, letters []string) {
	slices.SortFunc(letters, func(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b)) })
	for k, letter := range letters {
		if letter != string(rune('a'+k)) && letter != strconv.Itoa(k+1) {
			d.faultAt(t, "items", "letter_gap", "para", para, "letter", letter)
			return
		}
	}
}

// Place is where the item stands in its text: "11 (d)", "7", "E.all.1 (a)".
func (i *Item) Place() string {
	at := i.Para
	if at == "" {
		at = i.Block
	}
	if i.Letter == "" {
		return at
	}
	return strings.TrimSpace(at + " (" + i.Letter + ")")
}

func (p *Pack) checkChanges(d *decoder) {
	seen := make(map[string]bool)
	for _, c := range p.Changes {
		if seen[c.From] {
			d.faultAt(c, "from", "change_twice", "id", c.From)
		}
		seen[c.From] = true
		if (c.Outcome == "none") != (len(c.To) == 0) {
			d.faultAt(c, "outcome", "outcome_and_successor", "id", c.From)
		}
	}
}

// linkForms are the ends of links that each scheme has.
var linkForms = map[string]*regexp.Regexp{
	"sdg":  regexp.MustCompile(`^([1-9]|1[0-7])(\.([1-9][0-9]?|[a-d]))?$`),
	"wsis": regexp.MustCompile(`^C([1-9]|10|11)$`),
	"text": regexp.MustCompile(`^[\pL\pN][\pL\pN /().,-]{1,79}$`),
}

func (p *Pack) checkLinks(d *decoder) {
	for _, l := range p.Links {
		form, known := linkForms[l.Scheme]
		if known && !form.MatchString(l.To) || l.Scheme == "oca" && !d.known(l.To, "aim") {
			d.faultAt(l, "to", "bad_link", "to", l.To, "scheme", l.Scheme)
		}
		if l.Strength < 0 || l.Strength > 3 {
			d.faultAt(l, "strength", "too_great", "max", 3)
		}
	}
}

// checkWords looks whether each part has its title in every language, its note
// where notes are complete, and whether words name parts that there are.
func (p *Pack) checkWords(d *decoder) {
	for _, lang := range p.Languages {
		have, read := p.words[lang]
		if !read {
			continue
		}
		d.file = "lang/" + string(lang) + ".yaml"
		for _, s := range sections {
			p.checkSection(d, s, lang, have[s.name])
		}
	}
}

func (p *Pack) checkSection(d *decoder, s section, lang locale.Lang, have map[string]word) {
	ids := p.wordIDs(d, s)
	n := d.nodes[lang].get(s.name)
	if !s.englishOnly || lang == locale.English {
		for _, id := range ids {
			w, ok := have[id]
			switch {
			case !ok:
				d.fault(cmp.Or(n, d.nodes[lang]), "missing_title", "id", id, "section", s.name)
			case s.notes && w.Note == "" && p.HasNotes(lang):
				d.fault(n.get(id), "missing_note", "id", id)
			}
		}
	}
	p.checkAbout(d, s, lang, n, have)
	known := make(map[string]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	if n == nil {
		return
	}
	for _, key := range n.keys {
		if !known[key.text] {
			d.fault(key, "words_for_nothing", "id", key.text, "section", s.name)
		}
	}
}

// wordIDs lists the ids that a section must cover, sorted.
func (p *Pack) wordIDs(d *decoder, s section) []string {
	var ids []string
	if s.kind == "" {
		for id := range p.words[locale.English][s.name] {
			ids = append(ids, id)
		}
	} else {
		for id := range d.declared[s.kind] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
