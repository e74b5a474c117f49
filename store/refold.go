package store

import (
	"truce"
	"truce/ledger"
)

// refold is the state folded anew from an entry whose fields have lost values. Rows that come
// out as they were are left alone; the others, "dirty", get new versions. Because a fold is
// pure, an entry that reads no dirty row and gives none gives what it gave before.
type refold struct {
	b     *batch
	clean map[rowKey]held   // rows as they stood at some time, as they were read
	dirty map[rowKey]*dirty // rows that are no longer as they were
	met   bool              // the fold at work asked for a dirty row
}

// dirty is a row whose versions from some entry on are new.
type dirty struct {
	from int64     // versions made by this entry or a later one go
	base *version  // the one before, which stays; nil: there is none
	list []version // the new ones
}

// current is the row's latest version.
func (d *dirty) current() (version, bool) {
	if len(d.list) > 0 {
		return d.list[len(d.list)-1], true
	}
	if d.base != nil {
		return *d.base, true
	}
	return version{}, false
}

// refold folds anew from entry n on, which now is e.
func (b *batch) refold(n int64, e *ledger.Entry) error {
	r := &refold{b: b, clean: map[rowKey]held{}, dirty: map[rowKey]*dirty{}}
	if err := r.entry(n, e, true); err != nil {
		return err
	}
	for first := n + 1; first < b.size && len(r.dirty) > 0; first += page {
		entries, err := readEntries(b.ctx, b.c, first, min(b.size, first+page))
		if err != nil {
			return err
		}
		for i, e := range entries {
			if err := r.entry(first+int64(i), e, false); err != nil {
				return err
			}
		}
	}
	return r.write()
}

// entry folds one entry.
func (r *refold) entry(n int64, e *ledger.Entry, changed bool) error {
	r.met = changed
	var failed error
	out, err := r.b.db.o.Fold(func(kind, id string) (truce.Row, bool, error) {
		v, ok, err := r.at(rowKey{kind, id}, n)
		if err != nil {
			failed = err
		}
		return v.row, ok && v.row.Body != nil, err
	}, n, e)
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	for i := range out {
		if out[i], err = stored(out[i]); err != nil {
			return err
		}
		r.met = r.met || r.dirty[rowKey{out[i].Kind, out[i].ID}] != nil
	}
	if !r.met {
		return nil
	}
	return r.take(n, out)
}

// at returns a row's version as of n.
func (r *refold) at(k rowKey, n int64) (version, bool, error) {
	if d := r.dirty[k]; d != nil {
		r.met = true
		v, ok := d.current()
		return v, ok, nil
	}
	if h, ok := r.clean[k]; ok && h.known && h.from < n && n <= h.to {
		return h.version, true, nil
	}
	h := held{}
	for v, err := range versions(r.b.ctx, r.b.c, "WHERE kind = $1 AND rid = $2 AND from_n < $3 ORDER BY from_n DESC LIMIT 1", k.kind, k.id, n) {
		if err != nil {
			return v, false, err
		}
		h = held{version: v, known: true}
	}
	const most = 50_000
	if len(r.clean) > most {
		clear(r.clean)
	}
	r.clean[k] = h
	return h.version, h.known, nil
}

// take compares what entry n gives now with the versions that it made.
func (r *refold) take(n int64, out []truce.Row) error {
	made := map[rowKey]version{}
	var order []rowKey
	for v, err := range versions(r.b.ctx, r.b.c, "WHERE from_n = $1 ORDER BY kind, rid", n) {
		if err != nil {
			return err
		}
		k := rowKey{v.row.Kind, v.row.ID}
		made[k] = v
		order = append(order, k)
	}
	gives := map[rowKey]truce.Row{}
	for _, row := range out {
		k := rowKey{row.Kind, row.ID}
		was, ok, err := r.at(k, n)
		if err != nil {
			return err
		}
		if changes(&was.row, ok, &row) {
			gives[k] = row
		}
		if _, known := made[k]; !known {
			order = append(order, k)
		}
	}
	for _, k := range order {
		if err := r.compare(k, n, made, gives); err != nil {
			return err
		}
	}
	return nil
}

// changes reports whether a row is another than the one before.
func changes(was *truce.Row, known bool, row *truce.Row) bool {
	if row.Body == nil {
		return known && was.Body != nil
	}
	return !known || !same(was, row)
}

// compare makes a row dirty if entry n gives another version of it than it made, and adds
// the version to one that is.
func (r *refold) compare(k rowKey, n int64, made map[rowKey]version, gives map[rowKey]truce.Row) error {
	row, gave := gives[k]
	d := r.dirty[k]
	if v, ok := made[k]; d == nil && ok == gave && (!ok || same(&v.row, &row)) {
		return nil
	}
	if d == nil {
		d = &dirty{from: n}
		if base, ok, err := r.at(k, n); err != nil {
			return err
		} else if ok {
			d.base = &base
		}
		r.dirty[k] = d
	}
	if !gave {
		return nil
	}
	if last := len(d.list) - 1; last >= 0 {
		d.list[last].to = n
	}
	d.list = append(d.list, version{id: r.b.db.w.nextID, from: n, to: forever, row: row})
	r.b.db.w.nextID++
	return nil
}

// write puts the new versions into the batch in place of the old ones.
func (r *refold) write() error {
	b := r.b
	for k, d := range r.dirty {
		for v, err := range versions(b.ctx, b.c, "WHERE kind = $1 AND rid = $2 AND from_n >= $3", k.kind, k.id, d.from) {
			if err != nil {
				return err
			}
			b.dropped = append(b.dropped, v)
		}
		if d.base != nil {
			base := *d.base
			base.to = forever
			if len(d.list) > 0 {
				base.to = d.list[0].from
			}
			b.ended = append(b.ended, base)
			d.base = &base
		}
		now, known := d.current()
		b.rows[k] = held{version: now, known: known, fresh: -1}
		b.versions = append(b.versions, d.list...)
		if len(d.list) > 0 {
			b.rows[k] = held{version: now, known: true, fresh: len(b.versions) - 1}
		}
	}
	return nil
}
