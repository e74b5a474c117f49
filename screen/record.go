package screen

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"truce"
	"truce/access"
	"truce/desk"
	"truce/record"
)

// StateView is the record in one view.
type StateView struct {
	desk.State
	// Note is the newest signed checkpoint, and Signers the signatures on it as they stand.
	Note    string
	Signers []Signer
	// Key is the record's public key as entry 0 has it; empty where that may not be seen.
	Key string
}

// Signer is a signature on a checkpoint. It was not checked.
type Signer struct {
	ID        string // of the key
	Own       bool   // the key has the record's name
	Witnessed time.Time
}

// Witnesses reports whether anybody but the record itself signed.
func (v StateView) Witnesses() bool {
	return slices.ContainsFunc(v.Signers, func(s Signer) bool { return !s.Own })
}

// Outcomes lists the outcomes in the order in which they are shown.
func (v StateView) Outcomes() []truce.Outcome {
	return []truce.Outcome{truce.Violation, truce.Undetermined, truce.NoViolation}
}

// Sizes of a signature line's content: the key's hash and a signature, with eight bytes of a
// time between them where it is a witness's (docs/ledger.md, 6).
const (
	plainSize   = 4 + 64
	witnessSize = 4 + 8 + 64
)

// Signers reads the signature lines of a signed note, in their order.
func Signers(note string) []Signer {
	origin, _, _ := strings.Cut(note, "\n")
	_, lines, _ := strings.Cut(note, "\n\n")
	var out []Signer
	for line := range strings.Lines(lines) {
		words := strings.Fields(strings.TrimPrefix(line, "— "))
		if len(words) != 2 {
			continue
		}
		raw, err := base64.StdEncoding.DecodeString(words[1])
		if err != nil || len(raw) < plainSize {
			continue
		}
		s := Signer{ID: fmt.Sprintf("%s+%08x", words[0], raw[:4]), Own: words[0] == origin && len(raw) == plainSize}
		if len(raw) == witnessSize {
			s.Witnessed = time.Unix(int64(binary.BigEndian.Uint64(raw[4:])), 0).UTC()
		}
		out = append(out, s)
	}
	return out
}

// Subject is what an entry is about: a row, with where it is shown.
type Subject struct{ Kind, ID, Path string }

// EntryView is an entry as one person may see it.
type EntryView struct {
	desk.SeenEntry
	About Subject // empty where there is none, or it may not be seen
	Title string
	By    string // who entered it; empty where that may not be seen
	Mark  string // its handling mark as it is shown
	// Fields are sorted by name, the mark left out.
	Fields []EntryField
}

// EntryField is one field of an entry.
type EntryField struct {
	Name  string
	Value json.RawMessage // nil: withheld or destroyed
	Hash  string          // the commitment, in base64, where there is no value
}

// Plain is the value as people read it.
func (f EntryField) Plain() string { return pretty(f.Value) }

// Letters is how long that is.
func (f EntryField) Letters() int { return utf8.RuneCountInString(f.Plain()) }

// How many letters and lines of a field are shown at once, and how many letters a page holds
// at all.
const (
	lettersAtOnce = 600
	linesAtOnce   = 12
	lettersAtMost = 100_000
)

// Long says that the value is shown only when asked for.
func (f EntryField) Long() bool {
	return f.Letters() > lettersAtOnce || strings.Count(f.Plain(), "\n") >= linesAtOnce
}

// TooLong says that a page does not hold it at all.
func (f EntryField) TooLong() bool { return f.Letters() > lettersAtMost }

// Entry makes the view of an entry from what the person may see of its fields.
func Entry(e desk.SeenEntry, shown desk.Shown) EntryView {
	v := EntryView{SeenEntry: e, About: subjectOf(e, shown.Values), Title: Short(textIn(shown.Values, "title")), By: textIn(shown.Values, "author"), Mark: shown.Mark}
	for name, value := range shown.Values {
		v.Fields = append(v.Fields, EntryField{Name: name, Value: value})
	}
	for name, hash := range shown.Withheld {
		v.Fields = append(v.Fields, EntryField{Name: name, Hash: hash})
	}
	v.Fields = slices.DeleteFunc(v.Fields, func(f EntryField) bool { return f.Name == "mark" }) // it is shown as marks are
	slices.SortFunc(v.Fields, func(a, b EntryField) int { return strings.Compare(a.Name, b.Name) })
	return v
}

// shortMost is how many letters of a text stand for a title.
const shortMost = 90

// Short cuts a text to what can stand for a title, and says so.
func Short(text string) string {
	n := 0
	for i := range text {
		if n++; n > shortMost {
			return text[:i] + "…"
		}
	}
	return text
}

// EntriesView is a page of the list of entries.
type EntriesView struct {
	Entries []EntryView
	From    int64
	// Next is where the page after this one begins, Newest where the last page does; 0 where
	// there is none.
	Next, Newest int64
}

// textIn is a field that is a text; empty where it is none or withheld.
func textIn(values map[string]json.RawMessage, name string) string {
	var s string
	_ = json.Unmarshal(values[name], &s)
	return s
}

// subjectOf finds the row that an entry makes or changes.
func subjectOf(e desk.SeenEntry, values map[string]json.RawMessage) Subject {
	k, _ := record.Lookup(e.Kind)
	s := Subject{Kind: k.Row, ID: textIn(values, k.ID)}
	switch {
	case e.Kind == "mark.widened":
		s.Kind, s.ID = textIn(values, "kind"), textIn(values, "row")
	case k.Row == "key":
		s.ID, _, _ = cutKey(e.Enrols)
	case k.ID == "" && k.Row != "":
		s.ID = strconv.FormatInt(e.N, 10)
	}
	if s.Kind == "" || s.ID == "" {
		return Subject{}
	}
	if s.Path = DeskPath(s.Kind, s.ID); s.Path == "" && slices.Contains(access.Kinds(), s.Kind) {
		s.Path = "/" + strings.Join(escaped([]string{"rows", s.Kind, s.ID}), "/")
	}
	return s
}

// cutKey cuts a verifier key into its ID and the key itself.
func cutKey(vkey string) (id, key string, ok bool) {
	name, rest, _ := strings.Cut(vkey, "+")
	hash, key, ok := strings.Cut(rest, "+")
	return name + "+" + hash, key, ok
}

// DeskPath is where the desk shows a row on a page of its own; empty where it has none.
func DeskPath(kind, id string) string {
	page := map[string]string{"incident": "incidents", "element": "incidents", "report": "incidents", "agreement": "agreements", "actor": "actors"}[kind]
	if page == "" {
		return ""
	}
	return "/" + strings.Join(escaped([]string{page, id}), "/")
}

// CheckView is the page that checks the record in the browser.
type CheckView struct {
	// Key is the record's public key as entry 0 has it; empty where that may not be seen.
	Key string
	// Origin is the record's name, and Entry the number of an entry whose receipt is asked
	// for first; empty for none.
	Origin, Entry string
	// Says are the names of what the page's program may have to say.
	Says []string
	// Names are the words for kinds of entry and for fields.
	Kinds, Fields []string
}

// Check makes that view.
func (s *Set) Check(origin, key, entry string) CheckView {
	v := CheckView{Key: key, Origin: origin, Entry: entry}
	fields := map[string]bool{}
	for _, k := range record.Kinds() {
		v.Kinds = append(v.Kinds, k.Name)
		for _, name := range slices.Concat(record.Always(), k.Needs, k.May) {
			fields[name] = true
		}
	}
	v.Fields = slices.Sorted(maps.Keys(fields))
	for _, name := range s.words[English].Names() {
		if say, ok := strings.CutPrefix(name, "check.say."); ok {
			v.Says = append(v.Says, say)
		}
	}
	return v
}
