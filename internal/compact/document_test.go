package compact_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf8"

	"kept/internal/compact"
	"kept/internal/locale"
)

// style is how documents of a language are written.
type style struct {
	words      []string // of invented sentences
	space      string   // between words
	stop, semi string   // ends of a paragraph and of a letter
	colon      string
	number     func(n int) string
	letter     func(n int) string
	width      int
}

var latinLetter = func(form string) func(int) string {
	return func(n int) string { return fmt.Sprintf(form, 'a'+rune(n-1)) }
}

var styles = map[locale.Lang]style{
	locale.English: {strings.Fields("harbour lantern we recognize that every quiet multi-stakeholder bridge and follow-up should carry open light to all islands without losing its long-term purpose while people keep watch"),
		" ", ".", ";", ":", func(n int) string { return fmt.Sprintf("%d.  ", n) }, latinLetter("(%c)  "), 92},
	locale.French: {strings.Fields("nous reconnaissons que chaque pont tranquille porte la lumière vers toutes les îles et que peut-être les gardiens veillent encore sur le long chemin du port"),
		" ", ".", " ;", " :", func(n int) string { return fmt.Sprintf("%d. ", n) }, latinLetter("%c) "), 88},
	locale.Spanish: {strings.Fields("reconocemos que cada puente tranquilo lleva la luz hacia todas las islas y que los guardianes siguen velando sobre el largo camino del puerto"),
		" ", ".", ";", ":", func(n int) string { return fmt.Sprintf("%d. ", n) }, latinLetter("%c) "), 88},
	locale.Russian: {strings.Fields("мы признаём что каждый тихий мост несёт свет ко всем островам и что смотрители по-прежнему охраняют долгий путь к гавани"),
		" ", ".", ";", ":", func(n int) string { return fmt.Sprintf("%d. ", n) },
		func(n int) string { // some Latin letters are typed in Cyrillic, as happens
			if like := map[int]string{1: "а", 3: "с", 5: "е"}[n]; like != "" {
				return like + ") "
			}
			return latinLetter("%c) ")(n)
		}, 80},
	locale.Chinese: {strings.Split("我们认识到 每座安静的桥 把光带给 所有岛屿 守望者 仍在 看护 通往港口的 漫长道路 并且 分享", " "),
		"", "。", "；", "：", func(n int) string { return fmt.Sprintf("%d.   ", n) }, latinLetter("（%c） "), 42},
	locale.Arabic: {strings.Fields("نقر بأن كل جسر هادئ يحمل الضوء إلى جميع الجزر وأن الحراس ما زالوا يسهرون على الطريق الطويل إلى الميناء"),
		" ", ".", "؛", ":", func(n int) string { return arabicDigits(n) + " - " },
		func(n int) string {
			return "(" + []string{"أ", "ب", "ج", "د", "هـ", "و", "ز", "ح", "ط", "ي", "ك", "ل", "م"}[n-1] + ")\u200f "
		}, 80},
}

func arabicDigits(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + '٠' }, strconv.Itoa(n))
}

// printed is an invented document of the shape of a text, as a program extracts it
// from a printed resolution, and the words of each part.
type printed struct {
	lines []string
	words map[string]string // id → words
	at    map[string]int    // id → its line
}

func (p *printed) String() string { return strings.Join(p.lines, "\r\n") + "\r\n" }

// document prints a text: title, headings, wrapped lines, and at the end of each
// page its number, the symbol, sometimes a footnote.
func document(t *compact.Text, lang locale.Lang) *printed {
	s := styles[lang]
	random := rand.New(rand.NewPCG(1, uint64(t.Paragraphs)))
	p := &printed{words: map[string]string{}, at: map[string]int{}}
	p.lines = append(p.lines, "\uFEFF"+t.Symbol, "", headline(s, 0), "", headline(s, 1), "")
	page := &pager{p: p, symbol: t.Symbol, number: 1}
	under, headings := "", 2
	for k, i := range t.Items {
		if i.Para == "" {
			continue
		}
		if i.Letter == "" && i.Under != under {
			under = i.Under
			page.line("")
			page.line(headline(s, headings))
			headings++
			page.line("")
		}
		words := sentence(s, random, 8+random.IntN(60))
		mark := s.number(atoi(i.Para))
		switch {
		case opens(t, k):
			words += s.colon
		case i.Letter == "":
			words += s.stop
		default:
			words += s.semi
		}
		switch n, err := strconv.Atoi(i.Letter); {
		case i.Letter == "":
		case err == nil:
			mark = s.number(n)
		default:
			mark = "    " + s.letter(int(i.Letter[0]-'a')+1)
		}
		if lang == locale.English && opens(t, k) && i.Deadline != "" {
			words = "We commit, by, 2030, to " + words
		}
		page.part(i.ID, mark, words, s)
		page.line("")
	}
	return p
}

// opens tells whether letters or points follow a part.
func opens(t *compact.Text, k int) bool {
	return k+1 < len(t.Items) && t.Items[k].Letter == "" && t.Items[k+1].Letter != "" && t.Items[k+1].Para == t.Items[k].Para
}

func sentence(s style, random *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		words[i] = s.words[random.IntN(len(s.words))]
		if i > 0 && i%23 == 0 && s.space != "" {
			words[i-1] += s.stop // a second sentence
		}
	}
	first, size := utf8.DecodeRuneInString(words[0])
	words[0] = strings.ToUpper(string(first)) + words[0][size:]
	return strings.Join(words, s.space)
}

// headline is one of several headings, none like another.
func headline(s style, n int) string {
	words := strings.Join(s.words[n:n+4], s.space)
	first, size := utf8.DecodeRuneInString(words)
	return strings.ToUpper(string(first)) + words[size:]
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// pager puts lines on pages of forty.
type pager struct {
	p      *printed
	symbol string
	number int
	filled int
}

func (g *pager) line(words string) {
	g.p.lines = append(g.p.lines, words)
	if g.filled++; g.filled < 40 || words == "" {
		return
	}
	g.filled = 0
	g.p.lines = append(g.p.lines, "")
	if g.number%3 == 0 {
		g.p.lines = append(g.p.lines, "__________________", fmt.Sprintf("%d Resolution %d/1.", g.number/3, 60+g.number), "")
	}
	g.p.lines = append(g.p.lines, fmt.Sprintf("24-15616 %d/16", g.number), "", "\f"+g.symbol, "")
	g.number++
}

// part prints one part, its lines broken at the width of the style.
func (g *pager) part(id, mark, words string, s style) {
	g.p.words[id] = words
	g.p.at[id] = len(g.p.lines) + 1
	for i, line := range wrap(mark+words, s) {
		if i == 0 {
			g.p.at[id] = len(g.p.lines) + 1
		}
		g.line(line)
	}
}

func wrap(words string, s style) []string {
	if s.space == "" {
		return wrapCharacters(words, s.width)
	}
	var lines []string
	line := ""
	for _, word := range strings.SplitAfter(words, " ") {
		if utf8.RuneCountInString(line+word) > s.width && strings.TrimSpace(line) != "" {
			lines = append(lines, strings.TrimRight(line, " "))
			line = ""
		}
		line += word
	}
	return append(lines, strings.TrimRight(line, " "))
}

func wrapCharacters(words string, width int) []string {
	var lines []string
	for r := []rune(words); len(r) > 0; {
		n := min(width, len(r))
		for n < len(r) && strings.ContainsRune("。；：", r[n]) {
			n++
		}
		lines = append(lines, string(r[:n]))
		r = r[n:]
	}
	return lines
}
