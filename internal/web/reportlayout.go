package web

import (
	"strconv"
	"strings"

	"kept/internal/locale"
	"kept/internal/report"
)

// figureLayout is how the figures of a chapter stand on its page: those with a name
// of their own in a list, those that are about one thing under it, with a bar where
// they count, and the chapter's tables as tables. Each figure stands once.
type figureLayout struct {
	Single []figureRow
	Groups []figureGroup
	Grids  []figureGrid
}

type figureGroup struct {
	Title Text
	Rows  []shortFigure
}

type figureGrid struct {
	Title   Text
	Columns []Text
	Rows    []gridRow
}

type gridRow struct {
	Label Text
	Cells []shortFigure
}

// shortFigure is a figure whose heading says what it is about.
type shortFigure struct {
	figureRow
	Short Text
	Bar   int // twentieths of the greatest of its group; 0: none
}

func layOut(q *request, c report.Chapter, rows []figureRow) (l figureLayout) {
	byID := make(map[string]figureRow, len(rows))
	for _, r := range rows {
		byID[r.ID] = r
	}
	inGrid := make(map[string]bool)
	for _, t := range c.Tables {
		l.Grids = append(l.Grids, newGrid(q, t, byID, inGrid))
	}
	about := ""
	for _, r := range rows {
		if inGrid[r.ID] {
			continue
		}
		what, short := figureParts(q, r.ID)
		if english(what) == "" {
			l.Single = append(l.Single, r)
			continue
		}
		if n := len(l.Groups); n == 0 || english(what) != about {
			l.Groups = append(l.Groups, figureGroup{Title: what})
			about = english(what)
		}
		g := &l.Groups[len(l.Groups)-1]
		g.Rows = append(g.Rows, shortFigure{figureRow: r, Short: short})
	}
	for _, g := range l.Groups {
		g.drawBars()
	}
	return l
}

// drawBars gives the counts of a group their bars. Values of several kinds under
// one heading have none: their lengths could not be compared.
func (g figureGroup) drawBars() {
	most := 0.0
	for _, r := range g.Rows {
		n, err := strconv.ParseFloat(r.Value, 64)
		if err != nil || r.Method != "count/1" || r.Unit != g.Rows[0].Unit {
			return
		}
		most = max(most, n)
	}
	for i, r := range g.Rows {
		if n, _ := strconv.ParseFloat(r.Value, 64); n > 0 {
			g.Rows[i].Bar = max(1, twentieths(n, 0, most))
		}
	}
}

func newGrid(q *request, t report.Table, byID map[string]figureRow, inGrid map[string]bool) figureGrid {
	g := figureGrid{Title: tableTitle(t.ID)}
	for _, r := range t.Rows {
		row := gridRow{}
		for _, id := range r.Figures {
			if _, there := byID[id]; !there { // nothing was counted for this column
				row.Cells = append(row.Cells, shortFigure{})
				continue
			}
			inGrid[id] = true
			what, short := figureParts(q, id)
			if row.Label == nil {
				row.Label = what
			}
			row.Cells = append(row.Cells, shortFigure{figureRow: byID[id], Short: short})
		}
		g.Rows = append(g.Rows, row)
	}
	g.Columns = columnsOf(g.Rows, len(t.Columns))
	return g
}

// columnsOf heads each column by what its first figure measures.
func columnsOf(rows []gridRow, n int) []Text {
	columns := make([]Text, n)
	for _, r := range rows {
		for i, c := range r.Cells {
			if i < n && columns[i] == nil {
				columns[i] = c.Short
			}
		}
	}
	return columns
}

// tableTitle heads a table; those of balance are headed by what they are by.
func tableTitle(id string) Text {
	if by, ok := strings.CutPrefix(id, "parties.balance."); ok {
		return message("balance.by." + by)
	}
	return message("report.table." + id)
}

func figureParts(q *request, id string) (what, measure Text) {
	what, measure = make(Text), make(Text)
	for _, l := range locale.Langs {
		what[l], measure[l] = report.Parts(q.Pack, id, l)
	}
	return what, measure
}
