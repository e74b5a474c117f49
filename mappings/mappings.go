// Package mappings holds the mapping files that come with the program, so that
// "--mapping ucdp-ged" works wherever it is run. Each is a YAML file of the same name;
// docs/record.md describes them and intake.ParseMapping reads them.
package mappings

import (
	"embed"
	"slices"
	"strings"
)

//go:embed *.yaml
var files embed.FS

// Builtin returns the text of a mapping by its name, such as "ucdp-ged".
func Builtin(name string) ([]byte, bool) {
	text, err := files.ReadFile(name + ".yaml")
	return text, err == nil
}

// Names returns the names of all mappings, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	slices.Sort(out)
	return out
}
