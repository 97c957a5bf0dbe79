package account

import (
	"net/mail"
	"strings"
	"unicode"

	"kept/internal/keeper"
	"kept/internal/locale"
)

// longestAddress is the limit of RFC 5321.
const longestAddress = 254

// Address brings a mail address into the form in which it is kept: no name, no
// blank space, the domain in lower case. Control and bidi characters are refused,
// not removed: whoever typed them did not see what she typed.
func Address(s string) (string, error) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || keeper.Line(s) != s || len(s) > longestAddress || strings.ContainsFunc(s, hidden) {
		return "", locale.E("err.account.mail")
	}
	local, domain := cut(s)
	if !strings.Contains(domain, ".") || strings.Trim(domain, ".[]") != domain {
		return "", locale.E("err.account.mail")
	}
	return local + "@" + strings.ToLower(domain), nil
}

func cut(address string) (local, domain string) {
	at := strings.LastIndexByte(address, '@')
	return address[:at], address[at+1:]
}

// hidden tells characters that show nothing or turn the line round.
func hidden(r rune) bool {
	return !unicode.IsPrint(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Mn, r) && r < 0x0600
}

// scripts whose letters look like one another's.
var scripts = []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee}

// Mixed tells a name or address in which one word has letters of two scripts that
// look alike (a Cyrillic "а" among Latin letters). Honest ones are rare, so it is
// shown to who decides, and refuses nothing.
func Mixed(s string) bool {
	words := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) })
	for _, w := range words {
		found := 0
		for _, table := range scripts {
			if strings.ContainsFunc(w, func(r rune) bool { return unicode.Is(table, r) }) {
				found++
			}
		}
		if found > 1 {
			return true
		}
	}
	return false
}
