package align

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// mark is the number or letter that a line opens with.
type mark struct {
	number  int   // of a paragraph or point; 0 for none
	bracket bool  // the number stands in brackets, as points do and paragraphs do not
	letters []int // which letters it may be: a, а and أ are all the first
	rest    string
}

func (m mark) any() bool { return m.number > 0 || len(m.letters) > 0 }

// is tells whether the mark may be the letter with that index.
func (m mark) is(letter int) bool {
	for _, l := range m.letters {
		if l == letter {
			return true
		}
	}
	return false
}

// letter is the index that the mark most likely stands for.
func (m mark) letter() int {
	if len(m.letters) == 0 {
		return 0
	}
	return m.letters[0]
}

// Numbers are written "11.", in Chinese also "11、", in Arabic "11 -" or, extracted
// the wrong way round, "-11", with the digits ٠–٩ too; points inside a paragraph
// also "(1)" and "1)". Letters stand in one bracket or two: "(a)", "a)", "（a）", "(أ)".
var (
	numberMarks = []*regexp.Regexp{
		regexp.MustCompile(`^(\d{1,4}) ?[.．。、]([^\d].*)?$`),
		regexp.MustCompile(`^(\d{1,4}) ?[-–—]( .*|\p{Arabic}.*)?$`),
		regexp.MustCompile(`^[-–—] ?(\d{1,4})( .*|\p{Arabic}.*)?$`),
		pointMark,
	}
	pointMark  = regexp.MustCompile(`^\(?(\d{1,4})\)(.*)$`)
	letterMark = regexp.MustCompile(`^[()]? ?(\p{L})ـ? ?[()](.*)$`)
)

// markOf reads the mark at the beginning of a line.
func markOf(words string) mark {
	plain := plainDigits(words)
	for _, form := range numberMarks {
		if m := form.FindStringSubmatch(plain); m != nil {
			return mark{number: atoi(m[1]), bracket: form == pointMark, rest: ending(words, m[2])}
		}
	}
	if m := letterMark.FindStringSubmatch(plain); m != nil {
		if letters := letterIndexes(m[1]); len(letters) > 0 {
			return mark{letters: letters, rest: ending(words, m[2])}
		}
	}
	return mark{}
}

// ending is the end of a line that is as long as the end of its plain form.
func ending(words, plain string) string {
	r := []rune(words)
	return strings.TrimSpace(string(r[len(r)-utf8.RuneCountInString(plain):]))
}

// plainDigits writes Arabic and full-width digits as 0–9, and full-width brackets
// as plain ones, character for character.
func plainDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '٠' && r <= '٩':
			return '0' + r - '٠'
		case r >= '۰' && r <= '۹':
			return '0' + r - '۰'
		case r >= '０' && r <= '９':
			return '0' + r - '０'
		case r == '（':
			return '('
		case r == '）':
			return ')'
		}
		return r
	}, s)
}

const (
	latin    = "abcdefghijklmnopqrstuvwxyz"
	cyrillic = "абвгдежзиклмнопрстуфхцчшщэюя"
	arabic   = "ابجدهوزحطيكلمنسعفصقرشتثخذضظغ"
)

// lookalikes are Cyrillic letters that a text uses for the Latin ones of the same shape.
var lookalikes = map[rune]rune{'а': 'a', 'с': 'c', 'е': 'e', 'к': 'k', 'о': 'o', 'р': 'p', 'х': 'x', 'у': 'y'}

// letterIndexes tells which letters of a list a character may be: its place in the
// Latin, the Russian or the Arabic order of lists. Russian documents of the United
// Nations use Latin letters, some of them typed in Cyrillic.
func letterIndexes(s string) []int {
	r := []rune(s)[0]
	switch r {
	case 'أ', 'إ', 'آ':
		r = 'ا'
	case 'ى':
		r = 'ي'
	}
	var found []int
	add := func(order string, r rune) {
		for i, letter := range []rune(order) {
			if letter == r {
				found = append(found, i+1)
			}
		}
	}
	add(latin, r)
	if same, ok := lookalikes[r]; ok {
		add(latin, same)
	}
	add(cyrillic, r)
	add(arabic, r)
	return found
}

func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
