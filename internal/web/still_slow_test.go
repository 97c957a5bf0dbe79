package web

// Slow lets html/template write all pages.
func (v *Still) Slow() { v.site.pages = v.site.pages.Slow() }

// Fell is how many pages html/template had to write.
func (v *Still) Fell() (n int64) { return v.site.pages.Fell() }
