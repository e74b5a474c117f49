package intake

import "truce"

// CheckSum reports whether parts can add up to total. If they cannot, gap is what the
// total has beyond the parts: a total of 15 whose parts add to 14 has a gap of 1 to 1, and
// a negative gap means that the parts come to more. The missing is never made up.
func CheckSum(total truce.Range, parts []truce.Range) (gap truce.Range, ok bool) {
	var sum truce.Range
	for _, p := range parts {
		sum.Low += p.Low
		sum.High += p.High
	}
	gap = truce.Range{Low: total.Low - sum.High, High: total.High - sum.Low}
	return gap, gap.Low <= 0 && gap.High >= 0
}
