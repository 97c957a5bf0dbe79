package record_test

import (
	"context"
	"fmt"
	"log"

	"kept/record"
)

// Check a record that is served, and that it continues a checkpoint kept
// earlier, here as bytes in saved.
func ExampleVerify() {
	var saved []byte
	src := record.HTTPSource("https://compact.example/record", nil)
	report, err := record.Verify(context.Background(), src, record.Options{Checkpoints: [][]byte{saved}})
	if err != nil {
		log.Fatal("the record could not be read to the end: ", err)
	}
	for _, fault := range report.Faults {
		fmt.Println(fault)
	}
	fmt.Println(report.Size, "entries under", report.Root)
}

func ExampleEntry_Bytes() {
	facts, err := record.Canonical(struct {
		Target string   `json:"target"`
		Items  []string `json:"items"`
	}{"40", []string{"P11d"}})
	if err != nil {
		log.Fatal(err)
	}
	e := record.Entry{Kind: "commitment.made", At: "2026-11-21T14:02:00Z", By: "12", Facts: facts}
	line, err := e.Bytes()
	fmt.Println(string(line), err)
	// Output: {"at":"2026-11-21T14:02:00Z","by":"12","facts":{"items":["P11d"],"target":"40"},"kind":"commitment.made","v":1} <nil>
}
