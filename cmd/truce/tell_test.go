package main

import (
	"strings"
	"testing"
)

func TestReceiversAreReadStrictly(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"one of each", "receivers:\n  - {name: agency, mark: GREEN, webhook: \"https://agency.example/in\", secret: \"sixteen letters or more\", receipt: true}\n  - {name: press, mark: CLEAR, mail: press@agency.example}\n", ""},
		{"none", "receivers: []\n", ""},
		{"a key that is not known", "receivers:\n  - {name: a, mark: CLEAR, mail: a@b.example, token: x}\n", "cannot be read"},
		{"RED", "receivers:\n  - {name: a, mark: RED, mail: a@b.example}\n", "nothing is told under this mark"},
		{"http", "receivers:\n  - {name: a, mark: CLEAR, webhook: \"http://b.example\", secret: \"sixteen letters or more\"}\n", "no address that may be told anything"},
		{"no list", "receivers: yes\n", "cannot be read"},
	} {
		_, err := parseReceivers("receivers.yaml", []byte(c.text))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func FuzzReceivers(f *testing.F) {
	f.Add("receivers:\n  - {name: press, mark: CLEAR, mail: press@agency.example}\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, err := parseReceivers("receivers.yaml", []byte(text))
		for _, r := range list {
			if bad := r.Check(); err == nil && bad != nil {
				t.Errorf("%+v is taken: %v", r, bad)
			}
		}
	})
}
