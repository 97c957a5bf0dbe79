package observatory

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"kept/internal/locale"
)

// rowReader reads the rows of a CSV file as RFC 4180 has them, in bounded
// memory: a row may hold line breaks in quotes, but no more than MaxRow bytes.
// It knows on which line of the file each row begins.
type rowReader struct {
	in        *bufio.Reader
	delimiter byte
	line      int   // lines read so far
	offset    int64 // bytes read so far
	raw       []byte
	quotes    quotes
	fields    []string
	stray     bool // the last row had text after a closing quote
}

const byteOrderMark = "\xEF\xBB\xBF"

// newRowReader looks at the first bytes: what is plainly no text in UTF-8 is
// refused with the reason, before a header could be misread.
func newRowReader(r io.Reader, delimiter string) (*rowReader, error) {
	reader := &rowReader{in: bufio.NewReaderSize(r, 16<<10), delimiter: ','}
	if delimiter != "" {
		reader.delimiter = delimiter[0]
	}
	start, err := reader.in.Peek(512)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if err := recognise(start); err != nil {
		return nil, err
	}
	if bytes.HasPrefix(start, []byte(byteOrderMark)) {
		n, _ := reader.in.Discard(len(byteOrderMark))
		reader.offset = int64(n)
	}
	return reader, nil
}

// recognise names files that people upload in place of a CSV file.
func recognise(start []byte) error {
	head := strings.ToLower(string(bytes.TrimSpace(start[:min(len(start), 64)])))
	has := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if bytes.HasPrefix(start, []byte(p)) {
				return true
			}
		}
		return false
	}
	switch {
	case len(start) == 0:
		return locale.E("err.data.empty")
	case has("\xFF\xFE", "\xFE\xFF"):
		return locale.E("err.data.utf16", "offset", 0)
	case has("PK\x03\x04"):
		return locale.E("err.data.zip")
	case has("\x1F\x8B"):
		return locale.E("err.data.gzip")
	case has("%PDF", "\xD0\xCF\x11\xE0", "\x89PNG"):
		return locale.E("err.data.binary", "offset", 0)
	case strings.HasPrefix(head, "<!doctype") || strings.HasPrefix(head, "<html") || strings.HasPrefix(head, "<?xml"):
		return locale.E("err.data.markup")
	}
	return nil
}

// next gives the fields of the next row and the line that it begins on. Blank
// lines are passed over. The fields are valid until the row after.
func (r *rowReader) next() (fields []string, line int, err error) {
	for {
		line = r.line + 1
		r.raw, r.quotes = r.raw[:0], fieldStart
		for open := true; open; open = r.quotes == quoted {
			from := len(r.raw)
			ended, err := r.physical(line)
			if err != nil {
				return nil, line, err
			}
			if ended && len(r.raw) == 0 {
				return nil, line, io.EOF
			}
			r.quotes = r.quotes.follow(r.raw[from:], r.delimiter)
			if ended && r.quotes == quoted {
				return nil, line, locale.E("err.data.truncated", "line", line)
			}
		}
		if row := trimEnd(r.raw); len(row) > 0 {
			r.fields, r.stray = split(r.fields[:0], string(row), r.delimiter)
			return r.fields, line, nil
		}
	}
}

// physical appends one line of the file, its end included, and says whether the
// file ended with it.
func (r *rowReader) physical(line int) (ended bool, err error) {
	from := len(r.raw)
	for {
		chunk, err := r.in.ReadSlice('\n')
		if len(r.raw)+len(chunk) > MaxRow {
			return false, locale.E("err.data.row_long", "line", line, "limit", MaxRow)
		}
		r.raw = append(r.raw, chunk...)
		switch err {
		case bufio.ErrBufferFull:
			continue
		case nil, io.EOF:
			r.line++
			return err == io.EOF, r.check(r.raw[from:])
		}
		return false, err
	}
}

// check refuses bytes that are no text in UTF-8, naming the place: in another
// encoding names and notes would be kept wrong.
func (r *rowReader) check(line []byte) error {
	at := r.offset
	r.offset += int64(len(line))
	if i := bytes.IndexByte(line, 0); i >= 0 {
		return locale.E("err.data.binary", "offset", at+int64(i))
	}
	if utf8.Valid(line) {
		return nil
	}
	for i := 0; i < len(line); {
		c, size := utf8.DecodeRune(line[i:])
		if c == utf8.RuneError && size == 1 {
			return locale.E("err.data.encoding", "offset", at+int64(i), "line", r.line)
		}
		i += size
	}
	return nil
}

// quotes is the place of a reader in the quoting of a row.
type quotes int

const (
	fieldStart quotes = iota
	bare
	quoted
	closing // after a quote inside quotes: the end of the field, or half of a pair
)

// follow moves over the bytes of one line.
func (q quotes) follow(line []byte, delimiter byte) quotes {
	if q != quoted && bytes.IndexByte(line, '"') < 0 {
		return bare
	}
	for _, c := range line {
		q = q.after(c, delimiter)
	}
	return q
}

func (q quotes) after(c, delimiter byte) quotes {
	switch {
	case c == '"' && (q == fieldStart || q == closing):
		return quoted
	case c == '"' && q == quoted:
		return closing
	case q == quoted:
		return quoted
	case c == delimiter:
		return fieldStart
	}
	return bare
}

// split takes a row apart and the quotes off. stray says that something stood
// between a closing quote and the next delimiter.
func split(fields []string, row string, delimiter byte) (_ []string, stray bool) {
	if strings.IndexByte(row, '"') < 0 {
		for {
			i := strings.IndexByte(row, delimiter)
			if i < 0 {
				return append(fields, row), false
			}
			fields, row = append(fields, row[:i]), row[i+1:]
		}
	}
	var field strings.Builder
	q := fieldStart
	for i := range len(row) {
		before := q
		q = q.after(row[i], delimiter)
		switch {
		case q == fieldStart:
			fields = append(fields, field.String())
			field.Reset()
		case q == closing || q == quoted && before == fieldStart:
			// a quote that only encloses
		default:
			stray = stray || before == closing && q == bare
			field.WriteByte(row[i])
		}
	}
	return append(fields, field.String()), stray
}

func trimEnd(row []byte) []byte {
	return bytes.TrimSuffix(bytes.TrimSuffix(row, []byte("\n")), []byte("\r"))
}
