package cli

import (
	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/stakeholder"
)

// harbourReview is a review of the sample compact from the pool to the reply: two
// reviewers judged the waste of Northquay, and the port answered.
func harbourReview() []step {
	return []step{
		{on: "2026-10-30", do: func(h *harbour, key string) (err error) {
			h.made["pool"], err = h.submit(key, keeper.Act{Kind: commitment.KindPool, By: stakeholder.Secretariat,
				Facts: commitment.Pool{Lang: "en", Basis: "independent", Appointer: h.parties["institute"], Naming: "role_only"},
				Words: map[string]string{"name.en": "Experts of the Lantern Sea", "appointed_by.en": "The Ravenmere Institute of Ports, at the wish of the harbour assembly",
					"rule.en": "Two for each review, drawn by lot from those without a conflict of interest."}})
			return err
		}},
		{on: "2026-10-30", do: func(h *harbour, key string) (err error) {
			h.made["review"], err = h.submit(key, keeper.Act{Kind: commitment.KindReviewOpened, By: stakeholder.Secretariat, Facts: commitment.ReviewOpened{Lang: "en",
				Commitment: h.made["waste"], Version: h.made["waste"], Stage: "periodic", Pool: h.made["pool"], Reviewers: 2}})
			return err
		}},
		{on: "2026-11-12", do: publishHarbourReview},
	}
}

// publishHarbourReview publishes the review with the port's reply, in one submission.
func publishHarbourReview(h *harbour, key string) error {
	var c commitment.View
	var r commitment.Review
	err := h.k.DB().Read(h.ctx, func(tx *db.Tx) (err error) {
		if c, err = commitment.Get(tx, h.made["waste"], "2026-11-12"); err == nil {
			r, err = commitment.GetReview(tx, h.made["review"])
		}
		return err
	})
	if err != nil {
		return err
	}
	report := c.Reports[len(c.Reports)-1].ID
	codings := []commitment.Coding{
		{Of: commitment.OfOverall, Codes: []string{"limited", "substantial"}},
		{Of: commitment.OfMilestone, Codes: []string{"complete", "complete"}},
		{Of: commitment.OfIndicator, Codes: []string{"limited", "limited"}},
		{Of: commitment.OfEvidence, Report: report, Codes: []string{"E2", "E2"}},
		{Of: commitment.OfEvidence, Report: c.Reports[0].ID, Codes: []string{"E2", "E3"}},
	}
	reply := keeper.Act{Kind: commitment.KindReviewReplied, By: h.by("port"),
		Facts: commitment.ReviewReplied{Review: h.made["review"], Lang: "en", Responses: []commitment.Response{{Recommendation: 0, Code: "supported"}}},
		Words: map[string]string{"reply.en": "The port will publish the weighbridge records of every day from January. The second line is ordered."}}
	review := keeper.Act{Kind: commitment.KindReviewPublished, By: stakeholder.Secretariat, Facts: commitment.ReviewPublished{Review: h.made["review"], Lang: "en", Verifiable: "yes",
		Potential: "substantial", Completion: "limited", Results: "moderate", Evidence: []commitment.Used{{Report: report, Strength: "E2"}}, Recomputed: true, Reviewers: 2, Conflicts: 1,
		Codings: codings, Agreement: commitment.Agree(codings), Recommended: 1, DraftOn: r.OpenedOn, ReplyUntil: commitment.AddWorkdays(r.OpenedOn, commitment.ReplyWindow), Answer: "replied"},
		Words: map[string]string{"reasoning.en": "The first line of the plant runs and half of the landed waste is treated. The second line, without which 80 per cent cannot be reached, is not yet built. " +
			"The figures follow from the weighbridge totals that the port showed; they are its own documents.", "verifiable_reason.en": "The weighbridge counts what is landed and what is treated.",
			"recommendations.0.text.en": "Publish the weighbridge records of every day.", "reviewers.0.role.en": "Engineer for water and waste", "reviewers.1.role.en": "Statistician"}}
	_, err = h.k.Submit(h.ctx, key, reply, review)
	return err
}
