package desk

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
	"truce/access"
	"truce/ledger"
)

// State is a record in one view. It is the same wherever it is asked for: by the API, on
// the command line, of a copy that was rebuilt or restored.
type State struct {
	Entries int64  `json:"entries"`
	Root    string `json:"root"` // base64 of the tree's root over these entries
	// Recorded is when the last of the entries was recorded, in UTC.
	Recorded time.Time `json:"recorded,omitzero"`
	// Checkpoint is the newest signed checkpoint that these entries reach.
	Checkpoint *CheckpointView `json:"checkpoint,omitempty"`
	// Verdicts counts what the engine says, by outcome; nil while no mission is adopted.
	Verdicts map[truce.Outcome]int `json:"verdicts,omitempty"`
	// Uncounted says that the record is too large for its verdicts to be counted in passing.
	Uncounted bool `json:"uncounted,omitempty"`
}

// CheckpointView is what a signed checkpoint states.
type CheckpointView struct {
	Origin string `json:"origin"`
	Size   int64  `json:"size"`
	Root   string `json:"root"`
}

// Line is the state in one line.
func (s State) Line() string {
	parts := []string{fmt.Sprintf("%d entries", s.Entries), "root " + s.Root}
	if s.Checkpoint != nil {
		parts = append(parts, fmt.Sprintf("last checkpoint %s at %d", s.Checkpoint.Origin, s.Checkpoint.Size))
	} else {
		parts = append(parts, "no checkpoint")
	}
	if s.Uncounted {
		parts = append(parts, "verdicts not counted")
	}
	if s.Verdicts != nil {
		var counts []string
		for _, o := range []truce.Outcome{truce.Violation, truce.Undetermined, truce.NoViolation} {
			counts = append(counts, fmt.Sprintf("%d %s", s.Verdicts[o], o))
		}
		parts = append(parts, strings.Join(counts, ", "))
	}
	return strings.Join(parts, "; ")
}

// State returns the view as of a number of entries; 0 is all. On a large record it takes long.
func (r *Record) State(ctx context.Context, asOf int64) (State, error) {
	s, err := r.unjudged(ctx, asOf)
	if err != nil || s.Entries == 0 {
		return s, err
	}
	if large, err := r.holdsMany(ctx, s.Entries); err != nil {
		return s, err
	} else if large {
		s.Verdicts, err = r.countAll(ctx, s.Entries)
		return s, err
	}
	j, err := r.judge(ctx, s.Entries)
	if errors.Is(err, noMission{}) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.Verdicts = j.count(func(string) bool { return true })
	return s, nil
}

// Status is State without the verdicts where counting them would take long.
func (r *Record) Status(ctx context.Context, asOf int64) (State, error) {
	n, err := r.known(ctx, asOf)
	if err != nil {
		return State{}, err
	}
	if large, err := r.holdsMany(ctx, n); err != nil || !large {
		return r.State(ctx, n)
	}
	s, err := r.unjudged(ctx, n)
	s.Uncounted = true
	return s, err
}

// IsLarge reports whether the record holds more elements by now than are looked at whole.
func (r *Record) IsLarge(ctx context.Context) (bool, error) {
	n, err := r.known(ctx, 0)
	if err != nil {
		return false, err
	}
	return r.holdsMany(ctx, n)
}

// holdsMany reports whether there are more elements than are looked at whole.
func (r *Record) holdsMany(ctx context.Context, n int64) (bool, error) {
	all, err := r.db.Labels(ctx, "element")
	if err != nil {
		return false, err
	}
	return r.isLarge(ctx, all, n)
}

// countAll counts the verdicts on all elements, a few at a time, so that it takes long but no
// more memory on a larger record; nil while no mission is adopted.
func (r *Record) countAll(ctx context.Context, n int64) (map[truce.Outcome]int, error) {
	o, err := r.terms(ctx, n)
	if errors.Is(err, noMission{}) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	part := &Judged{opened: o, rows: map[string]weighed{}}
	sum := part.count(nil)
	add := func() error {
		o.mission.leaveOut(&part.Elements)
		if part.found, err = r.judgeFresh(ctx, o, part.Elements, part.rows); err != nil {
			return err
		}
		for outcome, n := range part.count(func(string) bool { return true }) {
			sum[outcome] += n
		}
		part.Elements = part.Elements[:0]
		clear(part.rows)
		return nil
	}
	err = r.everything(ctx, n, "element", func(v truce.Row) error {
		e, w, err := weigh(v)
		if err != nil {
			return err
		}
		part.Elements, part.rows[e.ID] = append(part.Elements, e), w
		if len(part.Elements) < atATime {
			return nil
		}
		return add()
	})
	if err == nil {
		err = add()
	}
	return sum, err
}

// atATime is how many elements are judged together where all are counted.
const atATime = 2000

// unjudged is the view without what the engine says.
func (r *Record) unjudged(ctx context.Context, asOf int64) (State, error) {
	size, err := r.db.Size(ctx)
	if err != nil {
		return State{}, err
	}
	if asOf == 0 || asOf > size {
		asOf = size
	}
	s := State{Entries: asOf}
	tree, err := ledger.NewTree(asOf, r.tiles(ctx))
	if err != nil {
		return s, &truce.Error{Kind: truce.Internal, At: "tree", Msg: "the tree cannot be read", Err: err}
	}
	root := tree.Root()
	s.Root = base64.StdEncoding.EncodeToString(root[:])
	if asOf == 0 {
		return s, nil
	}
	last, err := r.db.Entry(ctx, asOf-1)
	if err != nil {
		return s, err
	}
	s.Recorded = last.At
	s.Checkpoint, err = r.checkpointAt(ctx, asOf)
	return s, err
}

// StateFor is State as one person may know it: verdicts are counted on the elements that the
// person may see, and not at all where there can be none, or where the record is too large to
// be looked at whole. Who may see all of them gets the same as State.
func (r *Record) StateFor(ctx context.Context, who access.Person, asOf int64) (State, error) {
	s, err := r.Status(ctx, asOf)
	if err != nil || s.Verdicts == nil {
		return s, err
	}
	all, err := r.db.Labels(ctx, "element")
	if err != nil {
		return s, err
	}
	may := r.policy.Labels(who, access.List, "element", all, r.now())
	if len(may) == len(all) && r.policy.May(who, access.List, "element", access.Label{TLP: access.Clear}, r.now()).Allowed {
		return s, nil
	}
	s.Verdicts = nil
	if len(may) == 0 {
		return s, nil
	}
	j, err := r.judge(ctx, asOf)
	if err != nil {
		return s, err
	}
	s.Verdicts = j.count(func(mark string) bool { return slices.Contains(may, mark) })
	return s, nil
}

func kindOf(err error) truce.Kind {
	var e *truce.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return truce.Internal
}

// tiles reads the tree's tiles.
func (r *Record) tiles(ctx context.Context) ledger.TileReader {
	return func(level int, n int64) ([]byte, error) { return r.db.Tile(ctx, level, n) }
}

func (r *Record) checkpointAt(ctx context.Context, size int64) (*CheckpointView, error) {
	signed, err := r.db.Checkpoint(ctx, size)
	if kindOf(err) == truce.Absent {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "checkpoint", Msg: "a checkpoint is damaged", Err: err}
	}
	return &CheckpointView{Origin: c.Origin, Size: c.Size, Root: base64.StdEncoding.EncodeToString(c.Root[:])}, nil
}

// Origin is the name under which the record's checkpoints are known: the instance's key's.
func (r *Record) Origin() string { return r.key.Name() }

// Checkpoint returns a signed checkpoint over all entries, signing one if there is none yet.
func (r *Record) Checkpoint(ctx context.Context) ([]byte, error) {
	r.sign.Lock()
	defer r.sign.Unlock()
	head, err := r.db.Head(ctx)
	if err != nil {
		return nil, err
	}
	signed, err := r.db.Checkpoint(ctx, head.Size)
	if c, bad := ledger.ParseCheckpoint(signed); err == nil && bad == nil && c.Size == head.Size {
		return signed, nil
	}
	if err != nil && kindOf(err) != truce.Absent {
		return nil, err
	}
	signed, err = ledger.SignCheckpoint(ledger.Checkpoint{Origin: r.Origin(), Size: head.Size, Root: head.Root}, r.key)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "checkpoint", Msg: "the checkpoint cannot be signed", Err: err}
	}
	if r.db.ReadOnly() { // beside a process that serves the record: it keeps its own
		return signed, nil
	}
	return signed, r.db.SaveCheckpoint(ctx, signed)
}

// AddCosignatures adds witnesses' signatures to the checkpoint of a size.
func (r *Record) AddCosignatures(ctx context.Context, size int64, lines []byte) error {
	r.sign.Lock()
	defer r.sign.Unlock()
	signed, err := r.db.Checkpoint(ctx, size)
	if err != nil {
		return err
	}
	if signed, err = ledger.AddSignatures(signed, lines); err != nil {
		return &truce.Error{Kind: truce.Invalid, At: "cosignature", Msg: "this is no signature on the checkpoint", Err: err}
	}
	return r.db.SaveCheckpoint(ctx, signed)
}

// Tile returns the hashes of one tile; nil where there is none that wide.
func (r *Record) Tile(ctx context.Context, level int, n int64, width int) ([]byte, error) {
	b, err := r.db.Tile(ctx, level, n)
	if err != nil {
		return nil, err
	}
	if width *= len(ledger.Hash{}); len(b) < width {
		return nil, absent("tile", fmt.Sprintf("%d/%d", level, n))
	}
	return b[:width], nil
}

// SeenEntry is an entry as one person may see it.
type SeenEntry struct {
	N        int64     `json:"n"`
	Kind     string    `json:"kind"`
	Words    string    `json:"words"`
	Recorded time.Time `json:"recorded"`
	Key      string    `json:"key"`
	Enrols   string    `json:"enrols,omitempty"`
	Signed   bool      `json:"signed"`
	Leaf     string    `json:"leaf"`
}

// Entries lists entries from a number on. Entries about what the person may not see are
// left out.
func (r *Record) Entries(ctx context.Context, who access.Person, from int64, limit int) ([]SeenEntry, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	size, err := r.db.Size(ctx)
	if err != nil {
		return nil, err
	}
	out, may := []SeenEntry{}, map[[2]string]bool{} // few marks, many entries
	n := from - 1
	for e, err := range r.db.Entries(ctx, from, size) {
		if err != nil {
			return nil, err
		}
		n++
		kind, mark, err := entryAs(e)
		if err != nil {
			return nil, err
		}
		key := [2]string{kind, mark}
		if _, known := may[key]; !known {
			may[key] = r.mayReadEntry(who, e) == nil
		}
		if may[key] {
			out = append(out, seenEntry(n, e))
		}
		if len(out) >= min(limit, MaxLimit) {
			break
		}
	}
	return out, nil
}

// Entry returns one entry.
func (r *Record) Entry(ctx context.Context, who access.Person, n int64) (SeenEntry, error) {
	e, err := r.db.Entry(ctx, n)
	if err != nil {
		return SeenEntry{}, err
	}
	if err := r.mayReadEntry(who, e); err != nil {
		return SeenEntry{}, err
	}
	return seenEntry(n, e), nil
}

// mayReadEntry asks for the row that the entry makes, under the entry's own mark.
func (r *Record) mayReadEntry(who access.Person, e *ledger.Entry) error {
	kind, mark, err := entryAs(e)
	if err != nil {
		return err
	}
	return r.mayRead(who, kind, mark)
}

// entryAs is the kind of row and the mark by which it is decided who may see an entry. Entries
// without a mark are the record's own: keys.
func entryAs(e *ledger.Entry) (kind, mark string, err error) {
	mark = access.Label{TLP: access.Clear}.String()
	_, err = e.Fields.Get("mark", &mark)
	return cmp.Or(rowOf(e.Kind), "entry"), mark, err
}

func seenEntry(n int64, e *ledger.Entry) SeenEntry {
	return SeenEntry{N: n, Kind: e.Kind, Words: wordsOf(e.Kind), Recorded: e.At, Key: e.Key, Enrols: e.Enrols, Signed: len(e.Sig) > 0, Leaf: string(e.Leaf())}
}

// Receipt proves that an entry is in the record, unaltered: its leaf, the fields that the
// person may see, the path to the root and a signed checkpoint.
func (r *Record) Receipt(ctx context.Context, who access.Person, n int64) ([]byte, error) {
	e, err := r.db.Entry(ctx, n)
	if err != nil {
		return nil, err
	}
	if err := r.mayReadEntry(who, e); err != nil {
		return nil, err
	}
	signed, err := r.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil {
		return nil, err
	}
	proof, err := ledger.Inclusion(c.Size, n, r.tiles(ctx))
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "proof", Msg: "the proof cannot be made", Err: err}
	}
	fields, err := r.view(who, access.Read, 0).disclose(ctx, e)
	if err != nil {
		return nil, err
	}
	receipt, err := ledger.MakeReceipt(e, n, fields, proof, signed)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: "receipt", Msg: "the receipt cannot be made", Err: err}
	}
	return receipt.Text(), nil
}

// disclose withholds the fields that the person may not see whole. What is coarsened in a
// row is withheld here: a proof is of the field as it is. One's own words are whole, but for
// what is sealed.
func (v *view) disclose(ctx context.Context, e *ledger.Entry) (ledger.Fields, error) {
	var by, mark string
	if _, err := e.Fields.Get("author", &by); err != nil {
		return e.Fields.Disclose(), nil
	}
	if _, err := e.Fields.Get("mark", &mark); err != nil {
		return e.Fields.Disclose(), nil
	}
	kind, own := rowOf(e.Kind), by != "" && by == v.who.ID
	grant, err := v.grant(kind, mark)
	if err != nil {
		return e.Fields.Disclose(), nil
	}
	var open []string
	for _, name := range e.Fields.Held() {
		raw, _ := e.Fields.Raw(name)
		beyond, err := grant.Beyond(fmt.Appendf(nil, "{%q:%s}", name, raw))
		whole := err == nil && len(beyond) == 0
		hidden, err := v.namesHidden(ctx, kind, name, raw)
		if err != nil {
			return e.Fields.Disclose(), err
		}
		if own && name != sealed || whole && !hidden {
			open = append(open, name)
		}
	}
	return e.Fields.Disclose(open...), nil
}

// sealed is the field that holds who a source is, sealed.
const sealed = "sealed"

// Wait returns the number of entries once there are more than size.
func (r *Record) Wait(ctx context.Context, size int64) (int64, error) { return r.db.Wait(ctx, size) }

// Health says whether the record can be read.
func (r *Record) Health(ctx context.Context) error {
	_, err := r.db.Head(ctx)
	return err
}
