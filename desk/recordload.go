package desk

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"truce"
	"truce/access"
	"truce/geo"
	"truce/intake"
	"truce/record"
	"truce/terms"
)

// LoadOptions say how a mission's folder goes into a record.
type LoadOptions struct {
	OpenOptions
	// Records are read instead of the mission's own.
	Records []Source
	Stdin   io.Reader
	// SetAside is the file for rows that cannot be read; see [CheckOptions].
	SetAside string
	// Mark is the handling mark of what is loaded; empty is [DefaultMark].
	Mark string
	// Since is a day of the mission's zone, such as 2016-12-01. Reports that belong to no incident and
	// may tell of something on it or later wait in the inbox. Empty: all is the mission's past.
	Since    string
	Progress func(stage string, done, total int64)
}

// Loaded says what became of a folder.
type Loaded struct {
	Entered  int // entries made
	Repeated int // that were in the record already
	Reports  int
	Waiting  int // reports put into the inbox
	SetAside []*intake.RowError
	Warnings truce.Problems
}

// loadBatch is how many acts go into one transaction.
const loadBatch = 2000

// Load enters a mission's folder: what was agreed first, then its reports, then the
// incidents they belong to. Loading the same folder again enters nothing twice.
func (r *Record) Load(ctx context.Context, who access.Person, dir string, o LoadOptions) (*Loaded, error) {
	l := &loader{record: r, who: who, o: o, texts: map[string]string{}, incidents: map[string][]string{}}
	if l.o.Mark == "" {
		l.o.Mark = DefaultMark
	}
	m, problems, err := openIn(l.shelf(onDisk()), dir, o.OpenOptions)
	l.out.Warnings = problems
	if err != nil {
		return nil, err
	}
	l.mission = m
	if l.since, err = dayIn(m.Zone, o.Since); err != nil {
		return nil, err
	}
	for _, enter := range []func(context.Context) error{l.agreed, l.reports, l.opened} {
		if err = enter(ctx); err != nil {
			break
		}
	}
	if last := l.wait(); err == nil { // also after an error: nothing goes on behind the caller's back
		err = last
	}
	return &l.out, err
}

// dayIn is the beginning of a day in a zone; zero where none is given.
func dayIn(zone *time.Location, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return day, &truce.Error{Kind: truce.Invalid, At: "since", Msg: fmt.Sprintf("%.40q is no day", text), Hint: "such as 2016-12-01"}
	}
	return day, nil
}

// loader is one folder on its way into a record.
type loader struct {
	record    *Record
	who       access.Person
	o         LoadOptions
	mission   *Mission
	texts     map[string]string // what was read, by path
	acts      []Act
	incidents map[string][]string
	titles    []string      // incidents in the order in which they were met
	entering  chan entering // what is on its way into the record; nil: nothing
	since     time.Time     // see LoadOptions; zero: nothing waits
	out       Loaded
}

// shelf remembers what is read from another.
func (l *loader) shelf(in shelf) shelf {
	return shelf{
		read: func(path string) ([]byte, error) {
			text, err := in.read(path)
			if err == nil {
				l.texts[path] = string(text)
			}
			return text, err
		},
		beside: func(path, name string) ([]byte, error) {
			text, err := in.beside(path, name)
			if err == nil {
				l.texts[filepath.Join(filepath.Dir(path), name)] = string(text)
			}
			return text, err
		}}
}

// name is what the record calls a file: its path from the mission's folder, or its own
// name where it was given beside the mission.
func (l *loader) name(path string) string {
	rel, err := filepath.Rel(l.mission.Dir, path)
	if err != nil || slices.Contains(l.o.Places, path) {
		rel = filepath.Base(path)
	}
	return filepath.ToSlash(rel)
}

func (l *loader) act(kind, id string, fields map[string]any) {
	fields["mark"] = l.o.Mark
	l.acts = append(l.acts, Act{Kind: kind, Submission: submission(kind, id, fields), Fields: fields, loaded: true})
}

// submission names an act by what it says, so that the same one is known again.
func submission(kind, id string, fields map[string]any) string {
	text, err := json.Marshal(fields) // keys are sorted
	if err != nil {
		return "" // Write will say what is wrong with it
	}
	sum := sha256.Sum256(text)
	return "load " + kind + " " + id + " " + hex.EncodeToString(sum[:12])
}

// flush begins to enter the acts that have gathered, after those before them are in. The
// next are read and made ready meanwhile.
func (l *loader) flush(ctx context.Context, least int) error {
	if len(l.acts) < least || len(l.acts) == 0 {
		return nil
	}
	drafts, err := l.record.drafts(ctx, l.who, l.acts)
	if err != nil {
		return err
	}
	if err := l.wait(); err != nil {
		return err
	}
	l.acts, l.entering = l.acts[:0], make(chan entering, 1)
	go func(to chan<- entering) {
		done, err := l.record.append(ctx, drafts)
		to <- entering{done, err}
	}(l.entering)
	return nil
}

// entering is what became of acts.
type entering struct {
	done []Entered
	err  error
}

// wait waits until what is being entered is in.
func (l *loader) wait() error {
	if l.entering == nil {
		return nil
	}
	got := <-l.entering
	l.entering = nil
	for _, d := range got.done {
		if d.Repeat {
			l.out.Repeated++
		} else {
			l.out.Entered++
		}
	}
	return got.err
}

// agreed enters the mission, its agreements, register and places, and what was declared.
func (l *loader) agreed(ctx context.Context) error {
	m := l.mission
	l.act("mission.adopted", m.ID, map[string]any{"id": m.ID, "title": m.Title, "text": l.texts[filepath.Join(m.Dir, MissionFile)]})
	agreements := map[string]*terms.Agreement{}
	for _, a := range m.Agreements {
		agreements[a.File()] = a
	}
	files := slices.Collect(func(yield func(string) bool) {
		for path := range l.texts {
			if !yield(path) {
				return
			}
		}
	})
	slices.Sort(files)
	for _, path := range files {
		name, text := l.name(path), l.texts[path]
		a := agreements[filepath.ToSlash(filepath.Clean(path))]
		switch {
		case path == filepath.Join(m.Dir, MissionFile), path == m.path(l.entries()) && l.entries() != "":
		case a != nil:
			l.act("agreement.adopted", a.ID, map[string]any{"id": a.ID, "title": a.Title, "name": name, "version": a.Version(), "text": text})
		case path == m.path(l.register()) && l.register() != "":
			l.act("register.adopted", name, map[string]any{"name": name, "text": text})
		case slices.Contains(l.o.Places, path):
			l.act("places.adopted", name, map[string]any{"name": name, "use": "beside the mission", "text": text})
		default:
			l.act("places.adopted", name, map[string]any{"name": name, "text": text})
		}
	}
	for i, d := range m.Book.Moments {
		l.act("moment.declared", fmt.Sprint(i), map[string]any{"agreement": d.Agreement, "moment": d.Moment, "at": d.At.Format(time.RFC3339), "by": d.By})
	}
	for i, d := range m.Book.Judgments {
		l.act("calm.judged", fmt.Sprint(i), map[string]any{"agreement": d.Agreement, "clause": d.Clause, "at": d.At.Format(time.RFC3339), "by": d.By, "says": d.Says, "note": d.Note})
	}
	return l.flush(ctx, 1)
}

func (l *loader) file() missionFile {
	var f missionFile
	path := filepath.Join(l.mission.Dir, MissionFile)
	if err := readYAML(shelf{read: func(string) ([]byte, error) { return []byte(l.texts[path]), nil }}, path, &f); err != nil {
		return missionFile{} // it was read before
	}
	return f
}

func (l *loader) entries() string  { return l.file().Entries }
func (l *loader) register() string { return l.file().Register }

// reports enters every report that can be read.
func (l *loader) reports(ctx context.Context) error {
	records := l.o.Records
	if len(records) == 0 {
		records = l.mission.Records
	}
	aside := intake.NewSetAside(l.o.SetAside)
	defer aside.Discard()
	for _, s := range records {
		if err := l.source(ctx, s, aside); err != nil {
			return err
		}
	}
	if err := l.flush(ctx, 1); err != nil {
		return err
	}
	return aside.Close()
}

func (l *loader) source(ctx context.Context, s Source, aside *intake.SetAside) error {
	opts, err := l.mission.options(s, intake.Unmatched{}, func(p truce.Problem) { l.out.Warnings = append(l.out.Warnings, p) })
	if err != nil {
		return err
	}
	in, size, err := open(s.File, l.o.Stdin)
	if err != nil {
		return err
	}
	defer in.Close()
	for report, err := range intake.Read(s.File, bufio.NewReaderSize(&meter{r: in, total: size, tell: l.o.Progress}, 1<<20), opts) {
		var bad *intake.RowError
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &bad):
			kept := *bad
			kept.Raw = ""
			l.out.SetAside = append(l.out.SetAside, &kept)
			if l.o.SetAside != "" {
				if err := aside.Add(bad); err != nil {
					return err
				}
			}
			continue
		case err != nil:
			return err
		}
		l.report(report)
		if err := l.flush(ctx, loadBatch); err != nil {
			return err
		}
	}
	return nil
}

// report makes the entry of a report; its incidents are opened at the end.
func (l *loader) report(report truce.Report) {
	l.out.Reports++
	for _, e := range report.Elements {
		if e.Incident == "" {
			continue
		}
		if l.incidents[e.Incident] == nil {
			l.titles = append(l.titles, e.Incident)
		}
		l.incidents[e.Incident] = append(l.incidents[e.Incident], e.ID)
	}
	l.act("report.received", report.ID, reportFields(l.mission, report))
	if l.waits(report) {
		l.out.Waiting++
		l.act("report.triaged", report.ID, map[string]any{"id": report.ID, "triage": "received"})
	}
}

// waits reports whether somebody has to find the incident of a report. One that does not say
// when it was may be of yesterday.
func (l *loader) waits(report truce.Report) bool {
	return !l.since.IsZero() && slices.ContainsFunc(report.Elements, func(e truce.Element) bool {
		late := func(w truce.When) bool { return w.To.IsZero() || w.To.After(l.since) || w.From.Equal(l.since) }
		return e.Incident == "" && e.Status == "" && (len(e.When) == 0 || slices.ContainsFunc(e.When, late))
	})
}

// reportFields are the fields of a report's entry.
func reportFields(m *Mission, report truce.Report) map[string]any {
	f := map[string]any{"id": report.ID, "elements": utc(report.Elements), "boxes": boxes(m, report.Elements)}
	for name, v := range map[string]string{"source": report.Source, "read_at": filepath.Base(report.At), "text": report.Text} {
		if v != "" && v != "." {
			f[name] = v
		}
	}
	return f
}

// utc writes times in UTC, so that the same moment is the same text.
func utc(elements []truce.Element) []truce.Element {
	out := slices.Clone(elements)
	for i := range out {
		out[i].When = slices.Clone(out[i].When)
		for k, w := range out[i].When {
			out[i].When[k].From, out[i].When[k].To = w.From.UTC(), w.To.UTC()
		}
	}
	return out
}

// boxes are where and when the elements were, as wide as anybody knows.
func boxes(m *Mission, elements []truce.Element) [][]any {
	var out [][]any
	for _, e := range elements {
		out = append(out, record.Box(boxOf(m.atlas, e)))
	}
	return out
}

func boxOf(atlas *geo.Atlas, e truce.Element) *truce.Box {
	x, err := atlas.Extent(e.Where)
	if err != nil || x.Anywhere() || len(e.When) == 0 {
		return nil
	}
	west, south, east, north := x.Bounds()
	b := &truce.Box{West: west, South: south, East: east, North: north, From: e.When[0].From, To: e.When[0].To}
	for _, w := range e.When {
		if w.From.IsZero() || w.To.IsZero() {
			return nil
		}
		if w.From.Before(b.From) {
			b.From = w.From
		}
		if w.To.After(b.To) {
			b.To = w.To
		}
	}
	return b
}

// opened enters the incidents that the reports name.
func (l *loader) opened(ctx context.Context) error {
	for _, id := range l.titles {
		members := l.incidents[id]
		slices.Sort(members)
		l.act("incident.opened", id, map[string]any{"id": id, "members": slices.Compact(members)})
		if err := l.flush(ctx, loadBatch); err != nil {
			return err
		}
	}
	return l.flush(ctx, 1)
}

// Handed is a report that is handed in whole, by a file or a program.
type Handed struct {
	Report truce.Report
	// Mark is its handling mark; empty is [DefaultMark].
	Mark string
	// Door is the one it came in by: it waits in the inbox. Without one it is of the mission's past.
	Door string
	// Danger is what puts life at risk: "fire", "trapped", "medical".
	Danger []string
}

// HandIn enters one report. The same submission again is the same report.
func (r *Record) HandIn(ctx context.Context, who access.Person, submission string, h Handed) (Entered, error) {
	m, err := r.terms(ctx, 0)
	if err != nil {
		return Entered{}, err
	}
	f := reportFields(m.mission, h.Report)
	for name, v := range map[string]string{"mark": h.Mark, "door": h.Door} {
		if v != "" {
			f[name] = v
		}
	}
	if len(h.Danger) > 0 {
		f["danger"] = h.Danger
	}
	done, err := r.Write(ctx, who, Act{Kind: "report.received", Submission: submission, Fields: f})
	if err != nil {
		return Entered{}, err
	}
	return done[0], nil
}

// HandInOnce is [Record.HandIn] of a report that nobody named: what says the same under the same
// identifier, from whichever file, is the same report.
func (r *Record) HandInOnce(ctx context.Context, who access.Person, h Handed) (Entered, error) {
	h.Report.At = ""
	text, err := json.Marshal(h)
	if err != nil {
		return Entered{}, &truce.Error{Kind: truce.Invalid, At: h.Report.ID, Msg: "the report cannot be written", Err: err}
	}
	sum := sha256.Sum256(text)
	return r.HandIn(ctx, who, "add "+h.Report.ID+" "+hex.EncodeToString(sum[:12]), h)
}

// ReadReports reads reports in one of our layouts, for [Record.HandIn].
func (r *Record) ReadReports(ctx context.Context, name string, in io.Reader) ([]truce.Report, []*intake.RowError, error) {
	o, err := r.terms(ctx, 0)
	if err != nil {
		return nil, nil, err
	}
	opts, err := o.mission.options(Source{File: name}, intake.Unmatched{}, func(truce.Problem) {})
	if err != nil {
		return nil, nil, err
	}
	var out []truce.Report
	var aside []*intake.RowError
	for report, err := range intake.Read(name, in, opts) {
		var bad *intake.RowError
		switch {
		case errors.As(err, &bad):
			aside = append(aside, bad)
		case err != nil:
			return nil, nil, err
		default:
			out = append(out, report)
		}
	}
	return out, aside, nil
}
