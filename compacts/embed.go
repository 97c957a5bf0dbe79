// Package compacts holds the content packs that come with the program: the Global
// Digital Compact and a small fictional one. Each is a folder of data; no code
// outside this package names a compact.
package compacts

import (
	"embed"
	"io/fs"
)

// Files holds each pack in a folder of its own: gdc is the Global Digital Compact,
// harbour the Harbour Compact, which is fictional.
//
//go:embed gdc harbour
var Files embed.FS

// GDC is the pack of the Global Digital Compact.
func GDC() fs.FS { return sub("gdc") }

// Harbour is the pack of the Harbour Compact.
func Harbour() fs.FS { return sub("harbour") }

// sub is one embedded pack. It is there, or the program would not have compiled.
func sub(name string) fs.FS {
	pack, err := fs.Sub(Files, name)
	if err != nil {
		panic(err)
	}
	return pack
}
