package commitment

import (
	"math/big"
	"strings"

	"kept/internal/keeper"
	"kept/internal/locale"
)

var hundred = big.NewRat(100, 1)

func checkIndicators(f Made, have Parts, es *locale.Errors) {
	if len(f.Indicators) > maxIndicators {
		es.AddField("indicators", locale.E("err.commitment.too_many", "n", len(f.Indicators), "max", maxIndicators))
	}
	for n, i := range f.Indicators {
		name := func(field string) string { return part("indicators", n, field) }
		for _, field := range []string{"name", "source"} {
			if !have[name(field)] {
				es.AddField(name(field), locale.E("err.commitment.needed"))
			}
		}
		if !unitForm(i.Unit) {
			es.AddField(name("unit"), locale.E("err.commitment.unknown_unit", "value", keeper.Line(i.Unit)))
		}
		if i.Unit == "other" && !have[name("unit_name")] {
			es.AddField(name("unit_name"), locale.E("err.commitment.needed"))
		}
		checkCode(name("direction"), Directions, i.Direction, es)
		checkCode(name("measure_kind"), Measures, i.Measure, es)
		checkCode(name("frequency"), Frequencies, i.Frequency, es)
		if (i.Direction == "hold") != known(Bounds, i.Bound) || i.Direction != "hold" && i.Bound != "" {
			es.AddField(name("bound"), locale.E("err.commitment.bound"))
		}
		if i.Direction == "hold" != (i.Measure == "maintain") && known(Directions, i.Direction) && known(Measures, i.Measure) {
			es.AddField(name("measure_kind"), locale.E("err.commitment.maintain"))
		}
		if i.Dedup != "" && strings.Trim(i.Dedup, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || len(i.Dedup) > 40 {
			es.AddField(name("dedup"), locale.E("err.commitment.unknown_code", "value", keeper.Line(i.Dedup)))
		}
		checkPath(i, name, f, es)
	}
}

// checkPath checks baseline, target and what lies between them.
func checkPath(i Indicator, name func(string) string, f Made, es *locale.Errors) {
	target := checkDecimal(name("target"), i.Target, es)
	targetOn := checkDate(name("target_on"), i.TargetOn, es)
	if targetOn && fullDate(f.Start) && lastDay(i.TargetOn) < f.Start {
		es.AddField(name("target_on"), locale.E("err.commitment.target_before_start"))
	}
	baseline, baselineOn := false, false
	if i.Baseline != "" || i.BaselineOn != "" {
		baseline = checkDecimal(name("baseline"), i.Baseline, es)
		baselineOn = checkDate(name("baseline_on"), i.BaselineOn, es)
	}
	if baselineOn && targetOn && lastDay(i.BaselineOn) >= lastDay(i.TargetOn) {
		es.AddField(name("target_on"), locale.E("err.commitment.target_before_baseline"))
	}
	if target {
		g, _ := rat(i.Target)
		if baseline {
			b, _ := rat(i.Baseline)
			es.AddField(name("target"), wayTo(b, g, i))
			es.AddField(name("baseline"), natural(b, i))
		}
		if i.Measure == "binary" && g.Cmp(big.NewRat(1, 1)) != 0 {
			es.AddField(name("target"), locale.E("err.commitment.binary"))
		}
		es.AddField(name("target"), natural(g, i))
	}
	if i.Measure == "cumulative" && baseline && sum(i.Baseline).Sign() != 0 {
		es.AddField(name("baseline"), locale.E("err.commitment.cumulative"))
	}
	if i.Measure == "cumulative" && i.Direction == "down" {
		es.AddField(name("direction"), locale.E("err.commitment.cumulative_down"))
	}
}

// wayTo refuses a target that changes nothing or lies the other way.
func wayTo(b, g *big.Rat, i Indicator) error {
	switch c := g.Cmp(b); {
	case i.Direction == "hold":
		return nil
	case c == 0:
		return locale.E("err.commitment.target_is_baseline")
	case c < 0 && i.Direction == "up":
		return locale.E("err.commitment.target_below")
	case c > 0 && i.Direction == "down":
		return locale.E("err.commitment.target_above")
	}
	return nil
}

// natural refuses a value outside what the indicator can be.
func natural(v *big.Rat, i Indicator) error {
	low, hasLow := rat(i.NaturalMin)
	high, hasHigh := rat(i.NaturalMax)
	switch {
	case i.NaturalMin != "" && !hasLow:
		return locale.E("err.commitment.bad_decimal", "value", keeper.Line(i.NaturalMin))
	case i.NaturalMax != "" && !hasHigh:
		return locale.E("err.commitment.bad_decimal", "value", keeper.Line(i.NaturalMax))
	case hasLow && v.Cmp(low) < 0, hasHigh && v.Cmp(high) > 0:
		return locale.E("err.commitment.not_natural", "min", i.NaturalMin, "max", i.NaturalMax)
	}
	return nil
}

func checkMoney(f Made, es *locale.Errors) {
	if len(f.Money) > maxMoney {
		es.AddField("money", locale.E("err.commitment.too_many", "n", len(f.Money), "max", maxMoney))
	}
	for n, m := range f.Money {
		name := func(field string) string { return part("money", n, field) }
		checkAmount(name, m.Amount, m.Currency, es)
		checkDate(name("value_on"), m.ValueOn, es)
		checkCode(name("kind"), MoneyKinds, m.Kind, es)
		checkCode(name("role"), MoneyRoles, m.Role, es)
		for field, date := range map[string]string{"from": m.From, "to": m.To} {
			if date != "" {
				checkDate(name(field), date, es)
			}
		}
		if m.From != "" && m.To != "" && lastDay(m.To) < lastDay(m.From) {
			es.AddField(name("to"), locale.E("err.commitment.ends_before_start"))
		}
		checkPurposes(name("dac"), m.DAC, es)
	}
}

func checkAmount(name func(string) string, amount, currency string, es *locale.Errors) {
	if checkDecimal(name("amount"), amount, es) && sum(amount).Sign() <= 0 {
		es.AddField(name("amount"), locale.E("err.commitment.amount"))
	}
	if !Currency(currency) {
		es.AddField(name("currency"), locale.E("err.commitment.currency", "value", keeper.Line(currency)))
	}
}

// checkPurposes wants codes of five digits whose shares make up the whole line.
func checkPurposes(name string, codes []DAC, es *locale.Errors) {
	if len(codes) > maxDAC {
		es.AddField(name, locale.E("err.commitment.too_many", "n", len(codes), "max", maxDAC))
	}
	seen := map[string]bool{}
	var shares []string
	for _, d := range codes {
		if len(d.Code) != 5 || strings.Trim(d.Code, "0123456789") != "" || d.Code[0] == '0' {
			es.AddField(name, locale.E("err.commitment.dac", "value", keeper.Line(d.Code)))
		}
		if seen[d.Code] {
			es.AddField(name, locale.E("err.commitment.twice", "value", keeper.Line(d.Code)))
		}
		seen[d.Code] = true
		if d.Percent == "" {
			es.AddField(name, locale.E("err.commitment.needed"))
		}
		checkPercent(name, d.Percent, es)
		shares = append(shares, d.Percent)
	}
	if total := sum(shares...); len(codes) > 0 && total.Cmp(hundred) != 0 {
		es.AddField(name, locale.E("err.commitment.dac_sum", "sum", exact(total)))
	}
}

func checkPercent(name, percent string, es *locale.Errors) {
	if percent == "" {
		return
	}
	if r, ok := rat(percent); !ok || r.Sign() < 0 || r.Cmp(hundred) > 0 {
		es.AddField(name, locale.E("err.commitment.percent", "value", keeper.Line(percent)))
	}
}
