package access_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"truce"
	"truce/access"
)

// district makes every place the district SY0309.
func district(json.RawMessage) (json.RawMessage, error) {
	return json.RawMessage(`{"form": "area", "area": "SY0309"}`), nil
}

const report = `{
 "id": "R-1", "source": "S-7", "text": "Heard from the bakery", "author": "amal", "surprise": {"where": 1},
 "elements": [{
   "id": "R-1/1", "act": ["shelling"], "by": ["north", "south"], "title": "Shelling near the bakery",
   "when": [{"from": "2016-08-25T10:00:00Z", "to": "2016-08-25T10:10:00Z"}],
   "where": [{"form": "disc", "lat": 33.459, "lon": 36.233, "within": 20}, {"form": "disc", "lat": 33.46, "lon": 36.2, "within": 20}],
   "said": [{"fact": "place", "value": "west of the river", "source": "S-7"}], "sources": ["S-7"], "secret": "x"
 }, {
   "id": "R-1/2", "when": [{"from": "2016-08-27T17:00:00Z", "to": "2016-08-27T17:00:00Z"}], "where": [{"form": "shape", "shape": "..."}]
 }]}`

func TestWhatIsSeenOfAReport(t *testing.T) {
	p := policy(t)
	for name, c := range map[string]struct {
		who   access.Person
		do    access.Action
		label access.Label
		want  string
	}{
		"the public, of what is CLEAR": {post(access.Public), access.Read, access.Label{TLP: "CLEAR"},
			`{"elements":[{"act":["shelling"],"by":["north","south"],"id":"R-1/1","title":"Shelling near the bakery",` +
				`"when":[{"from":"2016-08-25T10:00:00Z","to":"2016-08-25T10:10:00Z"}],"where":[{"form":"area","area":"SY0309"}]},` +
				`{"id":"R-1/2","where":[{"form":"area","area":"SY0309"}]}],"id":"R-1"}`},
		"the public, of a child's": {post(access.Public), access.Read, access.Label{TLP: "CLEAR", Minor: true},
			`{"elements":[{"act":["shelling"],"by":["north","south"],"id":"R-1/1",` +
				`"when":[{"from":"2016-08-25T10:00:00Z","to":"2016-08-25T10:10:00Z"}],"where":[{"form":"area","area":"SY0309"}]},` +
				`{"id":"R-1/2","where":[{"form":"area","area":"SY0309"}]}],"id":"R-1"}`},
		"the public, of what is AMBER": {post(access.Public), access.Read, access.Label{TLP: "AMBER"}, `{}`},
		"the head, into a file, of a child's": {post(access.Head), access.Export, access.Label{TLP: "AMBER", Minor: true},
			`{"elements":[{"act":["shelling"],"by":["north","south"],"id":"R-1/1",` +
				`"when":[{"from":"2016-08-25T10:00:00Z","to":"2016-08-25T10:10:00Z"}],"where":[{"form":"area","area":"SY0309"}]},` +
				`{"id":"R-1/2","when":[{"from":"2016-08-27T17:00:00Z","to":"2016-08-27T17:00:00Z"}],"where":[{"form":"area","area":"SY0309"}]}],"id":"R-1"}`},
		"the liaison of another party": {post(access.Liaison), access.Read, access.Label{TLP: "AMBER", Party: "south"}, `{}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := p.Fields(c.who, c.do, "report", c.label, now()).Apply([]byte(report), district)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, string(got)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// TestAPartySeesItsOwnWhole: everything it handed in, and nothing that is not declared.
func TestAPartySeesItsOwnWhole(t *testing.T) {
	got, err := policy(t).Fields(post(access.Liaison), access.Read, "report", access.Label{TLP: "AMBER", Party: "north"}, now()).Apply([]byte(report), nil)
	if err != nil {
		t.Fatal(err)
	}
	var all, seen map[string]any
	if json.Unmarshal([]byte(report), &all) != nil || json.Unmarshal(got, &seen) != nil {
		t.Fatal("no JSON")
	}
	delete(all, "surprise")
	delete(all["elements"].([]any)[0].(map[string]any), "secret")
	if d := cmp.Diff(all, seen); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// TestASVS8_2_3 is the ASVS item that access to a field is checked in reading and in
// writing: what a person may not fill is named, what is not declared by its number only.
func TestASVS8_2_3(t *testing.T) {
	p := policy(t)
	body := []byte(`{"id": "R-1", "password": "x", "elements": [{"id": "R-1/1", "where": [], "admin": true}, "R-1/2"], "text": "t"}`)
	for name, c := range map[string]struct {
		who  access.Person
		do   access.Action
		kind string
		want []string
	}{
		"a monitor reports":     {post(access.Monitor), access.Report, "report", []string{"elements.key 3", "key 2"}},
		"the public reports":    {post(access.Public), access.Report, "report", []string{"key 1", "key 2", "key 3", "key 4"}},
		"a source is sealed":    {post(access.Desk), access.Report, "source", []string{"key 2", "key 3", "key 4"}},
		"reading fills nothing": {post(access.Public), access.Read, "report", []string{"elements.key 3", "elements.where", "key 2", "text"}},
	} {
		got, err := p.Fields(c.who, c.do, c.kind, access.Label{TLP: "CLEAR"}, now()).Beyond(body)
		if d := cmp.Diff(c.want, got); err != nil || d != "" {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, d)
		}
	}
	sealed, err := p.Fields(post(access.Desk), access.Report, "source", access.Label{TLP: "RED"}, now()).Beyond([]byte(`{"id":"S-1","sealed":"age"}`))
	if d := cmp.Diff([]string{"sealed"}, sealed); err != nil || d != "" {
		t.Errorf("what goes to the vault does not go this way: %v\n%s", err, d)
	}
}

func TestTimesSeenLate(t *testing.T) {
	g := policy(t).Fields(post(access.Public), access.Read, "element", access.Label{TLP: "CLEAR"}, now())
	for name, c := range map[string]struct {
		when string
		seen bool
	}{
		"a day ago":                       {`[{"from":"2016-08-26T17:00:00Z","to":"2016-08-26T18:00:00Z"}]`, true},
		"a second less":                   {`[{"from":"2016-08-26T17:00:00Z","to":"2016-08-26T18:00:01Z"}]`, false},
		"one of two is young":             {`[{"from":"2016-08-01T17:00:00Z","to":"2016-08-01T18:00:00Z"},{"from":"2016-08-27T17:00:00Z","to":"2016-08-27T17:00:00Z"}]`, false},
		"in another zone":                 {`[{"from":"2016-08-26T20:59:59+03:00","to":"2016-08-26T21:00:00+03:00"}]`, true},
		"lasting":                         {`[{"from":"2016-08-25T17:00:00Z","to":"2016-08-25T18:00:00Z","lasts":true}]`, true},
		"a text alone":                    {`"2016-08-25T17:00:00Z"`, true},
		"words":                           {`"today"`, false},
		"a number":                        {`[{"from":1472317200}]`, false},
		"nothing":                         {`null`, false},
		"a young one behind a second key": {`[{"from":"2016-08-27T17:59:00Z","from":"2016-08-01T17:00:00Z"}]`, false},
		"deeper than any":                 {strings.Repeat("[", 5000) + strings.Repeat("]", 5000), false},
		"words inside":                    {`[{"from":"2016-08-01T17:00:00Z","note":"again at 17:00"}]`, false},
	} {
		got, err := g.Apply([]byte(`{"when":`+c.when+`}`), nil)
		if err != nil || (string(got) != "{}") != c.seen {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

func TestPlacesSeenCoarse(t *testing.T) {
	g := policy(t).Fields(post(access.Public), access.Read, "element", access.Label{TLP: "CLEAR"}, now())
	broken := errors.New("no atlas")
	for name, c := range map[string]struct {
		where   string
		coarsen access.Coarsen
		want    string
		err     bool
	}{
		"no callback":             {`[{"lat":1}]`, nil, `{}`, false},
		"two spots, one district": {`[{"lat":1},{"lat":2}]`, district, `{"where":[{"form":"area","area":"SY0309"}]}`, false},
		"not in a list":           {`{"lat":1}`, district, `{"where":{"form":"area","area":"SY0309"}}`, false},
		"not to be seen":          {`[{"lat":1}]`, func(json.RawMessage) (json.RawMessage, error) { return nil, nil }, `{}`, false},
		"none":                    {`[]`, district, `{}`, false},
		"it fails":                {`[{"lat":1}]`, func(json.RawMessage) (json.RawMessage, error) { return nil, broken }, ``, true},
		"it gives no JSON":        {`[{"lat":1}]`, func(json.RawMessage) (json.RawMessage, error) { return json.RawMessage(`{`), nil }, ``, true},
		"it writes into its input": {`[{"lat":1}]`, func(m json.RawMessage) (json.RawMessage, error) {
			clear(m)
			return nil, nil
		}, `{}`, false},
	} {
		body := []byte(`{"where":` + c.where + `}`)
		got, err := g.Apply(body, c.coarsen)
		if string(got) != c.want || (err != nil) != c.err || string(body) != `{"where":`+c.where+`}` {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

func TestBodiesThatAreNone(t *testing.T) {
	g := policy(t).Fields(post(access.Desk), access.Read, "report", access.Label{TLP: "CLEAR"}, now())
	for name, body := range map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "half": `{"id":`, "two": `{}{}`, "a key twice": `{"id":"1","id":"2"}`,
		"twice, once in escapes": `{"id":"1","\u0069d":"2"}`, "twice inside": `{"elements":[{"id":"1","id":"2"}]}`,
	} {
		got, err := g.Apply([]byte(body), nil)
		var e *truce.Error
		if got != nil || !errors.As(err, &e) || e.Kind != truce.Invalid {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if got, err := (access.Grant{}).Apply([]byte(report), district); string(got) != "{}" || err != nil {
		t.Errorf("the zero grant: %s, %v", got, err)
	}
}

// TestLookingForWhatIsWithheld: rows may be found by a field only where it is seen whole.
func TestLookingForWhatIsWithheld(t *testing.T) {
	p := policy(t)
	for name, c := range map[string]struct {
		who                   access.Person
		do                    access.Action
		place, time, internal bool
	}{
		"the desk lists":         {post(access.Desk), access.List, true, true, true},
		"the desk subscribes":    {post(access.Desk), access.Subscribe, false, true, true},
		"a monitor lists":        {post(access.Monitor), access.List, false, true, false},
		"the public lists":       {post(access.Public), access.List, false, false, false},
		"a janitor lists":        {person("", "janitor"), access.List, false, false, false},
		"a desk lent by a party": {access.Person{ID: "amal", Roles: []access.Role{access.Desk}, Party: "north"}, access.List, false, false, false},
	} {
		g := p.Fields(c.who, c.do, "report", access.Label{TLP: "CLEAR"}, now())
		if g.Whole(access.GradePlace) != c.place || g.Whole(access.GradeTime) != c.time || g.Whole(access.GradeInternal) != c.internal {
			t.Errorf("%s: %v %v %v", name, g.Whole(access.GradePlace), g.Whole(access.GradeTime), g.Whole(access.GradeInternal))
		}
	}
}

func FuzzApply(f *testing.F) {
	f.Add([]byte(report))
	f.Add([]byte(`{"when":"2016-08-01T00:00:00Z","where":[[1]],"elements":[[{}],null,"x",{"where":{}}]}`))
	p, err := access.New()
	if err != nil {
		f.Fatal(err)
	}
	grants := []access.Grant{
		p.Fields(post(access.Public), access.Read, "report", access.Label{TLP: "CLEAR"}, now()),
		p.Fields(post(access.Public), access.Read, "element", access.Label{TLP: "CLEAR"}, now()),
		p.Fields(post(access.Head), access.Read, "report", access.Label{TLP: "CLEAR"}, now()),
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, g := range grants {
			once, err := g.Apply(body, district)
			if err != nil {
				continue
			}
			if !json.Valid(once) {
				t.Fatalf("no JSON: %s", once)
			}
			twice, err := g.Apply(once, district)
			if err != nil || !bytes.Equal(once, twice) {
				t.Fatalf("%s, again %s, %v", once, twice, err)
			}
			var seen map[string]json.RawMessage
			if json.Unmarshal(once, &seen) != nil {
				t.Fatalf("no object: %s", once)
			}
			for key := range seen {
				if g.Fields[key] == access.Withheld {
					t.Fatalf("%s is shown", key)
				}
			}
			if beyond, err := g.Beyond(once); err != nil || slices.Contains(beyond, "id") {
				t.Fatalf("%v, %v", beyond, err)
			}
		}
	})
}
