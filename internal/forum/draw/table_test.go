package draw_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kept/internal/forum/draw"
	"kept/internal/forum/sortition"
	"kept/internal/locale"
	"kept/internal/realdata"
)

const (
	quotas = "category,feature,min,max\ngender,female,1,2\ngender,male,1,2\nage,young,0,3\nage,old,1,3\n"
	pool   = "id,name,gender,age,of\na,Ann,female,young,x\nb,Ben,male,old,x\nc,Cyd,female,old,\nd,Dan,male,young,y\n"
)

func tables(c, r string, of draw.Columns) (*draw.Tables, error) {
	return draw.ReadTables(strings.NewReader(c), strings.NewReader(r), [2]string{"categories.csv", "respondents.csv"}, 3, of)
}

func TestReadTables(t *testing.T) {
	for name, c := range map[string]struct{ quotas, pool string }{
		"as exported":                         {quotas, pool},
		"the other header":                    {strings.Replace(quotas, "category,feature", "feature,value", 1), pool},
		"with flexible ends":                  {"feature,value,min,max,min_flex,max_flex\ngender,female,1,2,0,9\ngender,male,1,2,0,9\nage,young,0,3,0,9\nage,old,1,3,0,9\n", pool},
		"semicolons, a byte order mark, CRLF": {"\ufeff" + strings.NewReplacer(",", ";", "\n", "\r\n").Replace(quotas), strings.ReplaceAll(pool, ",", ";")},
		"blank lines and space":               {strings.ReplaceAll(quotas, "\n", "\n\n"), strings.ReplaceAll(pool, ",", " , ")},
	} {
		got, err := tables(c.quotas, c.pool, draw.Columns{Group: "of"})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := got.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		want := sortition.Instance{Seats: 3,
			Categories: []sortition.Category{
				{Name: "gender", Values: []sortition.Value{{Name: "female", Min: 1, Max: 2}, {Name: "male", Min: 1, Max: 2}}},
				{Name: "age", Values: []sortition.Value{{Name: "young", Min: 0, Max: 3}, {Name: "old", Min: 1, Max: 3}}}},
			Pool: []sortition.Person{{ID: "a", Values: []string{"female", "young"}, Group: "x"}, {ID: "b", Values: []string{"male", "old"}, Group: "x"},
				{ID: "c", Values: []string{"female", "old"}}, {ID: "d", Values: []string{"male", "young"}, Group: "y"}}}
		if fmt.Sprint(*got.Question) != fmt.Sprint(want) || !slices.Equal(got.Ignored, []string{"name"}) {
			t.Errorf("%s: %+v, left out %v", name, *got.Question, got.Ignored)
		}
	}
}

func TestTablesRefuse(t *testing.T) {
	for _, c := range []struct {
		name, quotas, pool string
		of                 draw.Columns
		want, place        string
	}{
		{"nothing", "", pool, draw.Columns{}, "err.draw.table_empty", "categories.csv"},
		{"a header alone", quotas, "id,gender,age\n", draw.Columns{}, "err.draw.table_empty", "respondents.csv"},
		{"a column more", "category,feature,min,max,colour\nage,old,1,3,red\n", pool, draw.Columns{}, "err.draw.column_unknown", "categories.csv:1 (colour)"},
		{"no maximum", "category,feature,min\ngender,female,1\n", pool, draw.Columns{}, "err.draw.column_absent", "categories.csv:1 (max)"},
		{"a column twice", quotas, "id,gender,gender,age\na,female,male,old\n", draw.Columns{}, "err.draw.column_twice", "respondents.csv:1 (gender)"},
		{"no column of a category", quotas, "id,gender\na,female\n", draw.Columns{}, "err.draw.column_absent", "respondents.csv:1 (age)"},
		{"no such column of pseudonyms", quotas, pool, draw.Columns{ID: "code"}, "err.draw.column_absent", "respondents.csv:1 (code)"},
		{"no such column of affiliations", quotas, pool, draw.Columns{Group: "firm"}, "err.draw.column_absent", "respondents.csv:1 (firm)"},
		{"a quota left out", strings.Replace(quotas, "male,1,2", "male,,2", 2), pool, draw.Columns{}, "err.draw.quota", "categories.csv:2 (min)"},
		{"half a person", strings.Replace(quotas, "male,1,2", "male,1,2.5", 2), pool, draw.Columns{}, "err.draw.quota", "categories.csv:2 (max)"},
		{"a cell short", quotas, "id,gender,age\na,female,old\nb,male\n", draw.Columns{}, "err.draw.table_row", "respondents.csv:3"},
		{"a quote that does not end", quotas, "id,gender,age\na,\"female,old\n", draw.Columns{}, "err.draw.table_row", "respondents.csv:2"},
		{"Latin 1", quotas, "id,gender,age\na,f\xe9male,old\n", draw.Columns{}, "err.draw.table_utf8", "respondents.csv"},
		{"the same person twice", quotas, pool + "a,Ann,female,old,\n", draw.Columns{}, "err.draw.question.same_id", "respondents.csv:6"},
		{"a value without quota", quotas, strings.Replace(pool, "c,Cyd,female,old", "c,Cyd,female,middle", 1), draw.Columns{}, "err.draw.question.unknown_value", "respondents.csv:4 (age)"},
		{"no value", quotas, strings.Replace(pool, "c,Cyd,female,old", "c,Cyd,female,", 1), draw.Columns{}, "err.draw.question.empty_value", "respondents.csv:4 (age)"},
		{"a value twice", quotas + "age,old,1,3\n", pool, draw.Columns{}, "err.draw.question.same_value", "categories.csv:6 (age: old)"},
		{"minimum above maximum", strings.Replace(quotas, "old,1,3", "old,3,1", 1), pool, draw.Columns{}, "err.draw.question.min_above_max", "categories.csv:5 (age: old)"},
		{"an absent value", quotas + "age,ancient,1,1\n", pool, draw.Columns{}, "err.draw.question.absent_value", "categories.csv:6 (age: ancient)"},
		{"minima above the seats", strings.Replace(quotas, "female,1,2", "female,3,3", 1), pool, draw.Columns{}, "err.draw.question.minima_above", "categories.csv:2 (gender)"},
		{"a pool too small", quotas, "id,gender,age\nb,male,old\nc,female,old\n", draw.Columns{}, "err.draw.question.small_pool", "categories.csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := tables(c.quotas, c.pool, c.of)
			if err == nil {
				err = got.Check()
			}
			es, _ := locale.All(err)
			if !slices.ContainsFunc(es, func(e *locale.Error) bool { return e.Key == c.want && e.Place == c.place }) {
				t.Errorf("got %v, want %s at %s", err, c.want, c.place)
			}
		})
	}
}

func TestTablesAreBounded(t *testing.T) {
	if _, err := tables(quotas, "id,gender,age\n"+strings.Repeat("a,female,old\n", 200_001), draw.Columns{}); !has(err, "err.draw.table_size") {
		t.Errorf("200,001 rows: %v", err)
	}
	wide := strings.Repeat("x,", 300)
	if _, err := tables(quotas, wide+"y\n"+wide+"y\n", draw.Columns{}); !has(err, "err.draw.table_size") {
		t.Errorf("301 columns: %v", err)
	}
	if _, err := tables(quotas, strings.Repeat("x", draw.MaxTable+1), draw.Columns{}); !has(err, "err.draw.large_table") {
		t.Errorf("a huge file: %v", err)
	}
}

// The published instances, as their files are: both headers, people with and without names of their own.
func TestTablesOfPublishedInstances(t *testing.T) {
	dir := filepath.Join(realdata.Dir(t), "sortition", "instances")
	for folder, c := range map[string]struct{ seats, people, categories, ignored int }{
		"example_small_20": {20, 200, 2, 0}, "sf_fixture_22": {22, 150, 4, 8}, "unit_four_2": {2, 4, 3, 0}, "unit_simpsons_2": {2, 5, 2, 0},
	} {
		open := func(name string) *os.File {
			f, err := os.Open(filepath.Join(dir, folder, name))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { f.Close() })
			return f
		}
		got, err := draw.ReadTables(open("categories.csv"), open("respondents.csv"), [2]string{"c", "r"}, c.seats, draw.Columns{})
		if err != nil {
			t.Errorf("%s: %v", folder, err)
			continue
		}
		if err := got.Check(); err != nil {
			t.Errorf("%s: %v", folder, err)
		}
		if q := got.Question; len(q.Pool) != c.people || len(q.Categories) != c.categories || len(got.Ignored) != c.ignored {
			t.Errorf("%s: %d people, %d categories, left out %v", folder, len(q.Pool), len(q.Categories), got.Ignored)
		}
	}
}

func FuzzReadTables(f *testing.F) {
	f.Add(quotas, pool)
	f.Add("feature,value,min,max\na;b,\"c\n\",1,2\n", "x\ny\n")
	f.Fuzz(func(t *testing.T, c, r string) {
		got, err := tables(c, r, draw.Columns{})
		if err != nil || got.Check() != nil {
			return
		}
		if n := len(got.Question.Pool); n < 3 {
			t.Errorf("%d people for 3 seats were taken", n)
		}
	})
}
