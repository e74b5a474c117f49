package desk

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHeadlinesThatCannotBeReadAreSetAside(t *testing.T) {
	for name, c := range map[string]struct {
		text     string
		lines    []string
		repeated int
		aside    []string
	}{
		"names, days, repetition": {"id,office,date,headline\na,O,2016-08-26,one\na,O,2016-08-26,one\nb,O,,two\n", []string{"a", "b"}, 1, nil},
		"without names":           {"\ufeffOffice,Headline,report_date\nO,one,2016-08-26\n", []string{"line 2"}, 0, nil},
		"one name for two lines":  {"id,office,date,headline\na,O,2016-08-26,one\na,O,2016-08-26,two\n", []string{"a"}, 0, []string{"f:3: id: another line has this name; expected a name for each line [bad-headline]"}},
		"a torn row":              {"id,office,date,headline\na,O\nb,O,2016-08-26,two\n", []string{"b"}, 0, []string{"f:2: 2 fields; expected 4, one for each column [bad-headline]"}},
		"no day":                  {"id,office,date,headline\na,O,yesterday,one\n", nil, 0, []string{`f:2: date: "yesterday" is not a day; expected a day such as 2016-08-26, or nothing [bad-headline]`}},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := ReadHeadlines("f", []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			var lines, aside []string
			for _, l := range f.Lines {
				lines = append(lines, l.ID)
			}
			for _, a := range f.SetAside {
				aside = append(aside, a.Error())
			}
			if diff := cmp.Diff(c.lines, lines) + cmp.Diff(c.aside, aside); diff != "" || f.Repeated != c.repeated {
				t.Errorf("%d repeated, %s", f.Repeated, diff)
			}
		})
	}
}

func FuzzReadHeadlines(f *testing.F) {
	f.Add([]byte("id,office,date,headline\na,O,2016-08-26,one\n\"b\"x,O,,two\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := ReadHeadlines("f", text)
		if err != nil {
			return
		}
		for _, l := range got.Lines {
			if l.ID == "" || l.Text == "" {
				t.Errorf("a line without name or text: %+v", l)
			}
		}
	})
}
