package commitment

import (
	"kept/internal/keeper"
	"kept/internal/locale"
)

// NewUnchanged is the report that says in one step that there is nothing new, for
// the time since the last report until today. It repeats the last status; before
// the first report nothing was started, or it is being prepared.
func NewUnchanged(of View, lang, unchanged, today, by string) (keeper.Act, error) {
	if !known(Unchangeds, unchanged) {
		return keeper.Act{}, locale.Field("unchanged", locale.E("err.commitment.needed"))
	}
	period := NewReportDraft(of, lang, today).Fields
	if period["from"] == "" {
		return keeper.Act{}, locale.E("err.report.period_begins")
	}
	f := Reported{Commitment: of.ID, Lang: lang, From: period["from"], To: period["to"], Status: of.Self.Status, Unchanged: unchanged}
	if f.Status == "" {
		f.Status = map[string]string{"no_change": "in_preparation", "nothing_to_report": "not_started"}[unchanged]
	}
	return keeper.Act{Kind: KindReported, By: by, Facts: f}, nil
}
