package cli

import (
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/report"
)

// noteHarbourReport publishes the sample's policy note: what the release shows about
// reports that are awaited, in four languages. A start that goes on finds it there.
func noteHarbourReport(h *harbour, key string) error {
	if h.made["release"] == 0 {
		return nil
	}
	var notes []report.Note
	err := h.k.DB().Read(h.ctx, func(tx *db.Tx) (err error) { notes, err = report.Notes(tx, h.made["report"]); return err })
	if err != nil || len(notes) > 0 {
		return err
	}
	_, err = h.submit(key, keeper.Act{Kind: report.KindNoted, By: report.Secretariat, Words: harbourNote,
		Facts: report.Noted{Release: h.made["release"], Figures: []string{"promises.total", "promises.verifiable", "delivery.reports_in_period", "delivery.reporting.overdue"}}})
	return err
}

// harbourNote is the note in the languages that the sample has one in.
var harbourNote = map[string]string{
	"title.en": "Awaited reports are a matter of rhythm",
	"finding.en": "Of {promises.total} commitments that serve the text in force, {promises.verifiable} can be checked as they stand. " +
		"{delivery.reports_in_period} reports came within the period, and {delivery.reporting.overdue} are overdue.",
	"meaning.en": "A report that is overdue says that nobody has told, and nothing about what was done. Most parties chose their own rhythm when they made the promise.\n\n" +
		"- Parties with several commitments can report on all of them at once, with a sheet or on one page.\n" +
		"- *No change* is a report: it takes one step from the letter that reminds.\n" +
		"- What cannot be checked as it stands can be amended, with the reason in public.",
	"title.fr": "Les rapports attendus sont affaire de rythme",
	"finding.fr": "Sur {promises.total} engagements au titre du texte en vigueur, {promises.verifiable} peuvent être vérifiés en l’état. " +
		"{delivery.reports_in_period} rapports sont parvenus dans la période, et {delivery.reporting.overdue} sont en retard.",
	"meaning.fr": "Un rapport en retard signifie que personne n’a rien dit ; il ne dit rien de ce qui a été fait. La plupart des parties ont choisi leur rythme en prenant l’engagement.\n\n" +
		"- Une partie qui a plusieurs engagements peut rendre compte de tous à la fois, par un tableau ou sur une page.\n" +
		"- *Sans changement* est un rapport : il suffit d’un pas depuis la lettre de rappel.\n" +
		"- Ce qui ne peut être vérifié en l’état peut être modifié, avec le motif, en public.",
	"title.zh":   "等待中的报告关乎节奏",
	"finding.zh": "服务于现行文本的 {promises.total} 项承诺中，{promises.verifiable} 项可按现状核实。期内收到 {delivery.reports_in_period} 份报告，{delivery.reporting.overdue} 份逾期。",
	"meaning.zh": "报告逾期只说明尚无人说明情况，并不说明做了什么。多数参与方在作出承诺时自行选定了报告节奏。\n\n" +
		"- 有多项承诺的参与方可用一张表或一个页面一次报告全部。\n- “无变化”也是报告：从提醒信中一步即可完成。\n- 不能按现状核实的承诺可以修改，并公开说明理由。",
	"title.ar":   "التقارير المنتظرة مسألة إيقاع",
	"finding.ar": "من بين {promises.total} من الالتزامات في إطار النص النافذ يمكن التحقق من {promises.verifiable} كما هي. ورد {delivery.reports_in_period} من التقارير خلال الفترة، وتأخر {delivery.reporting.overdue}.",
	"meaning.ar": "التقرير المتأخر يعني أن أحدًا لم يخبر بعد، ولا يقول شيئًا عما أُنجز. اختارت معظم الأطراف إيقاعها حين قطعت الالتزام.\n\n" +
		"- يستطيع الطرف صاحب عدة التزامات أن يقدم تقريرًا عنها كلها دفعة واحدة، بجدول أو في صفحة واحدة.\n- «لا تغيير» تقرير أيضًا: خطوة واحدة من رسالة التذكير.\n- ما لا يمكن التحقق منه كما هو يمكن تعديله مع ذكر السبب علنًا.",
}
