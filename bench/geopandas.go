package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	_ "embed"

	"truce/bench/world"
)

//go:embed geopandas.py
var geopandasScript []byte

// geopandas is the check done in Python.
type geopandas struct {
	python, folder string
}

// findGeopandas asks the script for an interpreter, which may install the packages.
func findGeopandas(script string) (*geopandas, error) {
	out, err := exec.Command(script).Output()
	if err != nil {
		return nil, peerError(script, err)
	}
	return &geopandas{python: string(bytes.TrimSpace(out))}, nil
}

func peerError(script string, err error) error {
	if e, ok := err.(*exec.ExitError); ok && len(e.Stderr) > 0 {
		return fmt.Errorf("%s", bytes.TrimSpace(e.Stderr))
	}
	return fmt.Errorf("%s: %w", script, err)
}

// prepare writes the incidents, the world and the script into a new folder.
func (g *geopandas) prepare(j *job) (err error) {
	if g.folder, err = os.MkdirTemp("", "truce-geopandas-"); err != nil {
		return err
	}
	description, err := json.Marshal(describe(j.World))
	if err != nil {
		return err
	}
	for name, b := range map[string][]byte{"incidents.csv": j.csv, "world.json": description, "check.py": geopandasScript} {
		if err := os.WriteFile(filepath.Join(g.folder, name), b, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (g *geopandas) close() { os.RemoveAll(g.folder) }

// check runs the script and returns its steps, its findings and its peak memory.
func (g *geopandas) check() (stages []stage, found answers, peak int64, err error) {
	cmd := exec.Command(g.python, filepath.Join(g.folder, "check.py"), g.folder)
	cmd.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1")
	out, err := cmd.Output()
	if err != nil {
		return nil, nil, 0, peerError("geopandas.py", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(out))
	for lines.Scan() {
		var s struct {
			Name      string
			CPU, Wall float64
			Peak      int64
		}
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			return nil, nil, 0, fmt.Errorf("geopandas.py printed %q: %w", lines.Text(), err)
		}
		if s.Peak > 0 {
			peak = s.Peak
			continue
		}
		stages = append(stages, stage{s.Name, cost{secondsOf(s.CPU), secondsOf(s.Wall)}})
	}
	b, err := os.ReadFile(filepath.Join(g.folder, "findings.bin"))
	for ; len(b) >= 12; b = b[12:] {
		n := func(i int) int { return int(int32(binary.LittleEndian.Uint32(b[4*i:]))) }
		found = append(found, unpack(n(0), n(1), n(2)))
	}
	found.sort()
	return stages, found, peak, err
}

func secondsOf(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// describe is the world as the script reads it.
func describe(w *world.World) any {
	type zone struct {
		WKT    string  `json:"wkt"`
		Metres float64 `json:"metres"`
	}
	type term struct {
		From    world.Day  `json:"from"`
		To      world.Day  `json:"to"`
		Place   *[2]uint64 `json:"place"`
		Not     [2]uint64  `json:"not"`
		By      [2]uint64  `json:"by"`
		Except  [2]uint64  `json:"except"`
		Against *[2]uint64 `json:"against"`
		Means   uint32     `json:"means"`
		Deaths  int        `json:"deaths"`
	}
	type columns struct {
		Actor []int       `json:"actor"`
		From  []world.Day `json:"from"`
		Lo    []uint64    `json:"lo"`
		Hi    []uint64    `json:"hi"`
	}
	var d struct {
		Zones      []zone   `json:"zones"`
		Actors     []string `json:"actors"`
		Means      []string `json:"means"`
		States     columns  `json:"states"`
		Agreements [][]term `json:"agreements"`
	}
	d.Actors, d.Means = w.Actors, w.Means
	for _, z := range w.Zones {
		d.Zones = append(d.Zones, zone{wkt(z), z.Metres})
	}
	for _, s := range states(w) {
		d.States.Actor, d.States.From = append(d.States.Actor, s.actor), append(d.States.From, s.from)
		d.States.Lo, d.States.Hi = append(d.States.Lo, uint64(s.parties[0])), append(d.States.Hi, uint64(s.parties[1]))
	}
	for _, a := range w.Agreements {
		var terms []term
		for _, t := range a.Terms {
			n := term{From: t.From, To: t.To, Not: bitsOf(t.Not), By: bitsOf(t.By), Except: bitsOf(t.Except), Means: t.Means, Deaths: t.Deaths}
			if t.Place != nil {
				n.Place = new([2]uint64)
				*n.Place = bitsOf(t.Place...)
			}
			if t.Against != world.None {
				n.Against = new([2]uint64)
				*n.Against = bitsOf(t.Against)
			}
			terms = append(terms, n)
		}
		d.Agreements = append(d.Agreements, terms)
	}
	return d
}

func bitsOf(ks ...int) [2]uint64 {
	var m mask
	for _, k := range ks {
		m.add(k)
	}
	return [2]uint64{uint64(m[0]), uint64(m[1])}
}

func sortedDays(d map[world.Day]bool) []world.Day { return slices.Sorted(maps.Keys(d)) }
