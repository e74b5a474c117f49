package reading

import (
	"slices"
	"strconv"
	"strings"
)

// places enters the sites of the program and of a mission.
func (b *book) places(own []Site) error {
	err := table("places.txt", "|", func(f []string) error {
		s, err := parseSite(f)
		if err == nil {
			b.sites = append(b.sites, s)
		}
		return err
	})
	if err != nil {
		return err
	}
	known := map[string][]int{}
	for i, s := range b.sites {
		for _, n := range s.Names {
			known[fold(n)] = append(known[fold(n)], i)
		}
	}
	for _, s := range own {
		if !b.adopt(s, known) {
			b.sites = append(b.sites, s)
		}
	}
	for i, s := range b.sites {
		b.site(i, s)
	}
	return nil
}

// adopt gives an area of the mission to the site of the program that bears its name.
func (b *book) adopt(s Site, known map[string][]int) bool {
	for _, n := range s.Names {
		for _, i := range known[fold(n)] {
			same := b.sites[i].Level == s.Level || s.Level == "" && b.sites[i].Level != "governorate"
			if same && b.sites[i].Area == "" {
				b.sites[i].Area = s.Area
				return true
			}
			if s.Level == "district" || s.Level == "subdistrict" {
				return true // the town of that name stands for it
			}
		}
	}
	return false
}

func (b *book) site(i int, s Site) {
	rank := 1
	if len(s.Names) > 1 || s.Level == "country" || s.Level == "governorate" || s.Area != "" {
		rank = 0
	}
	b.ranks = append(b.ranks, rank)
	for _, n := range s.Names {
		b.proper(n, entry{category: isPlace, site: i})
		if folded := fold(strings.ReplaceAll(n, "-", " ")); ascii(folded) {
			var keys []string
			for w := range strings.FieldsSeq(folded) {
				if !strings.Contains(articles, " "+w+" ") {
					keys = append(keys, bare(w))
				}
			}
			key := strings.Join(keys, " ")
			if !slices.Contains(b.spell[key], i) {
				b.spell[key] = append(b.spell[key], i)
			}
		}
	}
}

func parseSite(f []string) (Site, error) {
	if len(f) < 7 {
		return Site{}, errFields
	}
	s := Site{Code: f[0], Level: f[1], Governorate: f[2], Names: f[6:]}
	for i, to := range []*float64{&s.Lat, &s.Lon, &s.Within} {
		x, err := strconv.ParseFloat(f[3+i], 64)
		if err != nil {
			return s, err
		}
		*to = x
	}
	return s, nil
}
