package sortition

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"
)

// TestSameBytes pins portfolios to the byte: they are the same on every machine. For
// another processor: GOARCH=arm64 go test -c, and qemu-aarch64 to run it. Arm fuses a
// product and a sum where the program does not forbid it; amd64 does not.
func TestSameBytes(t *testing.T) {
	tests := []struct {
		name   string
		method func(context.Context, *Instance, Options) (*Portfolio, error)
		in     *Instance
		want   string
	}{
		{"leximin", Leximin, generated(5, 150, 20, 1, 2, 4, 3, 5, 2), "4a3aa10eef59974b"},
		{"maximin", Maximin, generated(6, 150, 20, 1, 2, 4, 3, 5, 2), "aea28dcf9384fc2f"},
		{"nash", Nash, generated(7, 100, 15, 1, 2, 3, 4), "a9e6da0639137787"},
		{"columns", Leximin, generated(17, 84, 8, 2, 2, 6, 4, 3), "b1bf530b0a7f8814"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := tt.method(context.Background(), tt.in, Options{})
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(p)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(text)
			if got := hex.EncodeToString(sum[:8]); got != tt.want {
				t.Errorf("got %s, want %s (%d panels)", got, tt.want, len(p.Panels))
			}
		})
	}
}
