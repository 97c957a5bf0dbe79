// Package evidence reads a document that somebody attached as evidence, and makes
// of it what may be published: the bytes without what tells where and by whom it
// was made, and a picture or text that a page can show safely.
//
// What a document is, its content decides, never its name or what the sender says.
// Few kinds are kept, see [Types]; all else is refused with a reason and a remedy:
// web pages, pictures with script (SVG), programs, archives, and files that are two
// things at once.
//
//   - Pictures lose every part that is not needed to draw them: position, time,
//     camera, owner, comments, thumbnails, and whatever stands behind their end.
//     A JPEG keeps the one number that says which side is up.
//   - Office files (XLSX, DOCX, ODS) lose author, company, dates and thumbnail, and
//     the pictures in them are cleaned too; those with macros, embedded objects or
//     templates from elsewhere are refused. They are downloads only.
//   - A PDF is kept as it was received, and the page says so: to rewrite one safely
//     is more than this program can promise. One that is encrypted or acts on its
//     own (script, actions on opening, embedded files) is refused.
//   - Text and tables are UTF-8 and hold no control characters.
//
// Every limit is checked before the work that it bounds: the size of a picture is
// read from its head before a pixel is decoded.
package evidence

import (
	"bytes"
	"slices"
	"sync"

	"kept/internal/locale"
)

// Max is the largest file that is taken, in bytes.
const Max = 10 << 20

// File is a document after reading.
type File struct {
	Type      string   // one of [Types]
	Published []byte   // what may be published
	Picture   []byte   // a small JPEG to show on a page; nil where there is none
	Lines     []string // the beginning of a text to show on a page
}

// Types are the media types that are kept, and the ends of names that they get.
var Types = map[string]string{
	"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "text/csv": "csv", "text/plain": "txt",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":       "xlsx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
	"application/vnd.oasis.opendocument.spreadsheet":                          "ods",
}

// magic is how a kind of file begins, and who reads it.
type magic struct {
	at   int
	mark string
	read func(b []byte) (File, error)
}

// refused reads a kind of file that is not kept.
func refused(key string) func([]byte) (File, error) {
	return func([]byte) (File, error) { return File{}, locale.E(key) }
}

var magics = []magic{
	{0, "%PDF-", readPDF}, {0, "\x89PNG\r\n\x1a\n", readPNG}, {0, "\xff\xd8\xff", readJPEG}, {0, "PK\x03\x04", readOffice},
	{0, "GIF87a", refused("err.evidence.image_kind")}, {0, "GIF89a", refused("err.evidence.image_kind")}, {8, "WEBP", refused("err.evidence.image_kind")},
	{4, "ftyp", refused("err.evidence.image_kind")}, {0, "II*\x00", refused("err.evidence.image_kind")}, {0, "MM\x00*", refused("err.evidence.image_kind")},
	{0, "\xd0\xcf\x11\xe0", refused("err.evidence.office_old")}, {0, "{\\rtf", refused("err.evidence.office_old")},
	{0, "\x1f\x8b", refused("err.evidence.archive")}, {0, "7z\xbc\xaf", refused("err.evidence.archive")}, {0, "Rar!\x1a", refused("err.evidence.archive")},
	{4, "1AY&SY", refused("err.evidence.archive")}, {0, "\xfd7zXZ", refused("err.evidence.archive")}, {0, "\x28\xb5\x2f\xfd", refused("err.evidence.archive")},
	{257, "ustar", refused("err.evidence.archive")}, {0, "#!", refused("err.evidence.program")}, {0, "\x7fELF", refused("err.evidence.program")},
}

// one lets one document be read at a time: a picture can take a few hundred
// megabytes while it is decoded, and ten senders at once must not take ten times that.
var one sync.Mutex

// Read finds out what a document is and makes it fit to publish. The error is for
// readers and says what to do.
func Read(b []byte) (File, error) {
	switch {
	case len(b) == 0:
		return File{}, locale.E("err.evidence.empty")
	case len(b) > Max:
		return File{}, locale.E("err.evidence.large", "max", Max>>20)
	}
	one.Lock()
	defer one.Unlock()
	i := slices.IndexFunc(magics, func(m magic) bool { return len(b) > m.at && bytes.HasPrefix(b[m.at:], []byte(m.mark)) })
	read := readText
	if i >= 0 {
		read = magics[i].read
	}
	f, err := read(b)
	if err != nil {
		return File{}, err
	}
	if len(f.Published) > Max { // a picture or table can grow a little when it is written anew
		return File{}, locale.E("err.evidence.large", "max", Max>>20)
	}
	return f, nil
}

// broken is a file that ends too early or contradicts itself.
func broken(kind string) error { return locale.E("err.evidence.broken", "kind", kind) }
