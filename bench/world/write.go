package world

import (
	"io"
	"sync"
)

const rowsAtOnce = 8192

// CSV returns rows from..to-1 as CSV without the header.
func (w *World) CSV(from, to int) []byte {
	b := make([]byte, 0, (to-from)*300)
	for i := from; i < to; i++ {
		b = w.AppendCSV(b, w.Row(i))
	}
	return b
}

// WriteCSV writes the header and n rows, made by that many workers side by side. The
// bytes do not depend on the number of workers.
func (w *World) WriteCSV(out io.Writer, n, workers int) error {
	if _, err := io.WriteString(out, Header); err != nil {
		return err
	}
	blocks := make([][]byte, max(1, workers))
	for from := 0; from < n; {
		var wg sync.WaitGroup
		for k := range blocks {
			a, b := min(n, from+k*rowsAtOnce), min(n, from+(k+1)*rowsAtOnce)
			wg.Go(func() { blocks[k] = w.CSV(a, b) })
		}
		wg.Wait()
		for _, b := range blocks {
			if _, err := out.Write(b); err != nil {
				return err
			}
		}
		from += len(blocks) * rowsAtOnce
	}
	return nil
}
