package web

import (
	"strconv"

	"kept/internal/commitment"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// reviewRowView is a review in a list.
type reviewRowView struct {
	ID         int64     `json:"id"`
	Href       string    `json:"href"`
	Commitment Link      `json:"commitment"`
	Party      Link      `json:"party"`
	Stage      Text      `json:"stage"`
	StageCode  string    `json:"stage_code"`
	OpenedOn   string    `json:"opened_on"`
	On         string    `json:"published_on,omitempty"`
	Completion stateView `json:"completion"`
	Results    Text      `json:"results,omitempty"`
	ResultCode string    `json:"results_code,omitempty"`
	Strength   string    `json:"strongest_evidence,omitempty"`
	SecondOf   int64     `json:"second_of,omitempty"`
	Replies    int64     `json:"replies,omitempty"`
}

// reviewRows names commitments and parties of reviews.
func reviewRows(q *request, list []commitment.ReviewRow) ([]reviewRowView, error) {
	rows := make([]reviewRowView, len(list))
	parties := make([]int64, len(list))
	for i, r := range list {
		of, err := commitment.Get(q.Tx, r.Commitment, q.Today)
		if err != nil {
			return nil, err
		}
		parties[i] = of.Party
		state := r.Completion
		if r.Entry == 0 {
			state = commitment.UnderWay
		}
		rows[i] = reviewRowView{ID: r.ID, Href: reviewHref(r.ID), Commitment: Link{summaryText(of.Text, "title"), commitmentHref(r.Commitment)}, Stage: message("review.stage." + r.Stage),
			StageCode: r.Stage, OpenedOn: r.OpenedOn, On: r.PublishedOn, Completion: newState("commitment.review.state.", state), ResultCode: r.Results,
			Strength: r.Strength, SecondOf: r.SecondOf, Replies: r.Replies}
		if r.Results != "" {
			rows[i].Results = message("review.results." + r.Results)
		}
	}
	names, err := stakeholder.NamesOf(q.Tx, parties...)
	for i := range rows {
		rows[i].Party = Link{partyName(names[parties[i]]), partyHref(parties[i])}
	}
	return rows, err
}

func reviewHref(id int64) string { return "/reviews/" + strconv.FormatInt(id, 10) }

// reviewsView is the list of reviews.
type reviewsView struct {
	filters
	Total int64           `json:"total"`
	Rows  []reviewRowView `json:"reviews"`
	Pools []poolView      `json:"pools"`
	Next  string          `json:"next,omitempty"`
}

// poolView is a pool of reviewers: who appointed it stands with it.
type poolView struct {
	ID        int64  `json:"id"`
	Name      Text   `json:"name"`
	Basis     Text   `json:"basis"`
	Appointed Text   `json:"appointed_by"`
	Appointer *Link  `json:"appointer,omitempty"`
	Rule      Text   `json:"rule,omitempty"`
	Naming    Text   `json:"naming"`
	On        string `json:"named_on"`
}

func newPoolView(q *request, p commitment.PoolView) (poolView, error) {
	v := poolView{ID: p.ID, Name: summaryText(p.Text, "name"), Basis: message("commitment.review." + p.Basis), Appointed: summaryText(p.Text, "appointed_by"),
		Rule: summaryText(p.Text, "rule"), Naming: message("review.naming." + p.Naming), On: p.On}
	if p.Appointer == 0 {
		return v, nil
	}
	names, err := stakeholder.NamesOf(q.Tx, p.Appointer)
	v.Appointer = &Link{partyName(names[p.Appointer]), partyHref(p.Appointer)}
	return v, err
}

// reviews lists all reviews, the newest first.
func (s *Site) reviews(q *request) (View, error) {
	asked := q.query("progress", "review_stage", "completion", "asked", "after")
	c := coder{q, asked}
	f := commitment.ReviewFilter{State: asked.Get("progress"), Stage: asked.Get("review_stage"), Completion: asked.Get("completion"), Basis: asked.Get("asked"), Before: c.id("after")}
	if q.whole() {
		f.Limit = 1000
		rows, err := wholeList(func(after string) ([]reviewRowView, string, error) {
			f.Before, _ = strconv.ParseInt(after, 10, 64)
			list, next, _, err := commitment.ListReviews(q.Tx, f)
			if err != nil {
				return nil, "", err
			}
			rows, err := reviewRows(q, list)
			if next == 0 {
				return rows, "", err
			}
			return rows, strconv.FormatInt(next, 10), err
		})
		return View{Title: message("reviews.title"), Subjects: []string{"reviews", "commitments"}, Table: reviewTable(rows)}, err
	}
	list, next, total, err := commitment.ListReviews(q.Tx, f)
	if err != nil {
		return View{}, err
	}
	v := reviewsView{Total: total}
	if v.Rows, err = reviewRows(q, list); err != nil {
		return View{}, err
	}
	if next > 0 {
		v.Next = nextPage(asked, strconv.FormatInt(next, 10))
	}
	v.filters = newFilters(asked, "", []filter{
		c.codes("progress", []string{"open", "published"}, "review.list."), c.codes("review_stage", commitment.ReviewStages, "review.stage."),
		c.codes("completion", commitment.Completions, "commitment.review.state."), c.codes("asked", []string{"peer", "independent"}, "commitment.review.")})
	pools, err := commitment.Pools(q.Tx)
	if err != nil {
		return View{}, err
	}
	for _, p := range pools {
		pool, err := newPoolView(q, p)
		if err != nil {
			return View{}, err
		}
		v.Pools = append(v.Pools, pool)
	}
	return View{Page: "reviews", Title: message("reviews.title"), Section: "menu.commitments", Subjects: []string{"reviews", "commitments"},
		Crumbs: []Link{{message("menu.commitments"), "/commitments"}}, Data: v, Table: reviewTable(v.Rows), Robots: filtered(asked)}, nil
}

func reviewTable(rows []reviewRowView) *Table {
	t := &Table{Columns: []string{"id", "commitment", "title_en", "party", "stage", "opened_on", "published_on", "completion", "results", "strongest_evidence", "second_of", "replies"}}
	for _, r := range rows {
		second := ""
		if r.SecondOf != 0 {
			second = strconv.FormatInt(r.SecondOf, 10)
		}
		t.Rows = append(t.Rows, []string{strconv.FormatInt(r.ID, 10), r.Commitment.Href[len("/commitments/"):], english(r.Commitment.Text), english(r.Party.Text), r.StageCode,
			r.OpenedOn, r.On, r.Completion.Code, r.ResultCode, r.Strength, second, strconv.FormatInt(r.Replies, 10)})
	}
	return t
}

// commitmentReviewsView are the reviews of one commitment.
type commitmentReviewsView struct {
	State stateView       `json:"state"`
	Why   Text            `json:"why"`
	Basis Text            `json:"basis"`
	Of    Link            `json:"commitment"`
	Rows  []reviewRowView `json:"reviews"`
	Ask   string          `json:"-"` // where the secretariat opens one
}

// commitmentReviews lists the reviews of one commitment: all of them, none instead
// of another.
func (s *Site) commitmentReviews(q *request) (View, error) {
	c, err := q.madeHere()
	if err != nil {
		return View{}, err
	}
	v := commitmentReviewsView{State: newState("commitment.review.state.", c.Review.State), Why: everyLang(c.Review.Why), Basis: message("commitment.review." + c.Review.Basis),
		Of: Link{summaryText(c.Text, "title"), commitmentHref(c.ID)}}
	if c.Review.State != commitment.NotAsked {
		v.Ask = "/desk/reviews/open?commitment=" + strconv.FormatInt(c.ID, 10)
	}
	list, _, _, err := commitment.ListReviews(q.Tx, commitment.ReviewFilter{Commitment: c.ID, Limit: 200})
	if err != nil {
		return View{}, err
	}
	if v.Rows, err = reviewRows(q, list); err != nil {
		return View{}, err
	}
	return View{Page: "commitmentreviews", Title: message("reviews.of_one"), Section: "menu.commitments", Subjects: []string{"commitment:" + strconv.FormatInt(c.ID, 10)},
		Crumbs: []Link{{message("menu.commitments"), "/commitments"}, v.Of}, Data: v, Table: reviewTable(v.Rows)}, nil
}

// reviewPageView is the page of one review.
type reviewPageView struct {
	reviewRowView
	Version    int64           `json:"version"`
	Wanted     int64           `json:"reviewers_wanted"`
	Pool       poolView        `json:"pool"`
	Terms      Text            `json:"terms,omitempty"`
	Facts      []factView      `json:"facts,omitempty"`
	Reasoning  Text            `json:"reasoning,omitempty"`
	Reason     Text            `json:"verifiable_reason,omitempty"`
	Advice     []adviceView    `json:"recommendations,omitempty"`
	Reviewers  []Text          `json:"reviewers,omitempty"`
	Used       []usedView      `json:"evidence_used,omitempty"`
	Recomputed bool            `json:"recomputed,omitempty"`
	Conflicts  int64           `json:"conflicts"`
	Codings    []codingView    `json:"codings,omitempty"`
	Agreement  []agreementView `json:"agreement,omitempty"`
	DraftOn    string          `json:"draft_on,omitempty"`
	ReplyUntil string          `json:"reply_until,omitempty"`
	Answer     Text            `json:"answer,omitempty"`
	Replied    []replyView     `json:"party_replies,omitempty"`
	Differs    bool            `json:"differs,omitempty"`
	Beside     *reviewRowView  `json:"beside,omitempty"` // the first or second review of the same stage
	Entry      int64           `json:"published_entry,omitempty"`
}

type adviceView struct {
	Text     Text `json:"text"`
	Response Text `json:"response,omitempty"` // in the latest reply
}

type usedView struct {
	What     Text   `json:"what"`
	Title    Text   `json:"title,omitempty"`
	Href     string `json:"href,omitempty"`
	Strength Text   `json:"strength"`
}

type codingView struct {
	What  Text   `json:"what"`
	Codes []Text `json:"codes"`
}

type agreementView struct {
	Of     Text   `json:"of"`
	Units  int64  `json:"units"`
	Kappa  string `json:"kappa,omitempty"`
	Linear string `json:"kappa_linear,omitempty"`
	Alpha  string `json:"alpha,omitempty"`
	Two    bool   `json:"-"` // coded by two: κ is defined
}

type replyView struct {
	Entry int64  `json:"entry"`
	On    string `json:"on"`
	Text  Text   `json:"text"`
}

// review is one review: what was judged, by whom, on what, and what the party says.
func (s *Site) review(q *request) (View, error) {
	id, err := q.number("id")
	if err != nil {
		return View{}, err
	}
	r, err := commitment.GetReview(q.Tx, id)
	if err != nil {
		return View{}, err
	}
	v, err := newReviewPage(q, r)
	if err != nil {
		return View{}, err
	}
	title := everyLang(func(l locale.Lang) string {
		name, _ := v.Commitment.Text.In(l)
		return l.T("review.page_title", "stage", l.T("review.stage."+r.Stage), "title", name)
	})
	return View{Page: "review", Title: title, Section: "menu.commitments", Subjects: []string{"review:" + strconv.FormatInt(id, 10), "commitment:" + strconv.FormatInt(r.Commitment, 10)},
		Crumbs: []Link{{message("menu.commitments"), "/commitments"}, v.Commitment, {message("reviews.of_one"), v.Commitment.Href + "/reviews"}}, Data: v}, nil
}

func newReviewPage(q *request, r commitment.Review) (*reviewPageView, error) {
	list := []commitment.ReviewRow{r.ReviewRow}
	for _, other := range []*commitment.ReviewRow{r.First, r.Second} {
		if other != nil {
			list = append(list, *other)
		}
	}
	rows, err := reviewRows(q, list)
	if err != nil {
		return nil, err
	}
	v := &reviewPageView{reviewRowView: rows[0], Version: r.Version, Wanted: r.Wanted, Terms: wordsText(r.Terms, "terms"), Entry: r.Entry, Differs: r.Differs()}
	if len(rows) > 1 {
		v.Beside = &rows[1]
	}
	if v.Pool, err = newPoolView(q, r.Pooled); err != nil {
		return nil, err
	}
	for _, y := range r.Replied {
		v.Replied = append(v.Replied, replyView{y.ID, y.On, summaryText(y.Text, "reply")})
	}
	if r.Entry == 0 {
		return v, nil
	}
	v.published(r)
	return v, v.evidence(q, r)
}

// published fills in what the reviewers said.
func (v *reviewPageView) published(r commitment.Review) {
	f := r.Facts
	v.Facts = []factView{
		{message("review.field.completion"), v.Completion.Word, nil},
		{message("review.field.verifiable"), message("review.verifiable." + f.Verifiable), nil},
		{message("review.field.potential"), message("review.potential." + f.Potential), nil},
	}
	if f.Results != "" {
		v.Facts = append(v.Facts, factView{message("review.field.results"), message("review.results." + f.Results), nil})
	}
	v.Reasoning, v.Reason = summaryText(r.Text, "reasoning"), summaryText(r.Text, "verifiable_reason")
	for n := range int(f.Recommended) {
		advice := adviceView{Text: summaryText(r.Text, "recommendations."+strconv.Itoa(n)+".text")}
		for _, y := range r.Replied {
			for _, answer := range y.Facts.Responses {
				if answer.Recommendation == int64(n) {
					advice.Response = message("review.response." + answer.Code)
				}
			}
		}
		v.Advice = append(v.Advice, advice)
	}
	for n := range int(f.Reviewers) {
		at := "reviewers." + strconv.Itoa(n)
		role := summaryText(r.Text, at+".role")
		if name := r.Words[at+".name.und"]; name != "" {
			role = prefixed(name, role)
		}
		v.Reviewers = append(v.Reviewers, role)
	}
	v.Recomputed, v.Conflicts, v.DraftOn, v.ReplyUntil, v.Answer = f.Recomputed, f.Conflicts, f.DraftOn, f.ReplyUntil, message("review.answer."+f.Answer)
	for _, c := range f.Codings {
		row := codingView{What: message("review.of."+c.Of, "n", c.N+1, "report", strconv.FormatInt(c.Report, 10))}
		for _, code := range c.Codes {
			row.Codes = append(row.Codes, codeWord(c.Of, code))
		}
		v.Codings = append(v.Codings, row)
	}
	for _, a := range f.Agreement {
		v.Agreement = append(v.Agreement, agreementView{message("review.scale." + a.Of), a.Units, a.Kappa, a.Linear, a.Alpha, f.Reviewers == 2})
	}
}

// codeWord is the word of a code on the scale of what was coded.
func codeWord(of, code string) Text {
	if of == commitment.OfEvidence {
		return message("report.evidence.strength." + code)
	}
	return message("commitment.review.state." + code)
}

// evidence names the pieces that the reviewers relied on.
func (v *reviewPageView) evidence(q *request, r commitment.Review) error {
	for _, u := range r.Facts.Evidence {
		p, err := commitment.PieceAt(q.Tx, u.Report, u.Piece)
		if err != nil {
			return err
		}
		row := usedView{What: message("review.of.evidence", "n", u.Piece+1, "report", strconv.FormatInt(u.Report, 10)), Title: summaryText(p.Text, "title"),
			Strength: message("report.evidence.strength." + u.Strength)}
		if p.SeenBy == "" && p.Digest != "" {
			row.Href = documentHref(p.Digest)
		}
		v.Used = append(v.Used, row)
	}
	return nil
}

func documentHref(digest string) string { return "/evidence/" + digest + "/about" }
