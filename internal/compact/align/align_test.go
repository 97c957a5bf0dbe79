package align

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Three paragraphs; two points in the first, two letters in the second.
var small = Shape{Paragraphs: 3, Points: map[int]int{1: 2}, Letters: map[int]int{2: 2}, Symbol: "T/RES/1"}

// lines shows a result as a person would check it.
func lines(r Result) []string {
	var out []string
	for _, p := range r.Parts {
		out = append(out, fmt.Sprintf("%d %s = %s", p.Line, p.Place, p.Words))
	}
	for _, a := range r.Asides {
		out = append(out, fmt.Sprintf("%d %s: %s", a.Line, a.Kind, a.Words))
	}
	return out
}

func names(faults []Fault) []string {
	var out []string
	for _, f := range faults {
		out = append(out, fmt.Sprintf("%d %s", f.Line, f.Name))
	}
	return out
}

func TestSplit(t *testing.T) {
	tests := []struct {
		name     string
		shape    Shape
		document string
		choices  Choices
		want     []string
		faults   []string
	}{
		{"one paragraph to a line, no blank lines", small,
			"Title\n1. We aim:\n1. To see;\n2. To hear.\n2. We will:\n(a) Go;\n(b) Come.\nFollow-up\n3. We end.\n", Choices{},
			[]string{"2 1 = We aim:", "3 1 (1) = To see;", "4 1 (2) = To hear.", "5 2 = We will:", "6 2 (a) = Go;", "7 2 (b) = Come.", "9 3 = We end.",
				"1 front: Title", "8 heading: Follow-up"}, nil},
		{"wrapped, no blank lines, heading after a full line", Shape{Paragraphs: 2},
			"1. We see that all that is light is carried\nfurther. We see that this is a whole line it is.\nThe next objective\n2. We hear that all that is sound is carried on\nto the end of it.\n", Choices{},
			[]string{"1 1 = We see that all that is light is carried further. We see that this is a whole line it is.", "4 2 = We hear that all that is sound is carried on to the end of it.",
				"3 heading: The next objective"}, nil},
		{"number and letter alone on their lines", small,
			"1.\nWe aim:\n\n1.\nTo see;\n\n2.\nTo hear.\n\n2.\nWe will:\n\n(a)\nGo;\n\n(b)\nCome.\n\n3.\nWe end.\n", Choices{},
			[]string{"1 1 = We aim:", "4 1 (1) = To see;", "7 1 (2) = To hear.", "10 2 = We will:", "13 2 (a) = Go;", "16 2 (b) = Come.", "19 3 = We end."}, nil},
		{"old Macintosh line ends and form feeds", Shape{Paragraphs: 2}, "1. One.\r\f2. Two.\r", Choices{}, []string{"1 1 = One.", "2 2 = Two."}, nil},
		{"hyphen at the end of a line", Shape{Paragraphs: 1},
			"1. The co-\noperation of multi-\nstakeholder bodies is cooperation, and soft\u00AD\nly so.\n", Choices{},
			[]string{"1 1 = The cooperation of multi-stakeholder bodies is cooperation, and softly so."}, nil},
		{"an annex after a resolution with numbers of its own", Shape{Paragraphs: 2, Letters: map[int]int{1: 1}},
			"1. Decides.\n\n2. Requests.\n\n3. Ends.\n\nAnnex\n\n1. We will:\n\n(a) Go.\n\n2. We end.\n", Choices{},
			[]string{"9 1 = We will:", "11 1 (a) = Go.", "13 2 = We end.", "1 front: 1. Decides.", "3 front: 2. Requests.", "5 front: 3. Ends.", "7 front: Annex"}, nil},
		{"a year at the beginning of a line", Shape{Paragraphs: 2}, "1. We will be ready by\n2030. Then we rest.\n\n2. So be it at\n1. or at 2.\n", Choices{},
			[]string{"1 1 = We will be ready by 2030. Then we rest.", "4 2 = So be it at 1. or at 2."}, nil},
		{"numbers in brackets are no paragraphs", Shape{Paragraphs: 2, Points: map[int]int{1: 2}}, "1. We aim (see 1 and\n2):\n(1) To see;\n2) To hear (goals 1 and\n2).\n2. We end.\n", Choices{},
			[]string{"1 1 = We aim (see 1 and 2):", "3 1 (1) = To see;", "4 1 (2) = To hear (goals 1 and 2).", "6 2 = We end."}, nil},
		{"page furniture in the middle of a sentence", Shape{Paragraphs: 1, Symbol: "T/RES/1"},
			"1. We go on and\n\n3/16\n24-15616 (E)\n*2415616*\n\fT/RES/1\n\nA/79/L.2 24-15616\n\non.\n", Choices{},
			[]string{"1 1 = We go on and on.", "3 furniture: 3/16", "4 furniture: 24-15616 (E)", "5 furniture: *2415616*", "6 furniture: T/RES/1", "8 furniture: A/79/L.2 24-15616"}, nil},
		{"a running title", Shape{Paragraphs: 4}, "1. One.\nThe Great Text 1\n2. Two.\nThe Great Text 2\n3. Three.\nThe Great Text 3\n4. Four.\n", Choices{},
			[]string{"1 1 = One.", "3 2 = Two.", "5 3 = Three.", "7 4 = Four.", "2 furniture: The Great Text 1", "4 furniture: The Great Text 2", "6 furniture: The Great Text 3"}, nil},
		{"footnotes and their marks", Shape{Paragraphs: 2},
			"1. We recall the Agenda,12 the Charter¹³ and 2030.\n\n____\n12 Resolution 70/1.\n13 The Charter\nof all.\n\n3/16\n\f\n2. We end.\n", Choices{},
			[]string{"1 1 = We recall the Agenda, the Charter and 2030.", "10 2 = We end.",
				"3 footnote: ____", "4 footnote: 12 Resolution 70/1.", "5 footnote: 13 The Charter", "6 footnote: of all.", "8 furniture: 3/16"}, nil},
		{"a page taken out of a PDF line by line", Shape{Paragraphs: 3, Letters: map[int]int{2: 2}, Symbol: "A/79/L.2"},
			"A/79/L.2\n\n1.\nWe stand on the Charter. 17 We keep the Plan of Light 18 and the\nPromise.19 We go on.\nAims\n2.\n\nWe will:\n\n(a) Keep every bridge that stands between the\nislands;\n\n" +
				"17\n\nResolution 70/1.\nSee A/C.2/59/3, annex.\n19\nSee A/60/687.\n18\n\n24-15616\n\n1/16\n\nA/79/L.2\n\n(b) Open the harbours\nlights of all.\n3.\n24-15616\n\nWe end with a view to the child20 and to\n20\n21\n\n24-15616\n\nA/HRC/17/31, annex.\nTreaty Series.\n\n2/16\n\nA/79/L.2\n\nrights.\n",
			Choices{},
			[]string{"3 1 = We stand on the Charter. We keep the Plan of Light and the Promise. We go on.", "7 2 = We will:",
				"11 2 (a) = Keep every bridge that stands between the islands;", "28 2 (b) = Open the harbours lights of all.", "30 3 = We end with a view to the child and to rights.",
				"1 furniture: A/79/L.2", "6 heading: Aims", "14 furniture: 17", "16 footnote: Resolution 70/1.", "17 footnote: See A/C.2/59/3, annex.", "18 furniture: 19",
				"19 footnote: See A/60/687.", "20 furniture: 18", "22 furniture: 24-15616", "24 furniture: 1/16", "26 furniture: A/79/L.2",
				"31 furniture: 24-15616", "34 furniture: 20", "35 furniture: 21", "37 furniture: 24-15616", "39 footnote: A/HRC/17/31, annex.", "40 footnote: Treaty Series.",
				"42 furniture: 2/16", "44 furniture: A/79/L.2"}, nil},
		{"words strewn out of a stretched line", Shape{Paragraphs: 2}, "1. Advance\napproaches;\n\nresponsible,\n\nequitable\n\nand\n\nopen\n\n2. End.\n", Choices{}, nil, []string{"4 strewn"}},
		{"words strewn out of a stretched line, joined", Shape{Paragraphs: 2}, "1. Advance\napproaches;\n\nresponsible,\n\nequitable\n\nand\n\nopen\n\nNext\n\n2. End.\n", Choices{Join: []int{4}},
			[]string{"1 1 = Advance responsible, equitable and open approaches;", "14 2 = End.", "12 heading: Next"}, nil},
		{"Arabic, digits of both kinds, marks of direction", Shape{Paragraphs: 2, Letters: map[int]int{1: 5}},
			"\u200f١ - نلتزم:\n\u202b(أ)\u202c اول؛\n(ب) ثان؛\n(ج) ثالث؛\n(د) رابع؛\n(هـ) خامس.\n2- انتهى.\n", Choices{},
			[]string{"1 1 = نلتزم:", "2 1 (a) = اول؛", "3 1 (b) = ثان؛", "4 1 (c) = ثالث؛", "5 1 (d) = رابع؛", "6 1 (e) = خامس.", "7 2 = انتهى."}, nil},
		{"Chinese, wide brackets, lines joined without blanks", Shape{Paragraphs: 2, Letters: map[int]int{1: 1}},
			"１．我们承诺到\n2030年：\n（a）连接所有\n学校；\n2、结束。\n", Choices{},
			[]string{"1 1 = 我们承诺到2030年：", "3 1 (a) = 连接所有学校；", "5 2 = 结束。"}, nil},
		{"Russian letters in Russian order", Shape{Paragraphs: 1, Letters: map[int]int{1: 4}}, "1. Мы:\nа) раз;\nб) два;\nв) три;\nг) четыре.\n", Choices{},
			[]string{"1 1 = Мы:", "2 1 (a) = раз;", "3 1 (b) = два;", "4 1 (c) = три;", "5 1 (d) = четыре."}, nil},
		{"Latin letters typed in Russian", Shape{Paragraphs: 1, Letters: map[int]int{1: 3}}, "1. Мы:\nа) раз;\nb) два;\nс) три.\n", Choices{},
			[]string{"1 1 = Мы:", "2 1 (a) = раз;", "3 1 (b) = два;", "4 1 (c) = три."}, nil},
		{"a stray line", Shape{Paragraphs: 2}, "1. One.\n\nWho am I?\n\n2. Two.\n", Choices{}, nil, []string{"3 stray"}},
		{"a stray line left out", Shape{Paragraphs: 2}, "1. One.\n\nWho am I?\n\n2. Two.\n", Choices{LeaveOut: []int{3}},
			[]string{"1 1 = One.", "5 2 = Two.", "3 left-out: Who am I?"}, nil},
		{"a stray line joined", Shape{Paragraphs: 2}, "1. One.\n\nWho am I?\n\n2. Two.\n", Choices{Join: []int{3}},
			[]string{"1 1 = One. Who am I?", "5 2 = Two."}, nil},
		{"a stray block is one choice for each of its lines", Shape{Paragraphs: 2}, "1. One.\n\nWho am I?\n\nAnd who are you?\n\n2. Two.\n", Choices{Join: []int{3}}, nil, []string{"5 stray"}},
		{"what follows the text", Shape{Paragraphs: 1}, "1. One.\n\nAnnex II\n\n1. Another.\n", Choices{}, nil, []string{"3 tail"}},
		{"what follows the text left out", Shape{Paragraphs: 1}, "1. One.\n\nAnnex II\n\n1. Another.\n", Choices{LeaveOut: []int{3}},
			[]string{"1 1 = One.", "3 left-out: Annex II", "5 left-out: 1. Another."}, nil},
		{"words that break off", Shape{Paragraphs: 2}, "1. One and\n\n2. Two.\n", Choices{}, nil, []string{"1 unfinished"}},
		{"words that end without a stop, by choice", Shape{Paragraphs: 2}, "1. One\nand all\n\n2. Two.\n", Choices{Join: []int{2}}, []string{"1 1 = One and all", "4 2 = Two."}, nil},
		{"no words at all", Shape{Paragraphs: 2}, "1.\n2. Two.\n", Choices{}, nil, []string{"1 empty_part"}},
		{"a letter before its time", small, "1. Aim:\n1. See;\n2. Hear.\n2. Will:\n(b) Come.\n3. End.\n", Choices{}, nil, []string{"5 letter_missing"}},
		{"a point left out", small, "1. Aim:\n2. Hear.\n2. Will:\n(a) Go;\n(b) Come.\n3. End.\n", Choices{}, nil, []string{"2 point_missing", "3 number_twice", "6 letter_missing"}},
		{"more lines than a document has", Shape{Paragraphs: 1}, strings.Repeat("a\n", 60_000), Choices{}, nil, []string{"50001 too_many_lines"}},
		{"nothing but a page", Shape{Paragraphs: 1}, "3/16\n", Choices{}, nil, []string{"1 no_start"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, faults := Split(test.shape, test.document, test.choices)
			if got := names(faults); !slices.Equal(got, test.faults) {
				t.Fatalf("faults %v, want %v\n%s", faults, test.faults, strings.Join(lines(r), "\n"))
			}
			if len(test.faults) > 0 {
				return
			}
			if got := lines(r); !slices.Equal(got, test.want) {
				t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(test.want, "\n     "))
			}
		})
	}
}

// A document of any kind is taken or refused, never both and never a panic; what
// is taken has every part once.
func FuzzSplit(f *testing.F) {
	f.Add("1. We aim:\n1. To see;\n2. To hear.\n2. We will:\n(a) Go;\n(b) Come.\nFollow-up\n3. We end.\n", 3)
	f.Add("١ - نلتزم:\n(أ) اول؛\n(ب) ثان.\n\f3/16\n____\n1 Note.\n", 0)
	f.Add("１．我们\n（a）所有；\n", 1)
	f.Add("1.\n1.\n2.\n2.\n(a)\n(b)\n3.\n\u00AD\n-\n", 2)
	f.Fuzz(func(t *testing.T, document string, line int) {
		r, faults := Split(small, document, Choices{Join: []int{line}, LeaveOut: []int{line + 2}})
		if len(faults) > 0 {
			return
		}
		if len(r.Parts) != 7 {
			t.Errorf("taken with %d parts: %q", len(r.Parts), document)
		}
		for _, p := range r.Parts {
			if p.Words == "" {
				t.Errorf("taken with %s empty: %q", p.Place, document)
			}
		}
		again, _ := Split(small, document, Choices{Join: []int{line}, LeaveOut: []int{line + 2}})
		if !slices.Equal(again.Parts, r.Parts) {
			t.Errorf("split twice, two results: %q", document)
		}
	})
}
