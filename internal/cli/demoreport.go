package cli

import (
	"context"

	"kept/internal/commitment"
	"kept/internal/compact"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/report"
)

// openDemoReport opens the report that the text in force asks for once, as a draft
// with what the demonstration's own record holds: texts, adoptions, bodies and data.
// Nobody is invented, so nobody contributes, and it is not released. A start that
// was cut off before finds none and opens it.
func (i *instance) openDemoReport(ctx context.Context) error {
	var acts []keeper.Act
	err := i.db.Read(ctx, func(tx *db.Tx) error {
		pack, err := compact.InForce(tx)
		if err != nil {
			return err
		}
		list, err := report.List(tx, "")
		if err != nil || len(list) > 0 {
			return err
		}
		today := keeper.Today(i.keeper.Now())
		for _, k := range pack.Reports {
			if k.Cadence != "once" || !pack.ReportOn(k) || k.From > today {
				continue
			}
			o, err := report.OutlineOf(pack, k.ID, "", today)
			if err != nil {
				return err
			}
			until := commitment.AddDays(i.keeper.Now().UTC().Format("2006-01-02"), int(k.Window()))
			act, _, err := report.Opening(tx, o, until, demoChapters)
			if err != nil {
				return err
			}
			acts = append(acts, act)
		}
		return nil
	})
	if err == nil && len(acts) > 0 {
		_, err = i.keeper.Submit(ctx, "", acts...)
	}
	if err != nil {
		return err
	}
	return i.sign(ctx)
}

// demoChapters say what the draft is and what it rests on, and nothing of anybody's deeds.
var demoChapters = map[string]string{
	"scope.en":   "A draft computed by this demonstration from its own record of {scope.entries} entries. It is not the report of the Secretary-General, and nobody has contributed to it. {parties.total} parties stand in the registry, most of them States that adopted the text by resolution.",
	"scope.fr":   "Un projet calculé par cette démonstration à partir de son propre registre de {scope.entries} inscriptions. Ce n’est pas le rapport du Secrétaire général, et personne n’y a contribué. {parties.total} parties figurent au registre, pour la plupart des États qui ont adopté le texte par résolution.",
	"scope.es":   "Un borrador calculado por esta demostración con su propio registro de {scope.entries} asientos. No es el informe del Secretario General y nadie ha contribuido a él. {parties.total} partes figuran en el registro, en su mayoría Estados que adoptaron el texto por resolución.",
	"scope.ru":   "Проект, рассчитанный этой демонстрацией по её собственному реестру из {scope.entries} записей. Это не доклад Генерального секретаря, и никто в него ничего не внёс. В реестре {parties.total} сторон, большинство — государства, принявшие текст резолюцией.",
	"scope.zh":   "本演示根据自身记录的 {scope.entries} 条条目计算的草稿。它不是秘书长的报告，也没有任何人作出贡献。登记册中有 {parties.total} 方，多数为以决议通过该文本的国家。",
	"scope.ar":   "مسودة حسبها هذا العرض من سجله الخاص المؤلف من {scope.entries} قيدًا. ليست تقرير الأمين العام، ولم يساهم فيها أحد. في السجل {parties.total} طرفًا، معظمها دول اعتمدت النص بقرار.",
	"data.en":    "Values come from the publishers named beside each; none was changed. Where a value is old or missing, the table says so.",
	"parties.en": "States adopted the text by resolution; organisations endorse it by their own act. The balance of participation stands beside benchmarks and ranks nobody.",
}
