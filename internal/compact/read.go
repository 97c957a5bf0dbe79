package compact

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"kept/internal/locale"
	"kept/record"
)

// Check reads a pack from a folder and reports everything that is wrong with it.
// The pack is nil when there are faults.
func Check(fsys fs.FS) (*Pack, []Fault) {
	found := &faults{}
	f := readFolder(fsys, found)
	p := readPack(f, found)
	if len(found.list) > 0 {
		return nil, found.sorted()
	}
	b, err := f.canonical()
	if err != nil {
		return nil, []Fault{{File: ".", Name: "no_canonical_form", Args: []any{"detail", err.Error()}}}
	}
	p.Digest = record.DigestOf(b)
	return p, nil
}

// readPack makes a pack of its parsed files. Each file is read on its own first;
// then references are followed, then what no single value shows is checked. That
// is left out while a file cannot be read: all that it declares would be missed.
func readPack(f *folder, found *faults) *Pack {
	p := &Pack{Data: f.tables, words: words{}}
	d := newDecoder(found)
	settings := f.files["pack.yaml"]
	if settings == nil {
		if !f.broken {
			d.add("pack.yaml", nil, "missing_file")
		}
		return nil
	}
	d.file = "pack.yaml"
	d.at(&p.Settings, settings)
	d.object(settings, &p.Settings)
	p.readTexts(d, f)
	p.readParts(d, f)
	p.readWords(d, f)
	if f.broken {
		return nil
	}
	d.resolve()
	p.check(d)
	p.index = newIndex(p)
	p.index.ties = crosswalk(p)
	return p
}

// readTexts reads the texts in the order of pack.yaml: the one in force, then the earlier ones.
func (p *Pack) readTexts(d *decoder, f *folder) {
	wanted := append([]string{p.InForce}, p.Earlier...)
	for _, id := range wanted {
		file := "texts/" + id + ".yaml"
		n := f.files[file]
		if n == nil {
			if !f.broken {
				d.add(file, nil, "missing_file")
			}
			continue
		}
		d.file = file
		t := &Text{}
		d.at(t, n)
		d.object(n, t)
		for _, item := range t.Items {
			item.TextID = t.ID
		}
		if t.ID != "" && t.ID != id {
			d.faultAt(t, "id", "text_file_name", "id", t.ID)
		}
		p.Texts = append(p.Texts, t)
	}
	for _, file := range f.paths() {
		id, isText := strings.CutPrefix(strings.TrimSuffix(file, ".yaml"), "texts/")
		if isText && !slices.Contains(wanted, id) {
			d.add(file, nil, "text_not_listed", "id", id)
		}
	}
}

// readParts reads the structure files that are there into the fields that name them.
func (p *Pack) readParts(d *decoder, f *folder) {
	for _, file := range partFiles {
		if n := f.files[file]; n != nil {
			d.file = file
			d.fields(n, reflect.ValueOf(p).Elem(), file)
		}
	}
}

// readWords reads lang/*.yaml: the section, the id, its title and note.
func (p *Pack) readWords(d *decoder, f *folder) {
	for _, lang := range locale.Langs {
		file := "lang/" + string(lang) + ".yaml"
		n := f.files[file]
		if n == nil {
			if slices.Contains(p.Languages, lang) && !f.broken {
				d.add(file, nil, "missing_file")
			}
			continue
		}
		d.file = file
		d.at(lang, n)
		if d.is(n, objectKind) {
			p.words[lang] = d.sections(n, lang)
		}
	}
	for _, file := range f.paths() {
		if lang, isWords := strings.CutPrefix(strings.TrimSuffix(file, ".yaml"), "lang/"); isWords {
			if !slices.Contains(p.Languages, locale.Lang(lang)) {
				d.add(file, nil, "language_not_listed", "lang", lang)
			}
		}
	}
}

func (d *decoder) sections(n *node, lang locale.Lang) map[string]map[string]word {
	all := make(map[string]map[string]word)
	if d.is(n, objectKind) && n.get("language") == nil {
		d.fault(n, "missing_key", "key", "language")
	}
	for i, key := range n.keys {
		value := n.values[i]
		if key.text == "language" {
			if d.is(value, stringKind) && value.text != string(lang) {
				d.fault(value, "language_file_name", "lang", value.text)
			}
			continue
		}
		if _, ok := sectionNamed(key.text); !ok {
			d.fault(key, "unknown_key", "key", key.text, "known", "language, "+sectionNames())
			continue
		}
		if d.is(value, objectKind) {
			all[key.text] = d.wordsOf(value)
		}
	}
	return all
}

func (d *decoder) wordsOf(n *node) map[string]word {
	section := make(map[string]word, len(n.keys))
	for i, id := range n.keys {
		var w word
		d.object(n.values[i], &w)
		section[id.text] = w
	}
	return section
}

func sectionNames() string {
	names := make([]string, len(sections))
	for i, s := range sections {
		names[i] = s.name
	}
	return strings.Join(names, ", ")
}
