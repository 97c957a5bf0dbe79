package web_test

import (
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"testing"
)

var requestsPerSecond = regexp.MustCompile(`Requests/sec:\s+([0-9.]+)`)

// BenchmarkCachedPage serves one cached page and, beside it, the same bytes with
// the same headers from a bare net/http handler. wrk (Debian package wrk) loads
// both in turn, in one run; the medians of the rounds are compared. The goal is a
// ratio of 0.9.
func BenchmarkCachedPage(b *testing.B) {
	if _, err := exec.LookPath("wrk"); err != nil {
		b.Skip("left out: wrk is not installed (Debian package wrk)")
	}
	site := gdcSite(b)
	ours := listen(b, site)
	address := ours + "/en/items/P11d"
	header, body := fetch(b, address)
	same := listen(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for _, k := range []string{"Vary", "Etag", "Cache-Control", "X-Content-Type-Options", "Referrer-Policy", "Content-Security-Policy", "Content-Type", "Content-Length", "Content-Language", "Content-Encoding"} {
			if v, ok := header[k]; ok {
				h[k] = v
			}
		}
		_, _ = w.Write(body)
	}))
	var our, bare []float64
	for range 5 {
		our = append(our, load(b, address))
		bare = append(bare, load(b, same+"/"))
	}
	slices.Sort(our)
	slices.Sort(bare)
	b.ReportMetric(our[2], "ours/s")
	b.ReportMetric(bare[2], "bare/s")
	b.ReportMetric(our[2]/bare[2], "ratio")
	b.ReportMetric(0, "ns/op")
}

func listen(b *testing.B, h http.Handler) string {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: h}
	go server.Serve(socket)
	b.Cleanup(func() { server.Close() })
	return "http://" + socket.Addr().String()
}

// fetch fetches a page the way wrk will, compressed, and keeps its header and bytes.
func fetch(b *testing.B, address string) (http.Header, []byte) {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	body := make([]byte, answer.ContentLength)
	for n := 0; n < len(body); {
		m, err := answer.Body.Read(body[n:])
		n += m
		if err != nil && n < len(body) {
			b.Fatal(err)
		}
	}
	if answer.StatusCode != http.StatusOK {
		b.Fatal(answer.Status)
	}
	return answer.Header, body
}

// load runs wrk against an address of this machine and reads its rate.
func load(b *testing.B, address string) float64 {
	out, err := exec.Command("wrk", "-t1", "-c32", "-d2s", "-H", "Accept-Encoding: gzip", address).CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	m := requestsPerSecond.FindSubmatch(out)
	if m == nil {
		b.Fatalf("wrk printed no rate: %s", out)
	}
	rate, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		b.Fatal(err)
	}
	return rate
}
