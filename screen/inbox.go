package screen

// Suggested is an incident or a report that a report may tell of, too, with the reasons.
type Suggested struct {
	Incident, Report string
	// Percent is the probability in whole percent.
	Percent int
	Reasons []string
}
