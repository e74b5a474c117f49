package screen

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAttributionIsReadForPeople(t *testing.T) {
	for text, want := range map[string]*Attribution{
		``:                      nil,
		`{}`:                    nil,
		`"x"`:                   nil,
		`{"to":[]}`:             {To: []string{}, None: true},
		`{"to":["a","b"]}`:      {To: []string{"A", "B"}},
		`{"to":"a"}`:            {To: []string{"A"}},
		`{"grounds":"It flew"}`: {Grounds: "It flew"},
		`{"to":["a"],"grade":"verified","by":"x"}`: {To: []string{"A"}, Standard: "verified", More: []EntryField{{Name: "by", Value: json.RawMessage(`"x"`)}}},
	} {
		if diff := cmp.Diff(want, newAttribution(json.RawMessage(text), strings.ToUpper)); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
}
