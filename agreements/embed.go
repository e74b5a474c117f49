// Package agreements holds real ceasefire texts written out in the terms language, each
// duty in our own words with its citation. They are examples and a test bed: whoever
// runs a mission replaces the sketched lines and areas with surveyed ones.
package agreements

import "embed"

// FS holds every agreement (*.yaml) and the sketches that they name (places/*.geojson),
// by their paths beside this file.
//
//go:embed *.yaml places/*.geojson
var FS embed.FS
