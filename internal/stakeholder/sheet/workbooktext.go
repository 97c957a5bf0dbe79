package sheet

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"
)

// maxShared is how many shared texts a workbook may hold.
const maxShared = 500_000

// readShared reads the texts that cells share. They take no more memory than the
// part itself, which is bounded; cells point at them.
func (b *workbook) readShared() ([]string, error) {
	if b.parts["xl/sharedStrings.xml"] == nil {
		return nil, nil
	}
	r, err := b.part("xl/sharedStrings.xml")
	if err != nil {
		return nil, err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	var list []string
	var text strings.Builder
	inText, sound := false, 0
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return list, nil
		}
		if err != nil {
			return nil, fault(0, "", "err.sheet.workbook_broken")
		}
		switch t := t.(type) {
		case xml.Directive:
			return nil, fault(0, "", "err.sheet.workbook_broken")
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.Reset()
			case "rPh": // how it is pronounced
				sound++
			case "t":
				inText = sound == 0
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				sound = max(sound-1, 0)
			case "si":
				if len(list) == maxShared {
					return nil, fault(0, "", "err.sheet.shared", "max", maxShared)
				}
				list = append(list, unescape(text.String()))
			}
		case xml.CharData:
			if inText {
				text.Write(t)
			}
		}
	}
}

// unescape reads _x000D_ as the character that it stands for.
func unescape(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	var b strings.Builder
	for {
		i := strings.Index(text, "_x")
		if i < 0 || len(text) < i+7 {
			return b.String() + text
		}
		n, err := strconv.ParseUint(text[i+2:i+6], 16, 16)
		if err != nil || text[i+6] != '_' {
			b.WriteString(text[:i+2])
			text = text[i+2:]
			continue
		}
		b.WriteString(text[:i])
		b.WriteRune(rune(n))
		text = text[i+7:]
	}
}

// style is what the number format of a cell says about its value.
type style struct{ day, percent bool }

// readStyles reads the number formats, by the number that cells name.
func (b *workbook) readStyles() ([]style, error) {
	if b.parts["xl/styles.xml"] == nil {
		return nil, nil
	}
	own := map[string]string{}
	var list []style
	within := false
	err := b.elements("xl/styles.xml", func(e xml.StartElement) {
		switch e.Name.Local {
		case "numFmt":
			own[attr(e, "numFmtId")] = attr(e, "formatCode")
		case "cellXfs":
			within = true
		case "cellStyles", "dxfs", "cellStyleXfs":
			within = false
		case "xf":
			if within && len(list) < 65_536 {
				list = append(list, styleOf(attr(e, "numFmtId"), own))
			}
		}
	})
	return list, err
}

func styleOf(id string, own map[string]string) style {
	if code, ok := own[id]; ok {
		return style{day: datesIn(code), percent: strings.Contains(bare(code), "%")}
	}
	n, _ := strconv.Atoi(id)
	return style{day: n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58, percent: n == 9 || n == 10}
}

// bare is a number format without quoted texts, escaped signs and [colours].
func bare(code string) string {
	var b strings.Builder
	quoted, bracket, escaped := false, false, false
	for _, r := range code {
		switch {
		case escaped:
			escaped = false
		case r == '\\' || r == '_' || r == '*':
			escaped = true
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[':
			bracket = true
		case r == ']':
			bracket = false
		case !bracket:
			b.WriteRune(r)
		}
	}
	return strings.ToLower(b.String())
}

// datesIn tells a format of dates: it names days or years; hours alone are a time.
func datesIn(code string) bool { return strings.ContainsAny(bare(code), "dy") }
