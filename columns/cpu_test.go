package columns

import (
	"syscall"
	"testing"
	"time"
)

// cpu is the processor time this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// perRow runs f and reports the least processor time it took, divided by rows. The
// least of many runs is what other work on the machine disturbs least.
func perRow(b *testing.B, rows int, f func()) {
	least := time.Hour
	for b.Loop() {
		from := cpu()
		f()
		least = min(least, cpu()-from)
	}
	b.ReportMetric(float64(least.Nanoseconds())/float64(rows), "cpu-ns/row")
}
