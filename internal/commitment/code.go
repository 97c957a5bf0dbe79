package commitment

import (
	"slices"
	"strings"
)

// The closed lists of codes. Their words are messages: commitment.type.financial.
var (
	Types         = []string{"policy_regulatory", "financial", "programme_service", "infrastructure", "capacity", "data_standards", "advocacy"}
	Newnesses     = []string{"new", "scaled_up", "continuing", "restated"}
	Conditions    = []string{"unconditional", "conditional"}
	Directions    = []string{"up", "down", "hold"}
	Measures      = []string{"stock", "cumulative", "maintain", "binary"}
	Bounds        = []string{"at_least", "at_most"}
	Frequencies   = []string{"monthly", "quarterly", "half_yearly", "yearly", "two_yearly", "once"}
	Beneficiaries = []string{"everyone", "women", "children", "youth", "older_people", "persons_with_disabilities", "indigenous_peoples",
		"rural", "low_income", "migrants_refugees", "learners", "patients", "small_businesses", "workers", "public_bodies"}
	MoneyKinds  = []string{"cash", "in_kind", "loan", "guarantee", "equity"}
	MoneyRoles  = []string{"own", "mobilised", "sought", "offered"}
	Reviews     = []string{"none", "peer", "independent"}
	Rhythms     = []int64{1, 3, 6, 12, 24}
	Statuses    = []string{"not_started", "in_preparation", "in_progress", "completed", "delayed", "changed", "discontinued"}
	Unchangeds  = []string{"no_change", "nothing_to_report"}
	Reasons     = []string{"not_yet_measured", "data_not_available", "not_started", "no_capacity", "withheld", "not_applicable", "other"}
	StepStates  = []string{"planned", "done", "late", "dropped"}
	LaterStages = []string{"committed", "received", "disbursed", "spent"}
	Barriers    = []string{"funding", "capacity", "law", "data", "partners", "technology", "security", "politics", "disaster", "other"}
	Enablers    = []string{"funding", "capacity", "law", "data", "partners", "technology", "leadership", "demand", "other"}
	Kinds       = []string{"law_policy", "dataset", "contract_budget", "photo_site", "report", "media", "testimony"}
	Audiences   = []string{"reviewers", "party"} // of a document that not everybody may read
	Outcomes    = []string{"achieved", "partly_achieved", "not_achieved", "replaced"}
	Excuses     = []string{"disaster", "conflict", "health_emergency", "change_of_government", "capacity", "technical", "other"}
	Strengths   = []string{"E0", "E1", "E2", "E3", "E4"}
	Units       = []string{"people", "households", "schools", "hospitals", "schools-and-hospitals", "sites", "communities", "organisations",
		"countries", "percent", "percent-more", "count", "kilometres", "megabits-per-second", "hours", "days", "yes-no", "other"}
)

// pledged is the stage of the money lines of a commitment itself.
const pledged = "pledged"

func known(list []string, code string) bool { return slices.Contains(list, code) }

// currencies are the codes of ISO 4217 in use, funds and metals left out.
const currencies = ` AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
 CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD
 JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
 NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND
 TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XDR XOF XPF YER ZAR ZMW ZWG `

// Currency tells whether a code is a currency of ISO 4217 in use.
func Currency(code string) bool {
	return len(code) == 3 && slices.Contains(strings.Fields(currencies), code)
}

// unitForm is the shape of a unit code; which units there are, [Units], the
// currencies and the pack say.
func unitForm(code string) bool {
	return Currency(code) || code != "" && len(code) <= 40 && strings.Trim(code, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}
