package geo

import "strings"

// arabicLetter writes an Arabic letter in Latin ones, as few as tell it apart.
func arabicLetter(r rune) (string, bool) {
	const letters = "اa بb تt ثth جj حh خkh دd ذdh رr زz سs شsh صs ضd طt ظz ع غgh فf قq كk لl مm نn هh وw يy ةa ىa ء"
	at := strings.IndexRune(letters, r)
	if at < 0 || r < 'ء' || r > 'ي' {
		return "", false
	}
	latin, _, _ := strings.Cut(letters[at+len(string(r)):], " ")
	return latin, true
}

// isKind reports whether a word is an article or says only what kind of area it is; the
// last ones are Arabic words as romanised writes them.
func isKind(w string) bool {
	const kinds = " al el ar as ash at ath az ez an ad adh ul the of governorate province district subdistrict " +
		"sub county region municipality city markaz mintaqat muhafazat nahiyat nahiya mrkz mhafza mntqa nahya "
	return strings.Contains(kinds, " "+w+" ")
}

// sounds makes spellings of one sound equal: pairs of letters become one, and letters
// that stand for each other the same.
func sounds(w string) string {
	for _, s := range []string{"shS", "chS", "khx", "ghg", "tht", "dhd", "phf"} {
		w = strings.ReplaceAll(w, s[:2], s[2:])
	}
	for _, s := range []string{"qk", "ck", "vf", "pb"} {
		w = strings.ReplaceAll(w, s[:1], s[1:])
	}
	return w
}
