package reading

// again is who spoke last, for "по его словам" and an Arabic verb without its subject.
func (p *page) again(h hit) (voiced, bool) {
	s := p.lastSaying(h.a)
	if m := p.lastPerson(h.a); m >= 0 && cyrillic(p.lowerAt(h.a)) && (s == nil || p.ments[m].a > s.verb) && !p.is(h.b-2, "их") {
		v := *p.voice(m)
		v.Certain = false
		return voiced{&v, m, h.a, h.b, false}, true
	}
	if s == nil || p.paras[h.a]-p.paras[s.verb] > 1 {
		return voiced{}, false
	}
	v := *s.Speaker
	v.Certain = false
	return voiced{&v, s.speaker, h.a, h.b, false}, true
}

// lastSaying is the last statement with a speaker that was entered before token i.
func (p *page) lastSaying(i int) *saying {
	for k := len(p.said) - 1; k >= 0; k-- {
		if s := &p.said[k]; s.Speaker != nil && s.verb < i {
			return s
		}
	}
	return nil
}

// sameAgain reads "said ... and warned": the second has the speaker of the first.
func (p *page) sameAgain(h hit) (voiced, bool) {
	if !p.is(h.a-1, "and", "и", "but") {
		return voiced{}, false
	}
	if len(p.said) == 0 {
		return p.fromOpening(h)
	}
	s := p.said[len(p.said)-1]
	if s.Speaker == nil || p.sent[s.verb] != p.sent[h.a] || p.depth[s.verb] != p.depth[h.a] {
		return p.fromOpening(h)
	}
	return voiced{s.Speaker, s.speaker, h.a, h.a, false}, true
}

// fromOpening takes who the sentence begins with for the speaker.
func (p *page) fromOpening(h hit) (voiced, bool) {
	m := p.opening(h)
	if m < 0 {
		return voiced{}, false
	}
	return voiced{p.voice(m), m, p.ments[m].a, h.a, false}, true
}

// subjectOf takes the first actor of the sentence for the subject of "..., saying that".
func (p *page) subjectOf(h hit) (voiced, bool) {
	if p.kind(h.a-1) != ',' {
		return voiced{}, false
	}
	if n := len(p.said); n > 0 && p.said[n-1].Speaker != nil && p.sent[p.said[n-1].verb] == p.sent[h.a] && p.depth[p.said[n-1].verb] == p.depth[h.a] {
		s := p.said[n-1] // "a doctor said, adding that"
		return voiced{s.Speaker, s.speaker, h.a, h.a, false}, true
	}
	for k := p.starts[p.sent[h.a]]; k < h.a; k++ {
		if m := p.byToken[k] - 1; m >= 0 && p.depth[k] == p.depth[h.a] {
			return voiced{p.voice(m), m, h.a, h.a, false}, true
		}
	}
	return voiced{}, false
}

// firstOfGroup goes back over "Kerry and Lavrov" to the first that is named.
func (p *page) firstOfGroup(m int) int {
	for m > 0 {
		x, y := p.ments[m-1], p.ments[m]
		if x.it.Kind != KindActor || p.sent[x.a] != p.sent[y.a] {
			return m
		}
		for k := x.b; k < y.a; k++ {
			if p.kind(k) != ',' && !p.is(k, "and", "the", "a", "an") {
				return m
			}
		}
		m--
	}
	return m
}
