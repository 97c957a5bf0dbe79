// Package realdata finds the folder of real data for the tests that read it: files as
// their publishers gave them, which do not come with the program.
package realdata

import (
	"os"
	"testing"
)

// Dir is the folder that KEPT_DATA names. A newcomer's run says that it left the
// test out; one with CI set fails.
func Dir(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("KEPT_DATA")
	if dir == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("KEPT_DATA is not set")
		}
		t.Skip("left out: KEPT_DATA is not set (real data)")
	}
	return dir
}
