package reportsheet_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"kept/internal/commitment/reportsheet"
	"kept/internal/locale"
)

// many are commitments of two indicators and a milestone: three rows each.
func many(n int) (list []reportsheet.Known, by map[int64]reportsheet.Known) {
	by = make(map[int64]reportsheet.Known, n)
	for i := range n {
		k := schools
		k.ID, k.Version, k.Report = int64(i+100), int64(i+100), int64(i+50_000)
		list = append(list, k)
		by[k.ID] = k
	}
	return list, by
}

func eachOf(list []reportsheet.Known) reportsheet.Each {
	return func(f func(reportsheet.Known) error) error {
		for _, k := range list {
			if err := f(k); err != nil {
				return err
			}
		}
		return nil
	}
}

// BenchmarkWrite writes 18,000 rows; rows/s is what counts.
func BenchmarkWrite(b *testing.B) {
	list, _ := many(6000)
	run := func(name string, write func(io.Writer) error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := write(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(3*len(list)*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
	run("CSV", func(w io.Writer) error { return reportsheet.WriteCSV(w, locale.English, today, eachOf(list)) })
	run("XLSX", func(w io.Writer) error { return reportsheet.WriteXLSX(w, locale.English, today, codes, eachOf(list)) })
}

// BenchmarkPlan reads 18,000 rows, each filled in, and plans them.
func BenchmarkPlan(b *testing.B) {
	list, by := many(6000)
	full := make([]reportsheet.Known, len(list))
	copy(full, list)
	files := map[string][]byte{}
	var text bytes.Buffer
	if err := reportsheet.WriteCSV(&text, locale.English, today, eachOf(full)); err != nil {
		b.Fatal(err)
	}
	lines := bytes.Split(text.Bytes(), []byte("\n"))
	for i, line := range lines[2:] {
		if len(line) == 0 {
			continue
		}
		fill := []string{"150,2026-03-31,,in progress,,Fibre reached the coast.,funding,", "12.5,2026-03-31,,,,,,", ",,,,done,,,"}[i%3]
		line = bytes.TrimRight(line, "\r")
		lines[i+2] = append(line[:len(line)-7:len(line)-7], fill...)
	}
	files["CSV"] = bytes.Join(lines, []byte("\n"))
	var book bytes.Buffer
	if err := reportsheet.WriteXLSX(&book, locale.English, today, codes, eachOf(full)); err != nil {
		b.Fatal(err)
	}
	f := open(b, book.Bytes())
	for i := range 3 * len(list) {
		fill := []map[string]any{{"Q": 150, "R": "2026-03-31", "T": "in progress", "V": "Fibre reached the coast."}, {"Q": 12.5, "R": "2026-03-31"}, {"U": "done"}}[i%3]
		for column, v := range fill {
			if err := f.SetCellValue("Reports", fmt.Sprintf("%s%d", column, i+3), v); err != nil {
				b.Fatal(err)
			}
		}
	}
	files["XLSX"] = saved(b, f)
	for _, name := range []string{"CSV", "XLSX"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				read, err := reportsheet.Read(bytes.NewReader(files[name]))
				if err != nil {
					b.Fatal(err)
				}
				p := read.Plan(by, reportsheet.Options{Codes: codes, Today: today})
				if !p.Ready() || p.Count(reportsheet.New) != len(list) {
					b.Fatalf("%d rows, %d faults: %+v", p.Rows, len(p.Faults), p.Faults[:min(3, len(p.Faults))])
				}
			}
			b.ReportMetric(float64(3*len(list)*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
