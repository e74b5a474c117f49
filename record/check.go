package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/ledger"
)

// shape is what a field's value must be.
type shape int

const (
	word     shape = iota // an identifier or a code: one line
	prose                 // text of any length
	instant               // RFC 3339 with an offset
	span                  // {"from": instant, "to": instant}
	count                 // a whole number, not negative
	words                 // a list of identifiers
	object                // a JSON object
	elements              // a list of truce.Element
	evidence              // a list of [Evidence]
	boxes                 // a list of boxes, see [Box]
	box                   // one box
	digest                // SHA-256, 64 hexadecimal digits
	place                 // a truce.Place
)

// shapes say what every field holds, whichever entry it stands in.
var shapes = map[string]shape{
	"author": word, "mark": word, "valid": span, "reason": prose, "proposed": count,
	"key": word, "person": word, "name": word, "roles": words, "party": word, "org": word, "purposes": words,
	"id": word, "title": prose, "text": prose, "version": word, "use": word, "agreement": word, "actor": word,
	"as": word, "status": word, "at": instant, "until": instant, "by": word, "standing": word, "areas": words, "moment": word, "note": prose,
	"clause": word, "says": word, "source": word, "read_at": word, "received": instant, "elements": elements, "boxes": boxes,
	"members": words, "element": word, "changes": object, "box": box, "sha256": digest, "size": count, "media": word,
	"what": word, "report": word, "captured": instant, "address": prose, "copy": digest, "where": place,
	"incident": word, "body": word, "standard": word, "statement": prose, "verdict": word, "attribution": object, "dissent": prose,
	"with": word, "words": prose, "about": word, "reply_due": instant, "entries": count, "kind": word, "row": word, "to": word,
	"sealed": prose, "people": words, "do": word, "act": object, "entry": count, "names": words, "pair": words,
	"stage": word, "finding": word, "task": word, "way": word, "tasks": words, "due": instant, "result": word, "access": word, "outcome": word,
	"languages": words, "hours": prose, "backups": words, "answered": word, "line": word, "spoke": prose, "read_back": word, "their_clock": word,
	"fire": word, "ending": word, "request": word, "protest": word, "step": word,
	"rows": words, "release": word, "figure": word, "was": prose, "is": prose, "state": word, "tries": count, "correction": word, "receipt": digest,
	"door": word, "danger": words, "reliability": word, "credibility": word, "consent": words, "lang": word, "triage": word, "voice": word,
	"machine": word, "reading": word, "passage": object, "outlet": prose, "day": word, "zone": word, "decisions": object,
	"claim": word, "fact": word, "value": prose, "evidence": evidence, "saw": word,
}

// codes are the words that a field may hold, where it may not hold any.
var codes = map[string][]string{
	"status":      {"accepted", "acceded", "deemed", "suspended", "notice", "withdrawn", "excluded", "declined"},
	"standing":    {"established", "claimed"},
	"says":        {"satisfied", "not satisfied", "hold", "resume", "reset", "same", "different", "unsure"},
	"standard":    {"reasonable-grounds", "balance-of-probabilities", "clear-and-convincing", "beyond-reasonable-doubt", "verified"},
	"way":         {"visit", "interview", "imagery", "scene", "hospital", "documents", "call", "other"},
	"result":      {"done", "in part", "not possible"},
	"outcome":     {"granted", "denied", "delayed", "conditional"},
	"answered":    {"yes", "no"},
	"read_back":   {"yes", "no"},
	"fire":        {"going", "stopped", "unknown"},
	"ending":      {"replied", "no reply", "withdrawn"},
	"state":       {"delivered", "lost"},
	"door":        {"call", "form", "upload", "api", "account"},
	"danger":      {"fire", "trapped", "medical"},
	"reliability": {"A", "B", "C", "D", "E", "F"},
	"credibility": {"1", "2", "3", "4", "5", "6"},
	"consent":     {"mission", "parties", "publish", "number", "call-back"},
	"triage":      {"received", "acknowledged", "asked", "not-examined", "withdrawn"},
	"voice":       {"reporter", "mission"},
	"claim":       {"says", "confirms", "denies", "acknowledges", "silent"},
	"saw":         {"quiet", "fire", "not-known"},
}

// Check refuses an entry that lacks a field, has one it may not have, or has a value of
// the wrong shape. It returns every problem, each naming the field and what was expected.
func Check(kind string, f ledger.Fields) truce.Problems {
	k, ok := Lookup(kind)
	if !ok {
		return truce.Problems{{Field: "kind", Code: "unknown-kind", Msg: fmt.Sprintf("%q is no kind of entry", kind), Want: "one of " + strings.Join(names(), ", "), Value: kind}}
	}
	var out truce.Problems
	for _, name := range k.Needs {
		if _, ok := f.Raw(name); !ok {
			out = append(out, truce.Problem{Field: name, Code: "missing-field", Msg: kind + " lacks " + name, Want: want(name)})
		}
	}
	for _, name := range f.Names() {
		if !slices.Contains(k.Needs, name) && !slices.Contains(k.May, name) && !slices.Contains(Always(), name) {
			out = append(out, truce.Problem{Field: name, Code: "unknown-field", Msg: kind + " has no field " + name, Want: "one of " + strings.Join(slices.Concat(k.Needs, k.May, Always()), ", ")})
			continue
		}
		raw, ok := f.Raw(name)
		if !ok {
			continue // withheld or destroyed
		}
		if !fits(name, raw) {
			out = append(out, truce.Problem{Field: name, Code: "bad-value", Msg: name + " is not what it should be", Want: want(name), Value: clip(string(raw))})
		}
	}
	out.Sort()
	return out
}

func names() []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.Name)
	}
	return out
}

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

func want(name string) string {
	if c := codes[name]; c != nil && shapes[name] == words {
		return "a list of " + strings.Join(c, ", ")
	} else if c != nil {
		return "one of " + strings.Join(c, ", ")
	}
	switch shapes[name] {
	case word:
		return "one line of text"
	case prose:
		return "text"
	case instant:
		return "a time with its offset, such as 2016-08-27T18:00:00+03:00"
	case span:
		return `an interval, {"from": time, "to": time}, not inverted`
	case count:
		return "a whole number, not negative"
	case words:
		return "a list of words"
	case object:
		return "a JSON object"
	case elements:
		return "a list of elements, each with an id"
	case evidence:
		return `a list of evidence, each {"of": row, "weighs": for, against or neither, "note": text}`
	case boxes, box:
		return "[west, south, east, north, from, to]"
	case digest:
		return "a SHA-256 in hexadecimal"
	}
	return "a place with its extent in metres"
}

var hexDigest = regexp.MustCompile(`^[0-9a-f]{64}$`)

func fits(name string, raw json.RawMessage) bool {
	var s string
	isText := json.Unmarshal(raw, &s) == nil && len(raw) > 0 && raw[0] == '"'
	if c := codes[name]; c != nil && shapes[name] != words {
		return isText && slices.Contains(c, s)
	}
	switch shapes[name] {
	case word:
		return isText && s != "" && len(s) <= 1000 && !strings.ContainsAny(s, "\n\r")
	case prose:
		return isText
	case instant:
		_, err := time.Parse(time.RFC3339, s)
		return isText && err == nil
	case span:
		return fitsSpan(raw)
	case count:
		var n int64
		return json.Unmarshal(raw, &n) == nil && n >= 0
	case words:
		var list []string
		return strict(raw, &list) && !slices.Contains(list, "") && among(list, codes[name])
	case object:
		var o map[string]json.RawMessage
		return json.Unmarshal(raw, &o) == nil && o != nil
	case elements:
		return fitsElements(raw)
	case evidence:
		return fitsEvidence(raw)
	case boxes:
		var list [][]any
		return strict(raw, &list) && !slices.ContainsFunc(list, func(r []any) bool { _, err := boxOf(r); return err != nil })
	case box:
		var r []any
		if !strict(raw, &r) {
			return false
		}
		_, err := boxOf(r)
		return err == nil
	case digest:
		return isText && hexDigest.MatchString(s)
	}
	return fitsPlace(raw)
}

// strict reads JSON that has no keys but those known.
func strict(raw json.RawMessage, into any) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(into) == nil && string(raw) != "null"
}

func fitsSpan(raw json.RawMessage) bool {
	var w struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
	}
	return strict(raw, &w) && !w.To.Before(w.From)
}

func fitsElements(raw json.RawMessage) bool {
	var es []truce.Element
	if !strict(raw, &es) {
		return false
	}
	for _, e := range es {
		if e.ID == "" || slices.ContainsFunc(e.When, func(w truce.When) bool { return !w.To.IsZero() && w.To.Before(w.From) }) ||
			slices.ContainsFunc(e.Where, func(p truce.Place) bool { return !onEarth(p) }) {
			return false
		}
		for _, r := range []*truce.Range{e.Killed, e.Injured, e.Number} {
			if r != nil && r.High < r.Low {
				return false
			}
		}
	}
	return true
}

func fitsPlace(raw json.RawMessage) bool {
	var p truce.Place
	return strict(raw, &p) && onEarth(p)
}

func onEarth(p truce.Place) bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180 && p.Within >= 0
}
