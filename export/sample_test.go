package export

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"truce"
)

// The sample is made up: real towns, invented happenings, two agreements of 2016 in our
// own words. It is what the pictures and the accessibility test are made from.

// dice is a small fixed sequence of pseudo-random numbers.
type dice uint64

func (d *dice) roll(n int) int {
	*d = *d*6364136223846793005 + 1442695040888963407
	return int(uint64(*d)>>33) % n
}

type town struct {
	name     string
	lon, lat float64
	radius   float64 // metres
	weight   int
}

func towns() []town {
	return []town{
		{"Aleppo, eastern quarters", 37.19, 36.20, 5000, 9}, {"Castello road", 37.12, 36.25, 3000, 6}, {"Daraya", 36.24, 33.46, 2500, 4},
		{"Douma", 36.40, 33.57, 3000, 6}, {"Jobar", 36.33, 33.53, 1500, 5}, {"Teir Maaleh", 36.71, 34.80, 2000, 4}, {"Ar-Rastan", 36.73, 34.93, 4000, 4},
		{"Talbiseh", 36.73, 34.84, 3000, 3}, {"Suran", 36.75, 35.29, 3000, 4}, {"Kafr Zita", 36.60, 35.37, 5000, 4}, {"Idlib", 36.63, 35.93, 5000, 4},
		{"Jisr al-Shughur", 36.32, 35.81, 4000, 3}, {"Khan Shaykhun", 36.65, 35.44, 4000, 3}, {"Jabal al-Akrad", 36.17, 35.72, 9000, 3}, {"Deraa", 36.10, 32.62, 4000, 4},
		{"Quneitra, Hamidiyah", 35.83, 33.14, 3000, 3}, {"Deir ez-Zor, airfield", 40.17, 35.29, 6000, 3}, {"Urum al-Kubra", 36.95, 36.13, 4000, 3},
		{"Khan Tuman", 37.04, 36.12, 3000, 2}, {"Harasta", 36.37, 33.56, 2500, 2}, {"Ma'arrat al-Nu'man", 36.67, 35.64, 5000, 2}, {"Azaz", 37.05, 36.59, 6000, 2},
	}
}

// disc is a polygon of 48 corners around a point.
func disc(lon, lat, metres float64) json.RawMessage {
	var ring [][2]float64
	for i := 0; i <= 48; i++ {
		sin, cos := math.Sincos(float64(i%48) * math.Pi / 24)
		x := lon + metres*cos/111195/math.Cos(lat*math.Pi/180)
		y := lat + metres*sin/111195
		ring = append(ring, [2]float64{math.Round(x*1e4) / 1e4, math.Round(y*1e4) / 1e4})
	}
	raw, _ := json.Marshal(map[string]any{"type": "Polygon", "coordinates": [][][2]float64{ring}})
	return raw
}

func polygon(corners ...[2]float64) json.RawMessage {
	raw, _ := json.Marshal(map[string]any{"type": "Polygon", "coordinates": [][][2]float64{append(corners, corners[0])}})
	return raw
}

// sampleOutline is a rough outline drawn by hand for this test.
func sampleOutline() json.RawMessage {
	return polygon([2]float64{35.92, 35.92}, [2]float64{36.17, 35.82}, [2]float64{36.39, 36.21}, [2]float64{36.68, 36.24}, [2]float64{36.55, 36.48}, [2]float64{36.66, 36.83},
		[2]float64{37.07, 36.65}, [2]float64{38.0, 36.83}, [2]float64{38.7, 36.71}, [2]float64{39.8, 36.75}, [2]float64{40.7, 37.1}, [2]float64{41.6, 37.08}, [2]float64{42.35, 37.23},
		[2]float64{41.84, 36.6}, [2]float64{41.29, 36.36}, [2]float64{41.38, 35.63}, [2]float64{41.0, 34.42}, [2]float64{38.79, 33.38}, [2]float64{36.83, 32.31}, [2]float64{36.07, 32.51},
		[2]float64{35.72, 32.71}, [2]float64{35.84, 32.87}, [2]float64{35.82, 33.28}, [2]float64{36.07, 33.82}, [2]float64{36.61, 34.2}, [2]float64{36.45, 34.59}, [2]float64{36.0, 34.64},
		[2]float64{35.91, 35.41}, [2]float64{35.73, 35.58})
}

func sampleAreas() json.RawMessage {
	type feature struct {
		Type       string            `json:"type"`
		Properties map[string]string `json:"properties"`
		Geometry   json.RawMessage   `json:"geometry"`
	}
	areas := []feature{
		{"Feature", map[string]string{"name": "Aleppo"}, polygon([2]float64{36.55, 36.6}, [2]float64{38.4, 36.7}, [2]float64{38.3, 35.9}, [2]float64{37.5, 35.3}, [2]float64{36.9, 35.9})},
		{"Feature", map[string]string{"name": "Homs"}, polygon([2]float64{36.4, 34.9}, [2]float64{37.6, 35.0}, [2]float64{39.6, 35.0}, [2]float64{40.2, 34.0}, [2]float64{38.8, 33.5}, [2]float64{36.7, 34.3})},
		{"Feature", map[string]string{"name": "Ar-Raqqa"}, polygon([2]float64{38.3, 36.7}, [2]float64{39.6, 36.6}, [2]float64{39.5, 35.3}, [2]float64{38.3, 35.9})},
		{"Feature", map[string]string{"name": "دير الزور"}, polygon([2]float64{39.5, 35.6}, [2]float64{41.2, 35.8}, [2]float64{41.0, 34.5}, [2]float64{40.2, 34.2}, [2]float64{39.5, 35.2})},
		{"Feature", map[string]string{"name": "Rural Damascus"}, polygon([2]float64{36.0, 33.7}, [2]float64{36.7, 34.2}, [2]float64{38.4, 33.5}, [2]float64{37.5, 33.0}, [2]float64{35.9, 33.3})},
	}
	raw, _ := json.Marshal(map[string]any{"type": "FeatureCollection", "features": areas})
	return raw
}

func sampleAgreements() []Agreement {
	return []Agreement{
		{ID: "sy-coh-2016-02", Title: "Terms for a Cessation of Hostilities in Syria", Version: "9c41e07a", InForce: "from 27 February 2016 00:00 on", Clauses: []Clause{
			{ID: "O1", Cite: "annex, paragraph 1, first duty", Text: "The armed opposition takes part in the political process.", Kind: "require"},
			{ID: "O2", Cite: "annex, paragraph 1, second duty", Text: "Armed opposition groups stop attacks with any weapon on the armed forces and associated forces.", Kind: "forbid"},
			{ID: "O3", Cite: "annex, paragraph 1, third duty", Text: "They do not gain or seek to gain ground.", Kind: "forbid"},
			{ID: "O4", Cite: "annex, paragraph 1, fourth duty", Text: "They allow humanitarian agencies rapid, safe, unhindered access.", Kind: "require"},
			{ID: "G2", Cite: "annex, paragraph 2, second duty", Text: "The armed forces stop attacks with any weapon, air strikes too, on the armed opposition.", Kind: "forbid"},
			{ID: "G3", Cite: "annex, paragraph 2, third duty", Text: "They do not gain or seek to gain ground.", Kind: "forbid"},
		}},
		{ID: "sy-2016-09-09", Title: "Reducing Violence, Restoring Access", Version: "51fd22b8", InForce: "from 12 September 2016 19:00 on", Clauses: []Clause{
			{ID: "N1", Cite: "paragraph 1", Text: "All sides halt attacks; a calm of seven days in a row opens the next step.", Kind: "forbid"},
			{ID: "N3-heavy", Cite: "paragraph 3", Text: "No tanks, fighting vehicles, guns or mortars within the belt along the Castello road.", Kind: "forbid"},
			{ID: "N4", Cite: "paragraph 4", Text: "Aid convoys to Aleppo pass the two checkpoints unhindered.", Kind: "require"},
			{ID: "N7", Cite: "paragraph 7", Text: "No combat flights over the areas agreed on.", Kind: "forbid"},
		}},
	}
}

// sample builds a check of n acts over 9 to 24 September 2016.
func sample(n int) Check {
	c := Check{Mission: "syria-2016-09", Title: "Syria: the September truce, day by day", Zone: "Asia/Damascus",
		Made:    "record 4be1c0d2 · terms 9c41e07a, 51fd22b8 · register 77aa01f3\ntruce 0.1",
		Command: "truce check --json syria-2016-09", From: "2016-09-09", To: "2016-09-24", Agreements: sampleAgreements(),
		Outline: sampleOutline(), Areas: sampleAreas(), Rows: n + 6, Reports: n - n/8, SetAside: 3,
		Limits: []string{"The record holds only acts with at least one death; a quiet day in it is not a day without fire.",
			"No hour is known for most acts, so acts of 12 and 19 September stay open wherever the hour decides.",
			"Who held a place is known to the district at best."},
		Sources:   []string{"A made-up record in the manner of public event data, 9 to 24 September 2016.", "Outlines drawn by hand for this sample."},
		Windows:   []Window{{"sy-coh-2016-02", "Cessation of hostilities", "2016-02-27", ""}, {"sy-2016-09-09", "Renewed calm", "2016-09-12 19:00", "2016-09-19 19:00"}},
		Unmatched: []NameCount{{"Sons of the Orontes", 4}, {"لواء أحرار الجنوب", 3}, {"Unidentified gunmen", 2}},
	}
	d := dice(20160912)
	for i := range n {
		c.Elements = append(c.Elements, sampleRow(i, n, &d))
	}
	sampleDuties(&c)
	sampleCounts(&c)
	return c
}

func sampleRow(i, n int, d *dice) Row {
	date := time.Date(2016, 9, 9+i*16/n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	t := pick(d)
	r := Row{ID: fmt.Sprintf("sy-%d", 210400+i), First: date, When: date, Where: t.name, Precision: "settlement", Geometry: disc(t.lon, t.lat, t.radius)}
	acts := []string{"Shelling", "Air strike", "Clash with small arms", "Mortar fire", "Sniper fire", "Convoy stopped"}
	act := acts[d.roll(len(acts))]
	switch d.roll(14) {
	case 0:
		r.Where, r.Precision, r.Geometry = "Aleppo governorate", "governorate", polygon([2]float64{36.55, 36.6}, [2]float64{38.4, 36.7}, [2]float64{38.3, 35.9}, [2]float64{37.5, 35.3}, [2]float64{36.9, 35.9})
	case 1:
		r.Where, r.Precision, r.Geometry = "", "", nil
	case 2:
		r.When, r.Last = date+" to three days later", mustDay(date, 3)
		r.Where, r.Precision = "Hama, northern countryside", "district"
		r.Geometry = disc(36.75, 35.25, 22000)
	case 3:
		r.Where, r.Precision = "Road from Aleppo to Castello", "stretch"
		r.Geometry = json.RawMessage(`{"type":"LineString","coordinates":[[37.10,36.21],[37.09,36.24],[37.14,36.26],[37.19,36.27]]}`)
	}
	r.Title = act + ", " + strings.TrimSpace(strings.Split(r.Where+",", ",")[0])
	if r.Where == "" {
		r.Title = act + ", place not stated"
	}
	for _, a := range sampleAgreements() {
		for _, cl := range a.Clauses {
			r.Verdicts = append(r.Verdicts, sampleVerdict(a, cl, r, d))
		}
	}
	return r
}

func mustDay(s string, plus int) string {
	t, _ := day(s)
	return t.AddDate(0, 0, plus).Format(time.DateOnly)
}

func pick(d *dice) town {
	all, sum := towns(), 0
	for _, t := range all {
		sum += t.weight
	}
	k := d.roll(sum)
	for _, t := range all {
		if k -= t.weight; k < 0 {
			return t
		}
	}
	return all[0]
}

func sampleVerdict(a Agreement, cl Clause, r Row, d *dice) truce.Verdict {
	v := truce.Verdict{Agreement: a.ID, Version: a.Version, Clause: cl.ID, Cite: cl.Cite, Element: r.ID, State: fmt.Sprintf("%08x", uint32(*d>>32)),
		Outcome: truce.NoViolation, Code: []string{"NV-ACTOR", "NV-ACT", "NV-AREA", "NV-TIME"}[d.roll(4)]}
	switch k := d.roll(100); {
	case k < 6 && cl.Kind == "forbid" && r.First > "2016-09-12":
		violated(&v, r)
	case k < 22 && cl.Kind == "forbid":
		opened(&v, r, d)
	case k < 10:
		v.Outcome, v.Code = truce.Undetermined, "UD-SOURCE"
	}
	v.Codes = []string{v.Code}
	return v
}

func violated(v *truce.Verdict, r Row) {
	v.Outcome, v.Code = truce.Violation, "V-NOATTR"
	v.Could = []string{"Syrian Arab Army", "allied militia"}
	v.Rests = []string{"act", "when", "against"}
	v.Steps = []truce.Step{
		{Condition: "the act is an attack", Answer: "yes", Because: "reported as shelling, which is an attack", Facts: []string{"act"}, Sources: []string{"SOHR, 14 September 2016"}},
		{Condition: "it happened while the clause was in force", Answer: "yes", Because: "on " + r.When + ", inside the time in force", Facts: []string{"when"}, Sources: []string{"SOHR, 14 September 2016"}},
		{Condition: "whoever acted was bound", Answer: "yes", Because: "both candidates were bound that day", Facts: []string{"by"}},
		{Condition: "no exception covers it", Answer: "yes", Because: "nobody claimed one and no fact suggests one"},
	}
}

func opened(v *truce.Verdict, r Row, d *dice) {
	fact := []string{"when", "by", "against", "control"}[d.roll(4)]
	v.Outcome, v.Code = truce.Undetermined, map[string]string{"when": "UD-TIME", "by": "UD-ACTOR", "against": "UD-TARGET", "control": "UD-STATUS"}[fact]
	v.Rests = []string{"act", fact}
	v.Steps = []truce.Step{
		{Condition: "the act is an attack", Answer: "yes", Because: "reported as an air strike, which is an attack", Facts: []string{"act"}, Sources: []string{"Local council, 15 September 2016"}},
		{Condition: map[string]string{"when": "it happened while the clause was in force", "by": "whoever acted was bound", "against": "whoever was hit was protected", "control": "the place was held by the other party"}[fact], Answer: "open", Because: "nobody states it", Facts: []string{fact}},
	}
	v.Settle = []truce.Settle{{Facts: []string{fact}, Always: true, Outcomes: []truce.Settled{
		{Values: []string{"a party that is bound"}, Outcome: truce.Violation}, {Values: []string{"a group that is shut out"}, Outcome: truce.NoViolation}}}}
	if v.Code == "UD-TIME" {
		v.Settle[0].Outcomes = []truce.Settled{{Values: []string{"before 19:00"}, Outcome: truce.NoViolation}, {Values: []string{"19:00 or later"}, Outcome: truce.Violation}}
		v.Readings = []truce.Reading{{Name: "hours elapsed", HeldBy: "UN envoy", Outcome: truce.Violation, Code: "V"}, {Name: "calendar days", HeldBy: "army command", Outcome: truce.NoViolation, Code: "NV-TIME"}}
	}
}

func sampleDuties(c *Check) {
	c.Duties = []Duty{
		{Agreement: "sy-2016-09-09", Clause: "N1", Kind: "calm", Text: "Seven days of calm in a row, judged by the co-chairs.", State: "not met", Steps: []DutyStep{
			{"2016-09-12 19:00", "2016-09-17 17:00", "running", "four full days judged calm by both"},
			{"2016-09-17 17:00", "2016-09-19 19:00", "undetermined", "one co-chair judged the day calm, the other has not judged"},
			{"2016-09-19 19:00", "", "not met", "an end was declared"}}},
		{Agreement: "sy-2016-09-09", Clause: "N4", Kind: "require", Text: "Forty trucks reach eastern Aleppo.", State: "undetermined", Steps: []DutyStep{
			{"2016-09-12 19:00", "2016-09-19 19:00", "undetermined", "the number that arrived is not stated"}}},
		{Agreement: "sy-2016-09-09", Clause: "N3-heavy", Kind: "keep", Text: "Heavy weapons stay out of the belt.", State: "undetermined", Steps: []DutyStep{
			{"2016-09-15", "2016-09-16 09:00", "kept", "seen withdrawn by monitors"}, {"2016-09-16 09:00", "2016-09-17", "broken", "a tank was seen in the belt"}, {"2016-09-17", "", "undetermined", "no observation for 48 hours"}}},
	}
}

// sampleCounts adds up what a check run would hand over.
func sampleCounts(c *Check) {
	days := map[string]*Day{}
	for i := range 16 {
		c.Days = append(c.Days, Day{Date: mustDay("2016-09-09", i)})
	}
	for i := range c.Days {
		days[c.Days[i].Date] = &c.Days[i]
		for _, a := range c.Agreements {
			c.Days[i].Counts = append(c.Days[i].Counts, DayCount{Agreement: a.ID})
		}
	}
	facts := map[string]int{}
	for i, r := range c.Elements {
		day := days[r.First]
		day.Elements++
		if i%9 == 0 {
			day.KilledUnknown++
		} else {
			day.KilledLow += i % 4
			day.KilledHigh += i%4 + i%3
		}
		for _, v := range r.Verdicts {
			countOne(c, day, v, facts)
		}
	}
	for _, f := range []string{"by", "against", "control", "whether it happened", "when"} {
		c.Open = append(c.Open, FactCount{f, facts[f]})
	}
}

func countOne(c *Check, day *Day, v truce.Verdict, facts map[string]int) {
	fact := map[string]string{"UD-TIME": "when", "UD-ACTOR": "by", "UD-TARGET": "against", "UD-STATUS": "control", "UD-SOURCE": "whether it happened"}[v.Code]
	facts[fact]++
	for i := range c.Agreements {
		if c.Agreements[i].ID != v.Agreement {
			continue
		}
		one := tallyOf([]truce.Verdict{v})
		n := &day.Counts[i]
		n.Violation, n.Undetermined, n.NoViolation = n.Violation+one.V, n.Undetermined+one.U, n.NoViolation+one.N
		for j := range c.Agreements[i].Clauses {
			if cl := &c.Agreements[i].Clauses[j]; cl.ID == v.Clause {
				cl.Violation, cl.Undetermined, cl.NoViolation = cl.Violation+one.V, cl.Undetermined+one.U, cl.NoViolation+one.N
				addCode(cl, v.Code)
				if fact != "" {
					addWant(cl, fact)
				}
			}
		}
	}
}

func addCode(c *Clause, code string) {
	for i := range c.Codes {
		if c.Codes[i].Code == code {
			c.Codes[i].N++
			return
		}
	}
	c.Codes = append(c.Codes, CodeCount{code, 1})
}

func addWant(c *Clause, fact string) {
	for i := range c.WantOf {
		if c.WantOf[i].Fact == fact {
			c.WantOf[i].N++
			return
		}
	}
	c.WantOf = append(c.WantOf, FactCount{fact, 1})
}
