package compact_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"kept/internal/compact"
	"kept/internal/locale"
)

// tiny is the smallest pack that uses every kind of part.
var tiny = map[string]string{
	"pack.yaml": `format: 1
id: "tiny"
version: "2026-01-01"
sample: true
areas: "sample"
languages: ["en", "fr"]
notes_complete: ["en"]
in_force: "new"
earlier: ["old"]
adoption: {text: "new", symbol: "T/1", on: "2025-06-01"}
rights:
  - {basis: "endorsed", kinds: ["private"], opens: ["commit"]}
gate: ["commit"]
review_default: {state: "none", other: "independent"}
silent_addressees: "count"
report_every_months: 12
mechanisms_on: ["M1"]
addressees: ["states", "firms"]
verbs: ["commit", "invite"]
party_kinds: ["state", "private"]
`,
	"texts/new.yaml": `id: "new"
symbol: "T/1"
status: "adopted"
on: "2025-06-01"
paragraphs: 2
items:
  - {id: "O1", kind: "objective", para: "1"}
  - {id: "P2", kind: "paragraph", para: "2", under: "O1"}
  - {id: "P2a", kind: "item", para: "2", letter: "a", under: "O1", block: "P2", addressees: ["states"], verb: "commit", deadline: "2030", sdg: [4, 9], targets: ["T1"], sources: ["S1"]}
  - {id: "P2b", kind: "item", para: "2", letter: "b", under: "O1", block: "P2", addressees: ["states", "firms"], named: ["firms"], verb: "invite", deadline_event: "GA81", sdg: "all"}
`,
	"texts/old.yaml": `id: "old"
status: "proposed"
on: "2024"
paragraphs: 0
items:
  - {id: "D.1", kind: "item", addressees: ["firms"], verb: "invite", mechanisms: ["M1"]}
`,
	"crosswalk.yaml": `changes:
  - {from: "D.1", to: ["P2b"], outcome: "carried"}
  - {from: "M1", to: [], outcome: "none"}
links:
  - {from: "P2a", scheme: "sdg", to: "4.a", relation: "contributes", asserted_by: "S1", on: "2025"}
`,
	"mechanisms.yaml": `mechanisms:
  - {id: "M1", group: "machinery", items: ["D.1"], successor: [], status: "not-adopted", mandate: "proposal", evidence: ["S1"]}
`,
	"targets.yaml": `targets:
  - {id: "T1", text: "new", items: ["P2a"], kind: "quantity", value: "12.50", unit: "ports", by: "2030", set_by: "S1", status: "in-force"}
`,
	"figures.yaml": `figures:
  - {id: "F1", as_printed: true, source: "S1", values: [{value: "3", unit: "ports", period: "2020"}]}
`,
	"bodies.yaml": `bodies:
  - {id: "B1", kind: "platform", since: "2020", url: "https://example.org/b", text: "after", items: ["P2a"], source: "S1", certain: false}
`,
	"documents.yaml": `documents:
  - {id: "D1", body: "B1", symbol: "T/0", date: "2024-05"}
`,
	"timeline.yaml": `timeline:
  - {id: "L1", when: "2024-05", source: "S1"}
`,
	"initiatives.yaml": `initiatives:
  - {id: "I1", sdg: [1]}
`,
	"aims.yaml": `aims:
  - {id: "A1", document: "D1"}
`,
	"facts.yaml": `facts:
  - {id: "C1", value: "3", unit: "ports", timeline: ["L1"], documents: ["D1"]}
`,
	"calendar.yaml": `calendar:
  - {id: "K1", on: "2026-09", until: "2027-09", event: "GA81", items: ["P2b"]}
  - {id: "K2", on: "2024-05", event: "L1"}
`,
	"sources.yaml": `sources:
  - {id: "S1", url: "https://example.org/", kind: "page"}
`,
	"indicators.yaml": `indicators:
  - id: "ports"
    items: ["P2b"]
    targets: ["T1"]
    unit: "percent"
    decimals: 1
    direction: "up"
    natural_min: "0"
    natural_max: "100"
    source: {name: "Office", licence: "CC0-1.0"}
    file: "data/ports.csv"
    mapping: {format: "csv", area: "area", area_code: "source", period: "year", value: "value"}
`,
	"data/ports.csv": "area,year,value\nQM,2020,12.5\n",
	"lang/en.yaml": `language: "en"
compact: {tiny: {title: "Tiny Compact", note: "A pack for tests."}}
texts:
  new: {title: "New text", note: "In force."}
  old: {title: "Old text", note: "Earlier."}
items:
  O1: {title: "Objective", note: "Note."}
  P2: {title: "Opener", note: "Note."}
  P2a: {title: "Connect the ports", note: "Note."}
  P2b: {title: "Share what is learned", note: "Note."}
  D.1: {title: "Draft wish", note: "Note."}
mechanisms: {M1: {title: "Forum", note: "Note."}}
targets: {T1: {title: "Ports", note: "Note."}}
figures: {F1: {title: "Ports", note: "Note."}}
bodies: {B1: {title: "Body"}}
documents: {D1: {title: "Document"}}
timeline: {L1: {title: "Draft shown"}}
initiatives: {I1: {title: "Initiative"}}
aims: {A1: {title: "Aim"}}
facts: {C1: {title: "Fact"}}
sources: {S1: {title: "Source"}}
addressees: {states: {title: "States"}, firms: {title: "Firms"}}
verbs: {commit: {title: "commit"}, invite: {title: "invite"}}
goals: {"4": {title: "Education"}}
indicators: {ports: {title: "Connected ports", note: "Note."}}
`,
	"lang/fr.yaml": `language: "fr"
compact: {tiny: {title: "Petit pacte"}}
texts: {new: {title: "Nouveau"}, old: {title: "Ancien"}}
items: {O1: {title: "Objectif"}, P2: {title: "Début"}, P2a: {title: "Relier les ports"}, P2b: {title: "Partager"}, D.1: {title: "Souhait"}}
mechanisms: {M1: {title: "Forum"}}
targets: {T1: {title: "Ports"}}
figures: {F1: {title: "Ports"}}
bodies: {B1: {title: "Organe"}}
documents: {D1: {title: "Document"}}
timeline: {L1: {title: "Projet"}}
initiatives: {I1: {title: "Initiative"}}
aims: {A1: {title: "But"}}
facts: {C1: {title: "Fait"}}
addressees: {states: {title: "États"}, firms: {title: "Entreprises"}}
verbs: {commit: {title: "s'engager"}, invite: {title: "inviter"}}
goals: {"4": {title: "Éducation"}}
indicators: {ports: {title: "Ports reliés"}}
`,
}

func folder(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

func tinyPack(t testing.TB) *compact.Pack {
	t.Helper()
	p, faults := compact.Check(folder(tiny))
	for _, f := range faults {
		t.Fatal(f)
	}
	return p
}

// Each row breaks the tiny pack in one place and names the faults that must come of it.
func TestFaults(t *testing.T) {
	tests := []struct {
		name, file, old, new string
		want                 []string // file:line name
	}{
		{"unknown key", "pack.yaml", `sample: true`, `sample: true
smaple: true`, []string{"pack.yaml:5 unknown_key"}},
		{"missing key", "pack.yaml", `version: "2026-01-01"
`, ``, []string{"pack.yaml:1 missing_key"}},
		{"wrong kind", "texts/new.yaml", `para: "1"`, `para: 1`, []string{"texts/new.yaml:7 wrong_kind", "texts/new.yaml:7 para_missing"}},
		{"number where truth belongs", "pack.yaml", `sample: true`, `sample: 1`, []string{"pack.yaml:4 wrong_kind"}},
		{"duplicate id", "texts/old.yaml", `id: "D.1"`, `id: "P2a"`,
			[]string{"crosswalk.yaml:2 unknown_reference", "lang/en.yaml:11 words_for_nothing", "lang/fr.yaml:4 words_for_nothing",
				"mechanisms.yaml:2 unknown_reference", "texts/old.yaml:6 id_twice"}},
		{"unknown target", "texts/new.yaml", `targets: ["T1"]`, `targets: ["T9"]`, []string{"texts/new.yaml:9 unknown_reference"}},
		{"unknown addressee", "texts/new.yaml", `named: ["firms"]`, `named: ["fims"]`, []string{"texts/new.yaml:10 unknown_reference"}},
		{"unknown verb", "texts/new.yaml", `verb: "invite"`, `verb: "beg"`, []string{"texts/new.yaml:10 unknown_reference"}},
		{"unknown body", "documents.yaml", `"B1"`, `"B2"`, []string{"documents.yaml:2 unknown_reference"}},
		{"unknown source", "mechanisms.yaml", `evidence: ["S1"]`, `evidence: ["S2"]`, []string{"mechanisms.yaml:2 unknown_reference"}},
		{"unknown mechanism", "pack.yaml", `["M1"]`, `["M2"]`, []string{"pack.yaml:17 unknown_reference"}},
		{"unknown text", "pack.yaml", `adoption: {text: "new"`, `adoption: {text: "other"`, []string{"pack.yaml:10 unknown_reference"}},
		{"goal 18", "texts/new.yaml", `[4, 9]`, `[4, 18]`, []string{"texts/new.yaml:9 bad_goal"}},
		{"goal twice", "texts/new.yaml", `[4, 9]`, `[4, 4]`, []string{"texts/new.yaml:9 entry_twice"}},
		{"goal as word", "texts/new.yaml", `sdg: "all"`, `sdg: "every"`, []string{"texts/new.yaml:10 bad_goals"}},
		{"id with a slash", "figures.yaml", `"F1"`, `"F/1"`, []string{"figures.yaml:2 bad_id", "lang/en.yaml:14 words_for_nothing", "lang/fr.yaml:7 words_for_nothing"}},
		{"id like a file", "figures.yaml", `"F1"`, `"F1.json"`, []string{"figures.yaml:2 bad_id", "lang/en.yaml:14 words_for_nothing", "lang/fr.yaml:7 words_for_nothing"}},
		{"month 13", "texts/new.yaml", `deadline: "2030"`, `deadline: "2030-13"`, []string{"texts/new.yaml:9 bad_date"}},
		{"30 February", "pack.yaml", `on: "2025-06-01"`, `on: "2025-02-30"`, []string{"pack.yaml:10 bad_date"}},
		{"date without quotes", "texts/new.yaml", `on: "2025-06-01"`, `on: 2025-06-01`, []string{"texts/new.yaml:4 unquoted"}},
		{"leading zero", "targets.yaml", `"12.50"`, `"012.50"`, []string{"targets.yaml:2 bad_decimal"}},
		{"minus nothing", "targets.yaml", `"12.50"`, `"-0.0"`, []string{"targets.yaml:2 bad_decimal"}},
		{"float", "targets.yaml", `"12.50"`, `12.5`, []string{"targets.yaml:2 float"}},
		{"no value", "targets.yaml", `value: "12.50"`, `value: `, []string{"targets.yaml:2 null"}},
		{"empty string", "targets.yaml", `"ports"`, `""`, []string{"targets.yaml:2 empty"}},
		{"yes for true", "pack.yaml", `sample: true`, `sample: True`, []string{"pack.yaml:4 bool_spelling"}},
		{"hexadecimal", "pack.yaml", `report_every_months: 12`, `report_every_months: 0x0C`, []string{"pack.yaml:16 number_spelling"}},
		{"negative number", "pack.yaml", `report_every_months: 12`, `report_every_months: -12`, []string{"pack.yaml:16 number_spelling"}},
		{"anchor", "pack.yaml", `gate: ["commit"]`, `gate: &g ["commit"]`, []string{"pack.yaml:13 anchor"}},
		{"alias", "pack.yaml", `gate: ["commit"]`, `gate: [*g]`, []string{"pack.yaml:0 yaml"}},
		{"tag", "pack.yaml", `"2026-01-01"`, `!!str 2026`, []string{"pack.yaml:3 tag"}},
		{"merge key", "targets.yaml", `{id: "T1",`, `{<<: {a: "b"}, id: "T1",`, []string{"targets.yaml:2 key_not_string"}},
		{"tab", "pack.yaml", `sample: true`, "sample:\ttrue", []string{"pack.yaml:4 tab"}},
		{"bidi override", "lang/en.yaml", `"Connect the ports"`, "\"Connect \u202Ethe ports\"", []string{"lang/en.yaml:9 hidden_character"}},
		{"not UTF-8", "lang/en.yaml", `"Connect the ports"`, "\"Connect \xff\"", []string{"lang/en.yaml:9 not_utf8"}},
		{"key twice", "pack.yaml", `sample: true`, "sample: true\nsample: false", []string{"pack.yaml:5 key_twice"}},
		{"entry twice", "pack.yaml", `["states", "firms"]`, `["states", "firms", "firms"]`, []string{"pack.yaml:18 entry_twice", "pack.yaml:18 id_twice"}},
		{"second document", "sources.yaml", `kind: "page"}`, "kind: \"page\"}\n---\nsources: []", []string{"sources.yaml:3 two_documents"}},
		{"bracket left open", "sources.yaml", `kind: "page"}`, `kind: "page"`, []string{"sources.yaml:2 yaml"}},
		{"not one of", "pack.yaml", `"count"`, `"shame"`, []string{"pack.yaml:15 not_one_of"}},
		{"missing title in French", "lang/fr.yaml", `P2a: {title: "Relier les ports"}, `, ``, []string{"lang/fr.yaml:4 missing_title"}},
		{"missing note in English", "lang/en.yaml", `{title: "Connect the ports", note: "Note."}`, `{title: "Connect the ports"}`, []string{"lang/en.yaml:9 missing_note"}},
		{"words for nothing", "lang/fr.yaml", `P2a: {`, `P2z: {title: "Rien"}, P2a: {`, []string{"lang/fr.yaml:4 words_for_nothing"}},
		{"wrong language", "lang/fr.yaml", `language: "fr"`, `language: "es"`, []string{"lang/fr.yaml:1 language_file_name"}},
		{"unknown section", "lang/fr.yaml", `aims:`, `dreams:`, []string{"lang/fr.yaml:12 unknown_key", "lang/fr.yaml:1 missing_title"}},
		{"item of nobody", "texts/new.yaml", `addressees: ["states"], `, ``, []string{"texts/new.yaml:9 item_without_addressee"}},
		{"item without verb", "texts/new.yaml", `verb: "commit", `, ``, []string{"texts/new.yaml:9 item_without_verb"}},
		{"verb of nothing", "texts/new.yaml", `kind: "paragraph",`, `kind: "paragraph", verb: "commit",`, []string{"texts/new.yaml:8 verb_without_item"}},
		{"under a letter", "texts/new.yaml", `letter: "b", under: "O1"`, `letter: "b", under: "P2a"`, []string{"texts/new.yaml:10 under_what"}},
		{"block of another text", "texts/new.yaml", `letter: "b", under: "O1", block: "P2"`, `letter: "b", under: "O1", block: "D.1"`, []string{"texts/new.yaml:10 block_elsewhere"}},
		{"paragraph 3 of 2", "texts/new.yaml", `para: "2", letter: "b"`, `para: "3", letter: "b"`, []string{"texts/new.yaml:10 bad_para"}},
		{"a place twice", "texts/new.yaml", `letter: "b"`, `letter: "a"`, []string{"texts/new.yaml:10 place_twice"}},
		{"a letter left out", "texts/new.yaml", `letter: "b"`, `letter: "c"`, []string{"texts/new.yaml:7 letter_gap"}},
		{"a paragraph left out", "texts/new.yaml", `paragraphs: 2`, `paragraphs: 3`, []string{"texts/new.yaml:7 para_missing"}},
		{"two fates", "crosswalk.yaml", `from: "M1"`, `from: "D.1"`, []string{"crosswalk.yaml:3 change_twice"}},
		{"carried to nowhere", "crosswalk.yaml", `to: ["P2b"]`, `to: []`, []string{"crosswalk.yaml:2 outcome_and_successor"}},
		{"a goal target that is none", "crosswalk.yaml", `to: "4.a"`, `to: "18.1"`, []string{"crosswalk.yaml:5 bad_link"}},
		{"an action line that is none", "crosswalk.yaml", `scheme: "sdg", to: "4.a"`, `scheme: "wsis", to: "C12"`, []string{"crosswalk.yaml:5 bad_link"}},
		{"an aim that is none", "crosswalk.yaml", `scheme: "sdg", to: "4.a"`, `scheme: "oca", to: "A9"`, []string{"crosswalk.yaml:5 bad_link"}},
		{"web address", "bodies.yaml", `https://example.org/b`, `javascript:alert(1)`, []string{"bodies.yaml:2 bad_url"}},
		{"a function that is none", "bodies.yaml", `url: "https`, `functions: ["rule"], url: "https`, []string{"bodies.yaml:2 not_one_of"}},
		{"a body tied to itself", "bodies.yaml", `url: "https`, `relations: [{kind: "feeds", to: "B1", source: "S1"}], url: "https`, []string{"bodies.yaml:2 relation_to_itself"}},
		{"a tie to nothing", "bodies.yaml", `url: "https`, `relations: [{kind: "feeds", to: "B9", source: "S1"}], url: "https`, []string{"bodies.yaml:2 unknown_reference"}},
		{"a mandate that ends before it begins", "bodies.yaml", `url: "https`, `mandate: {instrument: "R/1", on: "2025-06", until: "2025-05"}, url: "https`, []string{"bodies.yaml:2 ends_before"}},
		{"said in English only", "lang/en.yaml", `B1: {title: "Body"}`, `B1: {title: "Body", about: {members: "All."}}`, []string{"lang/fr.yaml:8 missing_about"}},
		{"said of nothing", "lang/en.yaml", `B1: {title: "Body"}`, `B1: {title: "Body", about: {colour: "Red."}}`, []string{"lang/en.yaml:15 unknown_key", "lang/fr.yaml:8 missing_about"}},
		{"a table that is missing", "indicators.yaml", `data/ports.csv`, `data/docks.csv`, []string{"indicators.yaml:11 no_table"}},
		{"a column that is missing", "indicators.yaml", `period: "year"`, `period: "month"`, []string{"indicators.yaml:12 no_column"}},
		{"a mapping key", "indicators.yaml", `period: "year"`, `periods: "year"`, []string{"indicators.yaml:12 missing_key", "indicators.yaml:12 unknown_key"}},
		{"a ragged table", "data/ports.csv", `QM,2020,12.5`, `QM,2020`, []string{"data/ports.csv:2 csv"}},
		{"areas of nowhere", "pack.yaml", `areas: "sample"`, `areas: "moon"`, []string{"pack.yaml:5 bad_areas"}},
		{"format of tomorrow", "pack.yaml", `format: 1`, `format: 2`, []string{"pack.yaml:1 bad_format"}},
		{"notes in a language that is not there", "pack.yaml", `notes_complete: ["en"]`, `notes_complete: ["en", "zh"]`, []string{"pack.yaml:7 language_not_listed"}},
		{"language that nobody speaks", "pack.yaml", `["en", "fr"]`, `["en", "fr", "la"]`, []string{"pack.yaml:6 bad_lang"}},
		{"text under another name", "texts/old.yaml", `id: "old"`, `id: "older"`,
			[]string{"lang/en.yaml:5 words_for_nothing", "lang/en.yaml:4 missing_title", "lang/fr.yaml:3 missing_title", "lang/fr.yaml:3 words_for_nothing",
				"pack.yaml:9 unknown_reference", "texts/old.yaml:1 text_file_name"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := maps.Clone(tiny)
			if !strings.Contains(files[test.file], test.old) {
				t.Fatalf("%s does not hold %q", test.file, test.old)
			}
			files[test.file] = strings.Replace(files[test.file], test.old, test.new, 1)
			_, faults := compact.Check(folder(files))
			compareFaults(t, faults, test.want)
		})
	}
}

func compareFaults(t *testing.T, faults []compact.Fault, want []string) {
	t.Helper()
	var got []string
	for _, f := range faults {
		place := f.File + ":" + locale.English.Int(int64(f.Line))
		got = append(got, place+" "+f.Name)
		for _, text := range []string{f.Message(locale.English), f.Remedy(locale.English)} {
			if strings.Contains(text, "⟦") {
				t.Errorf("message of %s is not whole: %s", f.Name, text)
			}
		}
	}
	slices.Sort(got)
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

func TestFaultsOfFiles(t *testing.T) {
	deep := "id: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n"
	tests := []struct {
		name string
		with map[string]string
		want []string
	}{
		{"a file of no use", map[string]string{"notes.txt": "x"}, []string{"notes.txt:0 unknown_file"}},
		{"a README may stand", map[string]string{"README.md": "x"}, nil},
		{"a text that nobody lists", map[string]string{"texts/third.yaml": "id: \"third\"\n"}, []string{"texts/third.yaml:0 text_not_listed"}},
		{"words that nobody lists", map[string]string{"lang/es.yaml": "language: \"es\"\n"}, []string{"lang/es.yaml:0 language_not_listed"}},
		{"an empty file", map[string]string{"aims.yaml": ""}, []string{"aims.yaml:0 empty_file"}},
		{"too deep", map[string]string{"aims.yaml": deep}, []string{"aims.yaml:1 missing_key", "aims.yaml:1 too_deep", "aims.yaml:1 unknown_key",
			"lang/en.yaml:19 words_for_nothing", "lang/fr.yaml:12 words_for_nothing"}},
		{"too big", map[string]string{"data/more.csv": strings.Repeat("a,b\n", 1<<19+1)}, []string{"data/more.csv:0 file_too_big"}},
		{"a byte order mark", map[string]string{"aims.yaml": "\uFEFF" + tiny["aims.yaml"]}, []string{"aims.yaml:1 hidden_character"}},
		{"a list for an object", map[string]string{"aims.yaml": "- a\n"}, []string{"aims.yaml:1 wrong_kind",
			"lang/en.yaml:19 words_for_nothing", "lang/fr.yaml:12 words_for_nothing"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			files := maps.Clone(tiny)
			maps.Copy(files, test.with)
			_, faults := compact.Check(folder(files))
			compareFaults(t, faults, test.want)
		})
	}
	t.Run("nothing at all", func(t *testing.T) {
		_, faults := compact.Check(folder(nil))
		compareFaults(t, faults, []string{"pack.yaml:0 missing_file"})
	})
	t.Run("a text is missing", func(t *testing.T) {
		files := maps.Clone(tiny)
		delete(files, "texts/old.yaml")
		if _, faults := compact.Check(folder(files)); len(faults) == 0 || faults[len(faults)-1].Name != "missing_file" {
			t.Errorf("got %v", faults)
		}
	})
}
