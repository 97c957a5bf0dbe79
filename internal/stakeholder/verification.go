package stakeholder

import (
	"slices"
	"strconv"
	"strings"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// KindVerified is the act by which the secretariat says how surely a party is who it says.
const KindVerified = "party.verified"

// Levels of verification: V0 self-declared, V1 mailbox and domain, V2 document
// checked, V3 official register or two verified vouchers, V4 a channel of a
// government or an intergovernmental organisation.
var Levels = []string{"V0", "V1", "V2", "V3", "V4"}

// levelBases are the grounds for each level.
var levelBases = map[string][]string{
	"V0": {"self-declared"},
	"V1": {"mailbox"},
	"V2": {"document"},
	"V3": {"register", "vouchers"},
	"V4": {"official-channel"},
}

// vouchersNeeded is how many verified parties vouch for another one.
const vouchersNeeded = 2

// Verified are the facts of party.verified. It has no words.
type Verified struct {
	Party    int64   `json:"party"`
	Level    string  `json:"level"`
	Basis    string  `json:"basis"`
	Vouchers []int64 `json:"vouchers,omitempty"` // parties that vouch for it
}

func partyVerified() keeper.Kind {
	return rules[Verified]{
		name: KindVerified,
		validate: func(a keeper.Act, f Verified, errs *locale.Errors) {
			bySecretariat(a, errs)
			bases, ok := levelBases[f.Level]
			switch {
			case !ok:
				errs.AddField("level", locale.E("err.party.not_one_of", "value", f.Level, "known", strings.Join(Levels, ", ")))
			case !slices.Contains(bases, f.Basis):
				errs.AddField("basis", locale.E("err.party.level_basis", "level", f.Level, "known", strings.Join(bases, ", ")))
			}
			if f.Basis == "vouchers" && len(f.Vouchers) < vouchersNeeded {
				errs.AddField("vouchers", locale.E("err.party.vouchers", "need", vouchersNeeded))
			}
			if f.Basis != "vouchers" && len(f.Vouchers) > 0 {
				errs.AddField("vouchers", locale.E("err.party.vouchers_surplus"))
			}
		},
		check: checkVerified,
		apply: func(tx *db.Tx, e keeper.Entry, f Verified) error {
			err := tx.Queue("INSERT INTO verification (id, party, level, basis, verified_on) VALUES (?, ?, ?, ?, ?)", e.Index, f.Party, f.Level, f.Basis, e.On())
			if err != nil {
				return err
			}
			if err := tx.Queue("UPDATE party SET level = ?, level_basis = ?, level_on = ? WHERE id = ?", f.Level, f.Basis, e.On(), f.Party); err != nil {
				return err
			}
			return touch(tx, e.Index, f.Party, "")
		},
	}.kind()
}

func checkVerified(c checking, f Verified) error {
	p, err := registered(c.tx, f.Party)
	if err != nil {
		return placed("party", err)
	}
	families := []int64{p.family()}
	for _, id := range f.Vouchers {
		v, err := registered(c.tx, id)
		if err != nil {
			return placed("vouchers", err)
		}
		if v.Level < "V2" {
			return locale.Field("vouchers", locale.E("err.party.voucher_level", "id", strconv.FormatInt(id, 10)))
		}
		if slices.Contains(families, v.family()) {
			return locale.Field("vouchers", locale.E("err.party.voucher_family", "id", strconv.FormatInt(id, 10)))
		}
		families = append(families, v.family())
	}
	return nil
}

// family is what counts once: a parent and what belongs to it.
func (p Party) family() int64 {
	if p.Parent != 0 {
		return p.Parent
	}
	return p.ID
}
