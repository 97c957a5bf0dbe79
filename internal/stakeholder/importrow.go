package stakeholder

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder/sheet"
)

// partyColumnsOfFile are the columns of a table of parties.
var partyColumnsOfFile = []sheet.Column{
	{Name: "name", Aliases: []string{"legal name", "organisation", "organization", "organisation name", "organization name", "entity", "party", "stakeholder"}, Words: true, Required: true},
	{Name: "kind", Aliases: []string{"type", "entity type", "organisation type", "organization type", "stakeholder group", "stakeholder type", "sector"}},
	{Name: "area", Aliases: []string{"country", "country or area", "seat", "area of seat", "headquarters", "iso3", "country code"}},
	{Name: "active", Aliases: []string{"areas active", "active in", "countries"}},
	{Name: "size", Aliases: []string{"size band"}},
	{Name: "acronym", Aliases: []string{"abbreviation", "short name"}},
	{Name: "other_names", Aliases: []string{"also known as", "aliases"}},
	{Name: "web", Aliases: []string{"website", "web site", "homepage"}},
	{Name: "domains", Aliases: []string{"domain"}},
	{Name: "registry_ids", Aliases: []string{"registry id", "lei"}},
	{Name: "languages", Aliases: []string{"language"}},
	{Name: "parent", Aliases: []string{"parent organisation", "parent organization"}},
	{Name: "purpose", Aliases: []string{"description"}, Words: true},
	{Name: "on", Aliases: []string{"date", "stated on"}},
	{Name: "url", Aliases: []string{"source url", "link"}},
}

// endorsementColumnsOfFile are those of a table of endorsements: what is needed to
// find or enter the party, and what it supports.
var endorsementColumnsOfFile = append(slices.Clone(partyColumnsOfFile),
	sheet.Column{Name: "supports", Aliases: []string{"items", "objectives", "action areas"}},
	sheet.Column{Name: "alignment", Aliases: []string{"statement"}, Words: true})

// partyRow plans the act that a row of parties gives.
func (m *importer) partyRow(row sheet.Row) error {
	_, _, err := m.party(row)
	return err
}

// party finds the party that a row speaks of, or plans to enter it: id is 0 and
// place its place among the planned ones. Both are without meaning after a fault.
func (m *importer) party(row sheet.Row) (id int64, place int, err error) {
	var errs locale.Errors
	f, words := m.describe(row, &errs)
	act := keeper.Act{Kind: KindRegistered, By: Secretariat, Facts: f, Words: words}
	kind := partyRegistered()
	if m.Source != "" {
		maps.Copy(words, m.source(row))
		act = keeper.Act{Kind: KindStated, By: Secretariat, Facts: Stated{f, m.day(row)}, Words: words}
		kind = partyStated()
	}
	before := len(m.report.Faults)
	if len(errs) > 0 {
		return 0, 0, m.faults(row, errs)
	}
	act.Words = Clean(act.Kind, act.Words)
	line := Line{Row: row.Number, Name: act.Words[firstName(act.Words)], Kind: f.Kind, Area: f.Area}
	if line.Party, err = findParty(m.tx, f, act.Words, m.Source != "", 0); err != nil {
		return 0, 0, err
	}
	if line.Party != 0 {
		if m.first(row, "name", "party "+strconv.FormatInt(line.Party, 10)) {
			line.Existing = true
			m.report.Existing++
			m.report.Lines = append(m.report.Lines, line)
		}
		return line.Party, 0, nil
	}
	if err := kind.Validate(act); err != nil {
		return 0, 0, m.faults(row, err)
	}
	if err := kind.Check(m.tx, act, m.at); err != nil {
		return 0, 0, m.faults(row, err)
	}
	m.once(row, f, act.Words)
	if len(m.report.Faults) == before {
		m.parties = append(m.parties, planned{row: row, act: act})
		m.report.Lines = append(m.report.Lines, line)
	}
	return 0, len(m.parties) - 1, nil
}

// once refuses a second row about the same party, by the rules of [findParty].
func (m *importer) once(row sheet.Row, f Registered, words map[string]string) {
	if f.Kind == KindState {
		m.first(row, "area", "state "+f.Area)
		return
	}
	for _, part := range sortedParts(words) {
		if name := folded(words[part], maxFolded); strings.HasPrefix(part, "name.") && name != "" {
			if !m.first(row, part, "name "+name+" in "+f.Area) {
				return
			}
			break
		}
	}
	for _, domain := range domains(words) {
		m.first(row, "web", "domain "+domain)
	}
}

// describe reads what a row says of a party.
func (m *importer) describe(row sheet.Row, errs *locale.Errors) (Registered, map[string]string) {
	f := Registered{Kind: m.kind(row, errs), Size: strings.ToLower(row.Get("size"))}
	f.Area = m.area("area", row.Get("area"), errs)
	for _, a := range list(row, "active") {
		f.Active = append(f.Active, m.area("active", a, errs))
	}
	for _, l := range list(row, "languages") {
		f.Languages = append(f.Languages, strings.ToLower(l))
	}
	if name := row.Get("parent"); name != "" {
		id, err := Find(m.tx, name, "")
		if n, notNumber := strconv.ParseInt(name, 10, 64); notNumber == nil {
			id = n
		}
		if err != nil || id == 0 {
			errs.AddField("parent", locale.E("err.import.parent", "name", name))
		}
		f.Parent = id
	}
	if f.Kind == KindState {
		if f.Area == "" {
			for _, name := range row.Words("name") {
				f.Area = m.area("name", name, errs)
			}
		}
		return f, map[string]string{}
	}
	words := map[string]string{"acronym.und": row.Get("acronym"), "web.und": webCell(row.Get("web"))}
	for _, column := range []string{"name", "purpose"} {
		for lang, text := range row.Words(column) {
			words[column+"."+lang] = text
		}
	}
	for _, column := range []string{"other_names", "domains", "registry_ids"} {
		for n, entry := range row.List(column) {
			words[fmt.Sprintf("%s.%d.und", column, n)] = entry
		}
	}
	return f, words
}

// webCell completes an address that a list gives without its scheme.
func webCell(address string) string {
	if address != "" && !strings.Contains(address, "://") {
		return "https://" + address
	}
	return address
}

// list reads a cell of codes, which commas part too.
func list(row sheet.Row, column string) []string {
	var all []string
	for _, entry := range row.List(column) {
		for _, code := range strings.Split(entry, ",") {
			if code = strings.TrimSpace(code); code != "" {
				all = append(all, code)
			}
		}
	}
	return all
}

// source are the words that say where a row comes from.
func (m *importer) source(row sheet.Row) map[string]string {
	lang, url := m.SourceLang, row.Get("url")
	if lang == "" {
		lang = sheet.Und
	}
	if url == "" {
		url = m.SourceURL
	}
	return map[string]string{"source." + lang: m.Source, "url.und": url}
}

func (m *importer) day(row sheet.Row) string {
	if on := row.Get("on"); on != "" {
		return on
	}
	return m.On
}

// area reads a country or area; what is none is an error.
func (m *importer) area(column, text string, errs *locale.Errors) string {
	if text == "" {
		return ""
	}
	id, ok := areaRead(m.pack, text)
	if !ok {
		errs.AddField(column, locale.E("err.party.unknown_area", "value", text))
	}
	return id
}

// kind reads a kind of party. A row that says none and goes by the name of a
// country speaks of the State, whatever kind the rest of the file is of.
func (m *importer) kind(row sheet.Row, errs *locale.Errors) string {
	text := row.Get("kind")
	if text == "" {
		if m.namesState(row, errs) {
			return KindState
		}
		text = m.Kind
	}
	if text == "" {
		errs.AddField("kind", locale.E("err.party.kind_missing"))
		return ""
	}
	if kind, ok := m.Kinds[text]; ok {
		text = kind
	}
	kind, ok := kindRead(m.pack, text)
	if !ok {
		errs.AddField("kind", locale.E("err.party.not_one_of", "value", text, "known", strings.Join(m.pack.PartyKinds, ", ")))
	}
	return kind
}

// namesState tells whether every name in a row without a kind is that of one State.
func (m *importer) namesState(row sheet.Row, errs *locale.Errors) bool {
	state := ""
	for _, name := range row.Words("name") {
		_, as, err := Sought{Name: name, Area: row.Get("area"), Default: m.Kind}.Find(m.tx, m.pack)
		errs.Add(err)
		if as.Kind != KindState || as.Area == "" || state != "" && as.Area != state {
			return false
		}
		state = as.Area
	}
	return state != ""
}

// firstName is the part that holds the first name, in the order of its language's code.
func firstName(words map[string]string) string {
	for _, part := range sortedParts(words) {
		if strings.HasPrefix(part, "name.") {
			return part
		}
	}
	return ""
}

// endorsementRow plans the endorsement that a row states, and its party where the registry has none.
func (m *importer) endorsementRow(row sheet.Row) error {
	before := len(m.report.Faults)
	id, place, err := m.party(row)
	if err != nil || len(m.report.Faults) > before {
		return err
	}
	p := planned{row: row, party: place}
	if id != 0 {
		p.party = -1
		m.report.Existing--
		known, err := m.endorsedAlready(id)
		if err != nil {
			return err
		}
		line := &m.report.Lines[len(m.report.Lines)-1]
		if line.Existing = known; known {
			m.report.Existing++
			return nil
		}
	}
	words := m.source(row)
	for lang, text := range row.Words("alignment") {
		words["alignment."+lang] = text
	}
	f := Endorsed{Party: max(id, 1), Text: m.text(), Supports: list(row, "supports"), On: m.day(row)}
	p.act = keeper.Act{Kind: KindEndorsed, By: Secretariat, Facts: f, Words: Clean(KindEndorsed, words)}
	if err := endorsementStated().Validate(p.act); err != nil {
		return m.faults(row, err)
	}
	var errs locale.Errors
	errs.Add(m.notLater("on", f.On))
	m.supports(f.Text, f.Supports, &errs)
	if len(errs) > 0 {
		return m.faults(row, errs)
	}
	m.endorsed = append(m.endorsed, p)
	return nil
}

func (m *importer) text() string {
	if m.Text != "" {
		return m.Text
	}
	return m.pack.InForce
}

// endorsedAlready tells whether the record has an endorsement of the text by the
// party, its own or a stated one; one that was withdrawn here counts, since a
// list that still has it would bring it back.
func (m *importer) endorsedAlready(party int64) (bool, error) {
	id, err := first(m.tx, `SELECT id FROM endorsement WHERE text_id = ? AND
		(party = ? OR party IN (SELECT id FROM party WHERE claimed_by = ? AND stated_on <> '')) ORDER BY id`, m.text(), party, party)
	return id != 0, err
}
