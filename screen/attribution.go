package screen

import (
	"encoding/json"
	"maps"
	"slices"
)

// Attribution is whom a body holds to have done it. It is the body's word alone.
type Attribution struct {
	To []string // in names, where they are known
	// None says that nobody can be held to have done it. Without it and without anybody, the body
	// does not say.
	None              bool
	Grounds, Standard string
	More              []EntryField // what else is said
}

// newAttribution reads what a finding says; nil where it says nothing.
func newAttribution(raw json.RawMessage, name func(string) string) *Attribution {
	var all map[string]json.RawMessage
	if json.Unmarshal(raw, &all) != nil || len(all) == 0 {
		return nil
	}
	a := &Attribution{}
	var one string
	if to, said := all["to"]; said && json.Unmarshal(to, &a.To) != nil && json.Unmarshal(to, &one) == nil {
		a.To = []string{one}
	}
	a.None = all["to"] != nil && a.To != nil && len(a.To) == 0
	for i, id := range a.To {
		a.To[i] = name(id)
	}
	_ = json.Unmarshal(all["grounds"], &a.Grounds) // what is no text says nothing
	_ = json.Unmarshal(all["grade"], &a.Standard)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if !slices.Contains([]string{"to", "grounds", "grade"}, key) {
			a.More = append(a.More, EntryField{Name: key, Value: all[key]})
		}
	}
	return a
}

// Attribution is the field as whom somebody holds to have done it, by identifiers.
func (f EntryField) Attribution() *Attribution {
	return newAttribution(f.Value, func(id string) string { return id })
}

// List is the field's value as a list of names; nil where it is none.
func (f EntryField) List() []string {
	var list []string
	if json.Unmarshal(f.Value, &list) != nil {
		return nil
	}
	return list
}

// named is what an actor is called by the register of what is seen; else its identifier.
func (t *incidentTeller) named(id string) string {
	if t.sight.Result == nil {
		return id
	}
	m := t.sight.Result.Mission
	if name := m.Book.Register.NameOn(id, m.From); name != "" {
		return name
	}
	return id
}
