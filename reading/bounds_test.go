package reading_test

import (
	"context"
	"strconv"
	"testing"

	"truce/reading"
)

// bounds writes an amount as low..high and what it counts.
func bounds(it reading.Item) string {
	show := func(x *float64) string {
		if x == nil {
			return ""
		}
		return strconv.FormatFloat(*x, 'f', -1, 64)
	}
	return show(it.Amount.Low) + ".." + show(it.Amount.High) + " " + it.Counts
}

func contextDone(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	return ctx, stop
}
