package desk

import (
	"truce/actors"
	"truce/geo"
	"truce/missions"
	"truce/reading"
)

// Reader returns the built-in reader of accounts with the mission's register and places.
func (m *Mission) Reader() (*reading.Rules, error) {
	return reading.NewRules(reading.Lists{Register: m.register, Sites: Sites(m.atlas)})
}

// SampleReader returns the built-in reader with the register of the sample mission, for
// accounts that belong to none.
func SampleReader() (*reading.Rules, error) {
	r, problems := actors.Parse("syria-2016/register.yaml", missions.SampleRegister())
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return reading.NewRules(reading.Lists{Register: r})
}

// levels are the names of the levels of areas.
var levels = map[int]string{0: "country", 1: "governorate", 2: "district", 3: "subdistrict"}

// Sites lists the areas of an atlas as places that a reader knows.
func Sites(a *geo.Atlas) []reading.Site {
	if a == nil {
		return nil
	}
	var out []reading.Site
	for _, code := range a.Codes() {
		area, _ := a.Area(code)
		out = append(out, reading.Site{Code: code, Names: area.Names, Level: levels[area.Level], Governorate: governorate(a, area), Area: code})
	}
	return out
}

// governorate is the area of the first level that an area lies in.
func governorate(a *geo.Atlas, area geo.Area) string {
	for ; area.Level > 1; area, _ = a.Area(area.Parent) {
		if area.Parent == "" {
			return ""
		}
	}
	if area.Level == 1 {
		return area.Code
	}
	return ""
}
