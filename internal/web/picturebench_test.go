package web_test

import (
	"net/http"
	"runtime"
	"testing"
	"time"

	"kept/internal/db"
	"kept/internal/db/dbtest"
)

// BenchmarkPictureInMemory has a process read the picture of 100,000 commitments
// that its lists are found in, and reports how long that takes and how many bytes
// of memory it leaves for each commitment.
func BenchmarkPictureInMemory(b *testing.B) {
	const commitments = 100_000
	dbtest.Bench(b, func(b *testing.B, store *db.DB) {
		site := siteAtSize(b, store, 6000, commitments)
		before := heap()
		begin := time.Now()
		if w := get(site, "/commitments.json?limit=1&lang=en"); w.Code != http.StatusOK {
			b.Fatal(w.Code, w.Body)
		}
		took := time.Since(begin)
		b.ReportMetric(float64(heap()-before)/commitments, "bytes/commitment")
		b.ReportMetric(float64(took.Milliseconds()), "ms")
		b.ReportMetric(0, "ns/op")
		runtime.KeepAlive(site)
	})
}

// heap is the memory that is in use once nothing can be freed any more.
func heap() int64 {
	var m runtime.MemStats
	for range 3 { // what pools let go of is freed the round after
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
