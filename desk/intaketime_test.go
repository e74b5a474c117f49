package desk

import (
	"testing"
	"time"

	"truce"
)

func TestToldTime(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2016, 8, 27, 18, 0, 0, 0, zone)
	on := func(d, h, m int) time.Time { return time.Date(2016, 8, d, h, m, 0, 0, zone) }
	for _, c := range []struct {
		name, text string
		from, to   time.Time
	}{
		{"twenty minutes, five each way", "20 minutes ago", on(27, 17, 35), on(27, 17, 45)},
		{"run together", "20m", on(27, 17, 35), on(27, 17, 45)},
		{"in Arabic, with Arabic digits", "قبل ٢٠ دقيقة", on(27, 17, 35), on(27, 17, 45)},
		{"in Russian", "20 минут назад", on(27, 17, 35), on(27, 17, 45)},
		{"two hours, a quarter of them each way", "2 hours ago", on(27, 15, 30), on(27, 16, 30)},
		{"two hours in one Arabic word", "منذ ساعتين", on(27, 15, 30), on(27, 16, 30)},
		{"half an hour", "half an hour ago", on(27, 17, 22).Add(30 * time.Second), on(27, 17, 37).Add(30 * time.Second)},
		{"an hour", "an hour ago", on(27, 16, 45), on(27, 17, 15)},
		{"less than the slack goes on to now", "3 min ago", on(27, 17, 52), on(27, 18, 0)},
		{"now", "now", on(27, 17, 55), on(27, 18, 0)},
		{"a clock's minute", "14:20", on(27, 14, 20), on(27, 14, 21)},
		{"a clock's minute without colon", "1420", on(27, 14, 20), on(27, 14, 21)},
		{"later than now was yesterday", "19:10", on(26, 19, 10), on(26, 19, 11)},
		{"about", "about 14:20", on(27, 14, 5), on(27, 14, 35)},
		{"in the afternoon", "2:30 pm", on(27, 14, 30), on(27, 14, 31)},
		{"midnight by twelve hours", "12 am", on(27, 0, 0), on(27, 0, 1)},
		{"yesterday at a time", "yesterday 22:15", on(26, 22, 15), on(26, 22, 16)},
		{"yesterday in Arabic", "أمس الساعة ٢٢:١٥", on(26, 22, 15), on(26, 22, 16)},
		{"yesterday", "yesterday", on(26, 0, 0), on(27, 0, 0)},
		{"today up to now", "today", on(27, 0, 0), on(27, 18, 0)},
		{"a day", "2016-08-20", on(20, 0, 0), on(21, 0, 0)},
		{"a day and a time", "2016-08-20 14:20", on(20, 14, 20), on(20, 14, 21)},
		{"the day first, then the month", "3.8. 14:20", on(3, 14, 20), on(3, 14, 21)},
		{"with its year", "3/8/2016", on(3, 0, 0), on(4, 0, 0)},
		{"days ago is the whole day", "3 days ago", on(24, 0, 0), on(25, 0, 0)},
		{"from one to the other", "14:00-14:30", on(27, 14, 0), on(27, 14, 31)},
		{"in words", "from 14:00 to 14:30", on(27, 14, 0), on(27, 14, 31)},
		{"over midnight", "yesterday 23:30 to 00:15", on(26, 23, 30), on(27, 0, 16)},
		{"in Arabic words", "من 14:00 إلى 14:30", on(27, 14, 0), on(27, 14, 31)},
		{"from some time ago to now", "2 hours ago until now", on(27, 15, 30), on(27, 18, 0)},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := ToldTime(c.text, at, zone)
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || !got[0].From.Equal(c.from) || !got[0].To.Equal(c.to) || got[0].Lasts {
				t.Errorf("%v to %v", got[0].From, got[0].To)
			}
		})
	}
	for _, text := range []string{"soon", "tomorrow", "25:10", "14:75", "2016-08-28", "2016-02-30", "31.2.", "20", "m", "1 2 3", "14:30-14:00x", "20 minutes 3 hours"} {
		if got, err := ToldTime(text, on(27, 12, 0), zone); err == nil && text != "20" {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
	if got, err := ToldTime("  ", at, zone); got != nil || err != nil {
		t.Errorf("nothing is %v, %v", got, err)
	}
}

// Damascus put its clocks forward from 00:00 to 01:00 on 25 March 2016 and back from 00:00 to
// 23:00 on 28 October.
func TestToldTimeWhereClocksChange(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	if w, err := ToldTime("2016-03-25 00:30", time.Date(2016, 3, 26, 0, 0, 0, 0, time.UTC), zone); err == nil {
		t.Errorf("there was no such time, and it is %v", w)
	}
	w, err := ToldTime("2016-10-27 23:30", time.Date(2016, 10, 29, 0, 0, 0, 0, time.UTC), zone)
	want := truce.When{From: time.Date(2016, 10, 27, 20, 30, 0, 0, time.UTC), To: time.Date(2016, 10, 27, 21, 31, 0, 0, time.UTC)}
	if err != nil || len(w) != 1 || !w[0].From.Equal(want.From) || !w[0].To.Equal(want.To) {
		t.Errorf("%v, %v", w, err)
	}
}

func FuzzToldTime(f *testing.F) {
	for _, s := range []string{"20 minutes ago", "14:00-14:30", "yesterday 22:15", "قبل ٢٠ دقيقة", "3.8. 14:20", "half an hour ago", "12 am", "2016-10-27 23:30"} {
		f.Add(s)
	}
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		f.Fatal(err)
	}
	at := time.Date(2016, 8, 27, 18, 0, 0, 0, zone)
	f.Fuzz(func(t *testing.T, s string) {
		list, err := ToldTime(s, at, zone)
		if err != nil {
			return
		}
		for _, w := range list {
			if w.From.After(at) || w.To.Before(w.From) || w.To.After(at.Add(time.Minute*15)) {
				t.Errorf("%q is %v", s, w)
			}
		}
	})
}
