package cli

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
)

// held are files of a data directory that hold a text: letters, which go, and
// others, which somebody put there.
type held struct {
	letters, others []string
}

// filesHolding looks through the files beside the store. Short texts are not
// sought: they stand in many files that have nothing to do with them.
func filesHolding(dir string, texts []string) (h held, err error) {
	var long []string
	for _, t := range texts {
		if len(t) >= 12 {
			long = append(long, t)
		}
	}
	if len(long) == 0 {
		return h, nil
	}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "kept.db") || path == keyFile(dir) {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		letter := strings.Contains(d.Name(), ".eml")
		if letter {
			b = append(b, unfolded(b)...)
		}
		for _, t := range long {
			if !bytes.Contains(b, []byte(t)) && !bytes.Contains(b, []byte(strings.ReplaceAll(t, "\n", "\r\n"))) {
				continue
			}
			if letter {
				h.letters = append(h.letters, path)
			} else {
				h.others = append(h.others, path)
			}
			break
		}
		return nil
	})
	return h, err
}

func (h held) remove() error {
	for _, path := range h.letters {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// forgetFiles removes what an older store has beside it: letters that hold a text, and
// PDFs of reports, in which nobody can look for one.
func forgetFiles(dir string, texts []string) error {
	_, err := shelfIn(dir).Clear()
	return errors.Join(forgetLetters(dir, texts), err)
}

// forgetLetters removes letters that hold a text.
func forgetLetters(dir string, texts []string) error {
	h, err := filesHolding(dir, texts)
	if err != nil {
		return err
	}
	return h.remove()
}

// unfolded is a letter as its reader sees it: headers decoded, parts one after
// another. What cannot be read is left out; it was sought as it is.
func unfolded(b []byte) []byte {
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	var out bytes.Buffer
	words := new(mime.WordDecoder)
	for _, values := range m.Header {
		for _, v := range values {
			if plain, err := words.DecodeHeader(v); err == nil {
				out.WriteString(plain + "\n")
			}
		}
	}
	unfoldPart(&out, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body)
	return out.Bytes()
}

func unfoldPart(out *bytes.Buffer, kind, encoding string, body io.Reader) {
	media, params, err := mime.ParseMediaType(kind)
	if err == nil && strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err != nil {
				return
			}
			unfoldPart(out, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p)
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	_, _ = io.Copy(out, body)
}
