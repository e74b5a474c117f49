package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"truce"
)

// Bounds of a page of a list.
const (
	DefaultLimit = 50
	MaxLimit     = 10_000
)

// Query asks for rows of a kind.
type Query struct {
	AsOf int64 // after so many entries; 0: now
	Kind string
	// Labels are the marks that the reader may see, compared as they are. Nil matches
	// nothing, never everything. AnyLabel asks for all and is for the program's own use.
	Labels   []string
	AnyLabel bool
	// Box: rows whose extent touches it in place (borders count) and overlaps it in time.
	// An extent from West to a smaller East goes across the date line. A bound in time that
	// is the zero time is none; a query from a time to the same asks for that moment.
	Box    *truce.Box
	Text   string // words that must all be there; "dam*": one that starts so
	Parent string
	// Since and Before bound Sort: from Since on, and before Before; "" is open.
	Since, Before string
	// Unplaced: rows without a Box alone.
	Unplaced bool
	After    string // the cursor of the page before
	Skip     int    // rows that are passed over first
	Limit    int    // rows on a page; 0: DefaultLimit
	Newest   bool   // greatest Sort first
}

// Page is a part of a list.
type Page struct {
	Rows []truce.Row
	// Next is the cursor of the page that follows; "": this is the last.
	Next string
	// AsOf is the state that was asked. Who wants the pages of a list to fit together asks
	// for the next with the same.
	AsOf int64
}

// Counted is how many rows have a label.
type Counted struct {
	Label string
	N     int64
}

// Version is a row as it stood: from after entry From until after entry To, that is for every
// as-of n with From < n <= To; To is -1 while it stands. A row with a nil body: it had ended.
type Version struct {
	From, To int64
	Row      truce.Row
}

// Get returns a row as of n (0: now), whatever its label: the caller decides on that. A row
// that is not there, or ended, is Absent.
func (db *DB) Get(ctx context.Context, asOf int64, kind, id string) (truce.Row, error) {
	if asOf <= 0 {
		asOf = forever
	}
	if plain("", kind, maxKind) != nil || plain("", id, maxID) != nil {
		return truce.Row{}, absent("no such row")
	}
	var v version
	err := db.peek(ctx, func(c *conn) error {
		found := false
		err := c.each(ctx, "SELECT "+versionColumns+" FROM version WHERE kind = $1 AND rid = $2 AND from_n < $3 ORDER BY from_n DESC LIMIT 1", []any{kind, id, asOf}, func(r *rows) (err error) {
			v, err = scanVersion(r)
			found = true
			return err
		})
		if err == nil && (!found || v.row.Body == nil) {
			err = absent("no %s %.80q", kind, id)
		}
		return err
	})
	return v.row, err
}

// History returns all versions of a row, oldest first; those of a row that never was are
// none.
func (db *DB) History(ctx context.Context, kind, id string) ([]Version, error) {
	var out []Version
	if plain("", kind, maxKind) != nil || plain("", id, maxID) != nil {
		return out, nil
	}
	err := db.peek(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT "+versionColumns+" FROM version WHERE kind = $1 AND rid = $2 ORDER BY from_n", []any{kind, id}, func(r *rows) error {
			v, err := scanVersion(r)
			if v.to == forever {
				v.to = -1
			}
			out = append(out, Version{v.from, v.to, v.row})
			return err
		})
	})
	return out, err
}

// Changed returns the rows of a kind that the entries from "from" to before "to" changed, as they
// stood after the last of these, by ID; those that ended have no body.
func (db *DB) Changed(ctx context.Context, kind string, from, to int64) (map[string]truce.Row, error) {
	out := map[string]truce.Row{}
	err := db.peek(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT "+versionColumns+" FROM version WHERE from_n >= $1 AND from_n < $2 AND kind = $3 ORDER BY from_n", []any{from, to, kind}, func(r *rows) error {
			v, err := scanVersion(r)
			out[v.row.ID] = v.row
			return err
		})
	})
	return out, err
}

// List returns a page of rows in the order of Sort, then ID.
func (db *DB) List(ctx context.Context, q Query) (Page, error) {
	limit := q.Limit
	if limit == 0 {
		limit = DefaultLimit
	}
	if limit < 0 || limit > MaxLimit {
		return Page{}, invalid("Limit", "%d; expected 1 to %d", limit, MaxLimit)
	}
	if q.Skip < 0 {
		return Page{}, invalid("Skip", "%d; expected a number of rows", q.Skip)
	}
	w, p, err := db.where(ctx, &q, true)
	if err != nil || w.nothing {
		return p, err
	}
	if err := w.after(&q); err != nil {
		return p, err
	}
	if q.plain() {
		p.Rows, err = db.byLabel(ctx, w, &q, limit+1)
	} else {
		p.Rows, err = db.rows(ctx, "SELECT "+prefixed+" FROM "+db.table(&q)+" WHERE "+w.text()+q.order("v.")+fmt.Sprintf(" LIMIT %d OFFSET %d", limit+1, q.Skip), w.args)
	}
	if err == nil && len(p.Rows) > limit {
		p.Rows = p.Rows[:limit]
		p.Next = After(p.Rows[limit-1])
	}
	return p, err
}

// order is the order of a list.
func (q *Query) order(prefix string) string {
	if q.Newest {
		return fmt.Sprintf(" ORDER BY %ssort DESC, %[1]srid DESC", prefix)
	}
	return fmt.Sprintf(" ORDER BY %ssort, %[1]srid", prefix)
}

// plain reports whether a query asks for nothing but a kind and labels.
func (q *Query) plain() bool { return q.Box == nil && q.Text == "" && q.Parent == "" }

func (db *DB) rows(ctx context.Context, sql string, args []any) ([]truce.Row, error) {
	var out []truce.Row
	return out, db.peek(ctx, func(c *conn) error {
		return c.each(ctx, sql, args, func(r *rows) error {
			v, err := scanVersion(r)
			out = append(out, v.row)
			return err
		})
	})
}

// byLabel answers a plain query: the first rows of each label, which the index has in order,
// and of these the first. So it does not matter how few of all rows the reader may see.
func (db *DB) byLabel(ctx context.Context, w *where, q *Query, limit int) ([]truce.Row, error) {
	labels := q.Labels
	if q.AnyLabel {
		var err error
		if labels, err = db.Labels(ctx, q.Kind); err != nil {
			return nil, err
		}
	}
	labels = slices.Compact(slices.Sorted(slices.Values(labels)))
	const some = 200 // labels in a statement
	skip, most, over := q.Skip, limit+q.Skip, 0
	if len(labels) > some { // rows of several statements are passed over at the end
		skip, over, limit = 0, skip, most
	}
	var out []truce.Row
	for part := range slices.Chunk(labels, some) {
		args := slices.Clone(w.args)
		var parts []string
		for _, l := range part {
			args = append(args, l)
			parts = append(parts, fmt.Sprintf("SELECT * FROM (SELECT v.id, v.sort, v.rid FROM version v WHERE %s AND v.label = $%d%s LIMIT %d) l%[2]d", w.text(), len(args), q.order("v."), most))
		}
		got, err := db.rows(ctx, fmt.Sprintf("SELECT %s FROM (SELECT id FROM (%s) a%s LIMIT %d OFFSET %d) t JOIN version v ON v.id = t.id%s", prefixed, strings.Join(parts, " UNION ALL "), q.order(""), limit, skip, q.order("v.")), args)
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	slices.SortStableFunc(out, func(a, b truce.Row) int {
		n := cmp.Or(strings.Compare(a.Sort, b.Sort), strings.Compare(a.ID, b.ID))
		if q.Newest {
			return -n
		}
		return n
	})
	out = out[min(over, len(out)):]
	return out[:min(limit-over, len(out))], nil
}

// Count counts the rows of a query by label, in the order of the labels. After, Limit and
// Newest do not matter.
func (db *DB) Count(ctx context.Context, q Query) ([]Counted, error) {
	w, _, err := db.where(ctx, &q, false)
	if err != nil || w.nothing {
		return nil, err
	}
	var out []Counted
	err = db.peek(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT v.label, count(*) FROM "+db.table(&q)+" WHERE "+w.text()+" GROUP BY v.label ORDER BY v.label", w.args, func(r *rows) error {
			var n Counted
			err := r.scan(&n.Label, &n.N)
			out = append(out, n)
			return err
		})
	})
	return out, err
}

// Labels returns the labels that rows of a kind have or had, sorted.
func (db *DB) Labels(ctx context.Context, kind string) ([]string, error) {
	var out []string
	err := db.peek(ctx, func(c *conn) error {
		return c.each(ctx, "SELECT label FROM label WHERE kind = $1 ORDER BY label", []any{kind}, func(r *rows) error {
			var s string
			err := r.scan(&s)
			out = append(out, s)
			return err
		})
	})
	return out, err
}

// prefixed are the columns of a version in a query over "version v".
const prefixed = "v.id, v.kind, v.rid, v.from_n, v.to_n, v.label, v.body, v.west, v.south, v.east, v.north, v.since, v.till, v.text, v.sort, v.parent"

// where is the condition of a query and what is put into it.
type where struct {
	and     []string
	args    []any
	nothing bool // no row can match
}

// put adds a value and returns its place in the text.
func (w *where) put(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) add(format string, args ...any) { w.and = append(w.and, fmt.Sprintf(format, args...)) }

func (w *where) text() string { return strings.Join(w.and, " AND ") }

// where turns a query into a condition. The page that it returns is empty but for AsOf.
func (db *DB) where(ctx context.Context, q *Query, list bool) (*where, Page, error) {
	w := &where{}
	p := Page{AsOf: q.AsOf}
	if q.AsOf < 0 {
		return w, p, invalid("AsOf", "%d; expected a number of entries, or 0 for now", q.AsOf)
	}
	if err := errors.Join(plain("Kind", q.Kind, maxKind), plain("Parent", q.Parent, maxID), plain("Since", q.Since, maxID), plain("Before", q.Before, maxID)); err != nil {
		return w, p, err
	}
	if q.AsOf == 0 {
		var err error
		if p.AsOf, err = db.Size(ctx); err != nil {
			return w, p, err
		}
	}
	if !q.AnyLabel && len(q.Labels) == 0 {
		w.nothing = true
		return w, p, nil
	}
	asOf := w.put(p.AsOf)
	w.add("%s = %s", db.kindColumn(q), w.put(q.Kind))
	w.add("v.from_n < %s AND v.to_n >= %s AND v.body IS NOT NULL", asOf, asOf)
	if !q.AnyLabel && !(list && q.plain()) { // byLabel asks for them one by one
		var in []string
		for _, l := range q.Labels {
			in = append(in, w.put(l))
		}
		w.add("v.label IN (%s)", strings.Join(in, ", "))
	}
	if q.Parent != "" {
		w.add("v.parent <> '' AND v.parent = %s", w.put(q.Parent))
	}
	if q.Since != "" {
		w.add("v.sort >= %s", w.put(q.Since))
	}
	if q.Before != "" {
		w.add("v.sort < %s", w.put(q.Before))
	}
	if q.Unplaced {
		w.add("v.west IS NULL")
	}
	if q.Text != "" {
		db.words(w, q.Text)
	}
	if q.Box != nil {
		if err := boxError("Box", q.Box); err != nil {
			return w, p, err
		}
		db.place(w, q.Box)
	}
	return w, p, nil
}

// kindColumn is the column of the kind. SQLite is kept from walking the list when a finer
// index is at hand.
func (db *DB) kindColumn(q *Query) string {
	if db.lite != nil && (q.Text != "" || q.Box != nil) {
		return "+v.kind"
	}
	return "v.kind"
}

// table is where versions are looked for. What belongs to one thing SQLite is told to read by the
// index that has it in order, however much of it there is.
func (db *DB) table(q *Query) string {
	if db.lite != nil && q.Parent != "" && q.Text == "" && q.Box == nil {
		return "version v INDEXED BY version_parent"
	}
	return "version v"
}

// words asks for all words of a question. A question without any word has no answer.
func (db *DB) words(w *where, question string) {
	list := terms(question)
	w.nothing = w.nothing || len(list) == 0
	var parts []string
	for _, t := range list {
		switch { // a word is letters and digits only, so that quotes are enough
		case db.pg != nil && t.prefix:
			parts = append(parts, "'"+t.word+"':*")
		case db.pg != nil:
			parts = append(parts, "'"+t.word+"'")
		case t.prefix:
			parts = append(parts, `"`+t.word+`" *`)
		default:
			parts = append(parts, `"`+t.word+`"`)
		}
	}
	if db.pg != nil {
		w.add("v.text <> '' AND array_to_tsvector(string_to_array(v.text, ' ')) @@ %s::text::tsquery", w.put(strings.Join(parts, " & ")))
	} else {
		w.add("v.id IN (SELECT rowid FROM words WHERE words MATCH %s)", w.put(strings.Join(parts, " AND ")))
	}
}

// place asks for rows in a box: by the index, which rounds, and then exactly.
func (db *DB) place(w *where, b *truce.Box) {
	q := *b
	if !q.From.IsZero() && q.From.Equal(q.To) {
		q.To = q.From.Add(time.Millisecond)
	}
	db.near(w, &q)
	west, east, south, north := w.put(q.West), w.put(q.East), w.put(q.South), w.put(q.North)
	since, till := span(&q)
	from, to := w.put(since), w.put(till)
	w.add("v.south <= %s AND v.north >= %s AND v.since < %s AND (v.till > %s OR (v.till = v.since AND v.since >= %s))", north, south, to, from, from)
	switch {
	case q.West <= q.East:
		w.add("(CASE WHEN v.west <= v.east THEN v.west <= %s AND v.east >= %s ELSE v.west <= %s OR v.east >= %s END)", east, west, east, west)
	default:
		w.add("(v.west > v.east OR v.west <= %s OR v.east >= %s)", east, west)
	}
}

// near asks the spatial index.
func (db *DB) near(w *where, b *truce.Box) {
	west, south, east, north, since, till := thin(b)
	a := []string{w.put(west), w.put(south), w.put(since), w.put(east), w.put(north), w.put(till)}
	if db.pg != nil {
		w.add(pgExtent+" &&& ST_MakeLine(ST_MakePoint(%s::float8, %s::float8, %s::float8), ST_MakePoint(%s::float8, %s::float8, %s::float8)) AND v.west IS NOT NULL", a[0], a[1], a[2], a[3], a[4], a[5])
		return
	}
	w.add("v.id IN (SELECT id FROM place WHERE west <= %s AND east >= %s AND south <= %s AND north >= %s AND since <= %s AND till >= %s)", a[3], a[0], a[4], a[1], a[5], a[2])
}

// pgExtent is a version's extent as it is indexed in PostgreSQL, to the letter.
const pgExtent = `ST_MakeLine(
		ST_MakePoint(CASE WHEN v.west > v.east THEN -180 ELSE v.west END, v.south, v.since::double precision / 864000000),
		ST_MakePoint(CASE WHEN v.west > v.east THEN 180 ELSE v.east END, v.north, v.till::double precision / 864000000))`

// after goes on behind a cursor.
func (w *where) after(q *Query) error {
	if q.After == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.After)
	sort, id, ok := strings.Cut(string(b), "\x00")
	if err != nil || !ok || plain("", sort, maxID) != nil || plain("", id, maxID) != nil {
		return invalid("After", "it is no cursor of a page")
	}
	than := ">"
	if q.Newest {
		than = "<"
	}
	w.add("(v.sort, v.rid) %s (%s, %s)", than, w.put(sort), w.put(id))
	return nil
}

// After is the cursor behind a row of a list, as [Query.After] takes it.
func After(r truce.Row) string {
	return base64.RawURLEncoding.EncodeToString([]byte(r.Sort + "\x00" + r.ID))
}
