package stakeholder

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"kept/internal/compact/area"
	"kept/internal/compact/fold"
	"kept/internal/db"
	"kept/internal/keeper"
	"kept/internal/locale"
)

// deriveParty fills what is computed from a party's words: names to look up and
// compare, domains, sort keys and search tokens. To run it again after a part was
// erased, delete the entry's rows in these tables first.
func deriveParty(tx *db.Tx, id int64, f Registered, words map[string]string) error {
	for part, text := range words {
		base, _, _ := strings.Cut(part, ".")
		if base == "name" || base == "acronym" || base == "other_names" {
			err := tx.Queue("INSERT INTO derived_party_name (entry, part, body, folded) VALUES (?, ?, ?, ?)", id, part, text, folded(text, maxFolded))
			if err != nil {
				return err
			}
		}
	}
	for part, domain := range domains(words) {
		if err := tx.Queue("INSERT INTO derived_party_domain (entry, part, domain) VALUES (?, ?, ?)", id, part, domain); err != nil {
			return err
		}
	}
	for _, lang := range locale.Langs {
		err := tx.Queue("INSERT INTO derived_party_sort (entry, lang, sort_key) VALUES (?, ?, ?)", id, string(lang), sortKey(f, words, lang))
		if err != nil {
			return err
		}
	}
	for _, token := range searchTokens(f, words) {
		if err := tx.Queue("INSERT INTO derived_party_token (entry, token) VALUES (?, ?)", id, token); err != nil {
			return err
		}
	}
	return nil
}

// Lengths that an index holds on either engine, in characters; folding can lengthen a text.
const (
	maxFolded = 300
	maxToken  = 40
)

func folded(text string, limit int) string {
	runes := []rune(fold.Text(text))
	return string(runes[:min(len(runes), limit)])
}

// nameIn picks the name for a language: its own, the one for all, English, any.
func nameIn(words map[string]string, lang locale.Lang) (text, in string) {
	for _, l := range []string{string(lang), "und", "en"} {
		if text = words["name."+l]; text != "" {
			return text, l
		}
	}
	for part, name := range words {
		if l, ok := strings.CutPrefix(part, "name."); ok && (in == "" || l < in) {
			text, in = name, l
		}
	}
	return text, in
}

// sortKey orders parties of one language. States go by the order of the area
// pack, which for Chinese is pinyin: a rank keeps it, before all other names.
func sortKey(f Registered, words map[string]string, lang locale.Lang) string {
	if f.Kind != KindState {
		name, _ := nameIn(words, lang)
		return withoutArticle(folded(name, maxFolded), lang)
	}
	a, ok := findArea(f.Area)
	if !ok {
		return ""
	}
	if lang == locale.Chinese {
		return fmt.Sprintf("%03d", rank(a))
	}
	return withoutArticle(fold.Text(a.Name(lang)), lang)
}

func withoutArticle(key string, lang locale.Lang) string {
	if lang == locale.Arabic {
		return strings.TrimPrefix(key, "ال")
	}
	return key
}

// rank is an area's place in the Chinese order of its name pack.
func rank(a *area.Area) int {
	for _, set := range []string{"un", "sample"} {
		if at := slices.Index(area.Pack(set).Sorted(locale.Chinese), a); at >= 0 {
			return at
		}
	}
	return 0
}

// searchTokens are the words that a search finds a party by. Chinese runs words
// together, so each place in one is a beginning too.
func searchTokens(f Registered, words map[string]string) []string {
	seen := map[string]bool{}
	add := func(text string) {
		for _, token := range strings.Fields(fold.Text(text)) {
			runes := []rune(token)
			for i := range runes {
				if i == 0 || unicode.Is(unicode.Han, runes[i]) {
					seen[string(runes[i:min(len(runes), i+maxToken)])] = true
				}
			}
		}
	}
	for part, text := range words {
		if base, _, _ := strings.Cut(part, "."); base == "name" || base == "acronym" || base == "other_names" {
			add(text)
		}
	}
	if a, ok := findArea(f.Area); ok && f.Kind == KindState {
		for _, lang := range locale.Langs {
			add(a.Name(lang))
		}
	}
	tokens := make([]string, 0, len(seen))
	for token := range seen {
		tokens = append(tokens, token)
	}
	slices.Sort(tokens)
	return tokens
}

// domains are the domains that a party names, and that of its web address where
// the address has no path: one with a path may be a page on somebody else's site.
func domains(words map[string]string) map[string]string {
	found := map[string]string{}
	for part, text := range words {
		if strings.HasPrefix(part, "domains.") {
			found[part] = domainOf("https://" + text)
		}
	}
	if u, err := url.Parse(words["web.und"]); err == nil && strings.Trim(u.Path, "/") == "" {
		if d := domainOf(words["web.und"]); d != "" {
			found["web.und"] = d
		}
	}
	return found
}

// domainOf is the domain of a web address, in lower case and without www; empty when it has none.
func domainOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || !keeper.WebAddress(address) || u.Port() != "" {
		return ""
	}
	domain := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	return strings.TrimPrefix(domain, "www.")
}

// duplicate refuses a party that the registry has already: a State by its area,
// any other by name (where both sit in the same area, or one says none) or
// domain. A party that is only stated elsewhere does not stand in the way of its
// own registration: the party claims it afterwards.
func (c checking) duplicate(f Registered, stated bool) error {
	return c.duplicateBut(f, stated, 0)
}

// duplicateBut is duplicate for a party that is in the registry itself.
func (c checking) duplicateBut(f Registered, stated bool, itself int64) error {
	id, err := findParty(c.tx, f, c.act.Words, stated, itself)
	if err != nil || id == 0 {
		return err
	}
	place := "name"
	if f.Kind == KindState {
		place = "area"
	}
	return keeper.Refuse(keeper.ErrConflict, locale.Field(place, locale.E("err.party.already", "id", strconv.FormatInt(id, 10))))
}

// findParty looks for the party that these facts and words describe; 0 when there
// is none. Stated ones are looked at only where wanted; one that was claimed
// leads to the party that claimed it; one party may be left out of account.
func findParty(tx *db.Tx, f Registered, words map[string]string, stated bool, except int64) (int64, error) {
	const pick = "SELECT CASE WHEN p.claimed_by <> 0 THEN p.claimed_by ELSE p.id END FROM party p "
	among := " AND p.id <> " + strconv.FormatInt(except, 10) + " AND p.claimed_by <> " + strconv.FormatInt(cmp.Or(except, -1), 10) + " ORDER BY p.stated_on, p.id"
	if !stated {
		among = " AND p.stated_on = ''" + among
	}
	if f.Kind == KindState {
		return first(tx, pick+"WHERE p.kind = ? AND p.area = ?"+among, f.Kind, f.Area)
	}
	for _, part := range sortedParts(words) {
		base, _, _ := strings.Cut(part, ".")
		name := folded(words[part], maxFolded)
		if base != "name" && base != "other_names" || name == "" {
			continue
		}
		id, err := first(tx, pick+`JOIN derived_party_name n ON p.version = n.entry
			WHERE n.folded = ? AND n.part <> 'acronym.und' AND (p.area = ? OR p.area = '' OR ? = '')`+among, name, f.Area, f.Area)
		if err != nil || id != 0 {
			return id, err
		}
	}
	for _, domain := range domains(words) {
		id, err := first(tx, pick+`JOIN derived_party_domain d ON p.version = d.entry
			WHERE d.domain = ? AND p.id <> ? AND (p.parent = 0 OR p.parent <> ?)`+among, domain, f.Parent, f.Parent)
		if err != nil || id != 0 {
			return id, err
		}
	}
	return 0, nil
}

func sortedParts(words map[string]string) []string {
	parts := make([]string, 0, len(words))
	for part := range words {
		parts = append(parts, part)
	}
	slices.Sort(parts)
	return parts
}

// first is the first id that a select finds; 0 when it finds none.
func first(tx *db.Tx, query string, args ...any) (id int64, err error) {
	err = tx.Row(query+" LIMIT 1", args...).Scan(&id)
	if errors.Is(err, db.ErrNoRows) {
		return 0, nil
	}
	return id, err
}
