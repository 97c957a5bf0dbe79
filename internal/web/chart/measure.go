package chart

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A picture that stands alone cannot ask how wide a text will be: the fonts are the
// reader's. So widths are taken by a rule that is a little too wide for every usual
// sans-serif font, and a line that fits by the rule fits on the screen.

// em is how wide a letter is, as a share of the size of the text.
func em(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case r >= 0x1100 && r <= 0x115F || r >= 0x2E80 && r <= 0xA4CF || r >= 0xAC00 && r <= 0xD7A3 || r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFF60 || r >= 0x1F000:
		return 1.02
	case strings.ContainsRune("mwMWЖШЩЮМФжшщюмфыЫ@%…—æœÆŒ", r):
		return 0.95
	case unicode.IsUpper(r):
		return 0.72
	case strings.ContainsRune("iljtfrI.,:;'|!()[] ", r):
		return 0.40
	case unicode.In(r, unicode.Arabic, unicode.Hebrew):
		return 0.60
	case r < 0x250:
		return 0.60
	}
	return 0.68
}

// width is how wide a text of a size is at most.
func width(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		w += em(r)
	}
	return w * size
}

// plain takes out what XML has no place for, what turns the order of letters, and
// every blank space but the common one.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) && r != '\u00a0' && r != '\u202f':
			return ' '
		case r == utf8.RuneError, r == 0xFFFE, r == 0xFFFF, unicode.IsControl(r):
			return -1
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d':
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }), " ")
}

// wrap breaks a text into lines of at most a width; what does not fit into the last
// of most lines ends in an ellipsis. A word that is longer than a line is broken.
func wrap(s string, size, most float64, lines int) []string {
	var out []string
	line := ""
	for _, p := range pieces(plain(s), size, most) {
		if line == "" || width(line+strings.TrimRight(p, " "), size) <= most {
			line += p
			continue
		}
		if out = append(out, strings.TrimRight(line, " ")); len(out) == lines {
			out[lines-1] = ellipsis(out[lines-1], size, most)
			return out
		}
		line = p
	}
	if line = strings.TrimRight(line, " "); line != "" {
		out = append(out, line)
	}
	return out
}

// closing cannot begin a line of Chinese.
const closing = "，。、；：？！）》」』】…·%"

// pieces parts a text where a line may end: after a blank, between letters of
// Chinese, and within a word that is longer than a line.
func pieces(s string, size, most float64) (out []string) {
	word, w := "", 0.0
	end := func() {
		if word != "" {
			out = append(out, word)
		}
		word, w = "", 0
	}
	var before rune
	for _, r := range s {
		own := em(r) * size
		switch {
		case before == ' ', before > 0x2E80 && !strings.ContainsRune(closing, r) && em(before) > 1, em(r) > 1 && before != '（' && before != '《' && !strings.ContainsRune(closing, r):
			end()
		case w+own > most && !unicode.Is(unicode.Mn, r):
			end()
		}
		word += string(r)
		w += own
		before = r
	}
	end()
	return out
}

// ellipsis cuts a line so that it fits with three points behind it.
func ellipsis(s string, size, most float64) string {
	for s != "" && width(s+"…", size) > most {
		_, n := utf8.DecodeLastRuneInString(s)
		s = strings.TrimRight(s[:len(s)-n], " ")
	}
	return s + "…"
}
