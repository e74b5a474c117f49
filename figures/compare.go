package figures

// Pair is one figure of two stretches, and by how much the first is more than the second.
type Pair struct {
	Name       string // of the figure: "incidents", "elements", a class, "killed", "injured"
	This, That Interval
	More       Interval
}

// Compare sets the main figures of two stretches side by side. What a difference means is for
// people to say: the stretches may differ in length, and in who was there to watch.
func Compare(this, that Figures) []Pair {
	pair := func(name string, a, b Interval) Pair { return Pair{name, a, b, a.Less(b)} }
	out := []Pair{pair("incidents", this.Incidents, that.Incidents), pair("elements", this.Elements, that.Elements)}
	for _, c := range Classes() {
		if this.Classes[c].High+that.Classes[c].High > 0 {
			out = append(out, pair(string(c), this.Classes[c], that.Classes[c]))
		}
	}
	return append(out, pair("killed", this.Killed.People, that.Killed.People), pair("injured", this.Injured.People, that.Injured.People))
}
