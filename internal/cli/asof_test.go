package cli_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"kept/internal/cli"
	"kept/internal/correction"
	"kept/internal/db/dbtest"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/internal/web"
)

// pageOfEach bounds how many pages of one kind are kept at each date.
const pageOfEach = 2

// savedPage is what a site answered.
type savedPage struct {
	status int
	body   string
}

// albums are the pages of a site by date and address.
type albums map[string]map[string]savedPage

// TestAsOf keeps pages of every kind at 50 dates of the Harbour Compact's script,
// drawn at random, and finds them again when the script is done: each twin to the
// value, each page to the byte, but for what says that it is of the past.
func TestAsOf(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			url := ""
			if engine == "postgres" {
				url = dbtest.Postgres(t)
			}
			addresses := harbourAddresses(t)
			seed := uint64(time.Now().UnixNano())
			t.Logf("seed %d, %d addresses", seed, len(addresses))
			dates := randomDates(rand.New(rand.NewPCG(seed, 1)), 50)
			kept := albums{}
			k, end := harbourAlbum(t, url, dates, addresses, kept)
			defer end()
			site := siteOf(t, k)
			for _, date := range dates {
				compareAlbum(t, site, date, kept[date])
			}
		})
	}
}

// harbourAlbum runs the script and keeps the pages as they are at the end of each date.
func harbourAlbum(t *testing.T, url string, dates, addresses []string, kept albums) (*keeper.Keeper, func()) {
	t.Helper()
	var site *web.Site
	left := slices.Clone(dates)
	take := func(k *keeper.Keeper, next time.Time, set func(time.Time)) {
		if site == nil {
			site = siteOf(t, k)
		}
		for len(left) > 0 {
			end := endOf(t, left[0])
			if !end.Before(next) {
				return
			}
			set(end)
			if err := k.Sign(t.Context()); err != nil {
				t.Fatal(err)
			}
			kept[left[0]] = map[string]savedPage{}
			for _, address := range addresses {
				kept[left[0]][address] = ask(site, address)
			}
			left = left[1:]
		}
	}
	k, end, err := cli.HarbourPast(t.Context(), t.TempDir(), url, take)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) > 0 {
		t.Fatalf("no pages were kept of %v", left)
	}
	return k, end
}

func compareAlbum(t *testing.T, site *web.Site, date string, album map[string]savedPage) {
	t.Helper()
	differing := 0
	for address, want := range album {
		got := ask(site, dated(address, date))
		if strings.Contains(address, ".json") {
			want.body, got.body = undated(t, want.body), undated(t, got.body)
		} else {
			want.body, got.body = onePlus(plainOf(want.body)), onePlus(plainOf(got.body))
		}
		if got == want {
			continue
		}
		if differing++; differing < 4 {
			t.Errorf("%s as of %s: status %d, was %d; %s", address, date, got.status, want.status, firstDifference(got.body, want.body))
		}
	}
	if differing > 3 {
		t.Errorf("as of %s: %d of %d pages differ", date, differing, len(album))
	}
}

func dated(address, date string) string {
	if strings.Contains(address, "?") {
		return address + "&as-of=" + date
	}
	return address + "?as-of=" + date
}

var (
	bandOfPast  = regexp.MustCompile(`<p class="band">[^\n]*since=[^\n]*</p>\n`)
	notIndexed  = regexp.MustCompile(`<meta name="robots" content="noindex">\n`)
	fieldOfPast = regexp.MustCompile(`<input type="hidden" name="as-of" value="[^"]*">`)
	problemAt   = regexp.MustCompile(`"number":"[0-9a-f]+"`)
)

// plainOf is a page of the past without what says that it is one.
func plainOf(page string) string {
	page = bandOfPast.ReplaceAllString(page, "")
	page = notIndexed.ReplaceAllString(page, "")
	page = fieldOfPast.ReplaceAllString(page, "")
	var plain strings.Builder
	for {
		before, rest, more := strings.Cut(page, "as-of=")
		if !more {
			plain.WriteString(page)
			return plain.String()
		}
		first := strings.HasSuffix(before, "?")
		without := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(before, "?"), "&amp;"), "&")
		if without == before { // no address asks so
			plain.WriteString(before + "as-of=")
			page = rest
			continue
		}
		plain.WriteString(without)
		page = strings.TrimLeft(rest, "0123456789.-")
		for _, sign := range []string{"&amp;", "&"} { // what came second is first now
			if behind, ok := strings.CutPrefix(page, sign); ok && first {
				plain.WriteString("?")
				page = behind
				break
			}
		}
	}
}

// onePlus writes a plus sign one way: in an attribute it has two.
func onePlus(page string) string { return strings.ReplaceAll(page, "&#43;", "+") }

func undated(t *testing.T, twin string) string {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(twin), &v); err != nil {
		t.Fatalf("%s: %v", short(twin), err)
	}
	delete(v, "as_of")
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		if i >= len(g) || i >= len(w) || g[i] != w[i] {
			at := func(lines []string) string {
				if i < len(lines) {
					return short(lines[i])
				}
				return "(ended)"
			}
			return fmt.Sprintf("line %d: %s\nwas %s", i+1, at(g), at(w))
		}
	}
	return "only the status"
}

func siteOf(t *testing.T, k *keeper.Keeper) *web.Site {
	t.Helper()
	site, err := web.New(web.Config{Keeper: k, Base: "http://127.0.0.1:8081", Build: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return site
}

func ask(site http.Handler, address string) savedPage {
	w := httptest.NewRecorder()
	site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
	return savedPage{w.Code, problemAt.ReplaceAllString(w.Body.String(), "")}
}

func endOf(t *testing.T, date string) time.Time {
	t.Helper()
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		t.Fatal(err)
	}
	return day.Add(36*time.Hour - time.Second)
}

// randomDates draws dates of the script's time, in their order.
func randomDates(random *rand.Rand, n int) (dates []string) {
	first := time.Date(2025, 3, 15, 0, 0, 0, 0, time.UTC)
	drawn := map[string]bool{}
	for len(drawn) < n {
		drawn[first.AddDate(0, 0, random.IntN(560)).Format(time.DateOnly)] = true
	}
	for date := range drawn {
		dates = append(dates, date)
	}
	slices.Sort(dates)
	return dates
}

var (
	linksOf = regexp.MustCompile(`href="(/en[^"#]*)`)
	numbers = regexp.MustCompile(`[0-9]+`)
)

// harbourAddresses are some addresses of each kind of page of the finished site.
func harbourAddresses(t *testing.T) []string {
	t.Helper()
	k, end, err := cli.HarbourPast(t.Context(), t.TempDir(), "", func(*keeper.Keeper, time.Time, func(time.Time)) {})
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	return addressesOf(t, siteOf(t, k), pageOfEach)
}

// TestAsOfToday: the whole site as of today is the site of today, and stays so when
// the record has gone on.
func TestAsOfToday(t *testing.T) {
	k, end, err := cli.HarbourPast(t.Context(), t.TempDir(), "", func(*keeper.Keeper, time.Time, func(time.Time)) {})
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	site, album := siteOf(t, k), map[string]savedPage{}
	for _, address := range addressesOf(t, site, 1<<20) {
		album[address] = ask(site, address)
	}
	t.Logf("%d addresses", len(album))
	moment := fmt.Sprintf("%s.%d", keeper.Today(k.Now()), k.Size())
	compareAlbum(t, site, moment, album)
	_, err = k.Submit(t.Context(), "", keeper.Act{Kind: correction.KindAsked, By: stakeholder.Secretariat,
		Facts: correction.Asked{About: "item:H.5", Thing: "item:H.5", Category: "date", Lang: "en", Received: keeper.Today(k.Now())}, Words: map[string]string{"text.en": "Is this date right?"}})
	if err != nil {
		t.Fatal(err)
	}
	compareAlbum(t, site, moment, album)
}

// addressesOf are addresses that a site links to, so many of each kind, each as a
// page in one of the languages and as a twin.
func addressesOf(t *testing.T, site http.Handler, ofEach int) []string {
	t.Helper()
	queue, seen, kinds := []string{"/en/"}, map[string]bool{"/en/": true}, map[string]int{}
	var out []string
	for len(queue) > 0 {
		address := queue[0]
		queue = queue[1:]
		page := ask(site, address)
		if page.status != http.StatusOK || !strings.Contains(page.body, `type="application/json"`) {
			continue // a form or a file
		}
		bare := strings.TrimPrefix(address, "/en")
		if kind := kindOf(bare); kinds[kind] < ofEach {
			kinds[kind]++
			lang := locale.Langs[len(out)%len(locale.Langs)]
			path, query, _ := strings.Cut(bare, "?")
			twin := path + ".json"
			if path == "/" {
				twin = "/index.json"
			}
			if query != "" {
				query = "?" + query
			}
			out = append(out, "/"+string(lang)+bare, twin+query)
		}
		for _, m := range linksOf.FindAllStringSubmatch(page.body, -1) {
			to := strings.ReplaceAll(m[1], "&amp;", "&")
			if to == "/en" || seen[to] || strings.Contains(to, "as-of=") || strings.HasPrefix(to, "/en/cite") || strings.HasPrefix(to, "/en/wrong") || kinds[kindOf(strings.TrimPrefix(to, "/en"))] >= ofEach {
				continue
			}
			seen[to] = true
			queue = append(queue, to)
		}
	}
	if len(kinds) < 40 {
		t.Fatalf("only %d kinds of page: %v", len(kinds), kinds)
	}
	return append(out, "/commitments.csv", "/stakeholders.csv", "/indicators.csv", "/commitments.atom", "/calendar.ics", "/items.csv")
}

// kindOf is an address without what names one thing of its kind.
func kindOf(address string) string {
	path, query, asks := strings.Cut(address, "?")
	parts := strings.Split(path, "/")
	for i := 2; i < len(parts); i++ {
		if i%2 == 0 && !slices.Contains([]string{"balance", "entries"}, parts[i]) {
			parts[i] = "*"
		}
	}
	kind := strings.Join(parts, "/")
	if asks {
		name, _, _ := strings.Cut(query, "=")
		kind += "?" + name
	}
	return numbers.ReplaceAllString(kind, "0")
}

// TestAsOfRefusals asks for dates that the record does not have.
func TestAsOfRefusals(t *testing.T) {
	k, end, err := cli.HarbourPast(t.Context(), t.TempDir(), "", func(*keeper.Keeper, time.Time, func(time.Time)) {})
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	site := siteOf(t, k)
	for as, want := range map[string]string{
		"2027-02-30":       "is not a date",
		"yesterday":        "is not a date",
		"2999-01-01":       "still to come",
		"2020-01-01":       "had not begun",
		"2025-06-01.0":     "not a number between 1",
		"2025-06-01.99999": "not a number between 1",
		"2025-06-01.07":    "not a number between 1",
		"2025-06-01.x":     "not a number between 1",
	} {
		got := ask(site, "/en/items?as-of="+as)
		if got.status < 400 || got.status >= 500 || !strings.Contains(got.body, want) {
			t.Errorf("as of %s: %d, %s", as, got.status, short(got.body))
		}
	}
	for address, want := range map[string]string{
		"/items?as-of=2025-06-01":                        "/en/items?as-of=2025-06-01",
		"/en/commitments/new?as-of=2025-06-01":           "/en/commitments/new",
		"/record/checkpoint?as-of=2025-06-01":            "/record/checkpoint",
		"/en/stakeholders/new?party=3&as-of=2025-06-01":  "/en/stakeholders/new?party=3",
		"/en/sign-in?as-of=2025-06-01&back=%2Fen%2Fdesk": "/en/sign-in?back=%2Fen%2Fdesk",
	} {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(http.MethodGet, address, nil))
		if got := w.Header().Get("Location"); w.Code != http.StatusFound || got != want {
			t.Errorf("%s: %d to %s, want %s", address, w.Code, got, want)
		}
	}
	if got := ask(site, "/en/changed?page=/items&since=2025-06-01&as-of=2025-07-01"); got.status != http.StatusNotFound {
		t.Errorf("a comparison as of a date: %d", got.status)
	}
	if got := ask(site, "/en/nothing?as-of=2025-06-01"); got.status != http.StatusNotFound {
		t.Errorf("a page that never was: %d", got.status)
	}
}

// TestChangedSince compares pages with what they were.
func TestChangedSince(t *testing.T) {
	k, end, err := cli.HarbourPast(t.Context(), t.TempDir(), "", func(*keeper.Keeper, time.Time, func(time.Time)) {})
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	site := siteOf(t, k)
	twin := ask(site, "/changed.json?page=/commitments&since=2025-06-01")
	var v struct {
		Data struct {
			Total  int
			Values []struct{ At, Then, Now string }
		}
	}
	if err := json.Unmarshal([]byte(twin.body), &v); err != nil || twin.status != http.StatusOK {
		t.Fatal(twin.status, err)
	}
	then, now := ask(site, "/commitments.json?as-of=2025-06-01"), ask(site, "/commitments.json")
	if v.Data.Total == 0 || len(v.Data.Values) != min(v.Data.Total, 200) {
		t.Fatalf("%d changes, %d listed", v.Data.Total, len(v.Data.Values))
	}
	for _, c := range v.Data.Values {
		inThen, inNow := quoted(then.body, c.Then), quoted(now.body, c.Now)
		if c.Then == c.Now || !inThen || !inNow {
			t.Errorf("%s: %q then, %q now", c.At, c.Then, c.Now)
		}
	}
	if same := ask(site, "/en/changed?page=/about/terms&since=2025-06-01"); same.status != http.StatusOK || !strings.Contains(same.body, "Nothing: every value") {
		t.Errorf("a page without figures: %d", same.status)
	}
	for _, bad := range []string{"//evil.example/", "https://evil.example/", "nowhere", "/nowhere", "/desk", "/record/checkpoint"} {
		if got := ask(site, "/en/changed?page="+bad+"&since=2025-06-01"); got.status != http.StatusUnprocessableEntity && got.status != http.StatusNotFound {
			t.Errorf("compared %s: %d", bad, got.status)
		}
	}
}

// quoted tells whether a value stands in JSON, or is none.
func quoted(body, value string) bool {
	if value == "" || value == "yes" || value == "no" {
		return true
	}
	b, _ := json.Marshal(value)
	return strings.Contains(body, strings.Trim(string(b), `"`))
}
