package compact

import (
	"slices"
	"strings"
	"unicode"

	"kept/internal/compact/fold"
	"kept/internal/locale"
)

// Hit is a part of the pack that a search found.
type Hit struct {
	Section string
	ID      string
	Title   string
	Lang    locale.Lang // of the title
	InForce bool        // of an item: it belongs to the text in force
}

// searched are the sections that a search looks through, in the order of equal hits.
var searched = []string{Items, Mechanisms, Targets, Bodies, Documents, Addressees}

// Search looks for words in the ids, titles and notes of a pack, in a language and
// in English where the language has none. All words must be there. Case, accents,
// vowel marks and the variants of Arabic letters do not matter; Chinese, which
// parts no words, is sought as it stands. The best hits come first: an id, a whole
// title, the beginning of a title, of a word, anywhere, and last the notes.
func Search(p *Pack, lang locale.Lang, query string) []Hit {
	words := strings.Fields(fold.Text(query))
	if len(words) == 0 {
		return nil
	}
	type ranked struct {
		Hit
		rank int
	}
	var found []ranked
	for _, section := range searched {
		for _, id := range p.idsOf(section) {
			title, in := p.Title(section, id, lang)
			note, _ := p.Note(section, id, lang)
			rank := rankOf(words, strings.TrimSpace(query), id, fold.Text(title), fold.Text(note))
			if rank == 0 {
				continue
			}
			inForce := section != Items || p.ItemInForce(id)
			if !inForce && rank < exact {
				rank = (rank + 1) / 2 // what is in force comes before what was proposed
			}
			found = append(found, ranked{Hit{section, id, title, in, inForce}, rank})
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return b.rank - a.rank })
	hits := make([]Hit, len(found))
	for i, f := range found {
		hits[i] = f.Hit
	}
	return hits
}

// exact is the rank of the part whose id was asked for.
const exact = 100

// rankOf is how well a part answers; 0 when it does not.
func rankOf(words []string, query, id, title, note string) int {
	if strings.EqualFold(id, query) {
		return exact
	}
	whole := strings.Join(words, " ")
	inTitle, inWords, inNote := true, true, true
	for _, w := range words {
		inTitle = inTitle && strings.Contains(title, w)
		inWords = inWords && beginsWord(title, w)
		inNote = inNote && (beginsWord(note, w) || beginsWord(title, w))
	}
	switch {
	case title == whole:
		return 80
	case strings.HasPrefix(title, whole):
		return 60
	case inWords:
		return 40
	case inTitle:
		return 20
	case inNote:
		return 10
	}
	return 0
}

// beginsWord tells whether a word of a folded text begins with w. Where no blanks
// part words, and behind the Arabic article and the particles written in one with
// a word, any place counts.
func beginsWord(text, w string) bool {
	if first := []rune(w)[0]; unicode.Is(unicode.Han, first) || unicode.Is(unicode.Arabic, first) {
		return strings.Contains(text, w)
	}
	return strings.HasPrefix(text, w) || strings.Contains(text, " "+w)
}

// idsOf lists the ids of a section in the order of the pack.
func (p *Pack) idsOf(section string) []string {
	var ids []string
	switch section {
	case Items:
		for _, t := range p.Texts {
			for _, i := range t.Items {
				ids = append(ids, i.ID)
			}
		}
	case Mechanisms:
		for _, m := range p.Mechanisms {
			ids = append(ids, m.ID)
		}
	case Targets:
		for _, t := range p.Targets {
			ids = append(ids, t.ID)
		}
	case Bodies:
		for _, b := range p.Bodies {
			ids = append(ids, b.ID)
		}
	case Documents:
		for _, d := range p.Documents {
			ids = append(ids, d.ID)
		}
	case Addressees:
		ids = p.Addressees
	}
	return ids
}
