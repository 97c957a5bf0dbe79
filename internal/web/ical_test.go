package web_test

import (
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCalendarFile(t *testing.T) {
	site := gdcSite(t)
	for _, lang := range []string{"", "ar", "zh", "ru"} {
		address := "/calendar.ics"
		if lang != "" {
			address += "?lang=" + lang
		}
		w := get(site, address)
		if got, want := w.Header().Get("Content-Type"), "text/calendar; charset=utf-8"; w.Code != http.StatusOK || got != want {
			t.Fatalf("%s: got %d %s, want 200 %s", address, w.Code, got, want)
		}
		checkCalendar(t, address, w.Body.String())
	}
	if w := get(site, "/calendar.ics?lang=xx"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("an unknown language: got status %d, want 422", w.Code)
	}
}

// checkCalendar holds a file to RFC 5545: line ends, length of lines, balanced parts.
func checkCalendar(t *testing.T, address, body string) {
	t.Helper()
	if !strings.HasSuffix(body, "END:VCALENDAR\r\n") || strings.Contains(strings.ReplaceAll(body, "\r\n", ""), "\n") {
		t.Errorf("%s does not end its lines with CR LF", address)
	}
	open := 0
	for _, line := range strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("%s has a line of %d octets: %s", address, len(line), line)
		}
		if !utf8.ValidString(line) {
			t.Errorf("%s cuts a character at a fold: %q", address, line)
		}
		switch {
		case strings.HasPrefix(line, "BEGIN:VEVENT"):
			open++
		case strings.HasPrefix(line, "END:VEVENT"):
			open--
		}
	}
	if open != 0 {
		t.Errorf("%s leaves %d events open", address, open)
	}
}

func TestCalendarFileDates(t *testing.T) {
	body := strings.ReplaceAll(get(gdcSite(t), "/calendar.ics").Body.String(), "\r\n ", "")
	tests := []struct{ name, uid, from, to string }{
		{"a day", "K.03", "20250228", "20250301"},
		{"a month", "K.02", "20241201", "20250101"},
		{"a year", "K.18", "20300101", "20310101"},
		{"two days", "K.12", "20260706", "20260708"},
		{"a session from month to month", "K.13", "20260901", "20271001"},
	}
	for _, test := range tests {
		_, event, _ := strings.Cut(body, "UID:"+test.uid+".")
		event, _, _ = strings.Cut(event, "END:VEVENT")
		if !strings.Contains(event, "DTSTART;VALUE=DATE:"+test.from+"\r\n") || !strings.Contains(event, "DTEND;VALUE=DATE:"+test.to+"\r\n") {
			t.Errorf("%s: %s is not from %s to %s:\n%s", test.name, test.uid, test.from, test.to, event)
		}
	}
	if want := `Our Common Agenda`; strings.Contains(body, want+",") {
		t.Error("a comma in a text is not escaped")
	}
}
