package web

import (
	"slices"

	"kept/internal/compact"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// facts adds what is said of the body, one line each. A line without a value says
// that nobody gives one; a line of its own people keeps beside it what the pack says,
// where that is something else.
func (v *bodyView) facts(q *request) error {
	b, p := v.body, q.Pack
	words := map[string]string{}
	if b.Own.Entry != 0 {
		var err error
		if words, err = keeper.WordsOf(q.Tx, b.Own.Entry); err != nil {
			return err
		}
	}
	packs := &forum.Body{}
	if had, ok := p.Body(b.ID); ok {
		packs = forum.OfPack(had)
		if name := wordsText(words, "name"); name != nil {
			v.fact("name", name, nil)
		}
	}
	v.fact("kind", v.KindName, kindText(packs.Kind))
	v.fact("level", levelText(b.Level), levelText(packs.Level))
	v.fact("host", hostText(b.Host), hostText(packs.Host))
	v.fact("mandate", mandateText(p, b.Mandate, q.Today), mandateText(p, packs.Mandate, q.Today))
	v.prose(p, words, "members")
	v.fact("groups", codesText(b.Groups, partyKind), codesText(packs.Groups, partyKind))
	v.fact("functions", codesText(b.Functions, functionName), codesText(packs.Functions, functionName))
	v.fact("cycle", v.Cycle, cycleText(packs.Cycle))
	v.fact("since", v.Years(), bodyRow{Since: packs.Since, Until: packs.Until}.Years())
	v.fact("languages", languagesText(b.Languages), languagesText(packs.Languages))
	for _, name := range []string{"outputs", "inputs", "participation"} {
		v.prose(p, words, name)
	}
	if b.Kind == forum.KindNRI && len(b.Principles) > 0 {
		v.fact("principles", codesText(b.Principles, principleName), nil)
		v.fact("report", wordsText(words, "report"), nil)
	}
	v.fact("last_confirmed", confirmedText(v.bodyRow), nil)
	switch {
	case b.Own.Says("items"):
		v.ItemsBy = v.byOwn()
	case b.Read("items"):
		v.ItemsBy = message("body.by_reading")
	}
	return nil
}

// fact adds one line; other is what the pack says.
func (v *bodyView) fact(name string, value, other Text) {
	b := v.body
	v.saidBy(b.Own.Says(name) || name == "since" && b.Own.Says("until"), name, value, other)
}

// saidBy is fact where it is known whether its own people say so.
func (v *bodyView) saidBy(own bool, name string, value, other Text) {
	f := bodyFact{Name: name, Label: message("body.fact." + name), Value: value}
	b := v.body
	switch {
	case own:
		f.Said, f.By = "own", v.byOwn()
		if !equalTexts(value, other) {
			f.Other = other
		}
	case len(value) == 0 || name == "last_confirmed":
	case b.Read(name):
		f.Said, f.By = "reading", message("body.by_reading")
	case name == "mandate" && b.Mandate.Source != "":
		f.Said = b.Mandate.Source
		f.By = same(firstSource(v.set.pack, b.Mandate.Source).Name)
	default:
		f.Said = b.Source
	}
	v.Facts = append(v.Facts, f)
}

// byOwn says that the body's own people say so.
func (v *bodyView) byOwn() Text {
	return phrase("body.by_own", "party", v.party(v.body.Own.Party).Text, "date", dayText(v.body.Own.On))
}

// prose adds a line of free words: its own people's, else the pack's.
func (v *bodyView) prose(p *compact.Pack, words map[string]string, name string) {
	packs := make(Text)
	for _, l := range locale.Langs {
		if text, in := p.About(compact.Bodies, v.ID, name, l); text != "" && in == l {
			packs[l] = text
		}
	}
	if own := wordsText(words, name); own != nil {
		v.saidBy(true, name, own, packs)
		return
	}
	v.saidBy(false, name, packs, nil)
}

func equalTexts(a, b Text) bool {
	for _, l := range locale.Langs {
		one, _ := a.In(l)
		other, _ := b.In(l)
		if one != other {
			return false
		}
	}
	return true
}

func kindText(code string) Text {
	if code == "" {
		return nil
	}
	return bodyKind(code)
}

func levelText(code string) Text {
	if code == "" {
		return nil
	}
	return message("body.level." + code)
}

func hostText(host string) Text {
	if host == "" {
		return nil
	}
	return same(host) // as its source writes it; the page marks it as English
}

func cycleText(code string) Text {
	if code == "" {
		return nil
	}
	return coded("bodies.cycle.", code)
}

func principleName(code string) Text { return message("body.principle." + code) }

// codesText is a list of codes in words.
func codesText(codes []string, name func(string) Text) Text {
	if len(codes) == 0 {
		return nil
	}
	return everyLang(func(l locale.Lang) string {
		words := make([]string, len(codes))
		for n, code := range codes {
			words[n], _ = name(code).In(l)
		}
		return l.List(words)
	})
}

// languagesText names languages: ours by their own name, others by their code.
func languagesText(codes []string) Text {
	return codesText(codes, func(code string) Text {
		if locale.Known(code) {
			return same(locale.Lang(code).Own())
		}
		return same(code)
	})
}

// mandateText is what a body rests on, since when and until when.
func mandateText(p *compact.Pack, m forum.Mandate, today string) Text {
	if !m.Given() {
		return nil
	}
	what := same(m.Instrument)
	if i, ok := p.Item(m.Item); ok && m.Instrument == "" {
		what = prefixed(i.ID, title(p, compact.Items, i.ID))
	}
	if m.On != "" {
		what = phrase("body.mandate.on", "mandate", what, "date", dayText(m.On))
	}
	switch {
	case m.Until == "":
		return what
	case today > compact.LastDay(m.Until):
		return phrase("body.mandate.ended", "mandate", what, "date", dayText(m.Until))
	}
	return phrase("body.mandate.until", "mandate", what, "date", dayText(m.Until))
}

// confirmedText is when the facts were last confirmed, and whether that is too long ago.
func confirmedText(r bodyRow) Text {
	switch {
	case r.ConfirmedOn == "":
		return nil
	case r.Stale:
		return phrase("body.stale.since", "date", dayText(r.ConfirmedOn))
	}
	return dayText(r.ConfirmedOn)
}

// bodiesOf are the bodies that work on an item, for the item's page.
func (q *request) bodiesOf(item string) ([]Link, error) {
	set, err := q.bodySet()
	if err != nil {
		return nil, err
	}
	var links []Link
	for _, b := range set.on([]string{item}) {
		links = append(links, Link{bodyName(q.Pack, b), bodyHref(b.ID)})
	}
	return links, nil
}

// proseFacts are those that take whole sentences.
var proseFacts = []string{"members", "outputs", "inputs", "participation"}

// Short are the facts that somebody gives and that a few words say.
func (v *bodyView) Short() []bodyFact {
	return v.where(func(f bodyFact) bool { return len(f.Value) > 0 && !slices.Contains(proseFacts, f.Name) })
}

// Long are those that sentences say.
func (v *bodyView) Long() []bodyFact {
	return v.where(func(f bodyFact) bool { return len(f.Value) > 0 && slices.Contains(proseFacts, f.Name) })
}

// Missing names what nobody gives.
func (v *bodyView) Missing() Text {
	missing := v.where(func(f bodyFact) bool { return len(f.Value) == 0 })
	if len(missing) == 0 {
		return nil
	}
	return everyLang(func(l locale.Lang) string {
		labels := make([]string, len(missing))
		for n, f := range missing {
			labels[n], _ = f.Label.In(l)
		}
		return l.T("body.missing", "what", l.List(labels))
	})
}

func (v *bodyView) where(holds func(bodyFact) bool) []bodyFact {
	return slices.DeleteFunc(slices.Clone(v.Facts), func(f bodyFact) bool { return !holds(f) })
}
