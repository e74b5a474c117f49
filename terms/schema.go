package terms

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// Schema returns the JSON Schema (draft 2020-12) of the agreement file, so that an editor
// completes and checks it while it is typed. It knows the shape of the file: keys, kinds
// of value, words to choose from. What refers to what, and what the letters of a time or
// a distance mean, only [Parse] knows; a file that Parse accepts fits the schema, if the
// words chosen from a list are written out and not put in from parameters. The bytes are
// the same each time.
func Schema() []byte {
	s := keys(topSchema(), "truce", "agreement", "title", "form", "zone", "in_force", "parties", "clauses")
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "Truce agreement"
	s["description"] = "A text that people signed, duty by duty. See docs/language.md."
	s["$defs"] = definitions()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return nil // maps of strings, numbers and lists always encode
	}
	return b.Bytes()
}

// node is one schema.
type node map[string]any

// said adds a description.
func (n node) said(text string) node {
	out := maps.Clone(n)
	out["description"] = text
	return out
}

func use(name string) node { return node{"$ref": "#/$defs/" + name} }

// keys is a mapping with these keys and no others.
func keys(properties map[string]node, required ...string) node {
	out := node{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// each is a mapping from names to values of one kind.
func each(value node) node { return node{"type": "object", "additionalProperties": value} }

func list(item node) node { return node{"type": "array", "items": item, "minItems": 1} }

func either(ns ...node) node { return node{"anyOf": ns} }

func choice(words ...string) node { return node{"enum": words} }

// one is exactly one of some keys.
func one(names []string) []node {
	var out []node
	for _, n := range names {
		out = append(out, node{"required": []string{n}})
	}
	return out
}

func topSchema() map[string]node {
	return map[string]node{
		"truce":      {"const": 1, "description": "version of the language"},
		"agreement":  use("name").said("identifier: letters, digits, - _ ."),
		"title":      use("text").said("as people call it"),
		"form":       choice(forms...).said("agreement, statement, unilateral (one side's own word) or proposal (binds nobody until accepted, see needs)"),
		"cite":       use("words").said("where the text can be found"),
		"note":       use("text").said("what a reader should know: what is uncertain, what was not seen"),
		"zone":       use("text").said("IANA zone of the wall times, such as Asia/Damascus"),
		"signed":     use("instant").said("when it was signed"),
		"in_force":   use("time").said("when the agreement as a whole applies"),
		"needs":      use("words").said("parties that must each have an actor with accepted adherence before it is in force"),
		"notice":     use("length").said("notice with which a party may end it: 14 days"),
		"where":      use("place").said("holds for every clause that has no place of its own"),
		"precedence": list(keys(map[string]node{"over": use("name"), "subject": use("text")})).said("shown beside verdicts, never applied"),
		"authority":  authoritySchema().said("who may do what, in words"),
		"acts":       each(use("words")).said("words added to the tree of acts: the new under an old one"),
		"means":      each(use("words")).said("words added to the tree of means"),
		"facts":      each(either(choice("yes/no", "number"), use("words"))).said("further facts that clauses ask for: yes/no, number, or a list of words"),
		"parameters": each(use("text")).said("named numbers and lengths, written $name where a value stands"),
		"parties":    each(use("party")).said("sets of actors, by name"),
		"places":     each(use("named-place")).said("named places"),
		"moments":    each(use("moment")).said("instants set later by the record, or by at:"),
		"clauses":    list(use("clause")).said("the duties"),
	}
}

func authoritySchema() node {
	properties := map[string]node{}
	for _, k := range authorities {
		properties[k] = use("words")
	}
	return keys(properties)
}

func definitions() map[string]node {
	return map[string]node{
		"text":        {"type": []string{"string", "number", "boolean", "null"}},
		"name":        {"type": []string{"string", "number"}, "pattern": `^[A-Za-z0-9_.-]+$`},
		"words":       either(use("text"), list(use("text"))),
		"yes-no":      {"enum": []any{"yes", "no", true, false}},
		"number":      {"type": []string{"number", "string"}, "pattern": `[0-9$]`},
		"distance":    {"type": []string{"number", "string"}, "pattern": `[0-9$]`, "description": "3500 m or 2 km"},
		"length":      {"type": "string", "pattern": `[0-9]\s+[a-z]|\$`, "description": "48 hours (elapsed), 2 days (of the calendar), 3 months"},
		"instant":     {"type": "string", "pattern": `^\s*([0-9]{4}-|[A-Za-z_$])`, "description": "2016-02-27 00:00, with a zone or offset if it is another, or a moment; + 2 days may follow"},
		"comparison":  {"type": []string{"number", "string"}, "pattern": `[0-9$]`, "description": `>= 100 mm`},
		"values":      each(use("words")).said("facts and the values they must have"),
		"time":        timeSchema(),
		"place":       placeSchema(),
		"named-place": namedSchema(),
		"party":       partySchema(),
		"moment":      keys(map[string]node{"declared_by": use("words").said("whose declaration sets it"), "at": use("instant").said("where the text itself fixes it"), "note": use("text")}),
		"means":       meansSchema(),
		"clause":      clauseSchema(),
		"reading":     readingSchema(),
	}
}

func timeSchema() node {
	repeated := keys(map[string]node{
		"from":   use("instant"),
		"to":     use("instant"),
		"for":    use("length"),
		"daily":  node{"type": "string", "pattern": `[0-9]:[0-9]{2}\s*-\s*[0-9]|\$`, "description": "10:00 - 13:00, each civil day"},
		"weekly": use("words").said("days of the week: [mon, fri]"),
		"at":     use("text").said("hour of the day at which a weekly window starts"),
		"every":  use("length").said("from one start to the next"),
		"times":  use("number").said("how many windows"),
		"during": use("time").said("from when to when it repeats"),
	})
	return either(node{"type": "string", "pattern": `\.\.| for .*[0-9]\s+[a-z]|\$`}, list(use("time")), repeated).said(
		"A .., A .. B, .. B, A for 48 hours; a map with from, to, for, daily, weekly or every; or a list: any of them")
}

func placeSchema() node {
	m := node{"type": "object", "properties": map[string]node{
		"place":    use("text"),
		"of":       either(use("text"), each(use("text"))).said("the base line, or one for each acting party"),
		"near":     use("text").said("closer than distance: to this place"),
		"distance": use("distance"),
		"control":  use("text").said("ground held by: own (whoever acts) or a party"),
		"all":      list(use("place")).said("all of these at once"),
		"both":     use("distance").said("the same on both sides of the line"),
		"own side": use("distance").said("on the side that carries the acting party's name"),
	}, "additionalProperties": use("distance"), "anyOf": one([]string{"of", "near", "place", "control", "all"}),
		"dependentSchemas": node{"of": node{"minProperties": 2}}} // a base line and a distance
	return either(use("text"), list(use("place")), m).said("a place's name, an area code, a list (any of them), or {of:}, {near:}, {control:}")
}

func namedSchema() node {
	pair := func(item node) node {
		return node{"type": "array", "items": item, "minItems": 2, "maxItems": 2}
	}
	geometry := either(node{"type": "string"}, node{"type": "object", "required": []string{"type"}})
	out := keys(map[string]node{
		"area":     use("words").said("codes of the mission's boundary files"),
		"disc":     pair(use("number")).said("[latitude, longitude], with radius:"),
		"sector":   pair(use("number")).said("[latitude, longitude], with bearing: and range:"),
		"line":     geometry.said("GeoJSON line, or the file that has it"),
		"file":     use("text").said("GeoJSON polygon in a file beside the agreement"),
		"shape":    geometry.said("GeoJSON polygon"),
		"union":    use("words").said("any of these places"),
		"outside":  use("text").said("all but this place"),
		"note":     use("text"),
		"sides":    keys(map[string]node{"left": use("text"), "right": use("text")}).said("names of the sides, walking along the line as drawn"),
		"radius":   use("distance"),
		"bearing":  pair(use("number")).said("degrees clockwise from north"),
		"range":    pair(use("distance")),
		"straight": choice("geodesic", "chart").said("what lies between two points of the line"),
	})
	out["oneOf"] = one([]string{"area", "disc", "sector", "line", "file", "shape", "union", "outside"})
	out["dependentRequired"] = map[string][]string{"disc": {"radius"}, "sector": {"bearing", "range"}}
	return out
}

func partySchema() node {
	return keys(map[string]node{
		"actors":   use("words").said("by name, as in the register"),
		"with":     either(choice("associated", "part-of", "allied", "supports"), list(choice("associated", "part-of", "allied", "supports"))).said("and who is linked to them that day"),
		"adhering": either(use("yes-no"), use("instant"), keys(map[string]node{"from": use("instant"), "as": use("name"), "to": use("name")})).said("actors with accepted adherence, from this time at the earliest"),
		"listed":   use("words").said("every actor on these lists that day"),
		"kind":     use("words").said("by the register's kind of actor"),
		"anyone":   use("yes-no").said("every actor"),
		"parties":  use("words").said("the members of these parties"),
		"except":   use("words").said("less the members of these parties"),
		"note":     use("text"),
	})
}

func meansSchema() node {
	tests := each(either(use("yes-no"), each(use("comparison")))).said(`kinds with conditions: {artillery: {calibre: ">= 100 mm"}}`)
	return either(use("text"), tests, node{"type": "array", "items": either(use("text"), tests)})
}

// clauseKeysSchema are the keys that a clause and a reading of it share.
func clauseKeysSchema() map[string]node {
	acts := use("words")
	return map[string]node{
		"cite":         use("text").said("its place in the text"),
		"text":         use("text").said("our own words"),
		"note":         use("text").said("what is open"),
		"forbid":       acts.said("acts that break the clause"),
		"require":      acts.said("acts that must be done"),
		"keep":         use("text").said("a state between observations; see broken_by, confirmed_by, fresh"),
		"permit":       acts.said("acts that no forbid or keep catches, where the other conditions hold"),
		"excuse":       either(use("yes-no"), use("values")).said("the facts that make it good, all of them; yes: it turns on its other keys"),
		"acts":         use("words").said("acts that an excuse is limited to"),
		"calm":         calmSchema().said("a countdown of continuous adherence"),
		"by":           use("words").said("who is bound: a party or a list (missing: anyone)"),
		"against":      use("words").said("toward whom (missing: no matter whom, also nobody)"),
		"means":        use("means").said("with what"),
		"within":       use("place").said("where"),
		"outside":      use("place").said("where not"),
		"during":       use("time").said("when, inside in_force"),
		"count":        use("comparison").said(`on how many: "> 20"; for require, the number owed`),
		"when":         use("text").said("CEL expression over facts, killed, injured, number"),
		"provided":     keys(map[string]node{"accepted": use("words"), "before": use("instant")}, "accepted").said("a condition of the duty: these parties have accepted"),
		"unless":       use("words").said("ids of excuse clauses"),
		"owner":        use("text").said("who must act, in words, for a duty of a body"),
		"raised_as":    use("text").said("the word under which reports claim the excuse"),
		"counts_as":    choice("exception", "consent", "notified").said("reason code of the excuse"),
		"of":           use("words").said("the clauses that a permit is limited to"),
		"upon":         use("words").said("acts that raise the duty"),
		"shown":        use("values").said("facts that show that the duty was met"),
		"effort":       use("yes-no").said("a duty of effort: the result alone proves nothing"),
		"ledger":       choice("complete", "partial").said("complete: every such act would be in the record"),
		"broken_by":    use("words").said("acts that show the contrary of the state"),
		"confirmed_by": use("words").said("acts that show the state"),
		"fresh":        use("length").said("how long an observation is taken to hold"),
		"from":         use("instant").said("when the calm starts"),
		"then":         use("text").said("moment that is set when the calm is complete"),
	}
}

func calmSchema() node {
	out := keys(map[string]node{
		"days":      use("number"),
		"hours":     use("number"),
		"judged_by": use("words").said("bodies that each judge each day"),
		"reset_by":  choice("violation", "judgment"),
		"of":        use("words").said("the clauses that are to be kept"),
		"from":      use("instant"),
		"then":      use("text").said("moment that is set when it is complete"),
	})
	out["anyOf"] = one([]string{"days", "hours"})
	return out
}

func clauseSchema() node {
	properties := clauseKeysSchema()
	properties["id"] = use("name")
	contested := each(use("reading")).said("contested meanings by name; each replaces the keys it names")
	contested["minProperties"] = 2
	properties["readings"] = contested
	properties["variants"] = each(use("reading")).said("bracketed drafts, written like readings")
	out := keys(properties, "id")
	out["oneOf"] = one(slices.Sorted(slices.Values(kinds)))
	return out
}

func readingSchema() node {
	properties := clauseKeysSchema()
	properties["held_by"] = use("words").said("whose reading it is")
	return keys(properties)
}
