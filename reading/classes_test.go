package reading_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"truce/reading"
)

// quarter is some text about Syria, long enough for a reader to know what country it is about.
const quarter = "\n\nResidents of Aleppo, Idlib and Homs in Syria spoke of a quiet week in which shops were open and the roads of the countryside were safe to use."

// TestTimesOfLogsAndBulletins: hours in four figures, days of one month, months by two names and the
// like, in an account of Friday 26 August 2016, Damascus.
func TestTimesOfLogsAndBulletins(t *testing.T) {
	for text, want := range map[string][2]string{
		"0820 Call from the mediator.\n0915 He promised photographs by 1400.":                                {"2016-08-26T14:00", "2016-08-26T14:01"},
		"Fire was heard from 1400 to 1600 near Hama.":                                                        {"2016-08-26T14:00", "2016-08-26T16:00"},
		"The brief covers 24 August 1800 to 25 August 1800.":                                                 {"2016-08-24T18:00", "2016-08-25T18:00"},
		"The first bomb fell on Thursday at 9.40 a.m. near the gate.":                                        {"2016-08-25T09:40", "2016-08-25T09:41"},
		"09:30 | Correction to 21:10 yesterday: seven dead.\n12:30 | Idlib: a helicopter dropped two bombs.": {"2016-08-26T12:30", "2016-08-26T12:31"},
		"A report on the days of 3-7 August was read.":                                                       {"2016-08-03T00:00", "2016-08-08T00:00"},
		"Parcels came between 1 and 10 August.":                                                              {"2016-08-01T00:00", "2016-08-11T00:00"},
		"Бои шли с 3 по 7 августа.":                                                                          {"2016-08-03T00:00", "2016-08-08T00:00"},
		"Пауза продлится завтра с 9 до 15 часов.":                                                            {"2016-08-27T09:00", "2016-08-27T15:00"},
		"اندلعت المعارك في السابع من تموز.":                                                                  {"2016-07-07T00:00", "2016-07-08T00:00"},
		"انهارت الهدنة في الحادي والعشرين من آب/أغسطس 2016.":                                                 {"2016-08-21T00:00", "2016-08-22T00:00"},
		"انهارت الهدنة في 21 آب/أغسطس.":                                                                      {"2016-08-21T00:00", "2016-08-22T00:00"},
		"نزح كثيرون مطلع آب.":                                                                                {"2016-08-01T00:00", "2016-08-11T00:00"},
		"Обстрелы начались в конце июля.":                                                                    {"2016-07-21T00:00", "2016-08-01T00:00"},
		"They hold their fire from midnight tonight.":                                                        {"2016-08-26T23:00", "2016-08-27T01:00"},
		"The grenades were thrown shortly before midnight on Tuesday.":                                       {"2016-08-23T23:00", "2016-08-24T00:00"},
		"Three men were hurt in the early hours of Thursday.":                                                {"2016-08-25T03:00", "2016-08-25T07:00"},
		"The troops left on Tuesday of last week.":                                                           {"2016-08-16T00:00", "2016-08-17T00:00"},
		"In 2012 we left. A shell had fallen in February of that year.":                                      {"2012-02-01T00:00", "2012-03-01T00:00"},
		"SARC expects to reach the town on Wednesday.":                                                       {"2016-08-31T00:00", "2016-09-01T00:00"},
		"Second group to follow on Monday.":                                                                  {"2016-08-29T00:00", "2016-08-30T00:00"},
		"Cases rose between March and May 2016.":                                                             {"2016-03-01T00:00", "2016-06-01T00:00"},
		"Two were killed on the night of 24 to 25 August.":                                                   {"2016-08-24T18:00", "2016-08-25T06:00"},
		"Next meeting: Sunday, 09:00.":                                                                       {"2016-08-28T09:00", "2016-08-28T09:01"},
		"العاشرة ليلا: أعلن المركز هدنة.":                                                                    {"2016-08-26T22:00", "2016-08-26T23:00"},
		"Обстрел начался в шесть часов утра.":                                                                {"2016-08-26T06:00", "2016-08-26T07:00"},
		"Power comes back at nine at night.":                                                                 {"2016-08-26T21:00", "2016-08-26T22:00"},
		"Its mandate runs out on December 15.":                                                               {"2016-12-15T00:00", "2016-12-16T00:00"},
		"Порт откроют в понедельник.":                                                                        {"2016-08-29T00:00", "2016-08-30T00:00"},
		"DAILY BRIEF 25 Aug 16":                                                                              {"2016-08-25T00:00", "2016-08-26T00:00"},
	} {
		t.Run(text, func(t *testing.T) {
			zone := damascus(t, friday).Zone
			from, _ := time.ParseInLocation("2006-01-02T15:04", want[0], zone)
			to, _ := time.ParseInLocation("2006-01-02T15:04", want[1], zone)
			var got []string
			for _, it := range items(read(t, text), reading.KindTime) {
				if it.When == nil {
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

// TestTimesThatAreNone: words of time that tell none, and months by two names that are one.
func TestTimesThatAreNone(t *testing.T) {
	for text, most := range map[string]int{
		"في اليوم الثالث مات جارنا.":                  0,
		"They will be freed as soon as possible.":     0,
		"انهارت في 21 آب/أغسطس 2016.":                 1,
		"The deal takes effect at noon on Saturday.":  1,
		"On Monday, 22 August 2016, a shell fell.":    1,
		"Guards came for a third week to the bakery.": 0,
	} {
		t.Run(text, func(t *testing.T) {
			if got := items(read(t, text), reading.KindTime); len(got) > most {
				t.Errorf("%d times, want at most %d: %v", len(got), most, got)
			}
		})
	}
}

// TestCountsOfOneVerb: what befell those whose verb stands elsewhere, duals, and one that counts.
func TestCountsOfOneVerb(t *testing.T) {
	for _, c := range []struct {
		text, words, counts string
		low, high           float64
	}{
		{"Среди погибших - 13 женщин и 17 детей.", "17", "killed", 17, 17},
		{"A raid killed 13 women and 17 children.", "17", "killed", 17, 17},
		{"منطقة بعرض 15 إلى 20 كيلومترا.", "15 إلى 20", "kilometres", 15, 20},
		{"The number of displaced rose from 30,000 to 45,000.", "30,000", "", 30000, 30000},
		{"1,021 civilians were killed in August, down from 1,289 in July.", "1,289", "killed", 1289, 1289},
		{"Число нарушений выросло с 120 до 340 за неделю.", "340", "", 340, 340},
		{"В результате взрыва погибли трое и ранены семеро.", "трое", "killed", 3, 3},
		{"In the clash the enemy lost eighty men.", "eighty", "killed", 80, 80},
		{"The wounded, some 300, could go.", "some 300", "injured", 270, 330},
		{"33 fighters of the movement and 19 soldiers were killed on Tuesday.", "33", "killed", 33, 33},
		{"30 pro-Russian separatists were killed near the town.", "30", "killed", 30, 30},
		{"وقتل في المعارك التي اندلعت أمس 300 شخص.", "300", "killed", 300, 300},
		{"وقتل شهيدان في القصف.", "شهيدان", "killed", 2, 2},
		{"شنت الطائرات غارتين على الحي.", "غارتين", "strikes", 2, 2},
		{"Half a dozen shells landed on farmland.", "Half a dozen", "shells", 6, 6},
		{"Some 200 families live there, a quarter of whom are displaced.", "a quarter of whom", "percent", 25, 25},
		{"One helicopter was shot down.", "One", "", 1, 1},
		{"There is one toilet for 350 people.", "one", "", 1, 1},
		{"Two humanitarian actions were carried out.", "Two", "", 2, 2},
		{"Two 122mm howitzers moved west.", "Two", "arms", 2, 2},
		{"Замечено два десятка танков.", "два десятка", "arms", 20, 20},
		{"По данным штаба, 46 военных убитыми потеряла армия.", "46", "killed", 46, 46},
	} {
		t.Run(c.text, func(t *testing.T) {
			for _, it := range items(read(t, c.text), reading.KindQuantity) {
				if it.Text == c.words && it.Amount.Low != nil && it.Amount.High != nil && *it.Amount.Low == c.low && *it.Amount.High == c.high && (c.counts == "" || it.Counts == c.counts) {
					return
				}
			}
			t.Errorf("no %q as %v to %v %s in %v", c.words, c.low, c.high, c.counts, items(read(t, c.text), reading.KindQuantity))
		})
	}
}

// TestNumbersThatCountNothing: multipliers, hours of logs, "not one" and "one of the two".
func TestNumbersThatCountNothing(t *testing.T) {
	for _, text := range []string{
		"Prices are twice as high.", "Not one prisoner has been let go.", "Из города не вышел ни один человек.",
		"أحد الشهيدين طفل.", "Two diplomats said so.", "One resident said so.", "Guards came for a third week.",
		"0820 Call from the mediator.\n1005 Call from the army.",
	} {
		t.Run(text, func(t *testing.T) {
			if got := items(read(t, text), reading.KindQuantity); len(got) > 0 {
				t.Errorf("quantities %v, want none", got)
			}
		})
	}
}

// TestSubjectsOfSaying: who speaks where words stand between him and his verb, or none is named.
func TestSubjectsOfSaying(t *testing.T) {
	for text, want := range map[string]string{
		"Lavrov flew to Geneva and said that talks would resume.":                                           "russia",
		"A Jaysh al-Islam commander (declined to give a name) complained that the army had moved tanks.":    "jaysh-al-islam",
		"Russia denies any movement. Says two rockets were fired from Jobar.":                               "russia",
		"14:00 | Lavrov said nothing.\n14:30 | Jan Egeland: \"not a single person has been let out\".":      "un",
		"Lavrov called the strike a flagrant violation of international law.":                               "russia",
		"Moscow calls the accusations \"groundless\".":                                                      "russia",
		"The head of the UN mission, speaking by phone, told reporters that the deal was dead.":             "un",
		"The United Nations has aid ready. Two towns are cut off, according to its humanitarian office.":    "un",
		"The U.N. is short of tents. \"They are full,\" a spokeswoman told reporters in Geneva.":            "un",
		"The Russian general set a deadline at noon. He said the number of fighters was 5,000.":             "russia",
		"\"I saw four of them,\" a teacher who gave his name only as Santino told Meridian by telephone.":   "?Santino",
		"Some 8,000 people took refuge in a church, according to the U.N. mission, which has sent patrols.": "un",
		"Hospitals treated 17 patients for burns, a doctor said, adding that two of them had died.":         "?doctor",
		"Анкара это отрицает.":                                                                              "turkish-armed-forces",
		"«Белые каски» сообщили о гибели двух человек.":                                                     "civil-defence",
		"Брифинг провёл генерал Сергей Рудской.\n\nПо его словам, из города вышли 300 человек.":             "russia",
		"Курдские отряды народной самообороны пообещали вернуться.":                                         "ypg",
		"ثلاثة جرحى حسب الدفاع المدني.":                                                                     "civil-defence",
		"Residents gathered. \"Nobody came,\" Kerry said.":                                                  "united-states",
		"Turkish troops crossed the border on Sunday, the army said.":                                       "turkish-armed-forces",
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

// TestNobodySpeaks: words of saying that make no statement of somebody's.
func TestNobodySpeaks(t *testing.T) {
	for _, text := range []string{
		"The envoy left Sanaa without announcing an agreement.", "I counted thirty flags before noon.",
		"The local truce announced on Saturday is holding.", "Neither side has confirmed it.",
		"No group claimed responsibility.",
		"The government has never confirmed it.", "Some 2,000 Syrians are registered in the town.",
		"Samira Darwish counts the winters.", "Of one million people requested under the plan, half were reached.",
	} {
		t.Run(text, func(t *testing.T) {
			for _, s := range read(t, text).Statements {
				if s.Speaker != nil {
					t.Errorf("%q speaks: %q", s.Speaker.Text, s.Verb)
				}
			}
		})
	}
}

// TestWhoseArmy: "the army" and its like are Syria's in a text about Syria, Ukraine's in one about
// Ukraine, and nobody's that is known elsewhere.
func TestWhoseArmy(t *testing.T) {
	ukraine := "\n\nPeople in Donetsk, Avdiivka and Horlivka in Ukraine spoke of a quiet week in which shops were open and the roads were safe to use again."
	yemen := "\n\nPeople in Sanaa, Taiz and Hodeidah in Yemen spoke of a quiet week in which shops were open and the roads were safe to use again."
	for tail, want := range map[string]string{quarter: "syrian-armed-forces", ukraine: "?Ukraine", yemen: ""} {
		got := "nobody"
		for _, it := range items(read(t, "The army shelled the village."+tail), reading.KindActor) {
			if it.Text == "The army" || it.Text == "army" {
				got = strings.Join(it.Codes, ",")
			}
		}
		if got != want {
			t.Errorf("the army is %q, want %q, in: %s", got, want, tail)
		}
	}
}

// TestStatesAreNoReports: how many, what goes on, what had been and what only describes is no act.
func TestStatesAreNoReports(t *testing.T) {
	for _, text := range []string{
		"About 26,000 people have fled since June.", "Some 231,000 people are displaced inside the country.",
		"The road remains closed.", "Monitors saw 41 weapons beyond the withdrawal lines.",
		"Helicopters dropped leaflets on the town.", "The hospital, which was bombed twice last month, reopened.",
		"He was arrested in 2013 and spent two years in prison, where he was tortured.",
		"She left Homs with four children.", "Claims that twenty rockets were fired at the Golan are baseless.",
		"The raid lasted two hours.", "Partly destroyed, the hospital treats 130 people a month.",
		"وكان القتال قد أدى إلى نزوح كثيرين.",
	} {
		t.Run(text, func(t *testing.T) {
			if got := acts(read(t, text)); len(got) > 0 {
				t.Errorf("drafts of %v, want none", got)
			}
		})
	}
}

// TestDatedBlowsAreReports: a noun for a blow with its day, or counted beside its place.
func TestDatedBlowsAreReports(t *testing.T) {
	for text, want := range map[string]string{
		"The charity is outraged by the bombing of a clinic near Homs on Thursday.": "air-strike",
		"The blast tore through a bus station in Jobar.":                            "explosion",
		"Artillery fire was heard north of Kinsabba.":                               "shelling",
		"Three men were hurt by a mine near Azaz on Thursday.":                      "mine-explosion",
		"Войска заняли центр города.":                                               "gain-ground",
		"Армия взяла под контроль два посёлка.":                                     "gain-ground",
		"Вооружённый мужчина не пропускал патруль наблюдателей.":                    "obstruct-monitors",
		"انفجار سيارة مفخخة قرب الدوار أوقع ثلاثة قتلى.":                            "bombing",
	} {
		t.Run(text, func(t *testing.T) {
			if got := acts(read(t, text)); !slices.Contains(got, want) {
				t.Errorf("drafts of %v, want %s", got, want)
			}
		})
	}
}

// TestRulesNameTheirWords: a word that a rule asks for must be one of those that are numbered for
// rules, or the rule never fires.
func TestRulesNameTheirWords(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	asked := map[string]string{}
	lists, call, word := regexp.MustCompile("(?s)const cueWords = `(.*?)`"), regexp.MustCompile(`p\.is\(((?:[^()]|\([^()]*\))*)\)`), regexp.MustCompile(`"([^"]+)"`)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range lists.FindAllStringSubmatch(string(b), -1) {
			for w := range strings.FieldsSeq(m[1]) {
				known[w] = true
			}
		}
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, m := range call.FindAllStringSubmatch(string(b), -1) {
			for _, w := range word.FindAllStringSubmatch(m[1], -1) {
				asked[w[1]] = file
			}
		}
	}
	for w, file := range asked {
		if !known[w] {
			t.Errorf("%s asks for %q, which is no word of cueWords", file, w)
		}
	}
}
