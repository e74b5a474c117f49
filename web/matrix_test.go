package web

import (
	"flag"
	"path/filepath"
	"testing"
	"time"

	"truce/access"
)

var (
	matrixAsked = flag.String("matrix", "part", `what to plant in the matrix of who sees what on each database: "part" or "full"`)
	matrixShare = flag.Uint("share", 1, "with -matrix full, ask one question of so many")
	matrixFrom  = flag.String("from", "reading", "the part of the matrix to begin with")
)

// TestNobodySeesWhatIsNotTheirs fills a record of every kind under many marks, a canary in
// every field, signs in somebody for every post, asks every route for everything as each of
// them, and looks for the canaries in the answers. One may appear only where the policy
// grants that field whole to that person by that act. Then everybody tries every act.
func TestNobodySeesWhatIsNotTheirs(t *testing.T) {
	dir := t.TempDir()
	for n, database := range []struct {
		name string
		url  func(*testing.T) string
		raw  func(t *testing.T, url string) [][2]string
	}{
		{"sqlite", func(*testing.T) string { return "sqlite:" + filepath.Join(dir, "record.db") }, func(t *testing.T, _ string) [][2]string { return onDisk(t, dir) }},
		{"postgres", func(t *testing.T) string { return schema(t, postgres(t)) }, tables},
	} {
		t.Run(database.name, func(t *testing.T) {
			url := database.url(t)
			m := newMatrix(t, url, uint32(n))
			planted := m.canaries.n
			begun := false
			for _, part := range []struct {
				name string
				run  func()
			}{{"reading", m.reading}, {"telling", m.telling}, {"writing", m.writing}, {"changing", m.changing}, {"confirming", m.confirming}, {"handing", m.handing},
				{"straying", m.straying}, {"trying", m.trying}, {"texts", m.readTexts}, {"calls", m.hearCalls}} {
				if begun = begun || part.name == *matrixFrom; begun {
					began := time.Now()
					part.run()
					m.since(part.name, began)
				}
			}
			if *matrixFrom == "reading" {
				m.whole()
			}
			m.held(database.name, func() [][2]string { return database.raw(t, url) })
			t.Logf("%d people, %d routes, %d canaries: %d requests for %d cells, %d leaks; canaries seen where they may be: %d",
				len(m.askers), len(m.asked), planted, len(m.made), len(m.cells)*planted, m.leaks, m.shown)
		})
	}
}

// newMatrix fills a record and signs everybody in.
func newMatrix(t *testing.T, url string, phase uint32) *matrix {
	began := time.Now()
	m := &matrix{
		t: t, full: *matrixAsked == "full" && *matrixShare == 1, part: part, phase: phase,
		grants: map[string]access.Grant{}, found: map[[32]byte]map[int]bool{}, made: map[string]int{}, asked: map[string]int{}, cells: map[[2]string]bool{},
	}
	var err error
	m.policy, err = access.New()
	if err != nil {
		t.Fatal(err)
	}
	m.world = emptyWorld(t, url)
	m.askers = m.world.askers()
	m.since("the record and its people", began)
	began = time.Now()
	list := marks()
	if *matrixAsked != "full" {
		list = list[:atOnce]
	} else if !m.full {
		m.part = uint32(*matrixShare)
	}
	m.marks = list
	m.canaries = m.plantAll(list)
	m.seal()
	m.take()
	m.since("planting", began)
	return m
}

// reading is everybody asking everything.
func (m *matrix) reading() {
	m.everybody(func(x *asker) {
		began := time.Now()
		for q := range m.questions(x) {
			m.ask(x, q)
		}
		if m.full {
			m.since(x.name+" reading", began)
		}
	})
}

// whole fails for a route that nobody asked.
func (m *matrix) whole() {
	for _, route := range m.doors() {
		if m.asked[route] == 0 {
			m.t.Errorf("%s is not in the matrix", route)
		}
	}
}
