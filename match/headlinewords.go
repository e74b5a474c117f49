package match

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"truce/words"
)

// The words of headlines, in English and without endings.
var (
	headlineSides = strings.Fields("northern southern eastern western north south east west northeastern northwestern southeastern southwestern")
	headlineLand  = strings.Fields("countryside rif reef rural")
	headlineHarm  = strings.Fields("kill dead death martyr casualti die injuri injur wound person peopl civilian citizen fighter member soldier militant")
	headlineUnits = strings.Fields("hour day week month year km kilomet metr % percent")
	numerals      = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty")
)

// headlineActs are kinds of act by the words for them.
var headlineActs = map[string]string{
	"airstrik": "air", "strike": "air", "raid": "air", "warplan": "air", "plane": "air", "helicopt": "air", "barrel": "air",
	"aerial": "air", "air": "air", "drone": "air", "bomb": "bombing", "bombard": "bombing",
	"shell": "shelling", "mortar": "shelling", "missil": "shelling", "rocket": "shelling", "artilleri": "shelling",
	"clash": "fighting", "fight": "fighting", "battl": "fighting", "advanc": "fighting", "attack": "fighting", "control": "fighting",
	"captur": "fighting", "regain": "fighting", "ambush": "fighting", "infight": "fighting", "offens": "fighting",
	"explos": "blast", "explod": "blast", "ied": "blast", "suicid": "blast", "mine": "blast", "landmin": "blast", "blast": "blast",
	"boobi": "blast", "motorcycl": "blast", "deton": "blast",
	"execut": "execution", "behead": "execution", "assassin": "assassination", "sniper": "sniping",
	"chemic": "chemical", "gas": "chemical", "suffoc": "chemical",
}

var (
	monthDay  = regexp.MustCompile(`(?i)\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? (\d{1,2})(?:st|nd|rd|th)?(?:\s*[-–]\s*(?:[a-z]+ )?(\d{1,2})(?:st|nd|rd|th)?)?,? (\d{4})\b`)
	dayFigure = regexp.MustCompile(`\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b`)
	lasting   = regexp.MustCompile(`(?i)\b(\d{1,3})(?:st|nd|rd|th)?\s*(?:consecutive )?(hours?|days?)\b`)
	yesterday = regexp.MustCompile(`(?i)\byesterday\b`)
	wholeDays = regexp.MustCompile(`(?i)(killed|died|dead|martyred) yesterday|daily[ -]report|truce of the|` +
		`\b(killed|dead|died|casualties) in (january|february|march|april|may|june|july|august|september|october|november|december|20\d\d)|` +
		`in (january|february|march|april|may|june|july|august|september|october|november|december) 20\d\d|since the (start|beginning)|\bhuman losses in syria`)
	longTime = regexp.MustCompile(`(?i)since (the )?(start|beginning|first|its|their|last)|\b(weeks?|months?|years?)\b|\btruce of the\b`)
)

// days reads the days told of, and returns the line with blanks for its dates.
func (g *Gist) days(h Headline) string {
	if !h.Day.IsZero() {
		g.From = int(h.Day.Unix() / 86400)
		g.To = g.From
	}
	if !g.ownDays(h.Text) {
		g.otherDays(h.Text)
	}
	g.Total = wholeDays.MatchString(h.Text)
	g.Long = g.Long || longTime.MatchString(h.Text)
	return blank(monthDay, blank(dayFigure, h.Text))
}

func blank(p *regexp.Regexp, s string) string {
	return p.ReplaceAllStringFunc(s, func(m string) string { return strings.Repeat(" ", len(m)) })
}

// ownDays reads days that a line names: "May 3rd - 4th 2017", "12/03/2016" (the day first).
func (g *Gist) ownDays(text string) bool {
	if m := monthDay.FindStringSubmatch(text); m != nil {
		month := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(m[1]))/3 + 1
		return g.dated(m[4], strconv.Itoa(month), m[2], m[3])
	}
	m := dayFigure.FindStringSubmatch(text)
	return m != nil && g.dated(m[3], m[2], m[1], "")
}

// dated notes a day, or a span of days of one month, if the calendar has it.
func (g *Gist) dated(year, month, from, to string) bool {
	first, err := time.Parse("2006-1-2", year+"-"+month+"-"+strings.TrimPrefix(from, "0"))
	if err != nil {
		return false
	}
	g.Dated = true
	g.From = int(first.Unix() / 86400)
	g.To = g.From
	if last, _ := strconv.Atoi(to); last > first.Day() && last <= 31 {
		g.To += last - first.Day()
	}
	return true
}

// otherDays reads days told from the day of the report: yesterday, in 6 days, past 72 hours.
func (g *Gist) otherDays(text string) {
	if g.To < g.From {
		return
	}
	if yesterday.MatchString(text) {
		g.From, g.To = g.From-1, g.To-1
		return
	}
	m := lasting.FindStringSubmatch(text)
	if m == nil {
		return
	}
	n, _ := strconv.Atoi(m[1])
	if strings.EqualFold(m[2][:1], "h") {
		n = (n + 23) / 24
	}
	g.Long = n > 3
	if n > 1 && n <= 31 {
		g.From -= n - 1
	}
}

// headlineNumber reads a number in figures, or in a word up to twenty but not "one".
func headlineNumber(t words.Token) (int, bool) {
	if n, err := strconv.Atoi(t.Folded); err == nil {
		return n, true
	}
	n := slices.Index(numerals, t.Folded)
	return n, n > 1
}
