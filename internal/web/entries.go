package web

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
	"kept/internal/stakeholder"
	"kept/record"
)

// entryRow is an entry of the record in a list.
type entryRow struct {
	Index int64  `json:"index"`
	Href  string `json:"href"`
	At    string `json:"at"`
	Kind  string `json:"kind"`
	What  Text   `json:"what"`
	By    string `json:"by"`
	Who   Text   `json:"who"`
	ByID  int64  `json:"-"` // entry of the organisation, −1 for none
}

func newEntryRow(e keeper.Entry) entryRow {
	row := entryRow{Index: e.Index, Href: "/record/entries/" + strconv.FormatInt(e.Index, 10), At: e.At, Kind: e.Kind, What: kindName(e.Kind), By: e.By, ByID: -1}
	if id, err := strconv.ParseInt(e.By, 10, 64); err == nil {
		row.ByID, row.Who = id, message("record.by.party", "id", e.By)
	} else {
		row.Who = coded("record.by.", e.By)
	}
	return row
}

// nameParties puts the names of the organisations in place of their numbers.
func nameParties(tx *db.Tx, rows ...*entryRow) error {
	var ids []int64
	for _, r := range rows {
		if r.ByID >= 0 && !slices.Contains(ids, r.ByID) {
			ids = append(ids, r.ByID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	names, err := stakeholder.NamesOf(tx, ids...)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if n, ok := names[r.ByID]; ok {
			r.Who = partyName(n)
		}
	}
	return nil
}

// kindName says in words what kind of act an entry is; versions of a kind share theirs.
func kindName(kind string) Text { return coded("entry.kind.", kindOnly(kind)) }

// kindOnly is a kind without its version.
func kindOnly(kind string) string {
	name, _, _ := strings.Cut(kind, "/")
	return name
}

// kindsKnown are the kinds that have words, for the filter.
func kindsKnown() []string {
	var kinds []string
	for _, key := range locale.English.Keys() {
		if kind, ok := strings.CutPrefix(key, "entry.kind."); ok {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

type entriesView struct {
	Size  int64      `json:"size"`
	Kinds []choice   `json:"kinds"`
	Kind  string     `json:"kind,omitempty"`
	From  string     `json:"from,omitempty"` // first day asked for
	To    string     `json:"to,omitempty"`   // and the last
	first int64      // entries of these days begin here
	Rows  []entryRow `json:"entries"`
	Prev  string     `json:"-"`
	Next  string     `json:"next,omitempty"` // query of the older ones
}

// entries lists the record, newest first.
func (s *Site) entries(q *request) (View, error) {
	asked := q.query("kind", "before", "from", "to")
	v := entriesView{Kind: asked.Get("kind"), From: dayAsked(asked, "from"), To: dayAsked(asked, "to")}
	for _, kind := range kindsKnown() {
		v.Kinds = append(v.Kinds, choice{kind, kindName(kind), kind == v.Kind})
	}
	var err error
	if v.Size, err = recordSize(q.Tx); err != nil {
		return View{}, err
	}
	from := v.Size
	if v.From != "" || v.To != "" {
		if v.first, from, err = keeper.Within(q.Tx, v.From, cmp.Or(v.To, "9999-12-31")); err != nil {
			return View{}, err
		}
	}
	if q.whole() {
		return v.all(q, from, asked), nil
	}
	if before, err := strconv.ParseInt(asked.Get("before"), 10, 64); err == nil && before >= v.first && before < from {
		from, v.Prev = before, newerThan(asked, before, from)
	}
	next, err := v.scan(q, from)
	if err != nil {
		return View{}, err
	}
	named := make([]*entryRow, len(v.Rows))
	for i := range v.Rows {
		named[i] = &v.Rows[i]
	}
	if err := nameParties(q.Tx, named...); err != nil {
		return View{}, err
	}
	if next > 0 {
		v.Next = entriesAddress(asked, next)
	}
	var feeds map[string]string
	if v.From == "" && v.To == "" { // nothing more comes into days that are over
		feeds = q.follow("/record/entries", asked)
	}
	return View{Page: "entries", Title: message("entries.title"), Section: "menu.record", Crumbs: []Link{{message("record.title"), "/record"}},
		Data: v, Table: entriesTable(nil), Live: true, Robots: filtered(asked), Feeds: feeds}, nil
}

// dayAsked is a whole day that the address gives, else "".
func dayAsked(asked url.Values, name string) string {
	t, err := time.Parse(time.DateOnly, asked.Get(name))
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

// mostEntries is how many entries one CSV holds; the next one begins with ?before= the last.
const mostEntries = 100_000

// all is the CSV of the entries before one, newest first.
func (v *entriesView) all(q *request, begin int64, asked url.Values) View {
	n := 0
	if before, err := strconv.ParseInt(asked.Get("before"), 10, 64); err == nil && before >= 0 {
		begin = min(before, begin)
	}
	read := func(after string) ([]keeper.Entry, string, error) {
		before := begin
		if after != "" {
			before, _ = strconv.ParseInt(after, 10, 64)
		}
		list, err := v.before(q, before, 1000)
		if n += len(list); err != nil || len(list) < 1000 || n >= mostEntries {
			return list, "", err
		}
		return list, strconv.FormatInt(list[len(list)-1].Index, 10), nil
	}
	return View{Title: message("entries.title"), Table: streamCSV(entriesTable, read), Live: true}
}

func entriesTable(list []keeper.Entry) *Table {
	t := &Table{Columns: []string{"index", "at", "kind", "by"}}
	for _, e := range list {
		r := newEntryRow(e)
		t.Rows = append(t.Rows, []string{strconv.FormatInt(r.Index, 10), r.At, r.Kind, r.By})
	}
	return t
}

// before are the entries before an index that are asked for, the newest first.
func (v *entriesView) before(q *request, before int64, limit int) ([]keeper.Entry, error) {
	list, err := keeper.OfKind(q.Tx, v.Kind, before, limit)
	for len(list) > 0 && list[len(list)-1].Index < v.first {
		list = list[:len(list)-1]
	}
	return list, err
}

// scan fills a page with entries before an index and returns where the next page
// begins, 0 when the record's beginning is reached.
func (v *entriesView) scan(q *request, before int64) (int64, error) {
	list, err := v.before(q, before, perPage+1)
	if err != nil {
		return 0, err
	}
	next := int64(0)
	if len(list) > perPage {
		list, next = list[:perPage], list[perPage-1].Index
	}
	for _, e := range list {
		v.Rows = append(v.Rows, newEntryRow(e))
	}
	return next, nil
}

// newerThan is the page before this one: exact without a filter, else the newest.
func newerThan(asked url.Values, before, end int64) string {
	newer := before + perPage
	if asked.Get("kind") != "" || newer >= end {
		newer = 0
	}
	return entriesAddress(asked, newer)
}

// entriesAddress is what is asked for, before an index; 0: from the newest.
func entriesAddress(asked url.Values, before int64) string {
	to := asking(asked, "before", "")
	if before > 0 {
		to.Set("before", strconv.FormatInt(before, 10))
	}
	return "?" + to.Encode()
}

// entryView is one entry with all that anybody needs to check it.
type entryView struct {
	entryRow
	Line    string     `json:"entry"` // canonical, as it is hashed
	Leaf    string     `json:"leaf_hash"`
	Facts   []fact     `json:"-"`
	Words   []wordView `json:"words,omitempty"`
	Erased  bool       `json:"-"` // a part was erased: the page says what remains of it
	Blobs   []blobView `json:"blobs,omitempty"`
	Signed  bool       `json:"signed"` // a checkpoint covers it, so its receipt is there
	Receipt string     `json:"receipt"`
	About   string     `json:"about,omitempty"`  // page of what the entry made
	Target  string     `json:"target,omitempty"` // entry whose words it is about
	Prev    string     `json:"-"`
	Next    string     `json:"-"`
}

type fact struct{ Name, Value string }

// wordView is a text part: its digest is in an entry, its text as long as it is
// neither erased nor hidden.
type wordView struct {
	Part   string `json:"part"`
	Lang   string `json:"lang"`
	Digest string `json:"digest"`
	Text   string `json:"text,omitempty"`
	Kept   bool   `json:"kept"`
	State  string `json:"state"` // shown, hidden, erased, or sealed
	Note   Text   `json:"note,omitempty"`
	Act    string `json:"act,omitempty"`    // entry that hid or erased it
	Holder string `json:"holder,omitempty"` // entry that brought it, where that is another one
	Origin Text   `json:"origin,omitempty"`
}

type blobView struct {
	Digest string `json:"digest"`
	Href   string `json:"href"`
	Size   int    `json:"size"`
}

// entry shows one entry: its line, the words that remain, its blobs, its receipt.
func (s *Site) entry(q *request) (View, error) {
	index, err := strconv.ParseInt(q.arg("id"), 10, 64)
	if err != nil || index < 0 {
		return View{}, errNotFound(q.arg("id"))
	}
	e, err := keeper.ReadEntry(q.Tx, index)
	if errors.Is(err, keeper.ErrNotFound) {
		return View{}, errNotFound(q.arg("id"))
	}
	if err != nil {
		return View{}, err
	}
	line, err := e.Bytes()
	if err != nil {
		return View{}, err
	}
	leaf := record.LeafHash(line)
	v := entryView{entryRow: newEntryRow(e), Line: string(line), Leaf: record.Digest(leaf).String(), Facts: factsOf(e.Facts), About: madeBy(e), Target: aboutEntry(e),
		Receipt: "/record/receipts/" + q.arg("id")}
	if err := nameParties(q.Tx, &v.entryRow); err != nil {
		return View{}, err
	}
	if err := v.words(q, e); err != nil {
		return View{}, err
	}
	if err := v.blobs(q, e); err != nil {
		return View{}, err
	}
	c, _, err := s.checkpoint(q.Context())
	if err != nil {
		return View{}, err
	}
	v.Signed = c != nil && index < c.Size
	size, err := recordSize(q.Tx)
	if err != nil {
		return View{}, err
	}
	if index > 0 {
		v.Prev = "/record/entries/" + strconv.FormatInt(index-1, 10)
	}
	if index+1 < size {
		v.Next = "/record/entries/" + strconv.FormatInt(index+1, 10)
	}
	return View{Page: "entry", Title: message("entry.title", "index", strconv.FormatInt(index, 10)), Section: "menu.record", Live: true,
		Crumbs: []Link{{message("record.title"), "/record"}, {message("entries.title"), "/record/entries"}}, Data: v}, nil
}

// words are the parts of the entry and those that were added to it, each with what
// became of it.
func (v *entryView) words(q *request, e keeper.Entry) error {
	kept, err := keeper.WordsOf(q.Tx, e.Index)
	if err != nil {
		return err
	}
	fates, err := keeper.Fates(q.Tx, e)
	if err != nil {
		return err
	}
	for _, f := range fates {
		text, ok := kept[f.Part]
		w := wordView{Part: f.Part, Lang: f.Part[strings.LastIndex(f.Part, ".")+1:], Digest: e.Words[f.Part].String(), Text: text, Kept: ok, State: f.State, Note: fateNote(f)}
		if f.Holder != e.Index {
			holder, err := keeper.ReadEntry(q.Tx, f.Holder)
			if err != nil {
				return err
			}
			w.Digest, w.Holder = holder.Words[f.Part].String(), "/record/entries/"+strconv.FormatInt(f.Holder, 10)
			w.Origin = broughtBy(f)
		}
		switch {
		case f.Act >= 0:
			w.Act = "/record/entries/" + strconv.FormatInt(f.Act, 10)
			v.Erased = v.Erased || f.State == keeper.Erased
		case !ok:
			w.State = "sealed"
		}
		v.Words = append(v.Words, w)
	}
	return nil
}

// fateNote says what became of a part: nil where it is shown.
func fateNote(f keeper.Fate) Text {
	if f.State == keeper.Shown {
		return nil
	}
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		if f.State == keeper.Erased {
			t[l] = l.T("entry.erased", "date", l.Date(f.At[:10]), "reason", l.T("words.reason."+f.Reason))
			continue
		}
		t[l] = l.T("entry.hidden", "date", l.Date(f.At[:10]), "reason", l.T("words.category."+f.Reason),
			"basis", l.T("words.basis."+f.Basis), "until", l.Date(f.Until))
	}
	return t
}

// broughtBy says by which entry a translation came, and what kind of one it is.
func broughtBy(f keeper.Fate) Text {
	t := make(Text, len(locale.Langs))
	for _, l := range locale.Langs {
		t[l] = l.T("entry.translated_by", "status", l.T("words.status."+f.Status), "id", strconv.FormatInt(f.Holder, 10))
	}
	return t
}

// blobs finds what the facts name by digest: by convention the names of such facts end in "blob" or "blobs".
func (v *entryView) blobs(q *request, e keeper.Entry) error {
	for _, f := range v.Facts {
		if !strings.HasSuffix(f.Name, "blob") && !strings.Contains(f.Name, "blobs.") {
			continue
		}
		d, err := record.ParseDigest(f.Value)
		if err != nil {
			continue
		}
		b, err := keeper.Blob(q.Tx, d)
		if errors.Is(err, keeper.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		v.Blobs = append(v.Blobs, blobView{f.Value, "/record/" + record.BlobPath(d), len(b)})
	}
	return nil
}

// factsOf lays the facts out as names and values: {"a":{"b":1}} is a.b = 1.
func factsOf(facts []byte) []fact {
	var v any
	d := json.NewDecoder(strings.NewReader(string(facts)))
	d.UseNumber()
	if len(facts) == 0 || d.Decode(&v) != nil {
		return nil
	}
	return flatten(nil, "", v)
}

func flatten(out []fact, name string, v any) []fact {
	join := func(key string) string {
		if name == "" {
			return key
		}
		return name + "." + key
	}
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			out = flatten(out, join(k), v[k])
		}
	case []any:
		for i, x := range v {
			out = flatten(out, join(strconv.Itoa(i)), x)
		}
	case string:
		out = append(out, fact{name, v})
	case bool:
		out = append(out, fact{name, yesNo(v)})
	case json.Number:
		out = append(out, fact{name, v.String()})
	}
	return out
}

// pagesOf is the noun under which the thing that a kind of act makes has its page.
var pagesOf = map[string]string{
	"commitment.made": "/commitments/", "commitment.stated": "/commitments/", "commitment.claimed": "/commitments/", "review.opened": "/reviews/",
	"support.requested": "/support/", "support.offered": "/support/",
	"party.registered": "/stakeholders/", "party.stated": "/stakeholders/", "report.opened": "/reports/",
	"cycle.opened": "/forum/", "region.opened": "/regions/", "message.issued": "/messages/",
}

// madeBy is the page of the thing that an entry made, where its kind makes one:
// the entry's index is the thing's id. An act about a body leads to the body.
func madeBy(e keeper.Entry) string {
	name, _, _ := strings.Cut(e.Kind, "/")
	if noun, ok := pagesOf[name]; ok {
		return noun + strconv.FormatInt(e.Index, 10)
	}
	return bodyOfEntry(e)
}

// aboutEntry is the entry whose words an act about words is about.
func aboutEntry(e keeper.Entry) string {
	var f struct {
		Target *int64 `json:"target"`
	}
	if !strings.HasPrefix(e.Kind, "words.") || e.Decode(&f) != nil || f.Target == nil {
		return ""
	}
	return "/record/entries/" + strconv.FormatInt(*f.Target, 10)
}
