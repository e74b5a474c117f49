package terms

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"truce"
	"truce/actors"
)

const good = `truce: 1
agreement: example
title: An example
form: agreement
zone: Asia/Damascus
in_force: 2016-02-27 00:00 ..
facts: {incoming: yes/no, delay: number}
parameters: {near: 500 m}
parties:
  army: {actors: [army]}
  groups: {actors: [groups]}
places:
  front:
    line: {type: LineString, coordinates: [[37.0, 36.0], [37.5, 36.5]]}
    sides: {left: army, right: groups}
  city: {disc: [36.2, 37.15], radius: 5 km}
moments: {day-d: {declared_by: somebody}}
clauses:
  - id: A
    forbid: attack
    by: army
    against: groups
`

// A case changes the good text: was is replaced by now, in which @ stands before the
// place of the expected problem. An empty was puts the text at the end. An empty code
// leaves the code open.
type refusal struct{ was, now, code string }

var refusals = map[string]refusal{
	"clause of an unknown kind":       {"    forbid: attack", "    @outlaw: attack", "unknown-key"},
	"clause without a kind":           {"  - id: A\n    forbid: attack\n", "  - @id: A\n", "clause-kind"},
	"clause of two kinds":             {"  - id: A\n", "  - @id: A\n    permit: attack\n", "clause-kind"},
	"clause without id":               {"  - id: A\n    forbid", "  - @forbid", "missing-key"},
	"two clauses of one id":           {"", "  - @{id: A, forbid: movement}\n", "duplicate-id"},
	"id with a space":                 {"id: A", "id: @A B", "identifier"},
	"undefined party":                 {"by: army", "by: @navy", "undefined-party"},
	"undefined party in a list":       {"against: groups", "against: @[groups, navy]", "undefined-party"},
	"undefined party in a party":      {"groups: {actors: [groups]}", "@groups: {parties: [navy]}", "undefined-party"},
	"party that contains itself":      {"groups: {actors: [groups]}", "@groups: {parties: [groups]}", "cycle"},
	"undefined place":                 {"", "    within: @town\n", "undefined-place"},
	"undefined base line":             {"", "    within: @{of: city, both: 500 m}\n", "base-line"},
	"side that the line has not":      {"", "    within: @{of: front, north: 500 m}\n", "side"},
	"belt without a distance":         {"", "    within: @{of: front}\n", "belt"},
	"distance that is none":           {"", "    within: {of: front, both: @far}\n", "distance"},
	"undefined act":                   {"forbid: attack", "forbid: @atack", "undefined-word"},
	"undefined means":                 {"", "    means: @[catapult]\n", "undefined-word"},
	"undefined moment":                {"", "    during: @day-e ..\n", "undefined-moment"},
	"undefined excuse":                {"", "    unless: @[B]\n", "undefined-clause"},
	"undefined fact":                  {"", "  - {id: B, excuse: @{raised: yes}}\n", "undefined-fact"},
	"fact that cannot be so":          {"", "  - {id: B, excuse: @{incoming: perhaps}}\n", "fact-value"},
	"undefined parameter":             {"", "    within: {of: front, both: @$far}\n", "parameter"},
	"condition over an unknown name":  {"", "    when: @raining\n", "when"},
	"condition that is a number":      {"", "    when: @delay\n", "when"},
	"comparison that is none":         {"", "    count: @many\n", "comparison"},
	"words where a time belongs":      {"in_force: 2016-02-27 00:00 ..", "in_force: @tomorrow at noon", "time"},
	"time without end or length":      {"in_force: 2016-02-27 00:00 ..", "in_force: @2016-02-27 00:00", "time"},
	"30 February":                     {"in_force: 2016-02-27 00:00 ..", "in_force: @2016-02-30 00:00 ..", "time"},
	"hour 25":                         {"in_force: 2016-02-27 00:00 ..", "in_force: @2016-02-27 25:00 ..", "time"},
	"zone inside a time unknown":      {"in_force: 2016-02-27 00:00 ..", "in_force: @2016-02-27 00:00 Asia/Aleppo ..", "time"},
	"inverted interval":               {"", "    during: @2016-03-02 00:00 .. 2016-03-01 00:00\n", "inverted"},
	"empty interval":                  {"", "    during: @2016-03-02 00:00 .. 2016-03-02 00:00\n", "inverted"},
	"length without a unit":           {"", "    during: @day-d for 48\n", "length"},
	"hour of the day that is none":    {"", "    during: {daily: @morning - 13:00, during: day-d ..}\n", "time"},
	"repeats every nothing":           {"", "    during: @{every: 0 days, for: 1 days, from: day-d}\n", "length"},
	"weekly without a length":         {"", "    during: @{weekly: [mon], during: day-d ..}\n", "time"},
	"a day of the week that is none":  {"", "    during: {weekly: @[moonday], at: 10:00, for: 2 hours, during: day-d ..}\n", "word"},
	"latitude 95":                     {"disc: [36.2, 37.15]", "disc: @[95, 37.15]", "latitude"},
	"longitude 181":                   {"disc: [36.2, 37.15]", "disc: @[36.2, 181]", "longitude"},
	"disc without a radius":           {"{disc: [36.2, 37.15], radius: 5 km}", "@{disc: [36.2, 37.15]}", "missing-key"},
	"place of two forms":              {"{disc: [36.2, 37.15], radius: 5 km}", "@{disc: [36.2, 37.15], radius: 5 km, area: SY02}", "place"},
	"place that contains itself":      {"city: {disc: [36.2, 37.15], radius: 5 km}", "@city: {outside: city}", "cycle"},
	"unknown key":                     {"title: An example", "title: An example\n@subtitle: none", "unknown-key"},
	"unknown key of a party":          {"army: {actors: [army]}", "army: {actors: [army], @flag: red}", "unknown-key"},
	"duplicate key":                   {"title: An example", "title: An example\n@title: Another", "duplicate-key"},
	"duplicate key of a clause":       {"    by: army\n", "    by: army\n    @by: army\n", "duplicate-key"},
	"duplicate party":                 {"  groups: {actors: [groups]}", "  groups: {actors: [groups]}\n  @army: {actors: [army]}", "duplicate-key"},
	"another version of the language": {"truce: 1", "@truce: 2", "language"},
	"zone unknown":                    {"zone: Asia/Damascus", "zone: @Asia/Aleppo", "zone"},
	"zone of the machine":             {"zone: Asia/Damascus", "zone: @Local", "zone"},
	"form unknown":                    {"form: agreement", "form: @treaty", "word"},
	"no zone":                         {"truce: 1\nagreement: example\ntitle: An example\nform: agreement\nzone: Asia/Damascus\n", "@truce: 1\nagreement: example\ntitle: An example\nform: agreement\n", "missing-key"},
	"no title":                        {"truce: 1\nagreement: example\ntitle: An example\n", "@truce: 1\nagreement: example\n", "missing-key"},
	"list where words belong":         {"title: An example", "title: @[An, example]", "kind"},
	"mapping where a list belongs":    {"by: army", "by: @{army: yes}", "kind"},
	"word where parties belong":       {"parties:\n  army: {actors: [army]}\n  groups: {actors: [groups]}\n", "parties: @army\n", "kind"},
	"empty party list":                {"by: army", "by: @[]", "empty"},
	"no clauses":                      {"clauses:\n  - id: A\n    forbid: attack\n    by: army\n    against: groups\n", "clauses: @[]\n", "empty"},
	"a reading alone":                 {"", "    readings:\n      @narrow: {held_by: us, means: [tank]}\n", "reading"},
	"a reading of words":              {"", "    readings:\n      narrow: @us\n      wide: {means: [tank]}\n", "kind"},
	"a reading with an id":            {"", "    readings:\n      narrow: {@id: B}\n      wide: {means: [tank]}\n", "unknown-key"},
	"shown without upon":              {"", "  - {id: @B, require: withdrawal, shown: {incoming: no}}\n", "missing-key"},
	"keep that nothing breaks":        {"", "  - {id: @B, keep: quiet}\n", "missing-key"},
	"of on a forbid":                  {"  - id: A\n", "  - id: @A\n    of: [A]\n", "key-kind"},
	"effort on a forbid":              {"  - id: A\n", "  - id: @A\n    effort: yes\n", "key-kind"},
	"calm without a length":           {"", "  - {id: B, calm: @{judged_by: [army]}}\n", "missing-key"},
	"calm that nobody judges":         {"", "  - {id: B, calm: @{days: 7}}\n", "missing-key"},
	"calm that sets no moment":        {"", "  - {id: B, calm: @{days: 7, judged_by: [army], then: peace}}\n", "undefined-moment"},
	"file that is not there":          {"disc: [36.2, 37.15], radius: 5 km", "file: @nowhere.geojson", "file"},
	"party of a reserved name":        {"  groups: {actors: [groups]}", "  groups: {actors: [groups]}\n  @nobody: {actors: [army], kind: [police]}", "reserved"},
	"moment of a reserved name":       {"moments: {day-d", "moments: {@signed: {declared_by: x}, day-d", "reserved"},
	"fact with one value":             {"facts: {incoming: yes/no,", "facts: {incoming: yes/no, scale: @[large],", "fact"},
	"word under an unknown one":       {"facts:", "acts: @{skulduggery: [plotting]}\nfacts:", "undefined-word"},
	"with nobody to be linked to":     {"groups: {actors: [groups]}", "groups: @{with: allied}", "party"},
	"yes or no":                       {"groups: {actors: [groups]}", "groups: {anyone: @perhaps}", "yes-no"},
	"quote that is not closed":        {"", "    text: \"never\n@", "yaml"},
	"tab as indentation":              {"", "@\tby: army\n", "yaml"},
	"an end and a length, no start":   {"", "    during: @{to: 2016-03-01 00:00, for: 48 hours}\n", ""},
	"a daily window without a start":  {"", "    during: @{daily: 10:00 - 13:00, during: .. 2016-09-01 00:00}\n", ""},
	"times beyond all measure":        {"", "    during: {every: 1 minutes, for: 1 minutes, from: day-d, times: @1000000000}\n", ""},
	"half a minute after 24:00":       {"", "    during: @2016-02-27 24:00:30 ..\n", ""},
	"near without a distance":         {"", "    within: @{near: city}\n", ""},
	"place expression of two forms":   {"", "    within: @{near: city, distance: 5 m, control: own}\n", ""},
	"daily and weekly at once":        {"", "    during: @{daily: 10:00 - 13:00, weekly: [mon], for: 2 hours, during: day-d ..}\n", ""},
	"unknown key beside readings":     {"", "    @colour: red\n    readings:\n      one: {means: [tank]}\n      two: {means: [mortar]}\n", "unknown-key"},
	"second document":                 {"", "@---\ntruce: 1\n", "yaml"},
}

func TestParseRefusals(t *testing.T) {
	if _, problems := Parse("good", []byte(good), nil); len(problems) > 0 {
		t.Fatal(problems)
	}
	for name, x := range refusals {
		t.Run(name, func(t *testing.T) {
			text := good + x.now
			if x.was != "" {
				if strings.Count(good, x.was) != 1 {
					t.Fatalf("%q stands %d times in the good text", x.was, strings.Count(good, x.was))
				}
				text = strings.Replace(good, x.was, x.now, 1)
			}
			at := strings.IndexByte(text, '@')
			text = text[:at] + text[at+1:]
			want := fmt.Sprintf("%s %d:%d", x.code, 1+strings.Count(text[:at], "\n"), at-strings.LastIndexByte(text[:at], '\n'))
			a, problems := Parse("bad", []byte(text), beside("testdata/x"))
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%s %d:%d", p.Code, p.Line, p.Column))
			}
			found := slices.ContainsFunc(got, func(g string) bool { return g == want || x.code == "" && strings.HasSuffix(g, want) })
			if a != nil || !found {
				t.Errorf("want %s, got %v", want, problems)
			}
			if len(slices.Compact(slices.Clone(got))) != len(got) {
				t.Errorf("one fault is told more than once: %v", problems)
			}
			placed(t, problems)
		})
	}
}

// Whole files that are no agreement.
func TestParseWholeFiles(t *testing.T) {
	deep := "truce: " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\n"
	var bomb strings.Builder
	bomb.WriteString("truce: 1\nl0: &l0 [a, a, a, a, a, a, a, a, a, a]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&bomb, "l%d: &l%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*l%d, ", i-1), 10), ", "))
	}
	for name, x := range map[string]struct{ text, want string }{
		"empty":               {"", "kind 1:1"},
		"comments only":       {"# nothing\n", "kind 1:1"},
		"a list":              {"- truce: 1\n", "kind 1:1"},
		"a sentence":          {"We stop shooting.\n", "kind 1:1"},
		"binary":              {"truce: 1\n\x89PNG\r\n\x1a\n", "utf-8 2:1"},
		"truncated UTF-8":     {"truce: 1\ntitle: caf\xc3", "utf-8 2:11"},
		"UTF-16":              {"\xff\xfet\x00r\x00", "utf-8 1:1"},
		"control characters":  {"truce: 1\ntitle: \x01\n", "yaml 2:8"},
		"nested too deep":     {deep, "depth 1:48"},
		"nested far too deep": {"truce: " + strings.Repeat("[", 200000), ""},
		"an alias bomb":       {bomb.String(), ""},
		"an alias of itself":  {"truce: &a [*a]\n", ""},
		"an undefined alias":  {"truce: *a\n", ""},
		"too large":           {strings.Repeat("# filling\n", MaxBytes/10+1), "too-large 1:1"},
		"many keys":           {strings.Repeat("truce: 1\n", 20000), ""},
		"a very long line":    {"title: " + strings.Repeat("a", 3<<20), ""},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			a, problems := Parse(name, []byte(x.text), nil)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("took %v", d.Round(time.Second))
			}
			if a != nil || len(problems) == 0 {
				t.Fatal("accepted")
			}
			placed(t, problems)
			if got := fmt.Sprintf("%s %d:%d", problems[0].Code, problems[0].Line, problems[0].Column); x.want != "" && got != x.want {
				t.Errorf("want %s, got %s", x.want, problems[0])
			}
		})
	}
}

// Every cut of a file is refused or is an agreement, and never a panic.
func TestParseTruncated(t *testing.T) {
	for n := range len(good) {
		_, problems := Parse("cut", []byte(good[:n]), nil)
		placed(t, problems)
	}
}

// Spellings that mean the same give the same version; other meanings give another.
func TestVersions(t *testing.T) {
	version := func(text string) string {
		t.Helper()
		a, problems := Parse("x", []byte(text), nil)
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		return a.Version()
	}
	base := version(good)
	for name, x := range map[string]struct {
		was, now string
		same     bool
	}{
		"a comment":               {"truce: 1", "truce: 1 # a comment", true},
		"order of keys":           {"    forbid: attack\n    by: army\n", "    by: army\n    forbid: attack\n", true},
		"quotes":                  {"zone: Asia/Damascus", "zone: 'Asia/Damascus'", true},
		"one word as a list":      {"by: army", "by: [army]", true},
		"metres as kilometres":    {"radius: 5 km", "radius: 5000 m", true},
		"hour left out":           {"2016-02-27 00:00 ..", "2016-02-27 ..", true},
		"24:00 of the day before": {"2016-02-27 00:00 ..", "2016-02-26 24:00 ..", true},
		"letter T":                {"2016-02-27 00:00 ..", "2016-02-27T00:00 ..", true},
		"another hour":            {"2016-02-27 00:00 ..", "2016-02-27 00:01 ..", false},
		"another party":           {"by: army", "by: groups", false},
		"another radius":          {"radius: 5 km", "radius: 5001 m", false},
		"another title":           {"title: An example", "title: The example", false},
	} {
		if got := version(strings.Replace(good, x.was, x.now, 1)); (got == base) != x.same {
			t.Errorf("%s: same version is %v, want %v", name, got == base, x.same)
		}
	}
}

// A length that fits its end is one reading, not two that say the same.
func TestEndAndLengthAgree(t *testing.T) {
	for during, want := range map[string]int{
		"{from: 2016-07-06 00:00, to: 2016-07-09 00:00, for: 72 hours}": 1,
		"{from: 2016-07-06 00:00, to: 2016-07-08 23:59, for: 72 hours}": 2,
	} {
		a, problems := Parse("x", []byte(good+"    during: "+during+"\n"), nil)
		if problems.Err() != nil {
			t.Fatal(problems)
		}
		j, _ := Compile(a, Book{})
		if got := len(j.rules["A"]); got != want {
			t.Errorf("%s has %d readings, want %d", during, got, want)
		}
	}
}

// An extension that nobody has declared yet takes nothing from the first window.
func TestChainWaitsOnlyForItsLink(t *testing.T) {
	text := strings.Replace(good, "moments: {day-d: {declared_by: somebody}}", "moments: {day-d: {at: 2016-03-01 00:00}, extension: {declared_by: somebody}}", 1)
	a, problems := Parse("x", []byte(text+"    during: [day-d for 48 hours, extension for 48 hours]\n"), nil)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	j, _ := Compile(a, Book{})
	if got, _ := j.windows(a.Clause("A")); len(got) != 1 {
		t.Errorf("the clause has windows %v, want the 48 hours from day-d", got)
	}
}

// The time of provided: is read in the agreement's zone: 12:00 in Damascus is 10:00 UTC.
func TestProvidedBeforeInTheZone(t *testing.T) {
	register, problems := actors.Parse("r", []byte(`
register: 1
zone: UTC
actors:
  - {id: army, kind: state-forces, names: [{name: Army}]}
  - {id: groups, kind: non-state-armed-group, names: [{name: Groups}]}
adherence:
  - {agreement: example, actor: groups, as: groups, status: accepted, at: 2016-02-26 11:00, by: Groups, standing: established}
`))
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	text := strings.Replace(good, "groups: {actors: [groups]}", "groups: {adhering: yes}", 1) +
		"    provided: {accepted: [groups], before: 2016-02-26 12:00}\n"
	a, problems := Parse("x", []byte(text), nil)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	j, _ := Compile(a, Book{Register: register})
	if got := j.rules["A"][0].provided.at(time.Time{}); got != truce.No {
		t.Errorf("provided is %s although the acceptance came at 13:00 in Damascus", got)
	}
}

// An alias stands for what it names, also where parameters are.
func TestAliases(t *testing.T) {
	text := strings.Replace(good, "parameters: {near: 500 m}", "parameters: &p {near: 500 m}", 1)
	text = strings.Replace(text, "by: army", "by: &who [army]", 1) + "  - {id: B, forbid: movement, by: *who}\n"
	a, problems := Parse("x", []byte(text), nil)
	if problems.Err() != nil {
		t.Fatal(problems)
	}
	if diff := cmp.Diff([]string{"army"}, a.Clause("B").By); diff != "" {
		t.Error(diff)
	}
}

const noise = " :-[]{}#&*!|>'\"%@`,?\n\t$.0aZ\x00\xff"

// mutate damages a text in one of the ways texts get damaged.
func mutate(rng *rand.Rand, text []byte) []byte {
	b := bytes.Clone(text)
	if len(b) < 10 {
		return b
	}
	i := rng.IntN(len(b))
	switch lines := bytes.SplitAfter(b, []byte("\n")); rng.IntN(7) {
	case 0:
		b[i] ^= 1 << rng.IntN(8)
	case 1:
		b[i] = noise[rng.IntN(len(noise))]
	case 2:
		return b[:i]
	case 3:
		return slices.Delete(b, i, min(len(b), i+1+rng.IntN(40)))
	case 4:
		j, k := rng.IntN(len(lines)), rng.IntN(len(lines))
		lines[j], lines[k] = lines[k], lines[j]
		return bytes.Join(lines, nil)
	case 5:
		j := rng.IntN(len(lines))
		return bytes.Join(slices.Insert(lines, j, lines[rng.IntN(len(lines))]), nil)
	default:
		keys := slices.Concat(topKeys, clauseKeys)
		j := rng.IntN(len(lines))
		if key, rest, ok := bytes.Cut(lines[j], []byte(":")); ok {
			indent := key[:len(key)-len(bytes.TrimLeft(key, " -"))]
			lines[j] = slices.Concat(indent, []byte(keys[rng.IntN(len(keys))]+":"), rest)
		}
		return bytes.Join(lines, nil)
	}
	return b
}

// Ten thousand damaged agreements: no panic, and every refusal says where and what was
// expected. What is still accepted can be linted, laid out and named.
func TestParseMutations(t *testing.T) {
	files := agreementFiles(t)
	files["good"] = []byte(good)
	names := sortedKeys(files)
	rng := rand.New(rand.NewPCG(2016, 227))
	accepted, total := 0, 10000
	if testing.Short() {
		total = 1000
	}
	for i := range total {
		name := names[i%len(names)]
		text := mutate(rng, files[name])
		if rng.IntN(4) == 0 {
			text = mutate(rng, text)
		}
		a, problems := Parse(name, text, beside(name))
		placed(t, problems)
		if a != nil {
			accepted++
			placed(t, Lint(a))
			placed(t, LintText(name, text))
			if a.Version() == "" {
				t.Errorf("mutation %d of %s has no version", i, name)
			}
		}
		if t.Failed() {
			path := filepath.Join(t.TempDir(), "mutation.yaml")
			if os.WriteFile(path, text, 0o644) == nil {
				t.Fatalf("mutation %d of %s:\n%s", i, name, text)
			}
		}
	}
	t.Logf("%d of %d still accepted", accepted, total)
}

// The library's own readings of the good text and ours agree on its keys.
func TestGoodIsPlainYAML(t *testing.T) {
	var v map[string]any
	if err := yaml.Unmarshal([]byte(good), &v); err != nil {
		t.Fatal(err)
	}
	for k := range v {
		if !slices.Contains(topKeys, k) {
			t.Errorf("%s is missing from the order of keys", k)
		}
	}
}
