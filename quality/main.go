// Command quality measures how well Truce matches, reads and reconciles, against answer keys
// that people made, and prints every figure that docs cite: a name, a tab, a value.
//
//	go run ./quality [-data ../shared/data] [links headlines ...]
package main

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
)

// measure is one set of figures: its name and what prints them from the folder of shared data.
type measure struct {
	name  string
	print func(w io.Writer, data string) error
}

func measures() []measure {
	return []measure{
		{"links", links},
		{"reading", readings},
		{"ledgers", ledgers},
		{"headlines", headlines},
		{"headline-facts", headlineFacts},
		{"headline-tolls", headlineTolls},
		{"archive", archive},
		{"origins", origins},
	}
}

func main() {
	data := flag.String("data", "../shared/data", "the folder of shared data")
	flag.Parse()
	w := bufio.NewWriter(os.Stdout)
	for _, m := range measures() {
		if len(flag.Args()) > 0 && !slices.Contains(flag.Args(), m.name) {
			continue
		}
		err := m.print(w, *data)
		if flushed := w.Flush(); err == nil {
			err = flushed
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "quality: %s: %v\n", m.name, err)
			os.Exit(1)
		}
	}
}

// figure prints one line.
func figure(w io.Writer, name string, value any) { fmt.Fprintf(w, "%s\t%v\n", name, value) }

// share prints a share to three places.
func share(w io.Writer, name string, part, whole int) {
	figure(w, name, fmt.Sprintf("%.3f", float64(part)/float64(max(whole, 1))))
}
