package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// description is the OpenAPI document as far as the tests need it.
type description struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct {
		Schemas         map[string]json.RawMessage
		SecuritySchemes map[string]any
	}
}

type operation struct {
	OperationID string
	Summary     string
	Security    []map[string][]string
	Parameters  []struct {
		Name, In string
		Required bool
		Schema   map[string]any
		Example  any
	}
	RequestBody *struct {
		Content map[string]struct {
			Schema  json.RawMessage
			Example any
		}
	}
	Responses map[string]struct {
		Description string
		Content     map[string]struct{ Schema json.RawMessage }
	}
}

func describe(t testing.TB, c *client) (description, string) {
	t.Helper()
	r := c.get(openAPIPath).want(200, "")
	var d description
	if err := json.Unmarshal([]byte(r.body), &d); err != nil {
		t.Fatal(err)
	}
	return d, r.body
}

// operations yields all operations by path and method, in order.
func (d description) operations(f func(path, method string, o operation)) {
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
		for _, method := range []string{"get", "post", "put", "delete"} {
			if o, ok := d.Paths[path][method]; ok {
				f(path, strings.ToUpper(method), o)
			}
		}
	}
}

// compiler returns what checks values against schemas of the description.
func compiler(t testing.TB, text string) func(pointer string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("https://truce.example/openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	return func(pointer string) *jsonschema.Schema {
		t.Helper()
		s, err := c.Compile("https://truce.example/openapi.json#" + pointer)
		if err != nil {
			t.Errorf("%s: %v", pointer, err)
		}
		return s
	}
}

func TestTheDescriptionIsWhole(t *testing.T) {
	w := newWorld(t)
	d, text := describe(t, w.nobody())
	if d.OpenAPI != "3.1.0" || len(d.Components.SecuritySchemes) != 2 {
		t.Errorf("OpenAPI %s", d.OpenAPI)
	}
	schema := compiler(t, text)
	for name := range d.Components.Schemas {
		schema("/components/schemas/" + name)
	}
	for _, ref := range regexp.MustCompile(`"\$ref":"#/components/schemas/([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if d.Components.Schemas[ref[1]] == nil {
			t.Errorf("no schema %s", ref[1])
		}
	}
	seen, n := map[string]bool{}, 0
	d.operations(func(path, method string, o operation) {
		n++
		if o.OperationID == "" || seen[o.OperationID] || o.Summary == "" || len(o.Security) == 0 {
			t.Errorf("%s %s: %+v", method, path, o)
		}
		seen[o.OperationID] = true
		if o.Responses["default"].Content["application/problem+json"].Schema == nil {
			t.Errorf("%s: no word on what goes wrong", o.OperationID)
		}
		for _, name := range regexp.MustCompile(`\{([a-z0-9]+)\}`).FindAllStringSubmatch(path, -1) {
			if !slices.ContainsFunc(o.Parameters, func(p struct {
				Name, In string
				Required bool
				Schema   map[string]any
				Example  any
			}) bool {
				return p.In == "path" && p.Name == name[1] && p.Required
			}) {
				t.Errorf("%s: %s is not described", o.OperationID, name[1])
			}
		}
		if r := w.nobody().do(method, strings.NewReplacer("{", "", "}", "").Replace(path), strings.NewReader("{"), "Content-Type", "application/json"); r.status != 401 {
			t.Errorf("%s without an account: %d, before the rest of the request counts", o.OperationID, r.status)
		}
	})
	if n < 30 {
		t.Errorf("%d operations", n)
	}
	if strings.Contains(text, "ErrorModel") {
		t.Error("huma's own errors are described, not ours")
	}
}

// TestEveryExampleWorks sends what the description gives as an example, for every operation,
// and holds the answer to what the description says of it.
func TestEveryExampleWorks(t *testing.T) {
	w := newWorld(t, func(o *Options) { o.Send = true })
	c := w.as("amal", "desk", "verifier", "head", "administrator")
	head := w.as("hala", "desk", "verifier", "head")
	d, text := describe(t, c)
	schema := compiler(t, text)
	own := ownExamples(w, c, head)
	order := map[string]int{"GET": 0, "POST": 1, "PUT": 2, "DELETE": 3}
	type call struct {
		path, method string
		o            operation
	}
	var calls []call
	d.operations(func(path, method string, o operation) { calls = append(calls, call{path, method, o}) })
	slices.SortStableFunc(calls, func(a, b call) int {
		last := map[string]int{"end-sessions": 9, "end-session": 8, "remove": 7}
		return order[a.method] + last[a.o.OperationID] - order[b.method] - last[b.o.OperationID]
	})
	for _, x := range calls {
		who, path, body := c, x.path, own[x.o.OperationID].body
		if ex := own[x.o.OperationID]; ex.who != nil {
			who = ex.who
		} else if !strings.Contains(path, "/people") && !strings.Contains(path, "/me") {
			who = head
		}
		if x.o.OperationID == "events" {
			continue // it does not end; see TestEventsComeAsEntriesDo
		}
		query, headers := url.Values{}, []string{}
		for _, p := range x.o.Parameters {
			value := p.Example
			if e, ok := p.Schema["examples"].([]any); value == nil && ok && len(e) > 0 {
				value = e[0]
			}
			if v, ok := own[x.o.OperationID].params[p.Name]; ok {
				value = v
			}
			if value == nil {
				if p.Required {
					t.Errorf("%s: no example of %s", x.o.OperationID, p.Name)
				}
				continue
			}
			text := fmt.Sprint(value)
			if list, ok := value.([]any); ok {
				parts := make([]string, len(list))
				for i, v := range list {
					parts[i] = fmt.Sprint(v)
				}
				text = strings.Join(parts, ",")
			}
			switch p.In {
			case "path":
				path = strings.ReplaceAll(path, "{"+p.Name+"}", url.PathEscape(text))
			case "query":
				query.Set(p.Name, text)
			case "header":
				headers = append(headers, p.Name, text)
			}
		}
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		var r reply
		if raw := own[x.o.OperationID].raw; raw != nil {
			r = who.do(x.method, path, bytes.NewReader(raw), headers...)
		} else {
			if x.o.RequestBody != nil && body == nil {
				t.Errorf("%s: no example of a body", x.o.OperationID)
			}
			r = who.send(x.method, path, body, headers...)
		}
		if r.status != 200 && r.status != 204 {
			t.Errorf("%s %s (%s): %d %s", x.method, path, x.o.OperationID, r.status, r.body)
			continue
		}
		kind, _, _ := strings.Cut(r.header.Get("Content-Type"), ";")
		said, ok := x.o.Responses[fmt.Sprint(r.status)].Content[kind]
		if r.status == 200 && !ok {
			t.Errorf("%s answers %s, of which the description says nothing", x.o.OperationID, kind)
		}
		if kind == "application/json" && said.Schema != nil {
			v, err := jsonschema.UnmarshalJSON(strings.NewReader(r.body))
			w.no(err)
			p := fmt.Sprintf("/paths/%s/%s/responses/200/content/application~1json/schema", strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(x.path), strings.ToLower(x.method))
			if s := schema(p); s != nil {
				if err := s.Validate(v); err != nil {
					t.Errorf("%s answers other than described: %v\n%.500s", x.o.OperationID, err, r.body)
				}
			}
		}
	}
}

// TestEveryExampleInTheDocsWorks runs what docs/api.md shows, in its order.
func TestEveryExampleInTheDocsWorks(t *testing.T) {
	text, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	c := w.as("hala", "desk", "verifier", "head")
	blocks := regexp.MustCompile("(?s)```http\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	if len(blocks) < 10 {
		t.Errorf("%d examples", len(blocks))
	}
	for _, b := range blocks {
		head, body, _ := strings.Cut(b[1], "\n\n")
		lines := strings.Split(strings.TrimSpace(head), "\n")
		method, path, _ := strings.Cut(lines[0], " ")
		headers := []string{"Content-Type", "application/json"}
		for _, l := range lines[1:] {
			name, value, _ := strings.Cut(l, ": ")
			headers = append(headers, name, value)
		}
		r := c.do(method, path, strings.NewReader(body), headers...)
		if r.status != 200 || strings.Contains(r.body, `"rows":[]`) || strings.Contains(r.body, `"entries":[]`) || strings.Contains(r.body, `"verdicts":[]`) || strings.Contains(r.body, `"count":0`) {
			t.Errorf("%s: %d %.300s", lines[0], r.status, r.body)
		}
	}
}

// example is what an operation needs that no fixed example could hold.
type example struct {
	who    *client
	params map[string]any
	body   any
	raw    []byte
}

// ownExamples makes what the operations of the description are about.
func ownExamples(w *world, c, head *client) map[string]example {
	c.token("desk")
	prog := c.get("/api/v1/me/tokens").json()["tokens"].([]any)[0].(map[string]any)["id"]
	second := w.signIn("amal")
	var other any
	for _, s := range second.get("/api/v1/me/sessions").json()["sessions"].([]any) {
		if m := s.(map[string]any); m["this"] == false {
			other = m["id"]
		}
	}
	invited := c.send("POST", "/api/v1/people/invitations", map[string]any{"account": "later", "post": map[string]any{"name": "Later", "roles": []string{"monitor"}}})
	invited.want(200, "")
	proposal := head.send("POST", "/api/v1/proposals", map[string]any{"kind": "mark.widened", "fields": map[string]any{"kind": "report", "row": "C001", "to": "TLP:GREEN", "reason": "agreed"}}).want(200, "")
	again := head.send("POST", "/api/v1/proposals", map[string]any{"kind": "mark.widened", "fields": map[string]any{"kind": "report", "row": "C003", "to": "TLP:GREEN", "reason": "agreed"}}).want(200, "")
	draft := func(id string) map[string]any {
		return map[string]any{"id": id, "title": "Bulletin", "text": "What is known", "mark": "CLEAR"}
	}
	publish := func(id string) map[string]any {
		p := head.send("POST", "/api/v1/releases/preview", draft(id)).want(200, "").json()
		d := draft(id)
		d["entries"], d["sha256"] = p["entries"], p["sha256"]
		return d
	}
	for _, id := range []string{"R-17", "R-18"} {
		head.send("POST", "/api/v1/releases", publish(id)).want(200, "")
	}
	third := w.as("third", "head", "verifier")
	n := w.enter("to-destroy", "TLP:GREEN")
	for _, id := range []string{"omar", "renewed", "shut"} {
		w.account(id, peoplePost(id))
	}
	omar := w.signIn("omar")
	omar.form("/account/key", nil).want(303, "")
	file := []byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
	pic := picturePNG()
	up := head.do("POST", "/api/v1/reports/C001/attachments?name=a.png", bytes.NewReader(pic), "Content-Type", "image/png").want(200, "").json()
	hash := up["attachment"].(map[string]any)["hash"]
	told := map[string]any{"act": "shelling", "place": "the mill", "pick": "unknown", "when": "20 minutes ago"}
	taken := head.send("POST", "/api/v1/calls", told, "Idempotency-Key", "call-0").want(200, "").json()
	*c, *head = *w.signIn("amal"), *w.signIn("hala") // lately, for what needs it
	return map[string]example{
		"row": {params: map[string]any{"id": "C001"}}, "history": {params: map[string]any{"id": "C001"}},
		"rows":       {params: map[string]any{"text": "ceasefire"}},
		"attachment": {params: map[string]any{"sha256": hash}},
		"attach":     {params: map[string]any{"id": "C001", "name": "b.pdf", "Content-Type": "application/pdf"}, raw: file},
		"write":      {body: act1("incident.opened", map[string]any{"id": "i-example"})},
		"report":     {body: map[string]any{"report": map[string]any{"id": "r-example", "text": "heard shells", "elements": []any{map[string]any{"id": "r-example", "act": []string{"shelling"}}}}, "mark": "TLP:GREEN"}},
		"take-call":  {body: told}, "read-call": {body: told},
		"watch":   {body: map[string]any{"area": "ALEPPO-CITY", "when": "08:00-14:00", "saw": "quiet"}},
		"triage":  {params: map[string]any{"report": taken["report"], "Idempotency-Key": "triage-1"}, body: map[string]any{"do": "acknowledge"}},
		"propose": {body: map[string]any{"kind": "mark.widened", "fields": map[string]any{"kind": "report", "row": "C002", "to": "TLP:GREEN", "reason": "agreed"}}},
		"decline": {params: map[string]any{"n": again.json()["entry"]}, body: map[string]any{"reason": "too soon"}},
		"preview": {body: draft("R-19")}, "publish": {body: publish("R-20")}, "release-bytes": {},
		"correct":          {params: map[string]any{"id": "R-17"}, body: map[string]any{"figure": "/text", "is": "What is known now", "words": "More came in"}},
		"withdraw-release": {params: map[string]any{"id": "R-18"}, body: map[string]any{"words": "It was wrong"}},
		"confirm":          {who: third, params: map[string]any{"n": proposal.json()["entry"]}},
		"destroy":          {params: map[string]any{"n": n}, body: map[string]any{"fields": []string{"text"}, "reason": "asked for"}},
		"new-token":        {body: map[string]any{"name": "x", "roles": []string{"desk"}, "expires": w.clock.now().Add(time.Hour)}},
		"revoke-token":     {params: map[string]any{"id": prog}}, "end-session": {who: second, params: map[string]any{"id": other}}, "end-sessions": {who: second},
		"invite":   {body: map[string]any{"account": "example", "post": map[string]any{"name": "Example", "roles": []string{"monitor"}}}},
		"withdraw": {params: map[string]any{"id": invited.json()["id"]}},
		"assign":   {params: map[string]any{"account": "omar"}, body: map[string]any{"name": "Omar", "roles": []string{"monitor"}}},
		"renew":    {params: map[string]any{"account": "renewed"}}, "disable": {params: map[string]any{"account": "shut"}}, "enable": {params: map[string]any{"account": "shut"}},
		"end-sessions-of": {params: map[string]any{"account": "renewed"}}, "remove": {params: map[string]any{"account": "renewed"}}, "enrol": {params: map[string]any{"account": "omar"}},
	}
}
