package evidence

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"regexp"
	"strings"

	"kept/internal/locale"
)

// An office file is an archive of parts. It is written anew: texts as they are,
// properties empty, pictures cleaned, times and comments of the archive left out.

const (
	maxParts = 300
	maxWhole = 50 << 20 // of all parts unpacked
)

// emptied are the parts that say who made a file, when, and how it looked; each
// with what stands in its place.
var emptied = map[string]string{
	"docProps/core.xml":   `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>`,
	"docProps/app.xml":    `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>`,
	"docProps/custom.xml": `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>`,
	"meta.xml":            `<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"/>`,
}

// forbidden are pieces of part names by which a file brings programs or other files.
var forbidden = []string{"vbaproject", "vbadata", "activex", "embeddings/", "oleobject", "macrosheets/", "basic/", "scripts/", "customui/"}

func readOffice(b []byte) (File, error) {
	r, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return File{}, locale.E("err.evidence.archive")
	}
	kind, err := officeKind(r)
	if err != nil {
		return File{}, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	seen, left := map[string]bool{}, int64(maxWhole)
	for _, part := range r.File {
		name := strings.ToLower(part.Name)
		if seen[name] || part.Flags&1 != 0 || strings.Contains(name, "..") || strings.ContainsAny(name, "\\:") || strings.HasPrefix(name, "/") {
			return File{}, broken(kind)
		}
		seen[name] = true
		if err := copyPart(w, part, kind, &left); err != nil {
			return File{}, err
		}
	}
	if err := w.Close(); err != nil {
		return File{}, err
	}
	return File{Type: kind, Published: out.Bytes()}, nil
}

// officeKind tells a workbook or document from any other archive, by its own parts.
func officeKind(r *zip.Reader) (string, error) {
	if len(r.File) == 0 || len(r.File) > maxParts {
		return "", locale.E("err.evidence.archive")
	}
	left := int64(1 << 20)
	for _, part := range r.File {
		switch part.Name {
		case "mimetype":
			text, err := unpacked(part, &left)
			if err == nil && string(text) == "application/vnd.oasis.opendocument.spreadsheet" {
				return string(text), nil
			}
		case "[Content_Types].xml":
			text, err := unpacked(part, &left)
			switch {
			case err != nil:
				return "", broken("XLSX, DOCX")
			case bytes.Contains(bytes.ToLower(text), []byte("macroenabled")):
				return "", locale.E("err.evidence.office_acts")
			case bytes.Contains(text, []byte("spreadsheetml.sheet.main+xml")):
				return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", nil
			case bytes.Contains(text, []byte("wordprocessingml.document.main+xml")):
				return "application/vnd.openxmlformats-officedocument.wordprocessingml.document", nil
			}
		}
	}
	return "", locale.E("err.evidence.archive")
}

// unpacked reads a part whole, within what is left of a limit.
func unpacked(part *zip.File, left *int64) ([]byte, error) {
	r, err := part.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, *left+1))
	if *left -= int64(len(b)); *left < 0 {
		return nil, locale.E("err.evidence.office_large", "max", maxWhole>>20)
	}
	return b, err
}

// copyPart writes one part, changed where it must be; a part that acts is refused.
func copyPart(w *zip.Writer, part *zip.File, kind string, left *int64) error {
	low := strings.ToLower(part.Name)
	for _, f := range forbidden {
		if strings.Contains(low, f) {
			return locale.E("err.evidence.office_acts")
		}
	}
	if strings.HasPrefix(low, "docprops/thumbnail") || strings.HasPrefix(low, "thumbnails/") || strings.HasSuffix(low, "/") {
		return nil
	}
	text, err := unpacked(part, left)
	if err != nil {
		if *left < 0 {
			return err
		}
		return broken(Types[kind])
	}
	if text, err = cleanPart(part.Name, low, text); err != nil {
		return err
	}
	method := zip.Deflate
	if part.Name == "mimetype" {
		method = zip.Store // the first part of an OpenDocument file, not packed
	}
	to, err := w.CreateHeader(&zip.FileHeader{Name: part.Name, Method: method})
	if err == nil {
		_, err = to.Write(text)
	}
	return err
}

// cleanPart is the content of a part as it is published.
func cleanPart(name, low string, text []byte) ([]byte, error) {
	if empty, ok := emptied[name]; ok {
		return []byte(xml.Header + empty), nil
	}
	switch path.Ext(low) {
	case ".jpg", ".jpeg":
		clean, _, err := cleanJPEG(text)
		if err != nil {
			return nil, locale.E("err.evidence.office_picture", "name", path.Base(low))
		}
		return clean, nil
	case ".png":
		if !bytes.HasPrefix(text, []byte(pngStart)) {
			return nil, locale.E("err.evidence.office_picture", "name", path.Base(low))
		}
		clean, _, err := cleanPNG(text)
		if err != nil {
			return nil, locale.E("err.evidence.office_picture", "name", path.Base(low))
		}
		return clean, nil
	case ".tif", ".tiff", ".heic", ".webp", ".svg", ".html", ".htm", ".js", ".exe", ".bat", ".vbs", ".zip", ".pdf":
		return nil, locale.E("err.evidence.office_picture", "name", path.Base(low))
	case ".rels":
		return thumbnailLinks.ReplaceAll(text, nil), local(text)
	}
	if low == "meta-inf/manifest.xml" {
		text = thumbnailLinks.ReplaceAll(text, nil)
	}
	return text, nil
}

// thumbnailLinks are the places that name the thumbnail, which is left out.
var thumbnailLinks = regexp.MustCompile(`<Relationship [^>]*metadata/thumbnail"[^>]*/>|<manifest:file-entry [^>]*"Thumbnails/[^>]*/>`)

// local refuses relations that fetch something from elsewhere when the file is
// opened; a link that a person clicks may lead where it will.
func local(rels []byte) error {
	var doc struct {
		All []struct {
			Type string `xml:"Type,attr"`
			Mode string `xml:"TargetMode,attr"`
		} `xml:"Relationship"`
	}
	if err := xml.Unmarshal(rels, &doc); err != nil {
		return broken("XLSX, DOCX")
	}
	for _, r := range doc.All {
		if strings.EqualFold(r.Mode, "External") && !strings.HasSuffix(r.Type, "/hyperlink") && !strings.HasSuffix(r.Type, "/externalLinkPath") {
			return locale.E("err.evidence.office_acts")
		}
	}
	return nil
}
