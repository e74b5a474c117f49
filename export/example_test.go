package export_test

import (
	"os"
	"slices"

	"truce"
	"truce/export"
)

func ExampleJSON() {
	verdicts := []truce.Verdict{{Agreement: "sy-coh", Version: "9c41", Clause: "O2", Element: "e1", State: "ab12",
		Outcome: truce.Undetermined, Code: "UD-TIME", Codes: []string{"UD-TIME"}}}
	export.JSON(os.Stdout, slices.Values(verdicts))
	// Output:
	// {"agreement":"sy-coh","version":"9c41","clause":"O2","element":"e1","state":"ab12","outcome":"undetermined","code":"UD-TIME","codes":["UD-TIME"]}
}
