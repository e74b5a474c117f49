package actors

import (
	"strings"
	"testing"
)

func TestSpellingsThatAreOneName(t *testing.T) {
	tests := map[string][]string{
		"case":                {"Ahrar al-Sham", "AHRAR AL-SHAM", "ahrar al-sham"},
		"article":             {"Ahrar al-Sham", "Ahrar al Sham", "Ahrar al- Sham", "Ahrar ash-Sham", "Ahrar alSham", "Ahrar Sham", "Ahrar  al–Sham"},
		"apostrophes":         {"Jaysh al-Asha'er", "Jaysh al-Asha’er", "Jaysh al-Asha‘er", "Jaysh al-Ashaʿer", "Jaysh al-Ashaer"},
		"dots":                {"U.S.-led Coalition", "US-led Coalition", "us led coalition"},
		"diacritics":          {"Türkiye", "Turkiye"},
		"Turkish letters":     {"Türk Silahlı Kuvvetleri", "TÜRK SİLAHLI KUVVETLERİ", "Turk Silahli Kuvvetleri"},
		"hamza and alef":      {"أحرار الشام", "احرار الشام", "إحرار الشام"},
		"tatweel":             {"داعش", "داعـــش"},
		"harakat":             {"جَبْهَة النُّصْرَة", "جبهة النصرة", "جبهه النصره"},
		"alef maqsura":        {"فتح حلبى", "فتح حلبي", "فتح حلبی"},
		"Arabic article":      {"جيش الإسلام", "جيش اسلام"},
		"Arabic digits":       {"الفرقة ١٣", "الفرقة 13"},
		"presentation forms":  {"ﺩﺍﻋﺶ", "داعش"},
		"Cyrillic":            {"Вооружённые силы", "вооруженные силы"},
		"an article only: IS": {"AS", "as"},
	}
	for name, same := range tests {
		t.Run(name, func(t *testing.T) {
			for _, s := range same {
				if fold(s) != fold(same[0]) {
					t.Errorf("%q is %q, and %q is %q", s, fold(s), same[0], fold(same[0]))
				}
			}
		})
	}
}

func TestSpellingsThatAreTwoNames(t *testing.T) {
	for _, pair := range [][2]string{{"Jaysh al-Islam", "Jaysh al-Sunna"}, {"SDF", "SRF"}, {"13th Division", "16th Division"},
		{"Tahrir al-Sham Army", "Tahrir al-Sham"}, {"UN", "US"}, {"Liwa al-Aqsa", "Liwa al-Haq"}} {
		if fold(pair[0]) == fold(pair[1]) {
			t.Errorf("%q and %q are one", pair[0], pair[1])
		}
	}
}

func TestWhoANameMeansOnADay(t *testing.T) {
	r := parsed(t, head+`
  - {id: front, kind: non-state-armed-group, names: [{name: The Front, to: 2016-07-28}, {name: The Base, from: 2016-07-28}, Frontists]}
  - {id: heirs, kind: non-state-armed-group, names: [{name: The Front, from: 2016-09-01}]}
  - {id: twins, kind: non-state-armed-group, names: [Ajnad]}
  - {id: other-twins, kind: non-state-armed-group, names: [Ajnad]}
`)
	tests := map[string]struct{ name, at, want string }{
		"its name that day":             {"The Front", "2016-07-27", "front"},
		"the last instant before":       {"the front", "2016-07-27 23:59", "front"},
		"its old name, nobody's now":    {"The Front", "2016-08-01", "front heirs"},
		"its old name, another's now":   {"The Front", "2016-09-01", "heirs"},
		"its later name, early":         {"The Base", "2016-01-01", "front"},
		"an undated name":               {"frontists", "2016-01-01", "front"},
		"a name of two":                 {"Ajnad", "2016-01-01", "other-twins twins"},
		"an identifier":                 {"front", "2016-01-01", "front"},
		"nobody's name":                 {"The Back", "2016-01-01", ""},
		"no name at all":                {"", "2016-01-01", ""},
		"signs only":                    {"--", "2016-01-01", ""},
		"the article is part of a name": {"The-Base", "2017-01-01", "front"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := r.Resolve(tt.name, on(t, tt.at))
			if strings.Join(got, " ") != tt.want || tt.want == "" && got != nil {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNameToShow(t *testing.T) {
	r := parsed(t, head+`
  - id: front
    kind: non-state-armed-group
    names: [Frontists, {name: الجبهة, lang: ar}, {name: The Front, to: 2016-07-28}, {name: The Base, from: 2016-07-28, to: 2017-01-28}]
  - {id: arabic-only, kind: police, names: [{name: الشرطة, lang: ar}]}
`)
	tests := map[string]struct{ id, at, want string }{
		"dated":                   {"front", "2016-07-27", "The Front"},
		"renamed":                 {"front", "2016-07-28", "The Base"},
		"after all dated ones":    {"front", "2017-02-01", "Frontists"},
		"only in another writing": {"arabic-only", "2016-07-27", "الشرطة"},
		"an unmatched name":       {"?Foo Brigade", "2016-07-27", "Foo Brigade"},
		"an unknown identifier":   {"foo", "2016-07-27", "foo"},
		"the outsider":            {"*", "2016-07-27", "an actor that no register names"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := r.NameOn(tt.id, on(t, tt.at)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzResolve(f *testing.F) {
	r := parsed(f, land)
	f.Add("Old-Front")
	f.Add("ال")
	f.Fuzz(func(t *testing.T, name string) {
		at := on(t, "2016-03-05")
		once := fold(name)
		if again := fold(strings.ToUpper(name)); strings.ToLower(strings.ToUpper(name)) == strings.ToLower(name) && isASCII(name) && again != once {
			t.Errorf("%q: %q and %q", name, once, again)
		}
		for _, id := range r.Resolve(name, at) {
			if _, ok := r.Actor(id); !ok {
				t.Errorf("%q means %q, whom nobody declared", name, id)
			}
		}
	})
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return c > 127 }) < 0
}
