package terms

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"truce"
	"truce/actors"
	"truce/geo"
)

// sample makes every Syrian agreement ready to judge with the sample mission's register and places.
func sample(t testing.TB) []*Judge {
	t.Helper()
	mission := filepath.Join("..", "missions", "syria-2016")
	read := func(name string) []byte {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	register, problems := actors.Parse("register.yaml", read(filepath.Join(mission, "register.yaml")))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	atlas := geo.NewAtlas()
	for _, name := range []string{"outline.geojson", "places.geojson"} {
		if err := atlas.Load(name, bytes.NewReader(read(filepath.Join(mission, name)))); err != nil {
			t.Fatal(err)
		}
	}
	files, err := filepath.Glob(filepath.Join("..", "agreements", "sy-*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal("no agreements", err)
	}
	var out []*Judge
	for _, name := range files {
		a, problems := Parse(name, read(name), func(other string) ([]byte, error) {
			return os.ReadFile(filepath.Join(filepath.Dir(name), other))
		})
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		j, problems := Compile(a, Book{Register: register, Atlas: atlas})
		if err := problems.Err(); err != nil {
			t.Fatal(err)
		}
		out = append(out, j)
	}
	return out
}

// scarce are elements of which little or nothing is known.
var scarce = []truce.Element{
	{ID: "nothing"},
	{ID: "an attack", Acts: []string{"attack"}},
	{ID: "an attack or presence", Acts: []string{"attack", "presence"}},
	{ID: "two fought", Acts: []string{"attack"}, Mutual: true},
	{ID: "two did something", Mutual: true},
	{ID: "it lasted", Acts: []string{"attack"}, When: []truce.When{{Lasts: true}}},
	{ID: "it may not have been", Doubted: true, Conflict: []string{"by", "where"}},
	{ID: "an umbrella", By: []string{"syrian-insurgents"}},
	{ID: "a party", By: []string{"syrian-armed-forces"}},
	{ID: "toward a party", Against: []string{"syrian-armed-forces"}},
}

// The less is known the more worlds there are: tens of millions under a clause for every
// day. They are answered together, in steps that may not grow with their product.
func TestWorkIsBounded(t *testing.T) {
	const most = 100_000
	judges := sample(t)
	for _, e := range scarce {
		t.Run(strings.ReplaceAll(e.ID, " ", "-"), func(t *testing.T) {
			s, worst, where, sum := NewSubject(judges[0].book.Atlas, &e), 0, "", 0
			for _, j := range judges {
				for _, c := range j.a.Clauses {
					if !Judged(c) || j.early(&truce.Verdict{}, s, j.rules[c.ID]) {
						continue
					}
					sp := newSpace(j, s, j.rules[c.ID])
					sp.judge(&truce.Verdict{}, c)
					if sum += sp.forest.work; sp.forest.work > worst {
						worst, where = sp.forest.work, j.a.ID+" "+c.ID
					}
				}
			}
			t.Logf("%d steps in all, at most %d, for %s", sum, worst, where)
			if worst > most {
				t.Errorf("%s takes %d steps, at most %d are allowed", where, worst, most)
			}
		})
	}
}

func BenchmarkScarce(b *testing.B) {
	judges := sample(b)
	for _, e := range scarce {
		b.Run(strings.ReplaceAll(e.ID, " ", "-"), func(b *testing.B) {
			s := NewSubject(judges[0].book.Atlas, &e)
			for b.Loop() {
				for _, j := range judges {
					for _, c := range j.a.Clauses {
						if Judged(c) {
							j.Verdict(s, c)
						}
					}
				}
			}
		})
	}
}
