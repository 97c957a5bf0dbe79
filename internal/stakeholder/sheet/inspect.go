package sheet

import (
	"bufio"
	"bytes"
	"strings"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// peek is how much of a file is looked at before it is read.
const peek = 4096

// signatures of files that are taken for CSV by mistake.
var signatures = []struct{ magic, key string }{
	{"%PDF", "err.sheet.binary"},
	{"\x1f\x8b", "err.sheet.compressed"},
	{"BZh", "err.sheet.compressed"},
	{"\x28\xb5\x2f\xfd", "err.sheet.compressed"},
	{"<!doctype", "err.sheet.html"},
	{"<html", "err.sheet.html"},
}

// inspect refuses what is no text, takes off a byte order mark, and reads UTF-16,
// which spreadsheets call "Unicode text", where its mark says that it is.
func inspect(in *bufio.Reader) (*bufio.Reader, error) {
	head, _ := in.Peek(peek)
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		decoder := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()
		in = bufio.NewReaderSize(transform.NewReader(in, decoder), 64<<10)
		head, _ = in.Peek(peek)
	}
	if len(head) == 0 {
		return nil, fault(0, "", "err.sheet.empty")
	}
	if bytes.HasPrefix(head, oldWorkbook) {
		return nil, compoundFault(in)
	}
	return in, refuse(in, head)
}

// refuse tells what the beginning of a file shows it to be, where that is no text in UTF-8.
func refuse(in *bufio.Reader, head []byte) error {
	start := string(head[:min(len(head), 16)])
	for _, s := range signatures {
		if strings.HasPrefix(start, s.magic) || strings.HasPrefix(strings.ToLower(start), s.magic) {
			return fault(0, "", s.key)
		}
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		in.Discard(3)
	}
	zeros, controls := 0, 0
	for _, b := range head {
		if b == 0 {
			zeros++
		}
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' || b == 0x7f {
			controls++
		}
	}
	switch {
	case zeros*3 > len(head) && textEveryOther(head):
		return fault(0, "", "err.sheet.utf16")
	case controls*20 > len(head):
		return fault(0, "", "err.sheet.binary")
	}
	return nil
}

// textEveryOther tells UTF-16 without a mark: letters with a zero beside each.
func textEveryOther(head []byte) bool {
	var letters [2]int
	for i, b := range head {
		if b >= ' ' && b < 0x7f {
			letters[i%2]++
		}
	}
	return letters[0] == 0 != (letters[1] == 0)
}

// sniff finds the sign between fields: the one that stands most often in the first line, outside quotes.
func sniff(in *bufio.Reader) byte {
	head, _ := in.Peek(peek)
	count := map[byte]int{}
	quoted := false
	for _, b := range head {
		if b == '"' {
			quoted = !quoted
		}
		if !quoted && (b == '\n' || b == '\r') {
			break
		}
		if !quoted {
			count[b]++
		}
	}
	best := byte(',')
	for _, sign := range []byte{';', '\t'} {
		if count[sign] > count[best] {
			best = sign
		}
	}
	return best
}
