package sheet

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"
)

// scanner takes records apart (RFC 4180, and what spreadsheets make of it): a
// quote inside an unquoted field is a character, line ends are LF, CRLF or CR.
type scanner struct {
	in     *bufio.Reader
	limits Limits
	comma  byte
	row    int // of the record read last
	next   int // rows before the next record
	field  []byte
	size   int // bytes of the record
}

// record reads one record; io.EOF after the last. Nothing is kept beyond the limits.
func (s *scanner) record() ([]string, error) {
	s.next++
	s.row, s.size = s.next, 0
	if _, err := s.in.Peek(1); err != nil {
		return nil, s.broken(err)
	}
	var cells []string
	for {
		text, end, err := s.cell(len(cells) + 1)
		if err != nil {
			return nil, err
		}
		cells = append(cells, text)
		if len(cells) > s.limits.Columns {
			return nil, fault(s.row, "", "err.sheet.too_many_columns", "max", s.limits.Columns)
		}
		if end {
			return cells, nil
		}
	}
}

// cell reads a field and tells whether it ends its record.
func (s *scanner) cell(column int) (text string, end bool, err error) {
	s.field = s.field[:0]
	first, err := s.in.Peek(1)
	if err == nil && first[0] == '"' {
		s.in.Discard(1)
		return s.quoted(column)
	}
	for {
		b, err := s.in.ReadByte()
		switch {
		case err == io.EOF, err == nil && s.lineEnd(b):
			text, err := s.text(column)
			return text, true, err
		case err != nil:
			return "", false, s.broken(err)
		case b == s.comma:
			text, err := s.text(column)
			return text, false, err
		}
		if err := s.add(b, column, false); err != nil {
			return "", false, err
		}
	}
}

// quoted reads on after an opening quote.
func (s *scanner) quoted(column int) (text string, end bool, err error) {
	for {
		b, err := s.in.ReadByte()
		if err == io.EOF {
			return "", false, fault(s.row, ordinal(column), "err.sheet.quote_open")
		}
		if err != nil {
			return "", false, s.broken(err)
		}
		if b != '"' {
			if err := s.add(b, column, true); err != nil {
				return "", false, err
			}
			continue
		}
		after, err := s.in.ReadByte()
		switch {
		case err == io.EOF, err == nil && s.lineEnd(after):
			text, err := s.text(column)
			return text, true, err
		case err != nil:
			return "", false, s.broken(err)
		case after == s.comma:
			text, err := s.text(column)
			return text, false, err
		case after != '"':
			return "", false, fault(s.row, ordinal(column), "err.sheet.after_quote")
		}
		if err := s.add('"', column, true); err != nil {
			return "", false, err
		}
	}
}

// lineEnd takes LF, CRLF and a lone CR.
func (s *scanner) lineEnd(b byte) bool {
	if b == '\r' {
		if next, err := s.in.Peek(1); err == nil && next[0] == '\n' {
			s.in.Discard(1)
		}
		return true
	}
	return b == '\n'
}

func (s *scanner) add(b byte, column int, quoted bool) error {
	s.size++
	if len(s.field) < s.limits.Field && s.size <= s.limits.Line {
		s.field = append(s.field, b)
		return nil
	}
	switch {
	case quoted && bytes.ContainsAny(s.field, "\r\n"):
		return fault(s.row, ordinal(column), "err.sheet.quote_far", "max", s.limits.Field)
	case s.size > s.limits.Line:
		return fault(s.row, "", "err.sheet.line_too_long", "max", s.limits.Line)
	}
	return fault(s.row, ordinal(column), "err.sheet.field_too_long", "max", s.limits.Field)
}

func (s *scanner) text(column int) (string, error) {
	if utf8.Valid(s.field) {
		return string(s.field), nil
	}
	key := "err.sheet.not_utf8"
	if _, err := s.in.Peek(1); err == io.EOF && cutShort(s.field) {
		key = "err.sheet.cut_short"
	}
	return "", fault(s.row, ordinal(column), key)
}

// cutShort tells whether the text is sound but for an unfinished last character.
func cutShort(b []byte) bool {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			return !utf8.FullRune(tail) && utf8.Valid(b[:len(b)-n])
		}
	}
	return false
}

// cells gives the next record as cells; a first line sep=; is no record.
func (s *scanner) cells() ([]Cell, int, error) {
	texts, err := s.record()
	if err == nil && s.row == 1 && s.declared(texts) {
		texts, err = s.record()
	}
	if err != nil {
		return nil, s.row, err
	}
	cells := make([]Cell, len(texts))
	for i, text := range texts {
		cells[i].Text = text
	}
	return cells, s.row, nil
}

// broken passes on the end of the file; anything else is a file that cannot be read.
func (s *scanner) broken(err error) error {
	if err == io.EOF {
		return err
	}
	return fault(s.row, "", "err.sheet.unreadable", "detail", err.Error())
}

// declared tells whether the first record is the line sep=; that some spreadsheets write.
func (s *scanner) declared(cells []string) bool {
	line := strings.ToLower(strings.Join(cells, string(s.comma)))
	if len(line) != len("sep=;") || !strings.HasPrefix(line, "sep=") {
		return false
	}
	s.comma = line[len(line)-1]
	return true
}
