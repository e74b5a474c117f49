package reading_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"truce/desk"
	"truce/reading"
)

// friday is the day on which the accounts of the traps were written.
var friday = "2016-08-26"

// rules is the built-in reader with the lists of the sample mission.
func rules(t testing.TB) *reading.Rules {
	t.Helper()
	r, err := sampleReader()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var sampleReader = sync.OnceValues(desk.SampleReader)

func damascus(t testing.TB, day string) reading.Account {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Damascus")
	if err != nil {
		t.Fatal(err)
	}
	date, err := time.ParseInLocation(time.DateOnly, day, zone)
	if err != nil {
		t.Fatal(err)
	}
	return reading.Account{Date: date, Zone: zone, Outlet: "The Paper"}
}

func read(t testing.TB, text string) reading.Reading {
	t.Helper()
	got, err := rules(t).Read(t.Context(), text, damascus(t, friday))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// acts lists the acts of the draft reports.
func acts(r reading.Reading) []string {
	var out []string
	for _, h := range r.Happenings {
		out = append(out, h.Report.Elements[0].Acts[0])
	}
	return out
}

// TestWhatDidNotHappenIsNoReport: what is negated, hoped for, threatened, conditional or long
// ago must not become a draft report of that act.
func TestWhatDidNotHappenIsNoReport(t *testing.T) {
	for name, text := range map[string]string{
		"failed to reach an agreement":    "The United States and Russia failed to reach an agreement for a 48-hour humanitarian ceasefire in Aleppo.",
		"no deal":                         "After nine hours of talks there was no deal, and some issues remain.",
		"not shelled":                     "The army did not shell Daraya on Friday.",
		"never bombed":                    "Our planes never bombed the market in Idlib, the minister said.",
		"quoted denial":                   "“We did not bomb the hospital,” said Lavrov.",
		"denied that it shelled":          "Russia denied that its warplanes bombed Saraqib.",
		"hope":                            "Residents hope that the fighters will withdraw from Manbij.",
		"condition":                       "If the regime shells Douma again, the rebels will withdraw from the talks.",
		"unless":                          "The truce will end unless the army withdraws from the Castello Road.",
		"threat":                          "Jaysh al-Islam threatened to attack the capital.",
		"promise":                         "Turkey promised to withdraw from Jarabulus.",
		"call":                            "The United Nations called for the evacuation of the wounded from Madaya.",
		"attempt":                         "The two sides will try to come to an agreement over military cooperation.",
		"warned of an assault":            "De Mistura warned of an assault on eastern Aleppo.",
		"a siege of 2012 told in passing": "The town, besieged since 2012, is quiet.",
		"a four-year siege":               "The talks came after a four-year siege.",
		"last year's capture":             "The rebels captured the town last year.",
		"a summary":                       "Ceasefire violations have become the norm.",
		"prevented":                       "The mediators prevented an attack on the convoy.",
		"Arabic negation":                 "لم يقصف الجيش السوري مدينة داريا.",
		"Russian negation":                "Не обстреляли город Дарайя.",
	} {
		t.Run(name, func(t *testing.T) {
			if got := acts(read(t, text)); len(got) > 0 {
				t.Errorf("draft reports %v of %q", got, text)
			}
		})
	}
}

// TestWhatHappenedIsADraft holds the other side: plain reports of acts.
func TestWhatHappenedIsADraft(t *testing.T) {
	for text, want := range map[string]string{
		"Government forces shelled Daraya on Thursday.":                                           "shelling",
		"Warplanes bombed the market in Idlib, killing 12 people.":                                "air-strike",
		"A mortar shell hit a school in western Aleppo, wounding three children.":                 "shelling",
		"Western-backed opposition groups effectively surrendered the Damascus suburb of Daraya.": "hand-over-ground",
		"Residents and insurgents in Daraya began to leave the area on Friday.":                   "evacuation",
		"A suicide bombing killed 46 people in the city of Homs.":                                 "suicide-bombing",
		"A convoy of 40 trucks reached Madaya on Thursday.":                                       "aid-delivery",
		"قصفت قوات النظام مدينة داريا أمس.":                                                       "shelling",
		"Правительственные войска обстреляли Дарайю вчера.":                                       "shelling",
	} {
		t.Run(text, func(t *testing.T) {
			if got := acts(read(t, text)); !slices.Equal(got, []string{want}) {
				t.Errorf("draft reports %v, want %s", got, want)
			}
		})
	}
}

// TestNumbersThatAreNoTolls: ages, addresses, numbers of roads and resolutions.
func TestNumbersThatAreNoTolls(t *testing.T) {
	for _, text := range []string{
		"Ahmad, 34, fled Aleppo with his wife.",
		"A boy of 12 was wounded in Homs.",
		"A 12-year-old girl was killed in Homs.",
		"A man aged 78 died in the shelling.",
		"The shell hit 14 Baghdad Street in Aleppo and killed nobody.",
		"Resolution 2268 was adopted.",
		"The 13th Division attacked Brigade 82.",
		"The blast on Highway 45 killed nobody.",
	} {
		t.Run(text, func(t *testing.T) {
			for _, it := range read(t, text).Items {
				if it.Kind == reading.KindQuantity {
					t.Errorf("quantity %q (%s)", it.Text, it.Counts)
				}
			}
		})
	}
}

// item returns the items of a kind.
func items(r reading.Reading, kind reading.Kind) []reading.Item {
	var out []reading.Item
	for _, it := range r.Items {
		if it.Kind == kind {
			out = append(out, it)
		}
	}
	return out
}

// TestAleppo: the governorate, the city, or nobody can say.
func TestAleppo(t *testing.T) {
	for text, want := range map[string]string{
		"Clashes continued in Aleppo province.":                         "SY02",
		"Clashes continued in the countryside of Aleppo.":               "SY02",
		"Clashes continued in the city of Aleppo.":                      "sy-aleppo",
		"Clashes continued in Aleppo city.":                             "sy-aleppo",
		"Clashes continued in Aleppo.":                                  "sy-aleppo SY02",
		"قصفت قوات النظام ريف حلب.":                                     "SY02",
		"اندلعت اشتباكات في مدينة حلب.":                                 "sy-aleppo",
		"Clashes continued in the northern Syrian town of Aleppo.":      "sy-aleppo",
		"Shells fell in the provinces of Hama, Idlib and Aleppo today.": "SY02",
	} {
		t.Run(text, func(t *testing.T) {
			found := items(read(t, text), reading.KindPlace)
			if len(found) == 0 {
				t.Fatal("no place")
			}
			last := found[len(found)-1]
			if got := strings.Join(last.Codes, " "); got != want || last.Certain != !strings.Contains(want, " ") {
				t.Errorf("place %s, certain %v; want %s", got, last.Certain, want)
			}
		})
	}
}

// TestTimes: relative words against an account of Friday, 26 August 2016, in Damascus. The
// days were counted on a calendar.
func TestTimes(t *testing.T) {
	for text, want := range map[string]string{
		"They met on Friday.":                    "2016-08-26T00:00 2016-08-27T00:00 day",
		"They met last Friday.":                  "2016-08-19T00:00 2016-08-20T00:00 day",
		"They met on Thursday.":                  "2016-08-25T00:00 2016-08-26T00:00 day",
		"They will meet on Monday.":              "2016-08-29T00:00 2016-08-30T00:00 day",
		"They met on Monday.":                    "2016-08-22T00:00 2016-08-23T00:00 day",
		"They met next Friday.":                  "2016-09-02T00:00 2016-09-03T00:00 day",
		"It was shelled yesterday.":              "2016-08-25T00:00 2016-08-26T00:00 day",
		"It was shelled overnight.":              "2016-08-25T18:00 2016-08-26T06:00 part-of-day",
		"It was shelled on Thursday evening.":    "2016-08-25T17:00 2016-08-26T00:00 part-of-day",
		"It has been besieged since 2012.":       "2012-01-01T00:00 2016-08-26T00:00 year",
		"They met at 14:30 on Thursday.":         "2016-08-25T14:30 2016-08-25T14:31 minute",
		"They met at 2 p.m. on Thursday.":        "2016-08-25T14:00 2016-08-25T15:00 hour",
		"They met at 1100 GMT on Thursday.":      "2016-08-25T14:00 2016-08-25T14:01 minute",
		"The truce began on 27 February.":        "2016-02-27T00:00 2016-02-28T00:00 day",
		"It fell on December 22.":                "2015-12-22T00:00 2015-12-23T00:00 day",
		"It began on 26 February 2016.":          "2016-02-26T00:00 2016-02-27T00:00 day",
		"It began on 2016-02-26.":                "2016-02-26T00:00 2016-02-27T00:00 day",
		"It began three days ago.":               "2016-08-23T00:00 2016-08-24T00:00 day",
		"It was quiet in early March.":           "2016-03-01T00:00 2016-03-11T00:00 days",
		"It was quiet last month.":               "2016-07-01T00:00 2016-08-01T00:00 month",
		"It was quiet over the past three days.": "2016-08-23T00:00 2016-08-27T00:00 days",
		"قصفت المدينة يوم الخميس.":               "2016-08-25T00:00 2016-08-26T00:00 day",
		"Город обстреляли в четверг.":            "2016-08-25T00:00 2016-08-26T00:00 day",
		"Город обстреляли 25 августа 2016 года.": "2016-08-25T00:00 2016-08-26T00:00 day",
		"قصفت المدينة في 25 آب 2016.":            "2016-08-25T00:00 2016-08-26T00:00 day",
	} {
		t.Run(text, func(t *testing.T) {
			found := items(read(t, text), reading.KindTime)
			if len(found) != 1 || found[0].When == nil {
				t.Fatalf("times %+v", found)
			}
			const form = "2006-01-02T15:04"
			w := found[0].When
			if got := w.From.Format(form) + " " + w.To.Format(form) + " " + found[0].Precision; got != want {
				t.Errorf("%q is %s; want %s", found[0].Text, got, want)
			}
		})
	}
}

// TestWithoutADateTimesStayOpen: nothing is guessed.
func TestWithoutADateTimesStayOpen(t *testing.T) {
	got, err := rules(t).Read(t.Context(), "It was shelled on Friday, two days ago and last month.", reading.Account{})
	if err != nil {
		t.Fatal(err)
	}
	found := items(got, reading.KindTime)
	if len(found) != 3 {
		t.Fatalf("times %+v", found)
	}
	for _, it := range found {
		if it.When != nil || it.Certain {
			t.Errorf("%q is %v without a date", it.Text, it.When)
		}
	}
	if len(got.Notes) == 0 || !strings.Contains(got.Notes[0], "no date") {
		t.Errorf("notes %v", got.Notes)
	}
}

// TestAmounts: numbers as ranges, with what they count.
func TestAmounts(t *testing.T) {
	for text, want := range map[string]string{
		"At least 12 people were killed.":               "12.. killed",
		"More than 50 soldiers were wounded.":           "50.. injured",
		"Up to 30 rebels died.":                         "..30 killed",
		"Between 17 and 21 civilians were killed.":      "17..21 killed",
		"The strike killed 10-15 people.":               "10..15 killed",
		"Tens of thousands fled.":                       "20000..99999 displaced",
		"Aid was delivered to over one million people.": "1000000.. reached",
		"Some 30,000 people live there.":                "27000..33000 people",
		"They talked for nine hours.":                   "9..9 hours",
		"It was a four-year siege.":                     "4..4 years",
		"They agreed on a 48-hour pause.":               "48..48 hours",
		"Twenty-five trucks entered.":                   "25..25 trucks",
		"Nearly half a million are besieged.":           "450000..500000 besieged",
		"Dozens of rebels were killed.":                 "24.. killed",
		"قتل 12 شخصا على الأقل في القصف.":               "12.. killed",
		"Не менее 12 человек погибли.":                  "12.. killed",
		"Погибли от 10 до 15 человек.":                  "10..15 killed",
	} {
		t.Run(text, func(t *testing.T) {
			found := items(read(t, text), reading.KindQuantity)
			if len(found) != 1 {
				t.Fatalf("quantities %+v", found)
			}
			if got := bounds(found[0]); got != want {
				t.Errorf("%q is %s; want %s", found[0].Text, got, want)
			}
		})
	}
}

func TestQuotationsWithinQuotations(t *testing.T) {
	got := read(t, "“The commander told us, ‘nobody fires before Sunday,’ and nobody did,” said Lavrov.")
	var outer, inner bool
	for _, s := range got.Statements {
		text := got.Text[s.Said.From:s.Said.To]
		if s.Speaker != nil && s.Speaker.Name == "Sergei Lavrov" && strings.HasPrefix(text, "“The commander") && !s.Within {
			outer = true
		}
		if s.Within && strings.Contains(text, "nobody fires") {
			inner = true
		}
	}
	if !outer || !inner {
		t.Errorf("statements %+v", got.Statements)
	}
}

func TestDatelineIsAPlaceAndNoSpeaker(t *testing.T) {
	got := read(t, "MOSCOW, Aug 26 (Agency) - Warplanes bombed Saraqib on Thursday, the observatory said.")
	if p := items(got, reading.KindPlace); len(p) == 0 || p[0].Codes[0] != "moscow" {
		t.Errorf("places %+v", p)
	}
	for _, h := range got.Happenings {
		if slices.Contains(h.Report.Elements[0].By, "russia") {
			t.Error("the dateline acts")
		}
	}
}

func TestMoscowIsAGovernmentOrACity(t *testing.T) {
	got := read(t, "Moscow said the truce would hold. The ministers met in Moscow.")
	a, p := items(got, reading.KindActor), items(got, reading.KindPlace)
	if len(a) == 0 || a[0].Codes[0] != "russia" || len(p) != 1 || p[0].Codes[0] != "moscow" {
		t.Errorf("actors %+v, places %+v", a, p)
	}
}

// TestNusraBearsTheNameOfTheDay: both names are one actor, whatever the account calls it.
func TestNusraBearsTheNameOfTheDay(t *testing.T) {
	got := read(t, "No name change by Nusra hides what Jabhat Fatah al-Sham is.")
	for _, it := range items(got, reading.KindActor) {
		if !slices.Equal(it.Codes, []string{"nusra"}) {
			t.Errorf("%q is %v", it.Text, it.Codes)
		}
	}
	if n := len(items(got, reading.KindActor)); n != 2 {
		t.Errorf("%d actors", n)
	}
}

func TestSlipsAreShownAndNotMended(t *testing.T) {
	for text, want := range map[string]string{
		"The regime used barrel bombs and choline gas.":                        "choline chlorine",
		"Moscow will not seize its operations against the rebels.":             "seize its cease",
		"Talks kick off in GenevaThe ministers met.":                           "GenevaThe Geneva The",
		"He takes choline for his memory.":                                     "",
		"The army wants to seize its former base near the Euphrates by night.": "",
	} {
		t.Run(text, func(t *testing.T) {
			got := read(t, text)
			found := ""
			for _, d := range got.Doubts {
				found = d.Text + " " + d.Perhaps
			}
			if found != want {
				t.Errorf("doubt %q, want %q", found, want)
			}
			if got.Text != text {
				t.Errorf("the text was changed: %q", got.Text)
			}
		})
	}
}

// TestSpunText: odd synonyms are doubted, and nothing is made of them.
func TestSpunText(t *testing.T) {
	got := read(t, "The secession of threats was broken by the Unified States.")
	if len(got.Doubts) < 2 || len(got.Happenings) > 0 {
		t.Errorf("doubts %+v, happenings %+v", got.Doubts, got.Happenings)
	}
}
