package compact

import (
	"regexp"

	"kept/internal/locale"
)

// Codes of calendar entries that name no event of their own.
const (
	EventBy   = "by"   // a deadline that the text sets falls
	EventStep = "step" // a dated step that somebody announced
)

var sessionCode = regexp.MustCompile(`^GA([0-9]{1,3})$`)

// EventName is the name of an event in a language, and the language it is in: by
// its own words, by the part that the code is the id of, or as a session of the
// General Assembly. A code that nothing explains is its own name.
func (p *Pack) EventName(code string, lang locale.Lang) (text string, in locale.Lang) {
	if section, ok := p.Section(code); ok {
		return p.Title(section, code, lang)
	}
	switch session := sessionCode.FindStringSubmatch(code); {
	case session != nil:
		return lang.T("pack.event.session", "session", session[1]), lang
	case code == EventBy || code == EventStep:
		return lang.T("pack.event." + code), lang
	}
	return code, locale.English
}

// Due tells by when an item asks for what it asks: the last day of its deadline,
// else of the session or event that it names; "" when it names neither, or when
// nobody knows the event's date.
func (p *Pack) Due(i *Item) string {
	if i.Deadline != "" {
		return LastDay(i.Deadline)
	}
	if c, ok := p.EventDate(i.DeadlineEvent); ok {
		return c.LastDay()
	}
	return ""
}

// LastDay is the last day of the entry.
func (c *CalendarEntry) LastDay() string {
	if c.Until != "" {
		return LastDay(c.Until)
	}
	return LastDay(c.On)
}
