package keeper

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/locale"
	"kept/record"
)

// The acts about words are the only ones that concern another entry's texts. They
// are keeper's own, because words are, whatever they say. Each names its target:
// the entry whose words file holds the parts ([Holder] finds it), so that a
// verifier can follow them without state.

// WordsAdded are the facts of words.added: its own words are further languages of
// fields that the target has. The target's readers see them beside its own.
type WordsAdded struct {
	Target int64  `json:"target"`
	Status string `json:"status"`
}

// WordsErased are the facts of words.erased: texts and salts are gone for good.
type WordsErased struct {
	Target int64    `json:"target"`
	Parts  []string `json:"parts"`
	Reason string   `json:"reason"`
}

// WordsHidden are the facts of words.hidden: the parts are served nowhere public,
// and kept in private until an appeal is decided.
type WordsHidden struct {
	Target      int64    `json:"target"`
	Parts       []string `json:"parts"`
	Category    string   `json:"category"`
	Basis       string   `json:"basis"`
	AppealUntil string   `json:"appeal_until"` // last day on which an appeal is taken
}

// WordsRestored are the facts of words.restored: hidden parts are public again.
type WordsRestored struct {
	Target int64    `json:"target"`
	Parts  []string `json:"parts"`
	Reason string   `json:"reason"`
}

// The closed lists of codes. Their words are messages: words.status.human,
// words.reason.request, words.category.danger, words.basis.law, words.restored.appeal.
var (
	WordStatuses     = []string{"original", "human", "reviewed", "machine"}
	EraseReasons     = []string{"request", "private_data", "danger", "law", "rights", "mistake"}
	HideCategories   = []string{"private_data", "danger", "unlawful", "hate", "rights", "spam", "off_topic"}
	HideBases        = []string{"policy", "law", "court"}
	RestoreReasons   = []string{"appeal", "mistake", "expired"}
	reasonFieldParts = "reason." // of hidden and restored: the reason in words, in any language
)

// maxTouched is how many parts one act about words names.
const maxTouched = 200

// maxReason is how long the reason in words may be, in bytes.
const maxReason = 8000

// wordKinds are the acts about words.
func wordKinds() []Kind {
	return []Kind{
		aimed(Rules[WordsAdded]{Name: record.KindWordsAdded, Validate: validateAdded, Check: checkAdded, Apply: applyAdded}),
		aimed(Rules[WordsErased]{Name: record.KindWordsErased, Validate: validateErased, Check: checkErased, Apply: applyErased}),
		aimed(Rules[WordsHidden]{Name: record.KindWordsHidden, Validate: validateHidden, Check: checkHidden, Apply: applyHidden}),
		aimed(Rules[WordsRestored]{Name: record.KindWordsRestored, Validate: validateRestored, Check: checkRestored, Apply: applyRestored}),
	}
}

func aimed[F any](r Rules[F]) Kind {
	k := r.Kind()
	k.aims = true
	return k
}

func validateAdded(a Act, f WordsAdded) error {
	var es locale.Errors
	checkCode(&es, "status", WordStatuses, f.Status)
	if len(a.Words) == 0 {
		es.AddField("words", locale.E("err.words.nothing_added"))
	}
	if len(a.Words) > maxTouched {
		es.AddField("words", locale.E("err.words.too_many_parts", "n", len(a.Words), "max", maxTouched))
	}
	for _, part := range sortedParts(a.Words) {
		field, lang := splitPart(part)
		switch {
		case record.CheckPart(part) != nil || field == "":
			es.AddField(part, locale.E("err.words.no_part", "part", part))
		case lang == "und":
			es.AddField(part, locale.E("err.words.no_translation", "part", part))
		case Prose(a.Words[part]) != a.Words[part]:
			es.AddField(part, locale.E("err.words.unclean"))
		}
	}
	return es.Err()
}

func validateErased(a Act, f WordsErased) error {
	var es locale.Errors
	checkModerator(&es, a)
	checkParts(&es, f.Parts)
	checkCode(&es, "reason", EraseReasons, f.Reason)
	if len(a.Words) > 0 {
		es.AddField("words", locale.E("err.words.no_part", "part", sortedParts(a.Words)[0]))
	}
	return es.Err()
}

func validateHidden(a Act, f WordsHidden) error {
	var es locale.Errors
	checkModerator(&es, a)
	checkParts(&es, f.Parts)
	checkCode(&es, "category", HideCategories, f.Category)
	checkCode(&es, "basis", HideBases, f.Basis)
	if _, err := time.Parse(time.DateOnly, f.AppealUntil); err != nil {
		es.AddField("appeal_until", locale.E("err.words.no_date"))
	}
	checkReason(&es, a.Words)
	return es.Err()
}

func validateRestored(a Act, f WordsRestored) error {
	var es locale.Errors
	checkModerator(&es, a)
	checkParts(&es, f.Parts)
	checkCode(&es, "reason", RestoreReasons, f.Reason)
	checkReason(&es, a.Words)
	return es.Err()
}

func checkCode(es *locale.Errors, field string, list []string, code string) {
	if !slices.Contains(list, code) {
		es.AddField(field, locale.E("err.words.code", "codes", strings.Join(list, ", ")))
	}
}

// checkModerator lets the secretariat alone take texts away and bring them back:
// who asked for it is private.
func checkModerator(es *locale.Errors, a Act) {
	if a.By != "secretariat" {
		es.AddField("by", locale.E("err.words.secretariat_only"))
	}
}

// checkParts wants names of parts, in order and each once.
func checkParts(es *locale.Errors, parts []string) {
	if len(parts) == 0 || len(parts) > maxTouched {
		es.AddField("parts", locale.E("err.words.too_many_parts", "n", len(parts), "max", maxTouched))
		return
	}
	for i, part := range parts {
		if record.CheckPart(part) != nil || i > 0 && parts[i-1] >= part {
			es.AddField("parts", locale.E("err.words.no_part", "part", part))
		}
	}
}

// checkReason allows the reason in words and nothing else.
func checkReason(es *locale.Errors, words map[string]string) {
	for _, part := range sortedParts(words) {
		switch {
		case !strings.HasPrefix(part, reasonFieldParts) || record.CheckPart(part) != nil || strings.Count(part, ".") != 1:
			es.AddField(part, locale.E("err.words.no_part", "part", part))
		case len(words[part]) > maxReason:
			es.AddField(part, locale.E("err.words.too_long", "n", len(words[part]), "max", maxReason))
		case Prose(words[part]) != words[part]:
			es.AddField(part, locale.E("err.words.unclean"))
		}
	}
}

// splitPart parts promise.fr into its field and its language.
func splitPart(part string) (field, lang string) {
	if i := strings.LastIndexByte(part, '.'); i > 0 {
		return part[:i], part[i+1:]
	}
	return "", ""
}

// target reads the entry that an act is about.
func readTarget(tx *db.Tx, index int64) (Entry, error) {
	e, err := ReadEntry(tx, index)
	if errors.Is(err, ErrNotFound) {
		return e, Refuse(ErrNotFound, locale.Field("target", locale.E("err.words.no_entry", "id", strconv.FormatInt(index, 10))))
	}
	return e, err
}

// checkAdded takes a translation by the one whose entry it is, or by the
// secretariat, of a field that can be read.
func checkAdded(tx *db.Tx, a Act, f WordsAdded, _ time.Time) error {
	target, err := readTarget(tx, f.Target)
	if err != nil {
		return err
	}
	if a.By != "secretariat" && a.By != target.By {
		return Refuse(ErrForbidden, locale.Field("by", locale.E("err.words.not_yours")))
	}
	if aboutWords(target.Kind) {
		return Refuse(ErrConflict, locale.Field("target", locale.E("err.words.of_words")))
	}
	shown, err := WordsOf(tx, f.Target)
	if err != nil {
		return err
	}
	fields := map[string]string{} // field → one of its texts
	for part, text := range shown {
		field, _ := splitPart(part)
		fields[field] = text
	}
	added, err := addedParts(tx, f.Target)
	if err != nil {
		return err
	}
	var es locale.Errors
	for _, part := range sortedParts(a.Words) {
		field, _ := splitPart(part)
		text, known := fields[field]
		_, original := target.Words[part]
		switch {
		case !known:
			es.AddField(part, locale.E("err.words.no_original", "part", part))
		case original || added[part].there:
			es.AddField(part, locale.E("err.words.exists", "part", part))
		case !strings.Contains(text, "\n") && Line(a.Words[part]) != a.Words[part]:
			es.AddField(part, locale.E("err.words.unclean"))
		}
	}
	if err := es.Err(); err != nil {
		return Refuse(ErrConflict, err)
	}
	return nil
}

func checkErased(tx *db.Tx, _ Act, f WordsErased, _ time.Time) error {
	return checkFates(tx, f.Target, f.Parts, func(fate string) string {
		if fate == Erased {
			return "err.words.erased_already"
		}
		return ""
	})
}

func checkHidden(tx *db.Tx, _ Act, f WordsHidden, at time.Time) error {
	if f.AppealUntil < Today(at) {
		return Refuse(ErrInvalid, locale.Field("appeal_until", locale.E("err.words.appeal_past")))
	}
	return checkFates(tx, f.Target, f.Parts, func(fate string) string {
		switch fate {
		case Erased:
			return "err.words.erased_already"
		case Hidden:
			return "err.words.hidden_already"
		}
		return ""
	})
}

func checkRestored(tx *db.Tx, _ Act, f WordsRestored, _ time.Time) error {
	return checkFates(tx, f.Target, f.Parts, func(fate string) string {
		if fate != Hidden {
			return "err.words.not_hidden"
		}
		return ""
	})
}

// checkFates looks at each part of a target as it is now.
func checkFates(tx *db.Tx, target int64, parts []string, wrong func(fate string) string) error {
	e, err := readTarget(tx, target)
	if err != nil {
		return err
	}
	var es locale.Errors
	for _, part := range parts {
		if _, ok := e.Words[part]; !ok {
			es.AddField("parts", locale.E("err.words.unknown", "part", part, "id", strconv.FormatInt(target, 10)))
			continue
		}
		fate, err := fateOf(tx, target, part)
		if err != nil {
			return err
		}
		if key := wrong(fate); key != "" {
			es.AddField("parts", locale.E(key, "part", part))
		}
	}
	if err := es.Err(); err != nil {
		return Refuse(ErrConflict, err)
	}
	return nil
}

// aboutWords tells the acts of this file.
func aboutWords(kind string) bool {
	switch kind {
	case record.KindWordsAdded, record.KindWordsErased, record.KindWordsHidden, record.KindWordsRestored:
		return true
	}
	return false
}
