package evidence

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"kept/internal/locale"
)

// drawn is a picture whose upper left quarter is red.
func drawn(width, height int) image.Image {
	p := image.NewRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.RGBA{20, 60, 120, 255}
			if x < width/2 && y < height/2 {
				c = color.RGBA{220, 20, 20, 255}
			}
			p.SetRGBA(x, y, c)
		}
	}
	return p
}

func asJPEG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, p image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment is a JPEG segment.
func segment(marker byte, body string) []byte {
	return append([]byte{0xff, marker, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

// located is an EXIF segment as a telephone writes it: which side is up, the
// camera's owner, and the position 51° 30′ 2″ N, 0° 7′ 29″ W.
func located(turn uint16) []byte {
	var b bytes.Buffer
	order := binary.LittleEndian
	put := func(v ...any) {
		for _, x := range v {
			_ = binary.Write(&b, order, x)
		}
	}
	put([]byte("II*\x00"), uint32(8))
	put(uint16(3))                                                // three entries
	put(uint16(0x0112), uint16(3), uint32(1), uint32(turn))       // orientation
	put(uint16(0x8298), uint16(2), uint32(12), uint32(50))        // copyright, at 50
	put(uint16(0x8825), uint16(4), uint32(1), uint32(62))         // GPS directory, at 62
	put(uint32(0), []byte("Ada Example\x00"))                     // 46, 50
	put(uint16(4))                                                // GPS: four entries
	put(uint16(1), uint16(2), uint32(2), []byte("N\x00\x00\x00")) // latitude
	put(uint16(2), uint16(5), uint32(3), uint32(116))
	put(uint16(3), uint16(2), uint32(2), []byte("W\x00\x00\x00"))
	put(uint16(4), uint16(5), uint32(3), uint32(140))
	put(uint32(0))
	put(uint32(51), uint32(1), uint32(30), uint32(1), uint32(2), uint32(1))
	put(uint32(0), uint32(1), uint32(7), uint32(1), uint32(29), uint32(1))
	return segment(0xe1, "Exif\x00\x00"+b.String())
}

// photo is a JPEG with all that says where and by whom it was taken.
func photo(t testing.TB, turn uint16) []byte {
	plain := asJPEG(t, drawn(64, 32))
	b := append([]byte{}, plain[:2]...)
	b = append(b, segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x48\x00\x48\x00\x00")...)
	b = append(b, located(turn)...)
	b = append(b, segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>Quay Street 7</x:xmpmeta>")...)
	b = append(b, segment(0xe2, "ICC_PROFILE\x00\x01\x01 made for camera 4711")...)
	b = append(b, segment(0xed, "Photoshop 3.0\x00 IPTC by-line Ada Example")...)
	b = append(b, segment(0xfe, "taken at home <script>alert(1)</script>")...)
	b = append(b, plain[2:]...)
	return append(b, "PK\x03\x04 a second file behind the picture"...)
}

// A photo that carries its position is published without it, upright.
func TestPhotoLosesItsPosition(t *testing.T) {
	b := photo(t, 6)
	secrets := []string{"Ada Example", "Quay Street", "camera 4711", "IPTC", "script", "second file", "GPS", "JFIF"}
	if !bytes.Contains(b, []byte{51, 0, 0, 0, 1, 0, 0, 0, 30, 0, 0, 0}) || orientation(located(6)[4:]) != 6 {
		t.Fatal("the photo of this test carries no position")
	}
	f, err := Read(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range secrets {
		if bytes.Contains(f.Published, []byte(s)) || bytes.Contains(f.Picture, []byte(s)) && s != "JFIF" {
			t.Errorf("published: %q", s)
		}
	}
	if bytes.Contains(f.Published, []byte{51, 0, 0, 0, 1, 0, 0, 0}) || bytes.Contains(f.Published, []byte{0x88, 0x25}) || bytes.Contains(f.Published, []byte{0x25, 0x88}) {
		t.Error("the position is published")
	}
	if f.Type != "image/jpeg" || !bytes.Contains(f.Published, []byte("Exif\x00\x00MM")) {
		t.Errorf("type %s; which side is up must stay", f.Type)
	}
	before, _ := jpeg.Decode(bytes.NewReader(b))
	after, err := jpeg.Decode(bytes.NewReader(f.Published))
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []image.Point{{0, 0}, {40, 3}, {63, 31}} {
		if before.At(at.X, at.Y) != after.At(at.X, at.Y) {
			t.Errorf("the picture changed at %v", at)
		}
	}
	shown, err := jpeg.Decode(bytes.NewReader(f.Picture))
	if err != nil {
		t.Fatal(err)
	}
	if s := shown.Bounds().Size(); s != image.Pt(32, 64) {
		t.Errorf("shown as %v, want upright 32 × 64", s)
	}
	// Orientation 6: the first row of the file is the right side of what is seen.
	if r, _, _, _ := shown.At(28, 4).RGBA(); r < 0x8000 {
		t.Error("the red corner is not at the upper right")
	}
	again, err := Read(f.Published)
	if err != nil || !bytes.Equal(again.Published, f.Published) {
		t.Errorf("what was cleaned once changes when it is cleaned again: %v", err)
	}
}

func TestTurned(t *testing.T) {
	// Where the first point of a picture of 3 × 2 comes to lie.
	want := map[int]image.Point{1: {0, 0}, 2: {2, 0}, 3: {2, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 2}, 8: {0, 2}}
	for turn, p := range want {
		if got := turned(0, 0, 3, 2, turn); got != p {
			t.Errorf("orientation %d: got %v, want %v", turn, got, p)
		}
	}
}

// chunk is a PNG chunk.
func chunk(kind, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// spliced puts chunks behind the head of a PNG, and others before its end.
func spliced(b []byte, first, last []byte) []byte {
	out := append([]byte{}, b[:33]...)
	out = append(out, first...)
	out = append(out, b[33:len(b)-12]...)
	out = append(out, last...)
	return append(out, b[len(b)-12:]...)
}

func TestPNGLosesItsTexts(t *testing.T) {
	b := spliced(asPNG(t, drawn(40, 30)), slices.Concat(chunk("tEXt", "Author\x00Ada Example"), chunk("eXIf", "MM\x00*GPS"), chunk("iCCP", "x\x00\x00"),
		chunk("tIME", "\x07\xea\x0b\x16\x03\x00\x00"), chunk("prVt", "private")), chunk("zTXt", "Comment\x00\x00x"))
	f, err := Read(append(b, "<html>behind the end"...))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"Ada", "eXIf", "tIME", "prVt", "zTXt", "iCCP", "html"} {
		if bytes.Contains(f.Published, []byte(s)) {
			t.Errorf("published: %q", s)
		}
	}
	p, err := png.Decode(bytes.NewReader(f.Published))
	if err != nil || p.Bounds().Dx() != 40 || f.Type != "image/png" || len(f.Picture) == 0 {
		t.Errorf("%s, %v", f.Type, err)
	}
	hidden := spliced(asPNG(t, drawn(40, 30)), nil, chunk("IDAT", "bytes behind the pixels"))
	if _, err := Read(hidden); key(err) != "err.evidence.broken" {
		t.Errorf("bytes behind the pixels: %v", err)
	}
}

// office makes an office file of parts.
func office(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	names := slices.Sorted(maps.Keys(parts))
	slices.SortStableFunc(names, func(a, b string) int { // "mimetype" stands first
		return strings.Compare(map[bool]string{true: "0", false: "1"}[a == "mimetype"], map[bool]string{true: "0", false: "1"}[b == "mimetype"])
	})
	for _, name := range names {
		to, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = to.Write([]byte(parts[name]))
	}
	if err := w.SetComment("made by Ada Example"); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// workbook is an XLSX with some further parts.
func workbook(t testing.TB, more map[string]string) []byte {
	parts := map[string]string{
		"[Content_Types].xml": `<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels": `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/>` +
			`<Relationship Id="r2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/></Relationships>`,
		"xl/workbook.xml": "<workbook/>", "docProps/core.xml": "<creator>Ada Example</creator>", "docProps/app.xml": "<Company>Example Ltd</Company>",
		"docProps/thumbnail.jpeg": "a small picture of the desk",
	}
	maps.Copy(parts, more)
	return office(t, parts)
}

func TestOffice(t *testing.T) {
	f, err := Read(workbook(t, map[string]string{"xl/media/image1.jpg": string(photo(t, 1))}))
	if err != nil {
		t.Fatal(err)
	}
	if Types[f.Type] != "xlsx" {
		t.Errorf("type %s", f.Type)
	}
	r, err := zip.NewReader(bytes.NewReader(f.Published), int64(len(f.Published)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, part := range r.File {
		body, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(body)
		fmt.Fprintf(&all, "%s %s %s\n", part.Name, part.Comment, b)
	}
	all.WriteString(r.Comment)
	for _, s := range []string{"Ada Example", "Example Ltd", "thumbnail", "Quay Street"} {
		if strings.Contains(all.String(), s) {
			t.Errorf("published: %q", s)
		}
	}
	if !strings.Contains(all.String(), "<workbook/>") || !strings.Contains(all.String(), "officeDocument") {
		t.Errorf("a part is lost: %s", all.String())
	}
	ods, err := Read(office(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>", "meta.xml": "<dc:creator>Ada Example</dc:creator>"}))
	if err != nil || Types[ods.Type] != "ods" || bytes.Contains(ods.Published, []byte("Ada")) {
		t.Errorf("ods: %s, %v", ods.Type, err)
	}
}

// pdf is a small file with objects.
func pdf(objects string) []byte {
	return []byte("%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R " + objects + "\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n")
}

// packedObject is an object stream that holds text.
func packedObject(text string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(text))
	w.Close()
	return fmt.Sprintf(">>\nendobj\n7 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream", b.Len(), b.String())
}

func TestKinds(t *testing.T) {
	packed := pdf(packedObject("5 0 << /S /URI >>"))
	for _, x := range []struct {
		name string
		b    []byte
		want string // type
	}{
		{"PDF", pdf(">>"), "application/pdf"},
		{"PDF that opens at its first page", pdf("/OpenAction [1 0 R /Fit] >>"), "application/pdf"},
		{"PDF with packed objects", packed, "application/pdf"},
		{"text", []byte("Minutes of 3 May.\nAll were there: 第一, первый, أول.\n"), "text/plain"},
		{"text that begins like a name of a format", []byte("BMI, GIF and MZ are three letters"), "text/plain"},
		{"table", []byte("school,connected\nA,yes\nB,no\n"), "text/csv"},
		{"table of semicolons", []byte("\ufeffécole;raccordée\nA;oui\n"), "text/csv"},
		{"document", office(t, map[string]string{"[Content_Types].xml": "wordprocessingml.document.main+xml", "word/document.xml": "<d/>"}), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	} {
		f, err := Read(x.b)
		if err != nil || f.Type != x.want {
			t.Errorf("%s: got %q, %v; want %q", x.name, f.Type, err, x.want)
		}
		if x.want == "application/pdf" && !bytes.Equal(f.Published, x.b) {
			t.Errorf("%s: changed", x.name)
		}
	}
	f, _ := Read([]byte(strings.Repeat("a line\n", 70)))
	if len(f.Lines) != shownLines+1 || f.Lines[shownLines] != "…" {
		t.Errorf("%d lines are shown", len(f.Lines))
	}
}

// key is the message key of an error.
func key(err error) string {
	es, _ := locale.All(err)
	if len(es) == 0 {
		return ""
	}
	return es[0].Key
}

// huge is a PNG whose head claims a size that its bytes do not have.
func huge(t testing.TB) []byte {
	b := bytes.Clone(asPNG(t, drawn(4, 4)))
	binary.BigEndian.PutUint32(b[16:], 100_000)
	binary.BigEndian.PutUint32(b[20:], 100_000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// hugeJPEG claims 65,535 × 65,535 points.
func hugeJPEG(t testing.TB) []byte {
	b := bytes.Clone(asJPEG(t, drawn(16, 16)))
	at := bytes.Index(b, []byte{0xff, 0xc0})
	copy(b[at+5:], []byte{0xff, 0xff, 0xff, 0xff})
	return b
}

func TestRefused(t *testing.T) {
	tooMany := map[string]string{}
	for i := range maxParts {
		tooMany[fmt.Sprintf("xl/p%d.xml", i)] = "x"
	}
	for _, x := range []struct {
		name string
		b    []byte
		want string
	}{
		{"nothing", nil, "empty"},
		{"10 MB and a byte", bytes.Repeat([]byte("a"), Max+1), "large"},
		{"web page", []byte("<!DOCTYPE html><title>x</title>"), "html"},
		{"web page after a blank and a mark", []byte("\ufeff \n<HTML>"), "html"},
		{"text with a script in it", []byte("harmless,\ncell,<ScRiPt src=x>"), "html"},
		{"SVG with script", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "svg"},
		{"SVG behind a declaration", []byte(`<?xml version="1.0"?><svg/>`), "svg"},
		{"other XML", []byte(`<?xml version="1.0"?><x/>`), "html"},
		{"PHP", []byte("<?php system($_GET[1]);"), "program"},
		{"shell script", []byte("#!/bin/sh\nrm -rf /"), "program"},
		{"ELF", []byte("\x7fELF\x02"), "program"},
		{"GIF", []byte("GIF89a\x01\x00"), "image_kind"},
		{"WebP", []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "image_kind"},
		{"HEIC", []byte("\x00\x00\x00\x18ftypheic"), "image_kind"},
		{"old Word", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "office_old"},
		{"gzip", []byte("\x1f\x8b\x08\x00"), "archive"},
		{"plain ZIP", office(t, map[string]string{"a.txt": "x"}), "archive"},
		{"ZIP cut short", workbook(t, nil)[:200], "archive"},
		{"tar", append(make([]byte, 257), "ustar\x00"...), "archive"},
		{"UTF-16", []byte("\xff\xfea\x00"), "text_encoding"},
		{"Latin-1", []byte("caf\xe9"), "text_encoding"},
		{"bytes", []byte{0, 1, 2, 3}, "unknown"},
		{"a JPEG cut short", photo(t, 1)[:300], "broken"},
		{"a PNG cut short", asPNG(t, drawn(40, 30))[:60], "broken"},
		{"a PNG with a wrong sum", bytes.Replace(asPNG(t, drawn(40, 30)), []byte("IDAT"), []byte("IDAU"), 1), "broken"},
		{"a picture of 10,000 million points", huge(t), "pixels"},
		{"a JPEG of 4,000 million points", hugeJPEG(t), "pixels"},
		{"encrypted PDF", pdf("/Encrypt 9 0 R >>"), "pdf_encrypted"},
		{"PDF with script", pdf("/Names << /JavaScript 4 0 R >> >>"), "pdf_acts"},
		{"PDF with script, its name escaped", pdf("/Names << /J#61vaScr#69pt 4 0 R >> >>"), "pdf_acts"},
		{"PDF with an action on opening", pdf("/OpenAction << /S /URI >> >>"), "pdf_acts"},
		{"PDF with an action by reference", pdf("/OpenAction 4 0 R >>"), "pdf_acts"},
		{"PDF with a file in it", pdf("/Names << /EmbeddedFiles 4 0 R >> >>"), "pdf_embeds"},
		{"PDF with packed script", pdf(packedObject("5 0 << /S /JavaScript /JS (app.alert(1)) >>")), "pdf_acts"},
		{"PDF with objects packed in a way that is not read", pdf(">>\nendobj\n7 0 obj\n<< /Type /ObjStm /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\nx\nendstream"), "pdf_unread"},
		{"PDF that is a ZIP too", append(pdf(">>"), "PK\x05\x06"+strings.Repeat("\x00", 18)...), "two_kinds"},
		{"PDF with text behind its end", append(pdf(">>"), "more"...), "two_kinds"},
		{"PDF that is a web page too", pdf(">> % <html><script>"), "two_kinds"},
		{"PDF cut short", pdf(">>")[:40], "broken"},
		{"workbook with macros", workbook(t, map[string]string{"xl/vbaProject.bin": "x"}), "office_acts"},
		{"workbook that allows macros", workbook(t, map[string]string{"[Content_Types].xml": "application/vnd.ms-excel.sheet.macroEnabled.main+xml"}), "office_acts"},
		{"workbook with an embedded object", workbook(t, map[string]string{"xl/embeddings/a.bin": "x"}), "office_acts"},
		{"document with a template from elsewhere", workbook(t, map[string]string{"word/_rels/settings.xml.rels": `<Relationships><Relationship Id="r" Type="http://x/attachedTemplate" Target="http://evil.example/t.dotm" TargetMode="External"/></Relationships>`}), "office_acts"},
		{"workbook with a web page", workbook(t, map[string]string{"xl/media/x.svg": "<svg/>"}), "office_picture"},
		{"workbook with a path out of it", workbook(t, map[string]string{"../x.xml": "x"}), "broken"},
		{"workbook of too many parts", workbook(t, tooMany), "archive"},
		{"ZIP bomb", workbook(t, map[string]string{"xl/sheet1.xml": strings.Repeat(" ", maxWhole+1)}), "office_large"},
	} {
		f, err := Read(x.b)
		if got := key(err); got != "err.evidence."+x.want {
			t.Errorf("%s: got %q (%s, %v), want %q", x.name, got, f.Type, err, x.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, b := range [][]byte{photo(f, 3), asPNG(f, drawn(8, 8)), pdf(packedObject("5 0 << /S /URI >>")), workbook(f, nil), []byte("a,b\n1,2\n"), huge(f), hugeJPEG(f)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Read(b)
		if err != nil {
			if key(err) == "" || key(err) == "err.internal" {
				t.Fatalf("no error for readers: %v", err)
			}
			return
		}
		if Types[got.Type] == "" || len(got.Published) == 0 {
			t.Fatalf("type %q, %d bytes", got.Type, len(got.Published))
		}
		again, err := Read(got.Published)
		if err != nil || again.Type != got.Type || !bytes.Equal(again.Published, got.Published) && Types[got.Type] != "xlsx" && Types[got.Type] != "docx" && Types[got.Type] != "ods" {
			t.Fatalf("what was published is refused or changes: %v", err)
		}
	})
}
