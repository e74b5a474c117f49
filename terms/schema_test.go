package terms

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("agreement.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("agreement.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// jsonValue turns YAML into the JSON values an editor checks: times stay strings.
func jsonValue(n *yaml.Node) any {
	switch n = follow(n); n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = jsonValue(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		l := []any{}
		for _, c := range n.Content {
			l = append(l, jsonValue(c))
		}
		return l
	}
	switch n.ShortTag() {
	case "!!null":
		return nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!int", "!!float":
		if v, err := strconv.ParseFloat(strings.ReplaceAll(n.Value, "_", ""), 64); err == nil {
			return v
		}
	}
	return n.Value
}

func fitsSchema(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	return s.Validate(jsonValue(doc.Content[0]))
}

// What Parse accepts fits the schema.
func TestSchemaFitsAgreements(t *testing.T) {
	s := compiledSchema(t)
	files := agreementFiles(t)
	files["good"] = []byte(good)
	for name, text := range files {
		if _, problems := Parse(name, text, beside(name)); problems.Err() != nil {
			t.Errorf("%s: %v", name, problems)
			continue
		}
		if err := fitsSchema(t, s, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is misshapen fails both Parse and the schema.
func TestSchemaRefuses(t *testing.T) {
	s := compiledSchema(t)
	for _, name := range []string{
		"clause of an unknown kind", "clause without a kind", "clause of two kinds", "clause without id", "id with a space",
		"belt without a distance", "distance that is none", "time without end or length", "hour of the day that is none",
		"disc without a radius", "place of two forms", "unknown key", "unknown key of a party", "another version of the language",
		"form unknown", "no zone", "no title", "list where words belong", "mapping where a list belongs",
		"word where parties belong", "empty party list", "no clauses", "a reading alone", "a reading of words",
		"a reading with an id", "calm without a length", "yes or no", "comparison that is none", "length without a unit",
	} {
		x, ok := refusals[name]
		if !ok {
			t.Fatalf("no case %q", name)
		}
		text := good + x.now
		if x.was != "" {
			text = strings.Replace(good, x.was, x.now, 1)
		}
		text = strings.Replace(text, "@", "", 1)
		if a, _ := Parse(name, []byte(text), nil); a != nil {
			t.Errorf("%s: Parse accepts it", name)
		}
		if fitsSchema(t, s, []byte(text)) == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}

// The keys the schema knows are the keys Format orders and Parse reads.
func TestSchemaKeys(t *testing.T) {
	for _, k := range topKeys {
		if _, ok := topSchema()[k]; !ok {
			t.Errorf("the schema has no %s", k)
		}
	}
	have := clauseKeysSchema()
	for _, k := range clauseKeys {
		if _, ok := have[k]; !ok && k != "id" && k != "held_by" && k != "readings" && k != "variants" {
			t.Errorf("the schema has no clause key %s", k)
		}
	}
	if len(topSchema()) != len(topKeys) || len(have)+4 != len(clauseKeys) {
		t.Error("the schema has keys that have no order")
	}
}

// listed asks Parse itself which keys it knows: it says so of one that it does not know.
func listed(t *testing.T, was, now string) []string {
	t.Helper()
	if !strings.Contains(good, was) {
		t.Fatalf("no %q in the good text", was)
	}
	_, problems := Parse("x", []byte(strings.Replace(good, was, now, 1)), nil)
	for _, p := range problems {
		if rest, ok := strings.CutPrefix(p.Want, "one of "); ok && p.Code == "unknown-key" {
			return strings.Split(rest, ", ")
		}
	}
	t.Fatalf("no unknown key in %v", problems)
	return nil
}

// Every key that Parse reads has a schema, and every key of the schema is read.
func TestSchemaKnowsWhatParseReads(t *testing.T) {
	props := func(n node) []string { return sortedKeys(n["properties"].(map[string]node)) }
	for name, x := range map[string]struct {
		want []string
		have []string
	}{
		"agreement": {listed(t, "truce: 1", "truce: 1\nx-x: 1"), sortedKeys(topSchema())},
		"clause":    {listed(t, "    by: army", "    by: army\n    x-x: 1"), props(clauseSchema())},
		"party":     {listed(t, "{actors: [army]}", "{actors: [army], x-x: 1}"), props(partySchema())},
		"place":     {listed(t, "{disc: [36.2", "{x-x: 1, disc: [36.2"), props(namedSchema())},
		"time":      {listed(t, "in_force: 2016-02-27 00:00 ..", "in_force: {x-x: 1, from: day-d}"), props(timeSchema()["anyOf"].([]node)[2])},
		"calm":      {listed(t, "    forbid: attack", "    calm: {days: 1, reset_by: violation, x-x: 1}"), props(calmSchema())},
		"authority": {listed(t, "truce: 1", "truce: 1\nauthority: {x-x: 1}"), props(authoritySchema())},
	} {
		want := slices.Clone(x.want)
		slices.Sort(want)
		if diff := cmp.Diff(want, x.have); diff != "" {
			t.Errorf("%s (-Parse +schema)\n%s", name, diff)
		}
	}
}

// The copy for editors is the schema; -update writes it.
func TestSchemaCopy(t *testing.T) {
	const path = "../docs/agreement.schema.json"
	if *update {
		if err := os.WriteFile(path, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), string(Schema())); diff != "" {
		t.Errorf("%s is old, run with -update (-have +want)\n%s", path, diff)
	}
}
