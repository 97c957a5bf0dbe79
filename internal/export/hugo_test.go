package export_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kept/compacts"
	"kept/internal/commitment"
	"kept/internal/commitment/commitmenttest"
	"kept/internal/compact"
	"kept/internal/correction"
	"kept/internal/db"
	"kept/internal/export"
	"kept/internal/forum"
	"kept/internal/keeper"
	"kept/internal/observatory"
	"kept/internal/report"
	"kept/internal/stakeholder"
)

// BenchmarkBesideHugo writes the whole site of the Global Digital Compact, with some
// hundred commitments, as files, and lets Hugo (Debian package hugo) build 10,000 pages
// of the same size, in turn, each in a process of its own into a fresh folder; the
// medians of three are compared by pages a second. Twins, feeds and the record are
// written too and counted as no pages. Beside it: the same export once more over the
// one that is there, and what each took in memory. The goal is three times Hugo's
// speed, in 200 MB. All folders are in memory where the system has such a folder: a
// disk that takes longer to create files than the programs take to make them would be
// measured in their place.
func BenchmarkBesideHugo(b *testing.B) {
	if _, err := exec.LookPath("hugo"); err != nil {
		b.Skip("left out: hugo is not installed (Debian package hugo)")
	}
	work := quickFolder(b)
	data := filepath.Join(work, "data")
	fillRecord(b, data)
	var ours, again, hugo runs
	for n := range 3 {
		to := filepath.Join(work, fmt.Sprint("ours", n))
		r := ours.measure(b, exportCommand(data, to), func() int { return pagesOf(b, to) })
		size := r.bytes / int64(r.pages)
		again.measure(b, exportCommand(data, to), func() int { return pagesOf(b, to) })
		if err := os.RemoveAll(to); err != nil {
			b.Fatal(err)
		}
		source := filepath.Join(work, "source")
		if n == 0 {
			hugoSource(b, source, 10000, int(size))
		}
		built := filepath.Join(work, fmt.Sprint("hugo", n))
		command := exec.Command("hugo", "--quiet", "--source", source, "--destination", built)
		hugo.measure(b, command, func() int { return 10000 })
		if n == 0 {
			b.Logf("%d bytes a page; Hugo's %d", size, htmlBytes(b, filepath.Join(built, "p"))/10000)
		}
		if err := os.RemoveAll(built); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(ours.median(), "ours-pages/s")
	b.ReportMetric(again.median(), "again-pages/s")
	b.ReportMetric(hugo.median(), "hugo-pages/s")
	b.ReportMetric(ours.median()/hugo.median(), "ratio")
	b.ReportMetric(ours.work(), "ours-cpu-ms/page")
	b.ReportMetric(hugo.work(), "hugo-cpu-ms/page")
	b.ReportMetric(ours.memory(), "ours-MB")
	b.ReportMetric(hugo.memory(), "hugo-MB")
	b.ReportMetric(0, "ns/op")
}

// quickFolder is a folder in memory, else one on the disk, for this run and for the
// programs that it starts.
func quickFolder(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "kept-bench-")
	if err != nil {
		dir = b.TempDir()
		b.Log("no folder in memory: the disk is measured too")
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	b.Setenv("TMPDIR", dir)
	return dir
}

// runs are measurements of one side. Where others work on the same machine the speed
// says as much of them; the processor's time for a page does so less.
type runs struct {
	speeds []float64
	works  []float64 // milliseconds of processor for a page
	most   int64     // resident memory in kilobytes
}

type one struct {
	pages int
	bytes int64
}

func (r *runs) measure(b *testing.B, c *exec.Cmd, pages func() int) one {
	b.Helper()
	begin := time.Now()
	if out, err := c.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	took := time.Since(begin).Seconds()
	if used, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.most = max(r.most, int64(used.Maxrss))
	}
	n := pages()
	r.speeds = append(r.speeds, float64(n)/took)
	used := c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	r.works = append(r.works, used.Seconds()*1000/float64(n))
	dir := c.Args[len(c.Args)-1]
	return one{n, htmlBytes(b, dir)}
}

func (r *runs) median() float64 { return middle(r.speeds) }

func (r *runs) work() float64 { return middle(r.works) }

func middle(of []float64) float64 {
	slices.Sort(of)
	return of[len(of)/2]
}

func (r *runs) memory() float64 { return float64(r.most) / 1024 }

// htmlBytes are the bytes of all pages below a folder.
func htmlBytes(b *testing.B, dir string) (n int64) {
	b.Helper()
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".html" {
			return err
		}
		info, err := d.Info()
		n += info.Size()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func pagesOf(b *testing.B, dir string) int {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "export.json"))
	var m export.Manifest
	if err == nil {
		err = json.Unmarshal(text, &m)
	}
	if err != nil {
		b.Fatal(err)
	}
	return m.Pages
}

// exportCommand runs TestExportProcess in a process of its own.
func exportCommand(data, to string) *exec.Cmd {
	c := exec.Command(os.Args[0], "-test.run", "^TestExportProcess$", "-test.v", data, to)
	c.Env = append(os.Environ(), "KEPT_EXPORT_PROCESS=1")
	return c
}

// TestExportProcess is what the benchmark measures: a process that opens a record and
// writes its site. On its own it does nothing.
func TestExportProcess(t *testing.T) {
	if os.Getenv("KEPT_EXPORT_PROCESS") == "" {
		t.Skip("runs for BenchmarkBesideHugo only")
	}
	args := os.Args[len(os.Args)-2:]
	export.Tune()
	store, err := db.Open(t.Context(), db.Config{Dir: args[0], Readers: runtime.GOMAXPROCS(0) + 1})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	k := openRecord(t, store, args[0], func() time.Time { return dayEnd })
	still := newStill(t, k, "", runtime.GOMAXPROCS(0))
	write(t, still, args[1])
	still.Close()
}

func openRecord(t testing.TB, store *db.DB, dir string, clock keeper.Clock) *keeper.Keeper {
	t.Helper()
	key, err := keeper.ReadKey(filepath.Join(dir, "record.key"))
	if err != nil {
		t.Fatal(err)
	}
	k, err := keeper.Open(t.Context(), keeper.Options{DB: store, Key: key, Lock: keeper.FileLock{Path: filepath.Join(dir, "lock")}, Clock: clock,
		Subjects: []keeper.Subject{compact.Subject(), stakeholder.Subject(), observatory.Subject(), commitment.Subject(), correction.Subject(), forum.Subject(), report.Subject()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// fillRecord makes the record that is exported.
func fillRecord(b *testing.B, dir string) {
	b.Helper()
	store, err := db.Open(b.Context(), db.Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	if _, err := keeper.CreateKey(filepath.Join(dir, "record.key"), "gdc.example"); err != nil {
		b.Fatal(err)
	}
	now := testDay.AddDate(-1, 0, 0)
	k := openRecord(b, store, dir, func() time.Time { return now })
	p := adopt(b, k, compacts.GDC(), "2025-11-21")
	(&commitmenttest.Filler{TB: b, Keeper: k, Pack: p, Now: &now}).Fill(250, 200)
	if err := k.Sign(b.Context()); err != nil {
		b.Fatal(err)
	}
	k.Close()
}

// hugoSource writes a site for Hugo: one layout with the style and the menus that our
// pages carry, and pages of Markdown with a title, lists, a table and links, until they
// are as long as ours.
func hugoSource(b *testing.B, dir string, pages, size int) {
	b.Helper()
	put := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	style, err := os.ReadFile(filepath.Join("..", "web", "static", "kept.css"))
	if err != nil {
		b.Fatal(err)
	}
	put("config.toml", "baseURL = 'https://gdc.example/'\ntitle = 'Bench'\ndisableKinds = ['taxonomy', 'term', 'RSS', 'sitemap', 'section']\n")
	menu := strings.Repeat(`<a href="{{ "p/page-1/" | relURL }}">Items</a>`+"\n", 9)
	put("layouts/_default/single.html", `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }} · {{ .Site.Title }}</title><style>`+string(style)+`</style></head><body><nav>`+menu+`</nav><main><h1>{{ .Title }}</h1>
<ul>{{ range .Params.facts }}<li>{{ . }}</li>{{ end }}</ul>{{ .Content }}</main><footer><nav>`+menu+`</nav></footer></body></html>`)
	put("layouts/index.html", `<!doctype html><title>{{ .Title }}</title>`)
	random := rand.New(rand.NewPCG(1, 2))
	body := max(500, size-len(style)-1400)
	for n := range pages {
		var text strings.Builder
		fmt.Fprintf(&text, "---\ntitle: Commitment %d\nfacts: [current, in progress, on track]\n---\n", n)
		text.WriteString("| indicator | value | on |\n| --- | --- | --- |\n")
		for i := range 6 {
			fmt.Fprintf(&text, "| Schools connected %d | %d | 2026-0%d-01 |\n", i, random.IntN(1000), i+1)
		}
		text.WriteString("\n")
		for text.Len() < body*3/4 {
			fmt.Fprintf(&text, "Paragraph %d of [page %d](/p/page-%d/): we will connect a hundred schools with open fibre by the end of the year.\n\n", random.IntN(100), n, random.IntN(pages))
		}
		put(fmt.Sprintf("content/p/page-%d.md", n), text.String())
	}
}
