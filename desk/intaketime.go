package desk

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"truce"
)

// wantWhen says how a caller's time may be written.
const wantWhen = `such as "20 minutes ago", "14:20", "14:00-14:30", "yesterday 22:15", "2016-08-26 14:20", "26.8. 14:20"`

// ToldTime reads a time as it was told at a moment, in the mission's zone: "20 minutes ago",
// "14:20", "about 14:20", "14:00-14:30", "yesterday 22:15", "2016-08-26", in English, Arabic or
// Russian words, with digits of any script; days come before months. Empty is not known: no
// value. What was told by how long ago is taken within a quarter of that, five minutes at least;
// a clock's time is that minute, with "about" a quarter of an hour each way; a time of day later
// than now was yesterday's.
func ToldTime(text string, at time.Time, zone *time.Location) ([]truce.When, error) {
	t := telling{at: at.In(zone).Truncate(time.Second), zone: zone}
	fields := t.tokens(text)
	if len(fields) == 0 {
		return nil, nil
	}
	w, ok := t.read(fields)
	if !ok || w.From.After(at) || w.To.Before(w.From) {
		return nil, &truce.Error{Kind: truce.Invalid, At: "when", Msg: "this is no time up to now", Hint: wantWhen}
	}
	if w.To.After(t.at) && w.From.Before(t.at) {
		w.To = t.at
	}
	return []truce.When{w}, nil
}

// telling is a time being read.
type telling struct {
	at   time.Time
	zone *time.Location
	near bool // it was told as about then
}

// sayings are the words that may stand in a told time, by what they mean.
var sayings = map[string][]string{
	"ago":       {"ago", "since", "for", "منذ", "قبل", "назад"},
	"about":     {"about", "around", "approx", "~", "حوالي", "نحو", "около", "примерно"},
	"now":       {"now", "الآن", "الان", "сейчас"},
	"today":     {"today", "اليوم", "сегодня"},
	"yesterday": {"yesterday", "أمس", "امس", "البارحة", "вчера"},
	"half":      {"half", "نصف", "пол", "полчаса"},
	"to":        {"to", "until", "till", "and", "-", "–", "—", "إلى", "الى", "حتى", "до"},
	"skip":      {"from", "between", "at", "o'clock", "the", "من", "بين", "في", "الساعة", "عند", "с", "в"},
	"minute":    {"m", "min", "mins", "minute", "minutes", "دقيقة", "دقائق", "دقيقه", "мин", "минут", "минуты", "минуту"},
	"hour":      {"h", "hr", "hrs", "hour", "hours", "ساعة", "ساعات", "ساعه", "ч", "час", "часа", "часов"},
	"hours2":    {"ساعتين", "ساعتان"},
	"day":       {"d", "day", "days", "يوم", "أيام", "ايام", "يوما", "день", "дня", "дней"},
	"am":        {"am", "a.m.", "صباحا", "صباحاً", "ص"},
	"pm":        {"pm", "p.m.", "مساء", "مساءً", "م", "عصرا", "عصراً"},
	"one":       {"a", "an"},
}

func meaning(word string) string {
	for what, list := range sayings {
		if slices.Contains(list, word) {
			return what
		}
	}
	return ""
}

var (
	glued   = regexp.MustCompile(`^([0-9]+)(\pL+)$`)
	clocked = regexp.MustCompile(`^([0-9]{1,2})[:.h]([0-9]{2})$`)
	ranged  = regexp.MustCompile(`^([0-9]{1,2}[:.][0-9]{2})[-–—]([0-9]{1,2}[:.][0-9]{2})$`)
	dashed  = regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})$`)
	dotted  = regexp.MustCompile(`^([0-9]{1,2})[./]([0-9]{1,2})[./]?([0-9]{4})?$`)
	whole   = regexp.MustCompile(`^[0-9]{1,4}$`)
)

// tokens takes a text apart.
func (t *telling) tokens(text string) []string {
	if len(text) > 200 {
		return []string{"?"}
	}
	text = strings.Map(func(r rune) rune {
		if r >= '٠' && r <= '٩' {
			return '0' + r - '٠'
		}
		if r >= '۰' && r <= '۹' {
			return '0' + r - '۰'
		}
		if r == '،' || r == ',' || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return unicode.ToLower(r)
	}, strings.ToValidUTF8(text, "?"))
	text = strings.ReplaceAll(text, "~", " ~ ")
	var out []string
	for _, f := range strings.Fields(text) {
		if m := ranged.FindStringSubmatch(f); m != nil {
			out = append(out, m[1], "-", m[2])
		} else if m := glued.FindStringSubmatch(f); m != nil && meaning(m[2]) != "" {
			out = append(out, m[1], m[2])
		} else if meaning(f) != "skip" {
			out = append(out, f)
		}
	}
	return out
}

// read reads a time, or two with a word for "to" between them.
func (t *telling) read(fields []string) (truce.When, bool) {
	cut := slices.IndexFunc(fields, func(f string) bool { return meaning(f) == "to" })
	if cut < 0 {
		return t.one(fields, t.at)
	}
	until, ok := t.one(fields[cut+1:], t.at)
	from, ok2 := t.one(fields[:cut], until.To)
	return truce.When{From: from.From, To: until.To}, ok && ok2
}

// one reads one time, at or before another.
func (t *telling) one(fields []string, before time.Time) (truce.When, bool) {
	var rest []string
	for _, f := range fields {
		if meaning(f) == "about" {
			t.near = true
		} else {
			rest = append(rest, f)
		}
	}
	if len(rest) == 1 && meaning(rest[0]) == "now" {
		return truce.When{From: t.at.Add(-5 * time.Minute), To: t.at}, true
	}
	if w, ok := t.ago(rest); ok {
		return w, true
	}
	return t.clock(rest, before)
}

// ago reads how long ago it was.
func (t *telling) ago(fields []string) (truce.When, bool) {
	n, unit, number := 1.0, "", false
	for _, f := range fields {
		switch what := meaning(f); {
		case what == "ago", what == "one":
		case what == "half":
			n, number = n/2, true
			if f == "полчаса" {
				unit = "hour"
			}
		case what == "minute", what == "hour", what == "day":
			if unit != "" {
				return truce.When{}, false
			}
			unit = what
		case what == "hours2":
			n, unit = 2, "hour"
		case whole.MatchString(f) && !number:
			v, _ := strconv.Atoi(f)
			n, number = float64(v)*n, true
		default:
			return truce.When{}, false
		}
	}
	if len(fields) == 1 && !number && n == 1 { // a unit by itself says nothing
		return truce.When{}, false
	}
	switch unit {
	case "minute", "hour":
		span := time.Duration(n * float64(map[string]time.Duration{"minute": time.Minute, "hour": time.Hour}[unit]))
		slack := max(5*time.Minute, span/4)
		return truce.When{From: t.at.Add(-span - slack), To: t.at.Add(min(0, slack-span))}, true
	case "day":
		y, m, d := t.at.Date()
		return t.day(y, m, d-int(n)), n == float64(int(n))
	}
	return truce.When{}, false
}

func (t *telling) day(y int, m time.Month, d int) truce.When {
	return truce.When{From: time.Date(y, m, d, 0, 0, 0, 0, t.zone), To: time.Date(y, m, d+1, 0, 0, 0, 0, t.zone)}
}

// clock reads a day, a time of day, or both.
func (t *telling) clock(fields []string, before time.Time) (truce.When, bool) {
	y, m, d := t.at.Date()
	dated, minute := false, -1
	for _, f := range fields {
		switch what := meaning(f); {
		case what == "today" && !dated:
			dated = true
		case what == "yesterday" && !dated:
			d, dated = d-1, true
		case (what == "am" || what == "pm") && minute >= 0 && minute < 13*60:
			if minute %= 12 * 60; what == "pm" {
				minute += 12 * 60
			}
		case minute < 0 && clockOf(f) >= 0:
			minute = clockOf(f)
		case !dated:
			if y, m, d, dated = t.date(f); !dated {
				return truce.When{}, false
			}
		default:
			return truce.When{}, false
		}
	}
	switch {
	case minute < 0:
		return t.day(y, m, d), dated
	case dated:
		return t.minute(y, m, d, minute)
	}
	w, ok := t.minute(y, m, d, minute)
	if ok && w.From.After(before) {
		return t.minute(y, m, d-1, minute)
	}
	return w, ok
}

// minute is a minute of a day, as clocks show it: none where they are put forward over it, both
// where they are put back.
func (t *telling) minute(y int, m time.Month, d, minute int) (truce.When, bool) {
	at := time.Date(y, m, d, 0, minute, 0, 0, t.zone)
	w := truce.When{From: at, To: at.Add(time.Minute)}
	if at.Hour()*60+at.Minute() != minute {
		return w, false
	}
	if again := at.Add(time.Hour); again.Hour() == at.Hour() {
		w.To = again.Add(time.Minute)
	}
	if first := at.Add(-time.Hour); first.Hour() == at.Hour() {
		w.From = first
	}
	if t.near {
		w.From, w.To = w.From.Add(-15*time.Minute), w.To.Add(14*time.Minute)
	}
	return w, true
}

// clockOf is the minute of the day that a word says, or -1.
func clockOf(f string) int {
	h, m := "", "0"
	if c := clocked.FindStringSubmatch(f); c != nil {
		h, m = c[1], c[2]
	} else if whole.MatchString(f) && len(f) >= 3 {
		h, m = f[:len(f)-2], f[len(f)-2:]
	} else if whole.MatchString(f) {
		h = f
	} else {
		return -1
	}
	hour, _ := strconv.Atoi(h)
	minute, _ := strconv.Atoi(m)
	if hour > 23 || minute > 59 {
		return -1
	}
	return hour*60 + minute
}

// date reads a day; one without a year is the last such day.
func (t *telling) date(f string) (y int, m time.Month, d int, ok bool) {
	if c := dashed.FindStringSubmatch(f); c != nil {
		day, err := time.Parse(time.DateOnly, f)
		return day.Year(), day.Month(), day.Day(), err == nil
	}
	c := dotted.FindStringSubmatch(f)
	if c == nil {
		return 0, 0, 0, false
	}
	d, _ = strconv.Atoi(c[1])
	month, _ := strconv.Atoi(c[2])
	m, y = time.Month(month), t.at.Year()
	if c[3] != "" {
		y, _ = strconv.Atoi(c[3])
	} else if time.Date(y, m, d, 0, 0, 0, 0, t.zone).After(t.at) {
		y--
	}
	day := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	return y, m, d, day.Day() == d && day.Month() == m
}
