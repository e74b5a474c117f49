package reading

import (
	"slices"
	"strings"

	"truce"
)

// draft is a report being made of the sentence [a, b).
type draft struct {
	p    *page
	act  int
	a, b int
	e    truce.Element
	used []int
	open []string
	by   string
}

// mine returns the mentions of a kind in the sentence that are nearer to this act than to
// another that is told as a fact.
func (d *draft) mine(kind Kind) []int {
	var out []int
	for k := d.first(); k < len(d.p.ments) && d.p.ments[k].a < d.b; k++ {
		if d.p.ments[k].it.Kind == kind && d.nearest(k) == d.act {
			out = append(out, k)
		}
	}
	return out
}

// first is the first mention of the sentence.
func (d *draft) first() int {
	k, _ := slices.BinarySearchFunc(d.p.ments, d.a, func(m mention, a int) int { return m.a - a })
	return k
}

// nearest is the act that mention k belongs to: the nearest, where "and" divides counting
// as far.
func (d *draft) nearest(k int) int {
	best, least := d.act, 1<<30
	for j := d.first(); j < len(d.p.ments) && d.p.ments[j].a < d.b; j++ {
		x := d.p.ments[j]
		if x.it.Kind != KindAct || x.it.Mood != Fact || !incident(x.it.Codes) || j != d.act && d.p.repeated(j) {
			continue
		}
		if far := d.p.distance(d.p.ments[k], x); far < least {
			best, least = j, far
		}
	}
	return best
}

// distance between two mentions in words; a joint between them counts for eight.
func (p *page) distance(x, y mention) int {
	if x.a > y.a {
		x, y = y, x
	}
	n := max(0, y.a-x.b)
	for i := x.b; i < y.a; i++ {
		if p.is(i, "and") || p.kind(i) == ',' {
			n += 8
		}
	}
	return n
}

// who fills in those who may have acted and those acted against, as the sentence has it. Whoever
// stands in another clause, or only tells of it, is neither, unless harm came to them there.
func (d *draft) who() {
	act := d.p.ments[d.act]
	passive := d.p.is(act.a-1, "was", "were", "been", "being")
	ca, cb := d.p.clause(act.a)
	for _, k := range d.mine(KindActor) {
		m := d.p.ments[k]
		if d.isSpeaker(k) || len(m.it.Codes) == 0 || d.frames(m) || d.p.press(m) {
			continue
		}
		byHim := d.p.is(m.a-1, "by") || d.p.is(m.a-1, "the") && d.p.is(m.a-2, "by")
		within := m.a >= ca && m.b <= cb
		behind := m.a >= act.b
		switch {
		case d.e.Mutual || act.it.Codes[0] == "armed-clash":
			d.side(m)
		case byHim, d.p.verbFirst(m, act):
			d.e.By = join(d.e.By, m.it.Codes)
		case d.p.suffers(m), slices.Contains(unarmed, m.it.Codes[0]):
			d.e.Against = join(d.e.Against, m.it.Codes)
		case behind && !within, !behind && !within && !d.p.subjectOver(m, act):
			continue
		case !behind && !passive && !d.p.is(m.a-1, "against", "on", "of", "in"):
			d.e.By = join(d.e.By, m.it.Codes)
		default:
			d.e.Against = join(d.e.Against, m.it.Codes)
		}
		d.used = append(d.used, k)
	}
	if len(d.e.By) == 0 {
		d.open = append(d.open, "by")
	}
}

// press reports whether a mention is an outlet's, in a dateline or elsewhere: it tells and does not act.
func (p *page) press(m mention) bool {
	if p.kind(m.a-1) == '(' && p.kind(m.b) == ')' || slices.Contains(noBody[2:], m.it.Codes[0]) {
		return true
	}
	if p.lists.Register == nil {
		return false
	}
	a, known := p.lists.Register.Actor(m.it.Codes[0])
	return known && a.Kind == "press"
}

// unarmed are actors who do no hostile act.
var unarmed = []string{"civilians", "health-care"}

// verbFirst reports whether a mention is the subject behind an Arabic verb: "قصفت قوات النظام".
func (p *page) verbFirst(m, act mention) bool {
	return act.act.form == 'v' && m.a >= act.b && m.a-act.b <= 1 && arabic(p.text[p.toks[act.a].from:]) && p.toks[m.a].lead == 0
}

// suffers reports whether words behind a mention say that harm came to it: "Turkish soldiers were wounded".
func (p *page) suffers(m mention) bool {
	for k := m.b; k < m.b+3; k++ {
		if p.is(k, "was", "were", "been") {
			h := p.countAt(k + 1)
			return h.entry != nil && harm(h.code)
		}
	}
	return false
}

// subjectOver reports whether a mention is the subject of an act in a later clause with none of its
// own: "the army advanced and, two hours later, shelled".
func (p *page) subjectOver(m, act mention) bool {
	for k := m.b; k < act.a; k++ {
		if p.is(k, "when", "as", "while", "after", "before", "where", "but") || p.kind(k) == ';' {
			return false
		}
		if j := p.mentionAt(k, KindActor); j >= 0 {
			return false
		}
	}
	return act.a-m.b < 14
}

// frames reports whether a mention belongs to the words that tell who says it to whom, not to what is said.
func (d *draft) frames(m mention) bool {
	act := d.p.ments[d.act]
	return slices.ContainsFunc(d.p.over[d.p.sent[act.a]], func(k int32) bool {
		s := d.p.said[k]
		return !s.Own && s.Speaker != nil && act.a >= s.from && act.b <= s.to && (m.b <= s.from || m.a >= s.to)
	})
}

// side enters one of those who fought.
func (d *draft) side(m mention) {
	d.e.Mutual = true
	if len(d.e.By) == 0 {
		d.e.By = join(d.e.By, m.it.Codes)
	} else if !slices.Contains(d.e.By, m.it.Codes[0]) {
		d.e.Against = join(d.e.Against, m.it.Codes)
	}
}

func join(to, codes []string) []string {
	for _, c := range codes {
		if !slices.Contains(to, c) {
			to = append(to, c)
		}
	}
	return to
}

func (d *draft) isSpeaker(k int) bool {
	return d.p.speaks[k]
}

// where fills in the place.
func (d *draft) where() {
	for _, k := range d.mine(KindPlace) {
		m := d.p.ments[k]
		if m.it.Level == "country" && len(d.mine(KindPlace)) > 1 {
			continue
		}
		d.used = append(d.used, k)
		for _, code := range m.it.Codes {
			d.e.Where = append(d.e.Where, d.p.extent(code, m.it))
		}
	}
	if len(d.e.Where) == 0 {
		d.open = append(d.open, "where")
	}
}

// extent is the place of the record for one of the gazetteer, no finer than that.
func (p *page) extent(code string, it Item) truce.Place {
	for _, s := range p.sites {
		if s.Code != code {
			continue
		}
		if s.Area != "" {
			return truce.Place{Name: it.Text, Form: truce.FormArea, Area: s.Area}
		}
		if s.Within > 0 {
			within := s.Within
			if it.Part != "" {
				within += 10000
			}
			return truce.Place{Name: it.Text, Form: truce.FormDisc, Lat: s.Lat, Lon: s.Lon, Within: within}
		}
	}
	return truce.Place{Name: it.Text}
}

// when fills in the time.
func (d *draft) when() {
	for _, k := range d.mine(KindTime) {
		m := d.p.ments[k]
		if m.it.When == nil || d.ofSpeech(m) {
			continue
		}
		d.used = append(d.used, k)
		d.e.When = append(d.e.When, *m.it.When)
		break
	}
	if len(d.e.When) == 0 {
		d.open = append(d.open, "when")
	}
}

// ofSpeech reports whether a time is that of the speaking.
func (d *draft) ofSpeech(m mention) bool {
	act := d.p.ments[d.act]
	return slices.ContainsFunc(d.p.over[d.p.sent[act.a]], func(k int32) bool {
		s := d.p.said[k]
		return s.When == m.it.When && m.it.When != nil && act.a >= s.from && act.b <= s.to
	})
}

func (d *draft) means() {
	for _, k := range d.mine(KindMeans) {
		d.used = append(d.used, k)
		for _, c := range d.p.ments[k].it.Codes {
			if !slices.ContainsFunc(d.e.Means, func(m truce.Means) bool { return m.Kind == c }) {
				d.e.Means = append(d.e.Means, truce.Means{Kind: c})
			}
		}
	}
}

// toll fills in who came to harm, where the text sets both ends; otherwise it stands as said.
func (d *draft) toll() {
	seen := map[string]bool{}
	for _, k := range d.mine(KindQuantity) {
		it := d.p.ments[k].it
		var to **truce.Range
		fact := it.Counts
		if harm(it.Counts) && it.Counts != "evacuated" && slices.Contains(peaceful, d.e.Acts[0]) {
			continue // the dead of a release or a delivery are those of other acts
		}
		switch it.Counts {
		case "killed":
			to = &d.e.Killed
		case "injured":
			to = &d.e.Injured
		case "strikes", "shells", "trucks", "evacuated":
			to, fact = &d.e.Number, "number"
		default:
			continue
		}
		if seen[fact] && harm(it.Counts) {
			continue // a part of those counted before: "35 people, among them 11 children"
		}
		seen[fact] = true
		d.used = append(d.used, k)
		if it.Amount.Low != nil && it.Amount.High != nil && *to == nil {
			*to = &truce.Range{Low: *it.Amount.Low, High: *it.Amount.High}
			continue
		}
		d.open = append(d.open, fact)
		d.e.Said = append(d.e.Said, truce.Said{Fact: fact, Value: it.Text, Source: d.p.account.Outlet})
	}
}

// peaceful are acts that kill nobody.
var peaceful = []string{"release", "aid-delivery", "evacuation", "withdrawal", "acceptance", "grant-access", "service-repair", "service-cut", "inspect-goods", "delay-access",
	"refuse-access", "obstruct-monitors", "post", "digging-in", "redeployment", "troop-movement", "reinforcement", "arms-transfer", "drone-flight", "hand-over-ground"}

// told notes who tells of the act, if it is not the account itself. What only one side
// charges another with is not established.
func (d *draft) told() {
	act := d.p.ments[d.act]
	for _, k := range d.p.over[d.p.sent[act.a]] {
		s := d.p.said[k]
		if s.Own || s.Speaker == nil || act.a < s.from || act.b > s.to {
			continue
		}
		d.by = s.Speaker.Name
		if d.by == "" {
			d.by = s.Speaker.Text
		}
		d.e.Said = append(d.e.Said, truce.Said{Fact: "act", Value: act.it.Codes[0], Source: d.by})
		d.e.Doubted = d.e.Doubted || s.Stance == Accuses
	}
}

func (d *draft) title() string {
	out := strings.ReplaceAll(d.e.Acts[0], "-", " ")
	if len(d.e.Where) > 0 {
		out += ", " + d.e.Where[0].Name
	}
	return out
}
