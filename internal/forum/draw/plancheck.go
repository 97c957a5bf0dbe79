package draw

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"kept/internal/locale"
)

// What bounds a plan besides its bytes.
const (
	maxLead    = 366 * 24 * 3600
	maxSources = 5
	maxName    = 200 // bytes of a name or pseudonym
)

// Check finds what in a plan contradicts itself: the question, the portfolio (each panel
// keeps every quota, the tickets add up, the chances are theirs), the sources. It says
// nothing of whether the plan was announced in time: [Check] does.
func (p *Plan) Check() error {
	var es locale.Errors
	if p.Format != Format {
		return locale.E("err.draw.format", "got", p.Format, "want", Format)
	}
	if p.Rules != (Rules{RulePick, RuleReserves, RuleTie}) {
		es.Add(locale.E("err.draw.rules"))
	}
	if p.Lead < MinLead || p.Lead > maxLead {
		es.AddField("lead", locale.E("err.draw.lead", "min", MinLead, "max", maxLead))
	}
	es.Add(p.checkDrawn())
	es.Add(p.checkSources())
	es.Add(p.checkWitnesses())
	if err := p.checkInstance(); err != nil {
		es.Add(err)
		return es.Err() // the portfolio can be read against a sound question only
	}
	es.Add(p.checkPortfolio())
	return es.Err()
}

func (p *Plan) checkInstance() error {
	if err := Faults(p.Instance.Question().Check()); err != nil {
		return err
	}
	var es locale.Errors
	names := []string{}
	for _, c := range p.Instance.Categories {
		names = append(names, c.Name)
		for _, v := range c.Values {
			names = append(names, v.Name)
		}
	}
	for _, one := range p.Instance.Pool {
		names = append(names, one.ID)
		if one.Group != "" {
			names = append(names, one.Group)
		}
	}
	for _, name := range names {
		if !plainName(name) {
			es.Add(locale.E("err.draw.name", "name", strings.ToValidUTF8(name, "�"), "max", maxName))
		}
	}
	return es.Err()
}

// plainName is a name on one line that looks like what it is: no control or bidi characters, no
// space at its ends.
func plainName(s string) bool {
	return s != "" && len(s) <= maxName && utf8.ValidString(s) && strings.TrimSpace(s) == s &&
		!strings.ContainsFunc(s, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
		})
}

// checkDrawn compares the segments with the quotas that hold for them.
func (p *Plan) checkDrawn() error {
	var es locale.Errors
	if !plainName(p.Drawn.Group) {
		es.AddField("group", locale.E("err.draw.name", "name", strings.ToValidUTF8(p.Drawn.Group, "�"), "max", maxName))
	}
	if len(p.Drawn.Segments) == 0 {
		if p.Drawn.By != "" {
			es.AddField("segments", locale.E("err.draw.segments", "by", p.Drawn.By))
		}
		return es.Err()
	}
	sum, sound, quotas := 0, true, map[string]Value{}
	for _, c := range p.Instance.Categories {
		if c.Name == p.Drawn.By {
			for _, v := range c.Values {
				quotas[v.Name] = v
			}
		}
	}
	for _, s := range p.Drawn.Segments {
		q, known := quotas[s.Name]
		sound = sound && known && q.Min == s.Seats && q.Max == s.Seats
		sum += s.Seats
	}
	if !sound || sum != p.Instance.Seats {
		es.AddField("segments", locale.E("err.draw.segments", "by", p.Drawn.By))
	}
	return es.Err()
}

// checkSources wants a beacon's every field to agree, each later source to begin when the earlier one
// has failed, and a last resort: a beacon alone could leave the draw without randomness.
func (p *Plan) checkSources() error {
	var es locale.Errors
	if len(p.Sources) == 0 || len(p.Sources) > maxSources {
		return locale.E("err.draw.sources", "max", maxSources)
	}
	before := ""
	for n, s := range p.Sources {
		last := n == len(p.Sources)-1
		es.AddField("sources", s.check(n+1, last))
		if before != "" && timeOf(s.At).Before(timeOf(before).Add(time.Duration(p.Lead)*time.Second)) {
			es.AddField("sources", locale.E("err.draw.source_early", "source", n+1, "fails", before, "seconds", p.Lead))
		}
		before = s.Fails
	}
	if len(p.Sources) == 1 && p.Sources[0].Chain != nil {
		es.AddField("sources", locale.E("err.draw.fallback"))
	}
	return es.Err()
}

func (s Source) check(n int, last bool) error {
	if badTime(s.At) || s.Fails != "" && badTime(s.Fails) {
		return locale.E("err.draw.source_time", "source", n)
	}
	if s.Chain == nil {
		switch {
		case s.Round != 0 || s.Fails != "" || !last:
			return locale.E("err.draw.dice_last", "source", n)
		case s.Throws < MinThrows || s.Throws > maxThrows:
			return locale.E("err.draw.few_throws", "got", s.Throws, "min", MinThrows, "max", maxThrows)
		}
		return nil
	}
	if !s.Chain.trusted(Known()) {
		if err := s.Chain.Check(); err != nil {
			return err
		}
	}
	switch {
	case s.Throws != 0:
		return locale.E("err.draw.sort", "source", n)
	case s.Round < 1 || s.Round > 1<<40:
		return locale.E("err.draw.source_time", "source", n)
	case stamp(s.Chain.Time(s.Round)) != s.At:
		return locale.E("err.draw.round_time", "round", plain(s.Round), "want", stamp(s.Chain.Time(s.Round)), "got", s.At)
	case last && s.Fails != "" || !last && s.Fails == "":
		return locale.E("err.draw.fails", "source", n)
	case s.Fails != "" && timeOf(s.Fails).Before(timeOf(s.At).Add(MinLead*time.Second)):
		return locale.E("err.draw.fails_early", "source", n, "seconds", MinLead)
	}
	return nil
}

// checkWitnesses wants two to choose from wherever somebody has to state what she saw.
func (p *Plan) checkWitnesses() error {
	needed := len(p.Sources) > 1 || len(p.Sources) == 1 && p.Sources[0].Chain == nil
	seen := map[string]bool{}
	for _, w := range p.Witnesses {
		if !plainName(w) || seen[w] {
			return locale.Field("witnesses", locale.E("err.draw.witness", "witness", strings.ToValidUTF8(w, "�")))
		}
		seen[w] = true
	}
	if needed && len(seen) < 2 {
		return locale.Field("witnesses", locale.E("err.draw.witnesses"))
	}
	return nil
}

func (p *Plan) checkPortfolio() error {
	if err := p.Portfolio.check(len(p.Instance.Pool)); err != nil {
		return err
	}
	for i, panel := range p.Portfolio.Panels {
		if len(panel) != p.Instance.Seats {
			return locale.E("err.draw.panel_size", "panel", i+1, "got", len(panel), "want", p.Instance.Seats)
		}
		if missed := p.Instance.broken(panel); len(missed) > 0 {
			return locale.E("err.draw.panel_quota", "panel", i+1, "value", missed[0].Value, "got", missed[0].Has, "min", missed[0].Min, "max", missed[0].Max)
		}
	}
	if !slices.Equal(p.Chances, p.Portfolio.chances(len(p.Instance.Pool))) {
		return locale.E("err.draw.chances")
	}
	return nil
}

// badTime tells whether a time has not the one spelling of the record, "2026-12-01T12:00:00Z".
func badTime(s string) bool {
	t, err := time.Parse(time.RFC3339, s)
	return err != nil || stamp(t) != s
}

// timeOf reads a time that was checked; one that was not is the year 1.
func timeOf(s string) time.Time {
	t, _ := time.Parse(time.RFC3339, s)
	return t
}
