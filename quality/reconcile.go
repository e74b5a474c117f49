package main

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/desk"
	"truce/geo"
	"truce/reconcile"
	"truce/words"
)

// bulletinNames says by hand what names of bulletins mean; empty means that no gazetteer has it.
//
//go:embed testdata/bulletin-names.csv
var bulletinNames []byte

// ledgers measures what reconciling finds in the two sets of daily totals and in the names of
// places, and how two lists of one country and time align.
func ledgers(w io.Writer, data string) error {
	for _, step := range []func(io.Writer, string) error{twoLedgers, oneLedger, spellings, lists} {
		if err := step(w, data); err != nil {
			return err
		}
	}
	return nil
}

func totals(path string) (*desk.Reconciled, error) {
	m, err := desk.BareMission(nil, nil)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return m.Reconcile(context.Background(), desk.LedgerFile{File: path, Text: text}, nil, desk.ReconcileOptions{})
}

func twoLedgers(w io.Writer, data string) error {
	r, err := totals(filepath.Join(data, "russia-turkey-ledgers", "daily.csv"))
	if err != nil {
		return err
	}
	agree, slips, answered, least := 0, 0, 0, 0
	for _, d := range r.Days {
		slips += slipsOf(d.SlipsA) + slipsOf(d.SlipsB)
		if d.A.Total == d.B.Total {
			agree++
		}
		if d.B.Answer.Given() {
			answered++
		}
		if d.Shared.Stated {
			least++
		}
	}
	figure(w, "reconcile.ledgers.days", len(r.Days))
	figure(w, "reconcile.ledgers.totals-agree", agree)
	figure(w, "reconcile.ledgers.explained", least)
	figure(w, "reconcile.ledgers.answered", answered)
	figure(w, "reconcile.ledgers.slips", slips)
	return nil
}

func slipsOf(reasons []reconcile.Reason) int {
	n := 0
	for _, r := range reasons {
		if r.IsSlip() {
			n++
		}
	}
	return n
}

func oneLedger(w io.Writer, data string) error {
	r, err := totals(filepath.Join(data, "russian-centre-claims", "daily.csv"))
	if err != nil {
		return err
	}
	slips, odd := 0, 0
	for _, d := range r.One {
		slips += slipsOf(d.Slips)
		odd += len(d.Slips) - slipsOf(d.Slips)
	}
	figure(w, "reconcile.centre.days", len(r.One))
	figure(w, "reconcile.centre.slips", slips)
	figure(w, "reconcile.centre.odd", odd)
	return nil
}

// spellings measures how many names of bulletins are found, and how many of those judged by
// hand rightly.
func spellings(w io.Writer, data string) error {
	g, err := gazetteer(data)
	if err != nil {
		return err
	}
	places, err := bulletinPlaces(data)
	if err != nil {
		return err
	}
	rows := len(places)
	found, foundRows := map[string]bool{}, 0
	for _, p := range places {
		hit := len(g.Find(p.Place, p.Area)) > 0
		if found[p.Area+": "+p.Place] = hit; hit {
			foundRows++
		}
	}
	misses := slices.DeleteFunc(slices.Sorted(maps.Keys(found)), func(n string) bool { return found[n] })
	share(w, "reconcile.names.rows-found", foundRows, rows)
	share(w, "reconcile.names.found", len(found)-len(misses), len(found))
	figure(w, "reconcile.names.missed", strings.Join(misses, "; "))
	j := judgeNames(g)
	figure(w, "reconcile.names.judged", j.all)
	share(w, "reconcile.names.precision", j.right, j.right+len(j.wrong))
	share(w, "reconcile.names.recall", j.right, j.there)
	figure(w, "reconcile.names.wrong", strings.Join(j.wrong, "; "))
	return nil
}

func bulletinPlaces(data string) ([]reconcile.Named, error) {
	f, err := os.Open(filepath.Join(data, "russian-centre-claims", "places.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	places, _, err := reconcile.ReadNamed("places.csv", f)
	return places, err
}

// judged is how the finding of names does against the table made by hand.
type judged struct {
	all, there, right int // names; of which a gazetteer has; found rightly
	wrong, missed     []string
}

func judgeNames(g *reconcile.Gazetteer) judged {
	rows, _ := csv.NewReader(bytes.NewReader(bulletinNames)).ReadAll() // embedded; a test reads it
	var out judged
	for _, row := range rows[1:] {
		area, name, means := row[0], row[1], row[2]
		out.all++
		if means != "" {
			out.there++
		}
		found := g.Find(name, area)
		switch {
		case len(found) == 0 && means != "":
			out.missed = append(out.missed, name)
		case len(found) == 0:
		case means != "" && isOne(found[0], means):
			out.right++
		default:
			out.wrong = append(out.wrong, name+" for "+found[0].As)
		}
	}
	return out
}

// isOne reports whether a place bears a name: the same letters, or the same consonants.
func isOne(s reconcile.Sighting, name string) bool {
	want := words.NameOf(name)
	return slices.ContainsFunc(append(slices.Clone(s.Names), s.As), func(n string) bool {
		got := words.NameOf(n)
		return got.Bones == want.Bones || got.Like(want) > 0.93
	})
}

// gazetteer is all places of the shared data with their names in two scripts.
func gazetteer(data string) (*reconcile.Gazetteer, error) {
	var all []reconcile.Place
	for _, name := range []string{"geonames_syria.csv", "ged_places.csv", "airwars_places.csv", "syrian_archive_places.csv"} {
		f, err := os.Open(filepath.Join(data, "gazetteer", name))
		if err != nil {
			return nil, err
		}
		places, _, err := reconcile.ReadGazetteer(name, f)
		f.Close()
		if err != nil {
			return nil, err
		}
		all = append(all, places...)
	}
	areas := geo.NewAtlas()
	for _, name := range []string{"admin0", "admin1", "admin2", "admin3"} {
		err := unpacked(filepath.Join(data, "admin-syria", name+".geojson.gz"), func(r io.Reader) error { return areas.Load(name, r) })
		if err != nil {
			return nil, err
		}
	}
	all = append(all, reconcile.AreasOf(areas, "admin")...)
	err := unpacked(filepath.Join(data, "admin-syria", "neighbourhoods.geojson.gz"), func(r io.Reader) error {
		more, err := quarters(r)
		all = append(all, more...)
		return err
	})
	return reconcile.NewGazetteer(all, []string{"Damascus", "Rural Damascus", "Rif Dimashq", "Damascus Governorate"}), err
}

func unpacked(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	return read(z)
}

// quarters reads the names of quarters; the file gives several quarters one code, so that it
// is no boundary file.
func quarters(r io.Reader) ([]reconcile.Place, error) {
	var file struct {
		Features []struct {
			Properties struct {
				A string `json:"neighborho"`
				B string `json:"neighbor_1"`
				C string `json:"neighbor_3"`
				D string `json:"neighbor_4"`
				E string `json:"areaname_e"`
				F string `json:"areaname_a"`
				G string `json:"adm1_en"`
			}
		}
	}
	err := json.NewDecoder(r).Decode(&file)
	var out []reconcile.Place
	for _, x := range file.Features {
		p := x.Properties
		names := slices.DeleteFunc([]string{p.A, p.B, p.C, p.D, p.E, p.F}, func(s string) bool { return s == "" })
		out = append(out, reconcile.Place{Names: names, Area: p.G, From: "quarters"})
	}
	return out, err
}

// lists aligns two lists of the same month, of which pairs are known that a coder judged the
// same.
func lists(w io.Writer, data string) error {
	m, err := desk.BareMission(nil, nil)
	if err != nil {
		return err
	}
	ged, err := slice(filepath.Join(data, "ucdp-ged-syria", "events.csv.gz"), "date_start")
	if err != nil {
		return err
	}
	airwars, err := slice(filepath.Join(data, "airwars-syria", "incidents.csv.gz"), "date")
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		return err
	}
	r, err := m.Reconcile(context.Background(), desk.LedgerFile{File: "ged.csv", Name: "GED", Text: ged, Mapping: "ucdp-ged", Zone: zone},
		&desk.LedgerFile{File: "airwars.csv", Name: "Airwars", Text: airwars, Mapping: "airwars", Zone: zone}, desk.ReconcileOptions{})
	if err != nil {
		return err
	}
	coded, err := codedPairs(data, r)
	if err != nil {
		return err
	}
	together := 0
	for _, l := range r.Lines {
		for _, i := range l.A {
			for _, k := range l.B {
				if (l.Kind == reconcile.KindSame || l.Kind == reconcile.KindSeveral) && coded[[2]string{reported(r.A.Items[i]), reported(r.B.Items[k])}] {
					together++
				}
			}
		}
	}
	figure(w, "reconcile.lists.coded", len(coded))
	figure(w, "reconcile.lists.coded-together", together)
	c := r.Counts
	for _, x := range []struct {
		name string
		n    int
	}{{"a", len(r.A.Items)}, {"b", len(r.B.Items)}, {"same", c.Same}, {"differing", c.Differing}, {"several", c.Several}, {"only-a", c.OnlyA}, {"only-b", c.OnlyB}, {"cannot-tell", c.Open}, {"set-aside", len(r.SetAside)}} {
		figure(w, "reconcile.lists."+x.name, x.n)
	}
	return nil
}

// codedPairs are the pairs that a coder judged the same of which both ends are in the lists.
func codedPairs(data string, r *desk.Reconciled) (map[[2]string]bool, error) {
	text, err := os.ReadFile(filepath.Join(data, "ged-airwars-links", "links.csv"))
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	has := func(items []truce.Element, id string) bool {
		return slices.ContainsFunc(items, func(e truce.Element) bool { return reported(e) == id })
	}
	out := map[[2]string]bool{}
	for _, row := range rows[1:] {
		if pair := [2]string{"ged-" + row[0], "airwars-" + row[1]}; has(r.A.Items, pair[0]) && has(r.B.Items, pair[1]) {
			out[pair] = true
		}
	}
	return out, nil
}

// reported is the report that an element stands in.
func reported(e truce.Element) string {
	id, _, _ := strings.Cut(e.ID, "/")
	return id
}

// slice keeps the rows of one month, August 2017.
func slice(path, column string) ([]byte, error) {
	var b bytes.Buffer
	err := unpacked(path, func(r io.Reader) error {
		rows, err := csv.NewReader(r).ReadAll()
		if err != nil {
			return err
		}
		at := slices.Index(rows[0], column)
		rows = slices.DeleteFunc(rows, func(row []string) bool {
			return row[at] != column && (row[at] < "2017-08-01" || row[at] > "2017-08-31")
		})
		return csv.NewWriter(&b).WriteAll(rows)
	})
	return b.Bytes(), err
}
