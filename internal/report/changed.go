package report

// Change is a figure whose value is another in two computations, or that only one has.
type Change struct {
	ID      string
	Was, Is Figure // without an ID where it was not, or is not any more
}

// Changed lists the figures whose values differ, in the order of the later one. What
// they rest on may differ without that.
func Changed(was, is *Figures) (list []Change) {
	for _, c := range is.Chapters {
		for _, f := range c.Figures {
			if old, there := was.Figure(f.ID); !there || old.Value != f.Value || old.Why != f.Why {
				list = append(list, Change{f.ID, old, f})
			}
		}
	}
	for _, c := range was.Chapters {
		for _, f := range c.Figures {
			if _, there := is.Figure(f.ID); !there {
				list = append(list, Change{f.ID, f, Figure{}})
			}
		}
	}
	return list
}
