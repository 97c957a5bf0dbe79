package web

import (
	"errors"

	"kept/internal/compact"
	"kept/internal/compact/area"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// title is a pack's title of a thing in every language that has it.
func title(p *compact.Pack, section, id string) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		if text, in := p.Title(section, id, l); text != "" && in == l {
			t[l] = text
		}
	}
	return t
}

// note is a pack's plain-language note, as far as languages have it.
func note(p *compact.Pack, section, id string) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		if text, in := p.Note(section, id, l); text != "" && in == l {
			t[l] = text
		}
	}
	if len(t) == 0 {
		return nil
	}
	return t
}

// areaName is a country's or area's name as the name pack writes it, else the id itself.
func areaName(set *area.Set, id string) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		t[l] = set.Name(id, l)
	}
	return t
}

// prefixed puts a code before a title: "P11d Map and connect …".
func prefixed(code string, t Text) Text {
	out := make(Text, len(t))
	for l, s := range t {
		out[l] = code + " " + s
	}
	return out
}

// itemLink leads to an item under its code and title.
func itemLink(p *compact.Pack, id string) Link {
	return Link{prefixed(id, title(p, compact.Items, id)), "/items/" + id}
}

// partLink leads to any part of a pack by its id, whatever it is.
func partLink(p *compact.Pack, id string) Link {
	section, ok := p.Section(id)
	if !ok {
		return Link{same(id), "/"}
	}
	return Link{prefixed(id, title(p, section, id)), addressOf(section, id)}
}

// addressOf is where the page of a part stands.
func addressOf(section, id string) string {
	switch section {
	case compact.Items:
		return "/items/" + id
	case compact.Mechanisms:
		return "/mechanisms/" + id
	case compact.Targets:
		return "/targets/" + id
	case compact.Bodies:
		return "/bodies/" + id
	case compact.Documents:
		return "/documents/" + id
	case compact.Indicators:
		return "/indicators/" + id
	case compact.Addressees:
		return "/for/" + id
	case compact.Texts:
		return "/texts/" + id
	}
	return "/texts"
}

// eventName names what a calendar entry or a deadline is about.
func eventName(p *compact.Pack, event string) Text {
	t := make(Text)
	for _, l := range locale.Langs {
		if name, in := p.EventName(event, l); in == l {
			t[l] = name
		}
	}
	if len(t) == 0 {
		return same(event)
	}
	return t
}

func isNotFound(err error) bool { return errors.Is(err, keeper.ErrNotFound) }
