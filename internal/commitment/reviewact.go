package commitment

import (
	"slices"
	"strconv"

	"kept/internal/keeper"
	"kept/internal/locale"
)

// bySecretariat holds for what no party sends.
func bySecretariat(a keeper.Act, es *locale.Errors) {
	if a.By != secretariat {
		es.AddField("by", locale.E("err.party.secretariat_only"))
	}
}

// needs wants texts to be filled.
func needs(have Parts, es *locale.Errors, names ...string) {
	for _, name := range names {
		if !have[name] {
			es.AddField(name, locale.E("err.commitment.needed"))
		}
	}
}

// fewWords bounds a text by its words.
func fewWords(words map[string]string, field string, most int, es *locale.Errors) {
	for name, text := range words {
		if base, _ := splitPart(name); base == field {
			if n := WordCount(text); n > most {
				es.AddField(name, locale.E("err.review.words", "n", n, "max", most))
			}
		}
	}
}

func validatePool(a keeper.Act, f Pool) error {
	var es locale.Errors
	bySecretariat(a, &es)
	es.Add(checkWords(a.Words, poolFields, nil).Err())
	checkLang(f.Lang, &es)
	needs(filled(a.Words), &es, "name", "appointed_by", "rule")
	checkCode("basis", []string{"peer", "independent"}, f.Basis, &es)
	checkCode("naming", Namings, f.Naming, &es)
	if f.Appointer < 0 {
		es.AddField("appointer", locale.E("err.commitment.needed"))
	}
	return es.Err()
}

func validateOpened(a keeper.Act, f ReviewOpened) error {
	var es locale.Errors
	bySecretariat(a, &es)
	es.Add(checkWords(a.Words, openedFields, nil).Err())
	checkLang(f.Lang, &es)
	checkCode("stage", ReviewStages, f.Stage, &es)
	if f.Reviewers < 1 || f.Reviewers > MostReviewers {
		es.AddField("reviewers", locale.E("err.review.reviewers", "max", MostReviewers))
	}
	return es.Err()
}

func validatePublished(a keeper.Act, f ReviewPublished) error {
	var es locale.Errors
	bySecretariat(a, &es)
	checkLang(f.Lang, &es)
	if f.Reviewers < 1 || f.Reviewers > MostReviewers {
		es.AddField("reviewers", locale.E("err.review.reviewers", "max", MostReviewers))
	}
	if f.Recommended < 0 || f.Recommended > maxAdvice {
		es.AddField("recommendations", locale.E("err.commitment.too_many", "n", f.Recommended, "max", maxAdvice))
	}
	if len(es) == 0 {
		checkPublishedWords(a, f, &es)
	}
	checkCode("verifiable", []string{"yes", "no"}, f.Verifiable, &es)
	checkCode("potential", Potentials, f.Potential, &es)
	checkCode("completion", Completions, f.Completion, &es)
	if f.Results != "" {
		checkCode("results", ResultCodes, f.Results, &es)
	}
	checkUsed(f, &es)
	checkCodings(f, &es)
	if f.Conflicts < 0 {
		es.AddField("conflicts", locale.E("err.commitment.bad_count", "value", strconv.FormatInt(f.Conflicts, 10)))
	}
	checkCode("answer", ReplyStates, f.Answer, &es)
	if checkDay("draft_on", f.DraftOn, &es) && checkDay("reply_until", f.ReplyUntil, &es) {
		if least := AddWorkdays(f.DraftOn, ReplyWindow); f.ReplyUntil < least {
			es.AddField("reply_until", locale.E("err.review.window", "n", ReplyWindow, "date", least))
		}
	}
	if len(es) == 0 {
		es.Add(checkSize(a))
	}
	return es.Err()
}

func checkPublishedWords(a keeper.Act, f ReviewPublished, es *locale.Errors) {
	es.Add(checkWords(a.Words, reviewFields, map[string]int{"recommendations": int(f.Recommended), "reviewers": int(f.Reviewers)}).Err())
	have := filled(a.Words)
	needs(have, es, "reasoning", "verifiable_reason")
	for n := range int(f.Recommended) {
		needs(have, es, part("recommendations", n, "text"))
	}
	for n := range int(f.Reviewers) {
		needs(have, es, part("reviewers", n, "role"))
	}
	fewWords(a.Words, "reasoning", reasoningWords, es)
}

// checkUsed holds "complete" to evidence that is not the party's own.
func checkUsed(f ReviewPublished, es *locale.Errors) {
	if len(f.Evidence) > maxUsed {
		es.AddField("evidence", locale.E("err.commitment.too_many", "n", len(f.Evidence), "max", maxUsed))
	}
	strongest, seen := "", map[[2]int64]bool{}
	for _, u := range f.Evidence {
		if seen[[2]int64{u.Report, u.Piece}] || u.Piece < 0 || u.Piece >= MostEvidence {
			es.AddField("evidence", locale.E("err.review.piece", "report", strconv.FormatInt(u.Report, 10), "n", u.Piece+1))
		}
		seen[[2]int64{u.Report, u.Piece}] = true
		checkCode("evidence", Strengths, u.Strength, es)
		strongest = max(strongest, u.Strength)
	}
	if f.Completion == "complete" && strongest < completeNeeds {
		es.AddField("completion", locale.E("err.review.complete_needs", "strength", completeNeeds))
	}
}

// what names the thing that is coded.
func (c Coding) what() any {
	if ScaleOf(c.Of) == nil {
		return keeper.Line(c.Of)
	}
	return locale.E("review.of."+c.Of, "n", c.N+1, "report", strconv.FormatInt(c.Report, 10))
}

// checkCodings wants every coding on its scale and by every reviewer, and the
// figures to be those that follow from the codings.
func checkCodings(f ReviewPublished, es *locale.Errors) {
	if len(f.Codings) > maxCoded {
		es.AddField("codings", locale.E("err.commitment.too_many", "n", len(f.Codings), "max", maxCoded))
	}
	if f.Reviewers > 1 && len(f.Codings) == 0 {
		es.AddField("codings", locale.E("err.review.no_codings"))
	}
	seen := map[[3]any]bool{}
	for _, c := range f.Codings {
		scale, at := ScaleOf(c.Of), [3]any{c.Of, c.N, c.Report}
		if scale == nil || c.N < 0 || seen[at] || int64(len(c.Codes)) != f.Reviewers || (c.Of == OfEvidence) != (c.Report > 0) || c.Of == OfOverall && c.N != 0 {
			es.AddField("codings", locale.E("err.review.coding", "what", c.what()))
			continue
		}
		seen[at] = true
		for _, code := range c.Codes {
			checkCode("codings", scale, code, es)
		}
	}
	if len(*es) == 0 && !slices.Equal(f.Agreement, Agree(f.Codings)) {
		es.AddField("agreement", locale.E("err.review.agreement"))
	}
}

func validateReplied(a keeper.Act, f ReviewReplied) error {
	var es locale.Errors
	es.Add(checkWords(a.Words, replyFields, map[string]int{"responses": len(f.Responses)}).Err())
	checkLang(f.Lang, &es)
	needs(filled(a.Words), &es, "reply")
	fewWords(a.Words, "reply", reasoningWords, &es)
	if len(f.Responses) > maxAdvice {
		es.AddField("responses", locale.E("err.commitment.too_many", "n", len(f.Responses), "max", maxAdvice))
	}
	seen := map[int64]bool{}
	for n, r := range f.Responses {
		if r.Recommendation < 0 || seen[r.Recommendation] {
			es.AddField(part("responses", n, "code"), locale.E("err.review.recommendation", "n", r.Recommendation+1))
		}
		seen[r.Recommendation] = true
		checkCode(part("responses", n, "code"), Responses, r.Code, &es)
	}
	if len(es) == 0 {
		es.Add(checkSize(a))
	}
	return es.Err()
}
