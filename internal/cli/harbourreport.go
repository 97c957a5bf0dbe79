package cli

import (
	"strconv"

	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/report"
)

// harbourReport is the report of the sample compact for its first year: opened to
// correction, with a row that a party puts right in time and what two parties say,
// released, and one erratum.
func harbourReport() []step {
	return []step{
		{on: "2026-03-02", do: openHarbourReport},
		contributed("2026-03-09", "port", "delivery", "The weighbridge shows what the plant takes in each day; we publish the totals every half-year."),
		reported("2026-03-12", "QP", "papers", "2025-12-03", "2025-12-31", "in_progress", "1", "", "Since 29 December one harbour takes the form; the draft of the report counted us as preparing."),
		contributed("2026-03-16", "institute", "promises", "Our courses began a month before the commitment was registered. Those who finished earlier are not counted."),
		{on: "2026-03-30", do: releaseHarbourReport},
		{on: "2026-04-13", do: noteHarbourReport},
		{on: "2026-04-27", do: correctHarbourReport},
	}
}

// contributed is what a party says in a chapter of the open report.
func contributed(on, by, chapter, text string) step {
	return step{on: on, do: func(h *harbour, key string) error {
		if h.made["report"] == 0 {
			return nil
		}
		_, err := h.submit(key, keeper.Act{Kind: report.KindContributed, By: h.by(by), Facts: report.Contributed{Report: h.made["report"], Chapter: chapter},
			Words: map[string]string{"text.en": text}})
		return err
	}}
}

// openHarbourReport opens it once: figures that are computed anew would be another
// act, so a start that goes on takes the report that is there. A record that was
// begun after the script's days cannot open one that closes in its past.
func openHarbourReport(h *harbour, key string) error {
	var act keeper.Act
	err := h.k.DB().Read(h.ctx, func(tx *db.Tx) error {
		list, err := report.List(tx, "yearly")
		if err != nil {
			return err
		}
		for _, r := range list {
			h.made["report"], h.made["release"] = r.ID, r.Release
		}
		last, err := keeper.ReadEntry(tx, h.k.Size()-1)
		if err != nil || len(list) > 0 || last.On() > h.now.Format("2006-01-02") {
			return err
		}
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		o, err := report.OutlineOf(pack, "yearly", "2025-12-31", h.now.Format("2006-01-02"))
		if err != nil {
			return err
		}
		act, _, err = report.Opening(tx, o, "2026-03-24", h.chapters())
		return err
	})
	if err != nil || act.Kind == "" {
		return err
	}
	h.made["report"], err = h.submit(key, act)
	return err
}

func releaseHarbourReport(h *harbour, key string) error {
	if h.made["report"] == 0 || h.made["release"] != 0 {
		return nil
	}
	var act keeper.Act
	err := h.k.DB().Read(h.ctx, func(tx *db.Tx) error {
		opened, err := report.Get(tx, h.made["report"])
		if err != nil {
			return err
		}
		act, _, err = report.Releasing(tx, opened, h.chapters())
		return err
	})
	if err != nil {
		return err
	}
	h.made["release"], err = h.submit(key, act)
	return err
}

// correctHarbourReport says beside the release that two of the parties are one family.
func correctHarbourReport(h *harbour, key string) error {
	if h.made["release"] == 0 {
		return nil
	}
	const figure = "parties.balance.families"
	var old string
	var made []report.Erratum
	err := h.k.DB().Read(h.ctx, func(tx *db.Tx) error {
		released, err := report.Get(tx, h.made["report"])
		if err != nil {
			return err
		}
		if made, err = report.Errata(tx, released.ID); err != nil {
			return err
		}
		old, err = released.Standing(tx, figure)
		return err
	})
	if err != nil || len(made) > 0 {
		return err
	}
	n, err := strconv.Atoi(old)
	if err != nil {
		return err
	}
	_, err = h.submit(key, keeper.Act{Kind: report.KindCorrected, By: report.Secretariat,
		Facts: report.Corrected{Release: h.made["release"], Figure: figure, Old: old, New: strconv.Itoa(n - 1)},
		Words: map[string]string{"reason.en": "The Lagoon Schools Trust and the Ravenmere Institute have one founder and count as one family. Neither had said so when the report was released.",
			"reason.fr": "Le Lagoon Schools Trust et le Ravenmere Institute ont un même fondateur et comptent pour une seule famille. Aucun ne l’avait dit lors de la publication."}})
	return err
}

// chapters are what the secretariat writes in the report.
func (h *harbour) chapters() map[string]string {
	ref := func(kind, short string) string {
		id := h.made[short]
		if kind == "party" {
			id = h.parties[short]
		}
		return "{" + kind + ":" + strconv.FormatInt(id, 10) + "}"
	}
	return map[string]string{
		"scope.en": "This is the first report of the Harbour Compact, from its adoption to the end of 2025. It rests on {scope.entries} entries of the record. Every number in it is a reference; follow it to what was counted.",
		"scope.fr": "Ceci est le premier rapport du Pacte des ports, de son adoption à la fin de 2025. Il repose sur {scope.entries} inscriptions du registre. Chaque nombre est une référence : suivez-la jusqu’à ce qui a été compté.",
		"scope.zh": "这是港口契约的第一份报告，自通过之日至2025年底。它依据记录中的 {scope.entries} 条条目。其中每个数字都是引用，可追溯到所计内容。",
		"scope.ar": "هذا أول تقرير عن ميثاق الموانئ، منذ اعتماده حتى نهاية عام 2025. يستند إلى {scope.entries} قيدًا في السجل. كل رقم فيه مرجع يقود إلى ما جرى عدّه.",
		"delivery.en": "## What moved\n\n" + ref("party", "port") + " reports on " + ref("commitment", "waste") + " under {item:H.5}. " + ref("commitment", "schools") +
			" under {item:H.1} went on, with the consent of land owners still to come.\n\n## What is awaited\n\n" +
			"- {delivery.reporting.overdue} commitments have a report overdue; silence is not failure.\n- {delivery.reports_in_period} reports came within the period.",
		"promises.en": "{promises.total} commitments serve the text in force, and {promises.verifiable} of them can be checked as they stand. Of " + ref("commitment", "islands") + " nobody else could tell whether it was kept.",
	}
}
