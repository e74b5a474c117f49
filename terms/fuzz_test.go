package terms

import (
	"testing"
	"time"

	"truce"
)

// placed checks what every refusal owes its reader: a line, a column, what was expected.
func placed(t *testing.T, problems truce.Problems) {
	t.Helper()
	for _, p := range problems {
		if p.Line < 1 || p.Column < 1 || p.Want == "" || p.Code == "" || p.Msg == "" {
			t.Errorf("without place, code or expectation: %+v", p)
		}
	}
}

// seed adds the agreements short enough to be worth mutating.
func seed(f *testing.F) {
	for _, text := range agreementFiles(f) {
		if len(text) < 2000 {
			f.Add(string(text))
		}
	}
}

func FuzzParse(f *testing.F) {
	seed(f)
	nothing := func(string) ([]byte, error) { return []byte(`{"type":"Point","coordinates":[0,0]}`), nil }
	f.Fuzz(func(t *testing.T, text string) {
		a, problems := Parse("fuzz", []byte(text), nothing)
		placed(t, problems)
		if (a == nil) != (problems.Err() != nil) {
			t.Errorf("agreement %v with problems %v", a != nil, problems)
		}
		if a == nil {
			return
		}
		if a.Version() == "" {
			t.Error("no version")
		}
		placed(t, Lint(a))
		placed(t, LintText("fuzz", []byte(text)))
	})
}

func FuzzFormat(f *testing.F) {
	seed(f)
	f.Add("# a\n\n# b\ntruce: 1 # c\nx:\n  - - a # d\n    # e\n  - {}\n# f\n")
	f.Add("note: |\n  a\n  b\nt: 'it''s: # no comment'\nu: \"\\u00e9\\t\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		once, problems := Format("fuzz", []byte(text))
		placed(t, problems)
		if problems != nil {
			if string(once) != text {
				t.Fatal("refused, yet changed")
			}
			return
		}
		if twice, problems := Format("fuzz", once); problems != nil || string(twice) != string(once) {
			t.Fatalf("not idempotent: %v\n%s\n---\n%s", problems, once, twice)
		}
		a, _ := Parse("fuzz", []byte(text), nil)
		b, _ := Parse("fuzz", once, nil)
		if (a == nil) != (b == nil) || a != nil && a.Version() != b.Version() {
			t.Fatalf("another agreement:\n%s", once)
		}
	})
}

func FuzzInstant(f *testing.F) {
	for _, s := range []string{"2016-02-27 00:00", "2016-02-27 24:00 Europe/Moscow + 2 days", "2016-02-26T22:00Z - 48 hours",
		"day-d + 1 week", "2016-03-25 02:30:15 +03:00", "2016-02-30 00:00", "signed"} {
		f.Add(s)
	}
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		i, err := parseInstant(s)
		if err != nil {
			return
		}
		c := clock{zone, map[string]time.Time{i.Ref: time.Unix(0, 0)}}
		at, ok := c.instant(i)
		if !ok {
			t.Fatalf("%q is read and has no instant", s)
		}
		if i.Ref == "" && i.Zone == "" && i.Shift == nil { // what is read back is no earlier than what was written
			if got := at.In(zone).Format(wallLayout); got < i.Wall {
				t.Errorf("%q is %s", s, got)
			}
		}
	})
}
