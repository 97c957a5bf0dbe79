package commitment

import "kept/internal/locale"

// A review is somebody else's assessment of a commitment: of a stage of it, by
// people of a pool, from evidence. Reviewers are natural persons and have no id in
// the record; what the record says of them is how many they were, their roles, and
// their names where the rule of the pool is that names are given.
//
// Its acts: [KindPool] names a pool and who appointed it; [KindReviewOpened] begins a
// review; [KindReviewPublished] publishes it with the reasoning, after the party had its
// reply window; [KindReviewReplied] is the party's own answer. Its index when it was
// opened is the review's id. A second review is a review of its own, opened as
// second of another: both stay, and where they differ both are shown.
//
// Nothing here changes a lifecycle, a reporting state, a self-assessed status or a
// pace: the assessment is the fifth fact and stands beside the others.

// Kinds of act of reviews.
const (
	KindPool            = "pool.named"
	KindReviewOpened    = "review.opened"
	KindReviewPublished = "review.published"
	KindReviewReplied   = "review.replied"
)

// Codes of reviews. Completion and potential are the words of the Open Government
// Partnership's Independent Reporting Mechanism; results are near its own.
var (
	ReviewStages = []string{"design", "periodic", "end", "spot"}
	Potentials   = []string{"unclear", "modest", "substantial"}
	Completions  = []string{"no_evidence", "not_started", "limited", "substantial", "complete"}
	ResultCodes  = []string{"worsened", "none", "moderate", "significant"}
	Namings      = []string{"named", "role_only"}
	ReplyStates  = []string{"replied", "waived", "no_reply"}
	Responses    = []string{"supported", "supported_in_part", "noted", "none"}
)

// States of the assessment beside the completion codes.
const (
	NotAsked  = "not_asked" // the party asked for no review
	NoneYet   = "none_yet"
	UnderWay  = "open"
	Differing = "differing" // two published reviews of one stage differ: both are shown
)

// Assessments lists what a list of commitments can be filtered by.
var Assessments = append([]string{NotAsked, NoneYet, UnderWay, Differing}, Completions...)

// Reply window, limits.
const (
	ReplyWindow     = 15 // working days, at the least
	EndReviewMonths = 4  // an end review opens so long after the end (OGP's IRM)
	reasoningWords  = 400
	MostReviewers   = 5
	maxAdvice       = 10
	maxUsed         = 40
	maxCoded        = 60
	completeNeeds   = "E3" // "complete" is said on evidence of at least this strength
)

// Pool are the facts of a pool of reviewers. Words: name, appointed_by, rule.
type Pool struct {
	Lang      string `json:"lang"`
	Basis     string `json:"basis"`               // peer or independent
	Appointer int64  `json:"appointer,omitempty"` // the party that appointed it, where a registered party did
	Naming    string `json:"naming"`              // whether reviewers are named, or their roles only
}

// ReviewOpened are the facts of a review that begins. Words: terms.
type ReviewOpened struct {
	Lang       string `json:"lang"`
	Commitment int64  `json:"commitment"`
	Version    int64  `json:"version"` // the entry that holds what is reviewed: as made, or an amendment
	Stage      string `json:"stage"`
	Pool       int64  `json:"pool"`
	Reviewers  int64  `json:"reviewers"`           // how many are to judge
	SecondOf   int64  `json:"second_of,omitempty"` // the published review that this one is second to
}

// ReviewPublished are the facts of a published review. Words: reasoning,
// verifiable_reason, recommendations.#.text, reviewers.#.role and .name.
type ReviewPublished struct {
	Review      int64       `json:"review"`
	Lang        string      `json:"lang"`
	Verifiable  string      `json:"verifiable"` // yes or no
	Potential   string      `json:"potential"`
	Completion  string      `json:"completion"`
	Results     string      `json:"results,omitempty"`
	Evidence    []Used      `json:"evidence_used,omitempty"`
	Recomputed  bool        `json:"recomputed,omitempty"` // figures were computed again from their data
	Reviewers   int64       `json:"reviewers"`
	Conflicts   int64       `json:"conflicts"` // members of the pool who declared one, and took no part
	Codings     []Coding    `json:"codings,omitempty"`
	Agreement   []Agreement `json:"agreement,omitempty"`
	Recommended int64       `json:"recommendations"`
	DraftOn     string      `json:"draft_on"` // the draft went to the party
	ReplyUntil  string      `json:"reply_until"`
	Answer      string      `json:"answer"` // what the party did with it
}

// Used is a piece of evidence that the reviewers relied on, with their own
// judgement of how strong it is.
type Used struct {
	Report   int64  `json:"report"`
	Piece    int64  `json:"piece"` // counted from 0
	Strength string `json:"strength"`
}

// Coding is what each reviewer said of one thing, before they spoke to each other;
// reviewers are in one order throughout a review, and nothing tells who is who.
type Coding struct {
	Of     string   `json:"of"` // overall, milestone, indicator or evidence
	N      int64    `json:"n"`  // which milestone, indicator or piece, counted from 0
	Report int64    `json:"report,omitempty"`
	Codes  []string `json:"codes"`
}

// Agreement is how far the reviewers agreed, computed from the codings. A figure
// that cannot be computed is left out.
type Agreement struct {
	Of     string `json:"of"` // completion or strength
	Units  int64  `json:"units"`
	Kappa  string `json:"kappa,omitempty"`        // Cohen's κ, of two reviewers
	Linear string `json:"kappa_linear,omitempty"` // weighted by how far two codes lie apart
	Alpha  string `json:"alpha,omitempty"`        // Krippendorff's α, ordinal
}

// ReviewReplied are the facts of a party's reply. Words: reply, responses.#.note.
type ReviewReplied struct {
	Review    int64      `json:"review"`
	Lang      string     `json:"lang"`
	Responses []Response `json:"responses,omitempty"`
}

// Response is what the party says to one recommendation.
type Response struct {
	Recommendation int64  `json:"recommendation"` // counted from 0
	Code           string `json:"code"`
}

// The fields of words of reviews.
var (
	poolFields   = map[string]field{"name": {120, line}, "appointed_by": {300, line}, "rule": {2000, prose}}
	openedFields = map[string]field{"terms": {2000, prose}}
	reviewFields = map[string]field{"reasoning": {8000, prose}, "verifiable_reason": {1000, prose}, "recommendations.#.text": {600, prose},
		"reviewers.#.role": {200, line}, "reviewers.#.name": {120, line}}
	replyFields = map[string]field{"reply": {8000, prose}, "responses.#.note": {600, prose}}
)

// Why says in a sentence on what the assessment rests.
func (r ReviewView) Why(l locale.Lang) string {
	switch r.State {
	case NotAsked, NoneYet, UnderWay:
		return l.T("commitment.review.why." + r.State)
	case Differing:
		names := make([]string, len(r.Codes))
		for i, c := range r.Codes {
			names[i] = l.T("commitment.review.state." + c)
		}
		return l.T("commitment.review.why.differing", "codes", l.List(names))
	}
	return l.T("commitment.review.why.published", "stage", l.T("review.stage."+r.Stage), "on", l.Date(r.On))
}
