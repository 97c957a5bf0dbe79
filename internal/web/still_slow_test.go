package web

// Slow lets html/template write all pages.
func (v *Still) Slow() {
	for lang, p := range v.site.pages {
		v.site.pages[lang] = p.Slow()
	}
}

// Fell is how many pages html/template had to write.
func (v *Still) Fell() (n int64) {
	for _, p := range v.site.pages {
		n += p.Fell()
	}
	return n
}
