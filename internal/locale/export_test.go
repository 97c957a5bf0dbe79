package locale

// Message gives tests a catalogue entry: its plain text, or its plural forms.
func Message(l Lang, key string) (text string, forms map[string]string) {
	m := l.messages()[key]
	return m.text, m.forms
}
