package web

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"kept/internal/commitment"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
)

// A feed is the Atom twin of a list (RFC 4287): the address with its filters is
// what somebody follows, its entries are the acts about what the list holds, the
// newest first, a page at a time (RFC 5005). The id of an entry of a feed is the
// address of the entry of the record, the same in every feed.

// feedType is the media type of a feed.
const feedType = "application/atom+xml"

// cursorName is the parameter that a page of a feed begins before.
const cursorName = "before"

// change is an act in a feed: its entry, and the page and name of what it is about.
type change struct {
	entry keeper.Entry
	href  string
	about Text
	by    Text
}

// feed is what a list says of its changes.
type feed struct {
	title    Text
	page     string   // address of the list, without language
	subjects []string // what it rests on; none: it changes with every entry
	known    []string // the parameters that filter the list
	changes  func(q *request, asked url.Values, before int64, limit int) ([]change, error)
}

type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  atomPerson  `xml:"author"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Lang string `xml:"hreflang,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string     `xml:"id"`
	Title     string     `xml:"title"`
	Updated   string     `xml:"updated"`
	Published string     `xml:"published"`
	Author    atomPerson `xml:"author"`
	Links     []atomLink `xml:"link"`
	Summary   string     `xml:"summary"`
}

// feed registers the Atom twin of a list.
func (s *Site) feed(f feed) {
	s.public("GET "+f.page+".atom", func(w http.ResponseWriter, r *http.Request) {
		lang := locale.English
		if wanted := r.URL.Query().Get("lang"); wanted != "" {
			if lang = locale.Lang(wanted); !locale.Known(wanted) {
				s.fail(w, r, "", keeper.Refuse(keeper.ErrInvalid, locale.E("err.web.unknown_language", "lang", keeper.Line(wanted))))
				return
			}
		}
		if len(r.URL.RawQuery) > longestQuery {
			s.fail(w, r, lang, keeper.Refuse(keeper.ErrInvalid, locale.E("err.web.query_too_long", "max", longestQuery)))
			return
		}
		var out *rendered
		err := s.c.Keeper.DB().Read(r.Context(), func(tx *db.Tx) (err error) {
			out, err = s.makeFeed(r, tx, lang, f)
			return err
		})
		if err != nil {
			s.fail(w, r, lang, err)
			return
		}
		s.send(w, r, out)
	})
}

func (s *Site) makeFeed(r *http.Request, tx *db.Tx, lang locale.Lang, f feed) (*rendered, error) {
	q, err := s.request(r, tx, lang)
	if err != nil {
		return nil, err
	}
	asked := q.query(slices.Concat(f.known, []string{cursorName, "lang"})...)
	size, err := recordSize(tx)
	if err != nil {
		return nil, err
	}
	subjects := slices.Concat(f.subjects, []string{"pack"})
	seen, err := seenIn(tx, subjects)
	if err != nil {
		return nil, err
	}
	before, err := strconv.ParseInt(asked.Get(cursorName), 10, 64)
	if err != nil || before < 0 || before > size {
		before = size
	}
	changes, err := f.changes(q, asked, before, perPage+1)
	if err != nil {
		return nil, err
	}
	body, err := s.atom(q, f, asked, changes)
	if err != nil {
		return nil, err
	}
	out := newRendered(body)
	out.kind, out.language = feedType+"; charset=utf-8", string(lang)
	out.seen, out.size, out.today, out.subjects = seen, size, q.Today, subjects
	if len(f.subjects) > 0 && q.cacheable() {
		s.cache.put(cacheKey(r), out)
	}
	return out, nil
}

// atom writes the feed. A page that is not the newest keeps its own address.
func (s *Site) atom(q *request, f feed, asked url.Values, changes []change) ([]byte, error) {
	lang := q.lang()
	at := func(a url.Values) string {
		if len(a) == 0 {
			return s.c.Base + f.page + ".atom"
		}
		return s.c.Base + f.page + ".atom?" + a.Encode()
	}
	first := asking(asked, cursorName, "")
	list := asking(first, "lang", "")
	page := s.c.Base + "/" + string(lang) + f.page
	if len(list) > 0 {
		page += "?" + list.Encode()
	}
	name, _ := title(q.Pack, "compact", q.Pack.ID).In(lang)
	what, _ := f.title.In(lang)
	out := atomFeed{Lang: string(lang), ID: at(first), Title: lang.T("feed.title", "list", what) + " · " + name, Author: atomPerson{name},
		Links: []atomLink{{"self", feedType, "", at(asked)}, {"alternate", "text/html", string(lang), page}, {"first", feedType, "", at(first)}}}
	if asked.Has(cursorName) {
		out.ID = at(asked)
	}
	if len(changes) > perPage {
		changes = changes[:perPage]
		out.Links = append(out.Links, atomLink{"next", feedType, "", at(asking(asked, cursorName, strconv.FormatInt(changes[perPage-1].entry.Index, 10)))})
	}
	for _, c := range changes {
		out.Entries = append(out.Entries, s.atomEntry(lang, c))
	}
	if out.Updated = q.Pack.Version + "T00:00:00Z"; len(changes) > 0 {
		out.Updated = changes[0].entry.At
	}
	body, err := xml.Marshal(out)
	return append([]byte(xml.Header), append(body, '\n')...), err
}

func (s *Site) atomEntry(lang locale.Lang, c change) atomEntry {
	about, _ := c.about.In(lang)
	by, _ := c.by.In(lang)
	what, _ := kindName(c.entry.Kind).In(lang)
	if about == "" {
		about = "#" + strconv.FormatInt(c.entry.Index, 10)
	}
	record := "/record/entries/" + strconv.FormatInt(c.entry.Index, 10)
	href := c.href
	if href == "" {
		href = record
	}
	return atomEntry{ID: s.c.Base + record, Title: what + ": " + about, Updated: c.entry.At, Published: c.entry.At, Author: atomPerson{by},
		Links:   []atomLink{{"alternate", "text/html", string(lang), s.c.Base + "/" + string(lang) + href}, {"related", "text/html", string(lang), s.c.Base + "/" + string(lang) + record}},
		Summary: lang.T("feed.summary", "what", what, "by", by, "date", lang.Date(c.entry.On()))}
}

// asking is a copy of some parameters with one set, or left out where it is "".
func asking(asked url.Values, name, value string) url.Values {
	to := url.Values{}
	for k, v := range asked {
		to[k] = v
	}
	if to.Del(name); value != "" {
		to.Set(name, value)
	}
	return to
}

// follow is the feed of a list, for its page.
func (q *request) follow(page string, asked url.Values) map[string]string {
	to := asking(asking(asked, "after", ""), cursorName, "")
	to.Del("lang")
	address := page + ".atom"
	if len(to) > 0 {
		address += "?" + to.Encode()
	}
	return map[string]string{feedType: address}
}

// inLanguage lets the addresses of feeds ask for a language.
func inLanguage(feeds map[string]string, lang locale.Lang) map[string]string {
	if len(feeds) == 0 || lang == "" {
		return feeds
	}
	out := make(map[string]string, len(feeds))
	for kind, address := range feeds {
		page, query, _ := strings.Cut(address, "?")
		asked, _ := url.ParseQuery(query) // ours
		asked.Set("lang", string(lang))
		out[kind] = page + "?" + asked.Encode()
	}
	return out
}

// commitmentFeed, partyFeed and entryFeed are the three lists that can be followed.
func commitmentFeed() feed {
	return feed{title: message("menu.commitments"), page: "/commitments", subjects: []string{"commitments", "parties"}, known: commitmentFilters,
		changes: func(q *request, asked url.Values, before int64, limit int) ([]change, error) {
			f, err := coder{q, asked}.commitmentFilter()
			if err != nil {
				return nil, err
			}
			found, err := commitment.Changes(q.Tx, f, before, limit)
			if err != nil {
				return nil, err
			}
			titles, err := commitment.Titles(q.Tx, found)
			if err != nil {
				return nil, err
			}
			var out []change
			for _, c := range found {
				out = append(out, change{entry: keeper.Entry{Index: c.Entry}, href: commitmentHref(c.Commitment), about: summaryText(titles[c.Commitment].Text, "title")})
			}
			return out, readChanges(q.Tx, out)
		}}
}

func partyFeed() feed {
	return feed{title: message("menu.parties"), page: "/stakeholders", subjects: []string{"parties"}, known: partyFilters,
		changes: func(q *request, asked url.Values, before int64, limit int) ([]change, error) {
			f, err := coder{q, asked}.partyFilter()
			if err != nil {
				return nil, err
			}
			found, err := stakeholder.Changes(q.Tx, f, before, limit)
			if err != nil {
				return nil, err
			}
			var ids []int64
			for _, c := range found {
				ids = append(ids, c.Party)
			}
			names, err := stakeholder.NamesOf(q.Tx, ids...)
			if err != nil {
				return nil, err
			}
			var out []change
			for _, c := range found {
				out = append(out, change{entry: keeper.Entry{Index: c.Entry}, href: partyHref(c.Party), about: partyName(names[c.Party])})
			}
			return out, readChanges(q.Tx, out)
		}}
}

func entryFeed() feed {
	return feed{title: message("entries.title"), page: "/record/entries", known: []string{"kind"},
		changes: func(q *request, asked url.Values, before int64, limit int) ([]change, error) {
			found, err := keeper.OfKind(q.Tx, asked.Get("kind"), before, limit)
			if err != nil {
				return nil, err
			}
			var out []change
			for _, e := range found {
				out = append(out, change{entry: e, href: madeBy(e)})
			}
			return out, nameMakers(q.Tx, out)
		}}
}

// readChanges reads the entries of changes, and who they are by.
func readChanges(tx *db.Tx, list []change) (err error) {
	for i := range list {
		if list[i].entry, err = keeper.ReadEntry(tx, list[i].entry.Index); err != nil {
			return err
		}
	}
	return nameMakers(tx, list)
}

func nameMakers(tx *db.Tx, list []change) error {
	rows := make([]*entryRow, len(list))
	for i := range list {
		row := newEntryRow(list[i].entry)
		rows[i] = &row
	}
	if err := nameParties(tx, rows...); err != nil {
		return err
	}
	for i := range list {
		list[i].by = rows[i].Who
	}
	return nil
}
