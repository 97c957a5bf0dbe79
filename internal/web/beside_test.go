package web_test

import (
	"net/http"
	"strings"
	"testing"

	"kept/compacts"
)

// TestPledgesAreNotJudged wants a stock of pledges told as it is: how much of how
// much, both deadlines with whoever set them, and no good or bad word.
func TestPledgesAreNotJudged(t *testing.T) {
	site := gdcSite(t)
	body := page(t, site, "/en/targets/T.2", http.StatusOK)
	for _, want := range []string{"82 of 100 billion US dollars, pledged; delivered: not known", "December 2026", ">2030<", "IT-Online", "policy brief 5", "Proposal of May 2023, not agreed"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of a target of pledges does not say %q", want)
		}
	}
	for _, bad := range []string{`class="st good"`, `class="st warn"`, `class="st bad"`, "on track", "too slow"} {
		if strings.Contains(body, bad) {
			t.Errorf("the page of a target of pledges holds %q", bad)
		}
	}
	beside := page(t, site, "/en/targets/N.1", http.StatusOK)
	for _, want := range []string{"/indicators/people-offline", "billion people", "cannot be computed", "No commitment registered here adds to this target"} {
		if !strings.Contains(beside, want) {
			t.Errorf("N.1 does not say %q", want)
		}
	}
}

// TestWholeListAsCSV wants every row in the CSV of a list that the page cuts.
func TestWholeListAsCSV(t *testing.T) {
	site := gdcSite(t)
	for _, address := range []string{"/stakeholders.csv", "/stakeholders.csv?after=nothing&kind=state"} {
		if got := strings.Count(page(t, site, address, http.StatusOK), "\n"); got != 194 {
			t.Errorf("%s: got %d lines, want 193 States and the heads", address, got)
		}
	}
}

func TestReportsDue(t *testing.T) {
	site, k := newSite(t, compacts.Harbour())
	harbourPast(t, k)
	if body := page(t, site, "/en/calendar", http.StatusOK); !strings.Contains(body, "21 May 2027") || !strings.Contains(body, "80 per cent of ship waste treated") {
		t.Errorf("the calendar does not name the report that falls due:\n%s", firstLines(body))
	}
	file := page(t, site, "/calendar.ics?lang=en", http.StatusOK)
	checkCalendar(t, "/calendar.ics", file)
	if strings.Count(file, "UID:due.") != 1 {
		t.Errorf("got %d dues in the file, want 1", strings.Count(file, "UID:due."))
	}
	if other := page(t, site, "/calendar.ics?party=1", http.StatusOK); strings.Contains(other, "UID:due.") {
		t.Error("the dues of one party hold those of another")
	}
	if w := get(site, "/calendar.ics?party=x"); w.Code != http.StatusNotFound {
		t.Errorf("a party that is no number: got status %d, want 404", w.Code)
	}
}

// TestFindingAndLegend wants the sentence over the map to say what the table beside
// the pack says (194 values, so the median lies between two of them), and the map
// to explain its colours.
func TestFindingAndLegend(t *testing.T) {
	body := page(t, gdcSite(t), "/en/indicators/internet-users", http.StatusOK)
	for _, want := range []string{"29 of 194 countries and areas were below one third", "24 of them are least developed", "have 80.1 % or more", `class="map legend"`, ">16.7<", ">83.3<"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of an indicator does not say %q", want)
		}
	}
}
