package cli_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"kept/internal/keeper"
	"kept/internal/report"
)

// drafts are the reports whose every figure is followed: the last full year of the
// sample, the sample up to now, and the real compact up to now.
var drafts = []struct{ site, kind, to string }{{"harbour", "yearly", ""}, {"harbour", "yearly", "today"}, {"gdc", "progress-82", ""}}

// TestFiguresAreTheirLists walks, for each figure that names a query, the twin of
// the page that it names, as of the day and size of the report: a count is the
// length of the list there, and its entries are those of the list; a sum's entries
// are in the list; a value of the observatory stands on its trace.
func TestFiguresAreTheirLists(t *testing.T) {
	data := filepath.Join(t.TempDir(), "demo")
	demo := start(t, freePorts(t), "demo", "--data", data)
	defer demo.stop()
	base := map[string]string{"gdc": "http://" + demo.addr, "harbour": "http://" + nextPort(demo.addr)}
	for _, d := range drafts {
		t.Run(d.site+" "+d.to, func(t *testing.T) {
			f := draftOf(t, filepath.Join(data, d.site), d.kind, d.to)
			w := walker{t, base[d.site], "as-of=" + f.Date + "." + strconv.FormatInt(f.Size, 10)}
			followed := 0
			for _, c := range f.Chapters {
				for _, one := range c.Figures {
					if one.Query != "" && w.follow(one) {
						followed++
					}
				}
			}
			t.Logf("%d figures followed, %d entries", followed, f.Size)
			if followed < 200 {
				t.Errorf("%d figures were followed", followed)
			}
		})
	}
}

// draftOf runs kept report draft and reads what it wrote.
func draftOf(t testing.TB, dir, kind, to string, flags ...string) *report.Figures {
	t.Helper()
	out := t.TempDir()
	args := append([]string{"report", "draft", out, "--report", kind, "--data", dir}, flags...)
	if to == "today" {
		to = keeper.Today(time.Now())
	}
	if to != "" {
		args = append(args, "--to", to)
	}
	must(t, args...)
	b, err := os.ReadFile(filepath.Join(out, "figures.json"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := report.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// walker follows figures to the lists that they name.
type walker struct {
	t    testing.TB
	base string
	asOf string
}

// listed is what the twins of lists have in common.
type listed struct {
	Total *int64
	Next  string
	Rows  []struct{ ID int64 }
	Parts []struct{ ID int64 }    `json:"parties"`
	Asked []struct{ ID int64 }    `json:"corrections"`
	Entry []struct{ Index int64 } `json:"entries"`
}

// follow tells whether there was something to hold the figure against.
func (w walker) follow(f report.Figure) bool {
	path, _, _ := strings.Cut(f.Query, "?")
	switch {
	case path == "/commitments" || path == "/stakeholders" || path == "/record/entries" || path == "/corrections":
		return w.list(f)
	case path == "/bodies" || path == "/bodies/overlaps" || path == "/gaps" || path == "/regulators" || path == "/regions":
		w.table(f)
	case strings.Contains(path, "/trace/"):
		got := decode[struct {
			Data struct {
				Value  string
				Entry  int64
				Sha256 string
			}
		}](w.t, w.get(f.Query)).Data
		if got.Value != f.Value || got.Entry != f.Entry || got.Sha256 != f.Snapshot {
			w.t.Errorf("%s is %s of %d, its trace says %+v", f.ID, f.Value, f.Entry, got)
		}
	case strings.HasPrefix(path, "/indicators/") && strings.HasSuffix(f.ID, ".areas") && f.Value != "":
		got := decode[struct {
			Data struct {
				With int64 `json:"areas_with_value_now"`
			}
		}](w.t, w.get(f.Query)).Data
		if strconv.FormatInt(got.With, 10) != f.Value {
			w.t.Errorf("%s is %s, its page says %d", f.ID, f.Value, got.With)
		}
	case strings.HasPrefix(path, "/targets/") && (strings.HasSuffix(f.ID, ".low") || strings.HasSuffix(f.ID, ".high")) && f.Value != "":
		got := decode[struct {
			Data struct{ Towards struct{ Low, High string } }
		}](w.t, w.get(f.Query)).Data.Towards
		if !slices.Contains([]string{got.Low, got.High}, f.Value) {
			w.t.Errorf("%s is %s, its page says %+v", f.ID, f.Value, got)
		}
	default:
		return false
	}
	return true
}

// list holds a figure against a list.
func (w walker) list(f report.Figure) bool {
	var ids []int64
	total := int64(-1)
	for query := f.Query; query != ""; {
		l := decode[struct{ Data listed }](w.t, w.get(query)).Data
		for _, row := range slices.Concat(l.Rows, l.Parts, l.Asked) {
			ids = append(ids, row.ID)
		}
		for _, row := range l.Entry {
			ids = append(ids, row.Index)
		}
		if l.Total != nil {
			total = *l.Total
		}
		if query = l.Next; query != "" {
			path, _, _ := strings.Cut(f.Query, "?")
			query = path + query
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if total >= 0 && total != int64(len(ids)) {
		w.t.Errorf("%s has %d rows and says %d", f.Query, len(ids), total)
	}
	switch {
	case f.Method == "sum/1":
		for _, id := range f.Records {
			if !slices.Contains(ids, id) {
				w.t.Errorf("%s adds up %d, which %s does not list", f.ID, id, f.Query)
			}
		}
		return len(f.Records) > 0
	case f.Method != "count/1":
		return false
	case strconv.Itoa(len(ids)) != f.Value:
		w.t.Errorf("%s is %s, and %s lists %d", f.ID, f.Value, f.Query, len(ids))
	case f.RecordsDigest != "":
		if digest, err := report.RecordsDigest(ids); err != nil || digest.String() != f.RecordsDigest || f.RecordsCount != int64(len(ids)) {
			w.t.Errorf("%s: the entries of %s have another digest", f.ID, f.Query)
		}
	case len(f.Records) > 0 && !slices.Equal(f.Records, ids):
		w.t.Errorf("%s counted %v, %s lists %v", f.ID, f.Records, f.Query, ids)
	}
	return true
}

// table holds a count against the rows of a page's CSV.
func (w walker) table(f report.Figure) {
	path, conditions, _ := strings.Cut(f.Query, "?")
	address := w.base + path + ".csv?" + strings.Trim(conditions+"&"+w.asOf, "&")
	answer, err := http.Get(address)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	rows, err := csv.NewReader(answer.Body).ReadAll()
	if err != nil || answer.StatusCode != http.StatusOK {
		w.t.Fatalf("%s: %s %v", address, answer.Status, err)
	}
	if n := strconv.Itoa(len(rows) - 1); n != f.Value {
		w.t.Errorf("%s is %s, and %s has %s rows", f.ID, f.Value, address, n)
	}
}

// get is the twin of a page, as of the report, in one language.
func (w walker) get(query string) string {
	path, conditions, _ := strings.Cut(query, "?")
	if !strings.Contains(conditions, "as-of=") {
		conditions = strings.Trim(conditions+"&"+w.asOf, "&")
	}
	return twin(w.t, w.base+path+".json?"+conditions+"&lang=en")
}

func twin(t testing.TB, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var body json.RawMessage
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v %s", address, answer.Status, err, short(string(body)))
	}
	return string(body)
}

func nextPort(addr string) string {
	host, port, _ := strings.Cut(addr, ":")
	n, _ := strconv.Atoi(port)
	return fmt.Sprintf("%s:%d", host, n+1)
}
