package reading_test

import (
	"slices"
	"testing"
	"time"

	"truce/reading"
)

// TestTimesToldByOthers: times that other times, the season or the week tell, in an account of
// Friday 26 August 2016, Damascus.
func TestTimesToldByOthers(t *testing.T) {
	for text, want := range map[string][2]string{
		"Talks ended on Wednesday. The next morning the shelling resumed.": {"2016-08-25T05:00", "2016-08-25T12:00"},
		"A shell fell on Monday and another the day after.":                {"2016-08-23T00:00", "2016-08-24T00:00"},
		"The town fell on 3 July 2015. Two weeks later the bakery opened.": {"2015-07-17T00:00", "2015-07-18T00:00"},
		"Shelling was reported earlier this week.":                         {"2016-08-22T00:00", "2016-08-27T00:00"},
		"The road has been closed since the weekend.":                      {"2016-08-20T00:00", "2016-08-26T00:00"},
		"The road was opened last spring.":                                 {"2016-03-01T00:00", "2016-06-01T00:00"},
		"The talks ran from 30 May to 5 June 2016.":                        {"2016-05-30T00:00", "2016-06-06T00:00"},
		"Fire was heard between 19:00 and midnight.":                       {"2016-08-26T19:00", "2016-08-27T00:00"},
		"Raids hit Hama between noon and 4 p.m.":                           {"2016-08-26T12:00", "2016-08-26T16:00"},
		"A mortar landed at 2 in the afternoon.":                           {"2016-08-26T14:00", "2016-08-26T15:00"},
		"The convoy had been due to leave on Tuesday.":                     {"2016-08-23T00:00", "2016-08-24T00:00"},
		"The evacuation will resume on Tuesday.":                           {"2016-08-30T00:00", "2016-08-31T00:00"},
		"В ночь на четверг обстреляли город.":                              {"2016-08-24T22:00", "2016-08-25T06:00"},
		"Эксперты встретятся в понедельник.":                               {"2016-08-29T00:00", "2016-08-30T00:00"},
		"Прошлым летом было тихо.":                                         {"2015-06-01T00:00", "2015-09-01T00:00"},
		"وصلت القافلة أول من أمس.":                                         {"2016-08-24T00:00", "2016-08-25T00:00"},
		"سقطت قذيفة بين الساعة الثانية والرابعة ظهرا.":                     {"2016-08-26T14:00", "2016-08-26T16:00"},
		"كان الطرفان قد اجتمعا يوم الأربعاء.":                              {"2016-08-24T00:00", "2016-08-25T00:00"},
	} {
		t.Run(text, func(t *testing.T) {
			zone := damascus(t, friday).Zone
			from, _ := time.ParseInLocation("2006-01-02T15:04", want[0], zone)
			to, _ := time.ParseInLocation("2006-01-02T15:04", want[1], zone)
			var got []string
			for _, it := range read(t, text).Items {
				if it.Kind != reading.KindTime || it.When == nil {
					continue
				}
				if it.When.From.Equal(from) && it.When.To.Equal(to) {
					return
				}
				got = append(got, it.Text+" "+it.When.From.In(zone).Format("2006-01-02T15:04")+".."+it.When.To.In(zone).Format("2006-01-02T15:04"))
			}
			t.Errorf("times %q, want %s..%s", got, want[0], want[1])
		})
	}
}

// TestCounts: what numbers count where the noun is left out or stands elsewhere.
func TestCounts(t *testing.T) {
	for _, c := range []struct {
		text, words, counts string
		low, high           float64
	}{
		{"Raids on Idlib kill 6 and wound 14.", "6", "killed", 6, 6},
		{"14 people, eight of them children, were killed.", "eight", "killed", 8, 8},
		{"A third of the houses are gone.", "A third of", "percent", 33.3, 33.3},
		{"Two out of three children have lost a relative.", "Two out of three", "percent", 66.7, 66.7},
		{"Four hospitals were hit. Two are out of service.", "Two", "", 2, 2},
		{"A hundred and eighty residents came.", "A hundred and eighty", "people", 180, 180},
		{"Violations: three in Aleppo, one in Idlib.", "three", "", 3, 3},
		{"An attack killed a family of five.", "five", "killed", 5, 5},
		{"10 members of the “Islamic State” were killed.", "10", "killed", 10, 10},
		{"Двое жителей погибли, ещё пятеро ранены.", "пятеро", "injured", 5, 5},
	} {
		t.Run(c.text, func(t *testing.T) {
			for _, it := range read(t, c.text).Items {
				if it.Kind == reading.KindQuantity && it.Text == c.words && it.Amount.Low != nil && it.Amount.High != nil && *it.Amount.Low == c.low && *it.Amount.High == c.high && (c.counts == "" || it.Counts == c.counts) {
					return
				}
			}
			t.Errorf("no %q as %v to %v %s", c.words, c.low, c.high, c.counts)
		})
	}
}

// TestWhoSpeaks: speakers told by an apposition, a relative clause, a passive or the sentence before.
func TestWhoSpeaks(t *testing.T) {
	for text, want := range map[string]string{
		"A spokesman for the U.N. humanitarian office, Jens Laerke, said on Friday that no aid had arrived.":                     "un",
		"“We are ready to go back to Geneva,” Riad Hijab, who heads the opposition bloc, was quoted by the newspaper as saying.": "hnc",
		"Kerry met reporters in Geneva.\n\nHe said the talks would go on.":                                                       "united-states",
		"Two people were hurt, the White Helmets wrote on Twitter.":                                                              "civil-defence",
		"«Мы готовы вернуться», - сказал Рияд Хиджаб агентству.":                                                                 "hnc",
		"- Мы не хлопали дверью, - говорит Лавров. - Документ остаётся на столе.":                                                "russia",
		"Лавров, выступая в Москве, обвинил Анкару в нарушении перемирия.":                                                       "russia",
		"انتهت العملية، وهو ما قالت حركة أحرار الشام إنه غير صحيح.":                                                              "ahrar-al-sham",
		"قتل عشرة أشخاص في إدلب، حسبما ذكر الدفاع المدني.":                                                                       "civil-defence",
	} {
		t.Run(text, func(t *testing.T) {
			var got []string
			for _, s := range read(t, text).Statements {
				if s.Speaker != nil {
					got = append(got, s.Speaker.Codes...)
				}
			}
			if !slices.Contains(got, want) {
				t.Errorf("speakers %v, want %s", got, want)
			}
		})
	}
}

// TestVictimsAreNotActors: whoever was hit, or only tells of it, is never put down as having acted.
func TestVictimsAreNotActors(t *testing.T) {
	for text, never := range map[string]string{
		"Three Turkish soldiers were wounded when a rocket hit their base in Kilis on Monday.": "turkish-armed-forces",
		"Two mortar shells fell on Jobar, the Syrian army said.":                               "syrian-armed-forces",
		"BEIRUT (AP) — Airstrikes on Aleppo killed 18 people on Friday, activists said.":       "associated-press",
		"Residents fled after jets struck the market in Idlib.":                                "civilians",
		"انفجرت سيارة مفخخة قرب حاجز في القامشلي، وقال تنظيم الدولة إن مقاتليه بعيدون.":        "daesh",
	} {
		t.Run(text, func(t *testing.T) {
			for _, h := range read(t, text).Happenings {
				if slices.Contains(h.Report.Elements[0].By, never) {
					t.Errorf("%s may have done %v in %q", never, h.Report.Elements[0].Acts, text)
				}
			}
		})
	}
}

// TestActsInThreeLanguages: acts told by verbs with their company and by nouns.
func TestActsInThreeLanguages(t *testing.T) {
	for text, want := range map[string]string{
		"Gunmen kidnapped a Red Crescent volunteer in Idlib on Tuesday.": "abduction",
		"Sappers cleared six mines from a school yard.":                  "demining",
		"Power lines to Hama were cut at 16:00.":                         "service-cut",
		"Monitors were turned back at a checkpoint near Horlivka.":       "obstruct-monitors",
		"Soldiers took surgical kits off the trucks on Thursday.":        "remove-goods",
		"A drone circled over the town for an hour.":                     "drone-flight",
		"Artillery fire from Khan Tuman.":                                "shelling",
		"Сапёры обезвредили десять мин под Хомсом.":                      "demining",
		"Боевики похитили двух журналистов в Алеппо вчера.":              "abduction",
		"Город покинули 300 жителей на автобусах.":                       "evacuation",
		"اعتقلت قوات النظام عشرة شبان في حلب أمس.":                       "arrest",
		"أفرج النظام عن سبعة معتقلين أمس.":                               "release",
		"سيطرت قوات النظام على قرية في ريف حماة أمس.":                    "gain-ground",
	} {
		t.Run(text, func(t *testing.T) {
			if got := acts(read(t, text)); !slices.Contains(got, want) {
				t.Errorf("draft reports %v, want %s", got, want)
			}
		})
	}
}
