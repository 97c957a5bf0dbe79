package assessment

import (
	"cmp"
	"slices"
	"strconv"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Advice is how many recommendations a draft has room for.
const Advice = 5

// Published is the act that publishes the review as the draft stands. sentOn is
// the day on which the draft was sent, or would be.
func (c *Case) Published(tx *db.Tx, sentOn string) (keeper.Act, error) {
	d := c.Draft
	lang := cmp.Or(d.Fields["lang"], "en")
	f := commitment.ReviewPublished{Review: c.ID, Lang: lang, Verifiable: d.Fields["verifiable"], Potential: d.Fields["potential"],
		Completion: d.Fields["completion"], Results: d.Fields["results"], Recomputed: d.Fields["recomputed"] != "", Reviewers: int64(len(c.Seated())),
		Conflicts: c.Conflicts(), DraftOn: sentOn, ReplyUntil: d.ReplyUntil, Answer: cmp.Or(d.Answer, "no_reply")}
	if f.ReplyUntil == "" {
		f.ReplyUntil = commitment.AddWorkdays(sentOn, commitment.ReplyWindow)
	}
	w := words(d.Fields, lang, "reasoning", "verifiable_reason")
	for n := range Advice {
		if text := keeper.Prose(d.Fields["recommendations."+strconv.Itoa(n)]); text != "" {
			w["recommendations."+strconv.FormatInt(f.Recommended, 10)+".text."+lang] = text
			f.Recommended++
		}
	}
	c.name(lang, w)
	units, err := c.Units(tx)
	if err != nil {
		return keeper.Act{}, err
	}
	f.Codings = c.codings(units)
	f.Agreement = commitment.Agree(f.Codings)
	for _, u := range units {
		if strength := d.Fields["used."+Unit(u)]; u.Of == commitment.OfEvidence && strength != "" {
			f.Evidence = append(f.Evidence, commitment.Used{Report: u.Report, Piece: u.N, Strength: strength})
		}
	}
	return keeper.Act{Kind: commitment.KindReviewPublished, By: "secretariat", Facts: f, Words: w}, nil
}

// name writes who reviewed, by the rule of the pool, in the order of their roles:
// codes stand in the order of seats, so nothing tells whose they are.
func (c *Case) name(lang string, w map[string]string) {
	seated := c.Seated()
	slices.SortFunc(seated, func(a, b Part) int { return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Name, b.Name)) })
	for n, p := range seated {
		at := "reviewers." + strconv.Itoa(n)
		w[at+".role."+lang] = p.Role
		if c.Pooled.Naming == "named" {
			w[at+".name.und"] = p.Name
		}
	}
}

// codings are what all reviewers said, in the order of seats; nil for one alone.
func (c *Case) codings(units []commitment.Coding) []commitment.Coding {
	seated := c.Seated()
	if len(seated) < 2 {
		return nil
	}
	slices.SortFunc(seated, func(a, b Part) int { return cmp.Compare(a.Seat, b.Seat) })
	var out []commitment.Coding
	for _, u := range units {
		for _, p := range seated {
			if code := p.Codes[Unit(u)]; code != "" {
				u.Codes = append(slices.Clone(u.Codes), code)
			}
		}
		if len(u.Codes) == len(seated) { // a report that came after the coding is coded by nobody
			out = append(out, u)
		}
	}
	return out
}

// Acts are what publishes the review: the party's reply, where it wrote one, and
// the review itself, together or not at all. by is whom the reply is by.
func (c *Case) Acts(tx *db.Tx, by string) ([]keeper.Act, error) {
	if err := c.open(); err != nil {
		return nil, err
	}
	published, err := c.Published(tx, c.Draft.SentOn)
	if err != nil {
		return nil, err
	}
	if c.Draft.Answer != "replied" {
		return []keeper.Act{published}, nil
	}
	return []keeper.Act{ReplyAct(c.ID, by, c.Draft.Reply), published}, nil
}

// ReplyAct is a party's reply as an act.
func ReplyAct(review int64, by string, fields map[string]string) keeper.Act {
	lang := cmp.Or(fields["lang"], "en")
	f := commitment.ReviewReplied{Review: review, Lang: lang}
	for n := range Advice {
		if code := fields["responses."+strconv.Itoa(n)]; code != "" {
			f.Responses = append(f.Responses, commitment.Response{Recommendation: int64(n), Code: code})
		}
	}
	return keeper.Act{Kind: commitment.KindReviewReplied, By: by, Facts: f, Words: words(fields, lang, "reply")}
}

// Problems are what is to be mended in a draft before it can be sent: all that
// would stop its publication, save that the window is still to come. checked is the
// answer of the keeper's dry run; what is no answer for readers is an error.
func Problems(checked error) (locale.Errors, error) {
	es, ok := locale.All(checked)
	if checked != nil && !ok {
		return nil, checked
	}
	return slices.DeleteFunc(slices.Clone(es), func(e *locale.Error) bool { return e.Key == "err.review.window_open" }), nil
}
