package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
)

// Limits on a workbook, checked in its ZIP directory before anything is unpacked.
const (
	maxParts    = 100
	maxUnzipped = 50 << 20
	maxRatio    = 200     // of a part of more than bigPart
	bigPart     = 1 << 20 // bytes
)

// oldWorkbook is how files begin that hold several streams: old workbooks (XLS), and
// new ones under a password.
var oldWorkbook = []byte("\xd0\xcf\x11\xe0")

func isZip(in *bufio.Reader) bool {
	head, _ := in.Peek(4)
	return bytes.Equal(head, []byte("PK\x03\x04")) || bytes.Equal(head, []byte("PK\x05\x06"))
}

// compoundFault tells an encrypted workbook from an old one.
func compoundFault(in io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(in, 1<<20))
	if err == nil && bytes.Contains(b, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
		return fault(0, "", "err.sheet.encrypted")
	}
	return fault(0, "", "err.sheet.workbook")
}

// workbook is an XLSX file whose directory was found harmless.
type workbook struct {
	parts   map[string]*zip.File
	limits  Limits
	since04 bool // dates count from 1904
	tabs    []tab
	shared  []string
	styles  []style
}

// tab is one sheet of a workbook.
type tab struct{ name, part string }

// openWorkbook chooses the sheet and its header. Where rate is given, the sheet with
// the best header is read; two equally good ones are a fault, since nobody could
// tell which one is meant.
func openWorkbook(in io.Reader, l Limits, rate func([]string) int) (*Sheet, error) {
	b, err := readWorkbook(in, l)
	if err != nil {
		return nil, err
	}
	var best *Sheet
	score, other := 0, ""
	for _, t := range b.tabs {
		s, n, err := b.open(t, rate)
		if f, ok := err.(*Fault); ok && (f.Err.Key == "err.sheet.empty" || f.Err.Key == "err.sheet.no_header") {
			continue
		}
		if err != nil {
			return nil, err
		}
		if rate == nil {
			best = s
			break
		}
		if best != nil && n == score {
			other = t.name
		}
		if best == nil || n > score {
			best, score, other = s, n, ""
		}
	}
	switch {
	case best == nil:
		return nil, fault(0, "", "err.sheet.empty")
	case score > 0 && other != "":
		return nil, fault(0, "", "err.sheet.two_sheets", "first", best.tab, "second", other)
	}
	rows := best.in.(*tabRows)
	rows.merges, err = b.merges(rows.part)
	for _, r := range best.early {
		rows.mark(r.number, r.cells)
	}
	return best, err
}

func (b *workbook) open(t tab, rate func([]string) int) (*Sheet, int, error) {
	rows, err := b.rows(t)
	if err != nil {
		return nil, 0, err
	}
	s := &Sheet{limits: b.limits, in: rows, book: true, tab: t.name}
	n, err := s.readHeader(rate)
	return s, n, err
}

func readWorkbook(in io.Reader, l Limits) (*workbook, error) {
	bytesOf, err := io.ReadAll(io.LimitReader(in, int64(l.File)+1))
	if err != nil {
		return nil, fault(0, "", "err.sheet.unreadable", "detail", err.Error())
	}
	if len(bytesOf) > l.File {
		return nil, fault(0, "", "err.sheet.file_large", "max", l.File>>20)
	}
	z, err := zip.NewReader(bytes.NewReader(bytesOf), int64(len(bytesOf)))
	if err != nil {
		return nil, fault(0, "", "err.sheet.workbook_broken")
	}
	b := &workbook{parts: map[string]*zip.File{}, limits: l}
	if err := b.directory(z.File); err != nil {
		return nil, err
	}
	if err := b.kind(); err != nil {
		return nil, err
	}
	if err := b.contents(); err != nil {
		return nil, err
	}
	if b.styles, err = b.readStyles(); err != nil {
		return nil, err
	}
	b.shared, err = b.readShared()
	return b, err
}

// directory bounds what unpacking can cost: number of parts, their sizes and how
// many times their packed size they are. A part that unpacks to more than it said
// is not read further.
func (b *workbook) directory(files []*zip.File) error {
	if len(files) > maxParts {
		return fault(0, "", "err.sheet.parts", "n", len(files), "max", maxParts)
	}
	total := uint64(0)
	for _, f := range files {
		size := f.UncompressedSize64
		if total += size; size > maxUnzipped || total > maxUnzipped {
			return fault(0, "", "err.sheet.unzipped", "max", maxUnzipped>>20)
		}
		if size > bigPart && size/maxRatio > f.CompressedSize64 {
			return fault(0, "", "err.sheet.ratio")
		}
		name := strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, `\`, "/")), "/")
		if _, twice := b.parts[name]; twice {
			return fault(0, "", "err.sheet.workbook_broken")
		}
		b.parts[name] = f
	}
	return nil
}

// kind refuses what is no plain XLSX, with the name of what it is.
func (b *workbook) kind() error {
	has := func(name string) bool { return b.parts[name] != nil }
	types := ""
	if has("[Content_Types].xml") {
		text, err := b.read("[Content_Types].xml")
		if err != nil {
			return err
		}
		types = string(text)
	}
	switch {
	case has("mimetype") && has("content.xml"):
		return fault(0, "", "err.sheet.ods")
	case has("EncryptionInfo") || has("EncryptedPackage"):
		return fault(0, "", "err.sheet.encrypted")
	case has("xl/vbaProject.bin") || strings.Contains(types, "macroEnabled"):
		return fault(0, "", "err.sheet.macros")
	case has("xl/workbook.bin"):
		return fault(0, "", "err.sheet.workbook")
	case !has("xl/workbook.xml"):
		return fault(0, "", "err.sheet.zip")
	}
	return nil
}

// part opens a part; no more is read of it than its directory entry says.
func (b *workbook) part(name string) (io.ReadCloser, error) {
	f := b.parts[name]
	if f == nil {
		return nil, fault(0, "", "err.sheet.workbook_broken")
	}
	r, err := f.Open()
	if err != nil {
		return nil, fault(0, "", "err.sheet.workbook_broken")
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, int64(f.UncompressedSize64)), r}, nil
}

func (b *workbook) read(name string) ([]byte, error) {
	r, err := b.part(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fault(0, "", "err.sheet.workbook_broken")
	}
	return text, nil
}

// contents lists the sheets in their order.
func (b *workbook) contents() error {
	targets := map[string]string{}
	err := b.elements("xl/_rels/workbook.xml.rels", func(e xml.StartElement) {
		if e.Name.Local == "Relationship" && strings.HasSuffix(attr(e, "Type"), "/worksheet") {
			to := attr(e, "Target")
			if !strings.HasPrefix(to, "/") {
				to = "/xl/" + to
			}
			targets[attr(e, "Id")] = strings.TrimPrefix(path.Clean(to), "/")
		}
	})
	if err != nil {
		return err
	}
	err = b.elements("xl/workbook.xml", func(e xml.StartElement) {
		switch e.Name.Local {
		case "workbookPr":
			b.since04 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			if part := targets[attr(e, "id")]; part != "" {
				b.tabs = append(b.tabs, tab{attr(e, "name"), part})
			}
		}
	})
	if err == nil && len(b.tabs) == 0 {
		err = fault(0, "", "err.sheet.workbook_broken")
	}
	return err
}

// elements walks the elements of a small part.
func (b *workbook) elements(name string, element func(xml.StartElement)) error {
	r, err := b.part(name)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fault(0, "", "err.sheet.workbook_broken")
		}
		switch t := t.(type) {
		case xml.StartElement:
			element(t)
		case xml.Directive: // a document type could define entities
			return fault(0, "", "err.sheet.workbook_broken")
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
