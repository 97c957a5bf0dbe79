package commitment

import (
	"regexp"
	"strconv"
	"strings"
)

// TypedPartner is a partner as somebody typed it: a number, or a name of which
// nobody knows yet whose it is, and its share.
type TypedPartner struct {
	Party int64  // 0 where only a name was typed
	Name  string // what was typed in place of a number, or beside one
	Share string
}

// String is the partner as a draft keeps it: "12:40", or the name as it was typed.
func (p TypedPartner) String() string {
	out := p.Name
	if p.Party != 0 {
		out = strconv.FormatInt(p.Party, 10)
	}
	if p.Share != "" {
		out += ":" + p.Share
	}
	return out
}

var (
	// numbered are partners by their numbers alone, which can stand in one line: "12:40, 15:20".
	numbered = regexp.MustCompile(`^[\s,،、|]*[0-9]+(\s*[:：]\s*[0-9.]+[%٪％]?)?([\s,،、|]+[0-9]+(\s*[:：]\s*[0-9.]+[%٪％]?)?)*[\s,،、|]*$`)
	// shared is a share behind the last colon of a line.
	shared = regexp.MustCompile(`^(.*?)\s*[:：]\s*([0-9]+(?:[.,][0-9]+)?)?\s*[%٪％]?\s*$`)
	// withNumber is a name with the number of its party behind it: "Kite Foundation (12)".
	withNumber = regexp.MustCompile(`^(.*?)\s*[(（]([0-9]{1,15})[)）]$`)
)

// TypedPartners reads what was typed into the field: partners parted by semicolons
// or on lines of their own, each as a number, a name, or a name with its number in
// brackets, with a share behind a colon. Numbers alone can be parted by commas and
// blanks too.
func TypedPartners(text string) []TypedPartner {
	var out []TypedPartner
	for _, line := range strings.FieldsFunc(asciiDigits(text), func(r rune) bool { return strings.ContainsRune(";；؛\n\r", r) }) {
		if numbered.MatchString(line) {
			for _, one := range typedList(tight.ReplaceAllString(line, ":")) {
				out = append(out, typedPartner(one))
			}
			continue
		}
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, typedPartner(line))
		}
	}
	return out
}

// tight is a colon with blanks around it.
var tight = regexp.MustCompile(`\s*[:：]\s*`)

func typedPartner(text string) (p TypedPartner) {
	p.Name = text
	if m := shared.FindStringSubmatch(text); m != nil {
		p.Name, p.Share = m[1], strings.ReplaceAll(m[2], ",", ".")
	}
	if m := withNumber.FindStringSubmatch(p.Name); m != nil {
		p.Name = m[1]
		p.Party, _ = strconv.ParseInt(m[2], 10, 64)
	} else if n, err := strconv.ParseInt(p.Name, 10, 64); err == nil && n > 0 {
		p.Party, p.Name = n, ""
	}
	return p
}
