package evidence

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"

	"kept/internal/locale"
)

// A PDF is looked through, not parsed: every name in it outside of pictures and
// page contents, those in packed objects too. That finds what usual writers and
// usual attacks write. It is no proof that a file is harmless, and no page says so.

// acting are names by which a PDF does something on its own or carries other files.
var acting = map[string]string{
	"/Encrypt": "err.evidence.pdf_encrypted", "/JavaScript": "err.evidence.pdf_acts", "/JS": "err.evidence.pdf_acts",
	"/OpenAction": "err.evidence.pdf_acts", "/AA": "err.evidence.pdf_acts", "/Launch": "err.evidence.pdf_acts", "/SubmitForm": "err.evidence.pdf_acts",
	"/ImportData": "err.evidence.pdf_acts", "/GoToE": "err.evidence.pdf_acts", "/RichMedia": "err.evidence.pdf_acts", "/XFA": "err.evidence.pdf_acts",
	"/EmbeddedFile": "err.evidence.pdf_embeds", "/EmbeddedFiles": "err.evidence.pdf_embeds", "/Filespec": "err.evidence.pdf_embeds",
}

// shortNames could stand in compressed data by chance; there they are not looked for.
var shortNames = map[string]bool{"/JS": true, "/AA": true, "/XFA": true}

var (
	pdfName   = regexp.MustCompile(`/[^\x00-\x20/<>\[\](){}%]+`)
	pdfEscape = regexp.MustCompile(`#[0-9A-Fa-f]{2}`)
	pdfStream = regexp.MustCompile(`\bstream\r?\n`)
	pdfDelims = []byte(" \t\r\n\x00\f")
)

// maxUnpacked bounds what the packed objects of one file may hold.
const maxUnpacked = 50 << 20

func readPDF(b []byte) (File, error) {
	end := bytes.LastIndex(b, []byte("%%EOF"))
	if end < 0 {
		return File{}, broken("PDF")
	}
	if len(bytes.Trim(b[end+5:], string(pdfDelims))) > 0 || bytes.Contains(b[max(0, len(b)-70_000):], []byte("PK\x05\x06")) {
		return File{}, locale.E("err.evidence.two_kinds")
	}
	head := bytes.ToLower(b[:min(len(b), 1024)])
	for _, m := range markup[:6] {
		if bytes.Contains(head, []byte(m.mark)) {
			return File{}, locale.E("err.evidence.two_kinds")
		}
	}
	if err := looked(b); err != nil {
		return File{}, err
	}
	return File{Type: "application/pdf", Published: b}, nil
}

// looked goes through a file from stream to stream.
func looked(b []byte) error {
	budget := int64(maxUnpacked)
	for len(b) > 0 {
		at := pdfStream.FindIndex(b)
		if at == nil {
			return names(b, false)
		}
		outside, body := b[:at[0]], b[at[1]:]
		if err := names(outside, false); err != nil {
			return err
		}
		end := bytes.Index(body, []byte("endstream"))
		if end < 0 {
			return broken("PDF")
		}
		if err := names(body[:end], true); err != nil {
			return err
		}
		if err := packed(dictionary(outside), body[:end], &budget); err != nil {
			return err
		}
		b = body[end:]
	}
	return nil
}

// dictionary is what stands between the last "obj" and the stream.
func dictionary(outside []byte) []byte {
	return plain(outside[max(0, bytes.LastIndex(outside, []byte("obj"))):])
}

// packed looks through the objects that an object stream holds.
func packed(dict, body []byte, budget *int64) error {
	if !bytes.Contains(dict, []byte("/ObjStm")) {
		return nil
	}
	if !bytes.Contains(dict, []byte("/Filter")) {
		return names(body, false)
	}
	if !bytes.Contains(dict, []byte("/FlateDecode")) || bytes.Count(dict, []byte("Decode")) > 1+bytes.Count(dict, []byte("/DecodeParms")) {
		return locale.E("err.evidence.pdf_unread")
	}
	r, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return broken("PDF")
	}
	text, err := io.ReadAll(io.LimitReader(r, *budget+1))
	if *budget -= int64(len(text)); *budget < 0 {
		return locale.E("err.evidence.pdf_unread")
	}
	if err != nil && len(text) == 0 {
		return broken("PDF")
	}
	return names(text, false)
}

// names refuses a name by which a PDF acts.
func names(b []byte, inStream bool) error {
	for _, at := range pdfName.FindAllIndex(b, -1) {
		n := string(plain(b[at[0]:at[1]]))
		key, bad := acting[n]
		switch rest := bytes.TrimLeft(b[at[1]:], string(pdfDelims)); {
		case !bad, inStream && shortNames[n]:
		case n == "/OpenAction" && bytes.HasPrefix(rest, []byte("[")): // a place to open at, which many writers set, not an action
		default:
			return locale.E(key, "what", n)
		}
	}
	return nil
}

// plain undoes the #xx in names, by which /JavaScript can be written in many ways.
func plain(b []byte) []byte {
	return pdfEscape.ReplaceAllFunc(b, func(e []byte) []byte {
		var v byte
		for _, c := range e[1:] {
			v <<= 4
			switch {
			case c >= 'a':
				v |= c - 'a' + 10
			case c >= 'A':
				v |= c - 'A' + 10
			default:
				v |= c - '0'
			}
		}
		return []byte{v}
	})
}
