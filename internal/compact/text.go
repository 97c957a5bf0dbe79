package compact

import (
	"slices"
	"strconv"
)

// Text is one version of the compact.
type Text struct {
	ID         string  `pack:"id,required,id=text"`
	Symbol     string  `pack:"symbol"`
	Part       string  `pack:"part"` // "annex I", where the text is a part of its document
	Status     string  `pack:"status,required,one=adopted|proposed"`
	On         string  `pack:"on,required,date"`
	URL        string  `pack:"url,url"`
	Paragraphs int64   `pack:"paragraphs"` // numbered 1 to this; 0 when the text has no numbers
	Items      []*Item `pack:"items,required"`
}

// Kinds of item.
const (
	KindPrinciple = "principle"
	KindObjective = "objective"
	KindTheme     = "theme"
	KindScope     = "scope"
	KindItem      = "item"      // asks something of somebody
	KindParagraph = "paragraph" // asks nothing by itself
)

// FollowUp stands in Under for the section on follow-up and review.
const FollowUp = "FU"

// Item is a part of a text with an id of its own.
type Item struct {
	ID            string   `pack:"id,required,id=item"`
	Kind          string   `pack:"kind,required,one=principle|objective|theme|scope|item|paragraph"`
	Para          string   `pack:"para"`                         // its paragraph, "11"
	Letter        string   `pack:"letter"`                       // its letter, "d", or its number inside a paragraph
	Under         string   `pack:"under,empty,ref=item,also=FU"` // its objective or theme
	Block         string   `pack:"block,ref=item"`               // the part that opens its list
	Addressees    []string `pack:"addressees,ref=addressee"`     // who is asked
	Named         []string `pack:"named,ref=addressee"`          // narrower parties in the same sentence
	Verb          string   `pack:"verb,ref=verb"`                // how strongly
	Deadline      string   `pack:"deadline,date"`                // by when
	DeadlineEvent string   `pack:"deadline_event"`               // or by which session or event: "GA81"
	Urgent        bool     `pack:"urgent"`                       // the text says "urgently"
	SDG           Goals    `pack:"sdg"`                          // goals that the text itself names
	Number        string   `pack:"number"`                       // a quantity in the text
	Targets       []string `pack:"targets,ref=target"`
	Bodies        []string `pack:"bodies,ref=body"` // who works on it
	Mechanisms    []string `pack:"mechanisms,ref=mechanism"`
	Sources       []string `pack:"sources,ref=source"`
	Certain       bool     `pack:"certain,default=true"`

	TextID string // the text it belongs to
}

// Asks tells whether the item asks something of somebody.
func (i *Item) Asks() bool { return i.Kind == KindItem }

// Asked tells whether the item is addressed to an addressee.
func (i *Item) Asked(addressee string) bool { return slices.Contains(i.Addressees, addressee) }

// Goals are Sustainable Development Goals, 1 to 17.
type Goals struct {
	All   bool // the text says all goals
	These []int64
}

// Tagged tells whether any goal is named.
func (g Goals) Tagged() bool { return g.All || len(g.These) > 0 }

// Has tells whether a goal is named, by number or with all others.
func (g Goals) Has(goal int64) bool { return g.All || slices.Contains(g.These, goal) }

// each lists the goals as the crosswalk writes them.
func (g Goals) each() []string {
	var goals []string
	for n := int64(1); n <= 17; n++ {
		if g.Has(n) {
			goals = append(goals, strconv.FormatInt(n, 10))
		}
	}
	return goals
}

func (g *Goals) decode(d *decoder, n *node) {
	if n.kind == stringKind && n.text == "all" {
		g.All = true
		return
	}
	if n.kind != listKind {
		d.fault(n, "bad_goals")
		return
	}
	for _, goal := range n.list {
		switch {
		case goal.kind == brokenKind:
		case goal.kind != numberKind || goal.number < 1 || goal.number > 17:
			d.fault(goal, "bad_goal")
		case slices.Contains(g.These, goal.number):
			d.fault(goal, "entry_twice", "value", goal.number)
		default:
			g.These = append(g.These, goal.number)
		}
	}
}

// Change says what became of a part of an earlier text in the text in force.
type Change struct {
	From    string   `pack:"from,required,ref=item|mechanism"`
	To      []string `pack:"to,required,ref=item"`
	Outcome string   `pack:"outcome,required,one=carried|changed|number-dropped|none"`
	Weak    bool     `pack:"weak"`
	Sources []string `pack:"sources,ref=source"`
}

// Link is a link from an item to another scheme, as somebody asserts it.
type Link struct {
	From       string `pack:"from,required,ref=item|mechanism|target"`
	Scheme     string `pack:"scheme,required,one=sdg|wsis|oca|text"`
	To         string `pack:"to,required"`
	Relation   string `pack:"relation,required,one=same|contributes|overlaps|depends"`
	AssertedBy string `pack:"asserted_by,required,ref=source"`
	On         string `pack:"on,date"`
	Strength   int64  `pack:"strength"` // 1 weak to 3 strong; 0 where nobody says
	Note       string `pack:"note"`     // the source's own remark
	Certain    bool   `pack:"certain,default=true"`
}
