package stakeholder

import (
	"slices"
	"strings"

	"kept/internal/compact"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// Sought is a party as a row of a list speaks of it.
type Sought struct {
	Name    string
	Kind    string // as the row says it; empty where it does not
	Area    string // of its seat, likewise
	Default string // kind of the parties whose row says none and that nobody knows yet
}

// Find is the party that is meant; where nobody knows it the id is 0, and as is
// what it is to be entered as. Registered ones come before stated ones.
//
// A State goes by the names of its area, in any language. Where the row says no
// kind, such a name means the State; a code, which may as well be somebody's short
// name, does so only if no party goes by it and the list is not of another kind.
// Where the row says another kind, the party is never the State.
func (s Sought) Find(tx *db.Tx, pack *compact.Pack) (id int64, as Registered, err error) {
	state := s.state(pack)
	if state != "" {
		as = Registered{Kind: KindState, Area: state}
		if id, err = findParty(tx, as, nil, true, 0); err != nil || id != 0 || s.Kind != "" {
			return id, as, err
		}
	}
	as = s.read(pack)
	if id, err = Find(tx, s.Name, as.Area); err != nil || id != 0 {
		return id, Registered{}, err
	}
	if a, ok := pack.AreaSet().ByID(s.Name); ok && as.Kind == "" && (as.Area == "" || as.Area == a.ID) {
		state = a.ID
	}
	if state != "" {
		as = Registered{Kind: KindState, Area: state}
	}
	if as.Kind == KindState {
		id, err = findParty(tx, as, nil, true, 0)
	}
	return id, as, err
}

// read reads kind and area; what cannot be read stays as it is, to be refused. A
// State whose name is another country's than its area has no area.
func (s Sought) read(pack *compact.Pack) Registered {
	as := Registered{Kind: s.kind(pack), Area: strings.ToUpper(keeper.Line(s.Area))}
	if area, ok := areaRead(pack, s.Area); ok {
		as.Area = area
	}
	if named, ok := areaRead(pack, s.Name); ok && as.Kind == KindState && named != as.Area {
		as.Area = ""
	}
	return as
}

func (s Sought) kind(pack *compact.Pack) string {
	text := s.Kind
	if text == "" {
		text = s.Default
	}
	if kind, ok := kindRead(pack, text); ok {
		return kind
	}
	return text
}

// state is the area of the State that goes by the name; empty where none surely does.
func (s Sought) state(pack *compact.Pack) string {
	named := ""
	if s.kind(pack) == KindState {
		named, _ = areaRead(pack, s.Name)
	} else if a, ok := pack.AreaSet().ByName(s.Name); ok && s.Kind == "" {
		named = a.ID
	}
	if seat, _ := areaRead(pack, s.Area); s.Area != "" && seat != named {
		return ""
	}
	return named
}

// areaRead reads a country or area: its ISO code of three or two letters, its M49
// digits or its name.
func areaRead(pack *compact.Pack, text string) (id string, ok bool) {
	set, code := pack.AreaSet(), strings.ToUpper(text)
	if a, ok := set.ByID(code); ok {
		return a.ID, true
	}
	if a, ok := set.ByISO2(code); ok {
		return a.ID, true
	}
	if a, ok := set.ByM49(text); ok {
		return a.ID, true
	}
	if a, ok := set.ByName(text); ok {
		return a.ID, true
	}
	return "", false
}

// otherWords are words for kinds of party that lists use beside the names of ours.
var otherWords = map[string]string{
	"business": KindPrivate, "private sector": KindPrivate, "corporate": KindPrivate, "enterprise": KindPrivate, "industry": KindPrivate,
	"government": KindState, "member state": KindState, "country": KindState,
	"ngo": "civil-society", "civil society": "civil-society", "non governmental organization": "civil-society", "nonprofit": "civil-society",
	"university": "academia", "academic": "academia", "research": "academia",
	"international organization": "igo", "intergovernmental": "igo", "regional organization": "igo",
	"united nations": KindUN, "un agency": KindUN, "un entity": KindUN, "un system": KindUN,
	"city": "local-authority", "municipality": "local-authority", "local government": "local-authority", "philanthropy": "foundation",
}

// kindRead reads a kind of party: its code, its name in any of the six languages,
// or a word that lists use.
func kindRead(pack *compact.Pack, text string) (kind string, ok bool) {
	key := fold.Text(text)
	for _, kind := range pack.PartyKinds {
		if key == fold.Text(kind) {
			return kind, true
		}
		for _, lang := range locale.Langs {
			if key == fold.Text(KindName(lang, kind)) {
				return kind, true
			}
		}
	}
	kind = otherWords[key]
	if !slices.Contains(pack.PartyKinds, kind) {
		return "", false
	}
	return kind, true
}
