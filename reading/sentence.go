package reading

import "strings"

// sentences cuts the tokens into sentences.
func (p *page) sentences() {
	p.sent = make([]int, len(p.toks)+1)
	for i := range p.toks {
		if i == 0 || p.toks[i].para || p.begins(i) {
			p.toks[i].next = true
			p.starts = append(p.starts, i)
		}
		p.sent[i] = len(p.starts) - 1
	}
	p.sent[len(p.toks)] = len(p.starts)
	p.starts = append(p.starts, len(p.toks))
}

// begins reports whether a sentence begins at token i.
func (p *page) begins(i int) bool {
	t, before := p.toks[i], p.toks[i-1]
	if t.line && t.from == before.to {
		return true // glued: a sentence begins without a space
	}
	ended := i - 1
	for ended > 0 && (p.toks[ended].kind == closes || p.toks[ended].kind == '"' || p.toks[ended].kind == ')') && p.toks[ended].to-p.toks[ended].from < 4 {
		ended--
	}
	stop := p.toks[ended].kind == '.'
	switch {
	case t.kind == closes || t.kind == '"' && t.from == before.to || t.kind == ')':
		return false
	case stop:
		return p.opensSentence(i) && (t.from > before.to || t.kind == opens)
	case t.line:
		return p.brokenLine(i)
	}
	return false
}

func (p *page) opensSentence(i int) bool {
	t := p.toks[i]
	switch t.kind {
	case word:
		return t.capital
	case number, opens, '"', '(', '-', '*', '\'':
		return true
	}
	return false
}

// brokenLine reports whether the line before token i was short, so that its end was meant.
func (p *page) brokenLine(i int) bool {
	t := p.toks[i]
	if !p.opensSentence(i) {
		return false
	}
	start := t.from
	for start > 0 && p.text[start-1] != '\n' {
		start--
	}
	end := start - 1
	before := end
	for before > 0 && p.text[before-1] != '\n' {
		before--
	}
	return end-before < 60 || end-before > 140
}

// quote is a quotation: tokens [a, b) with its marks.
type quote struct {
	a, b  int
	depth int8
	outer int // index of the quotation it stands in, or -1
}

// quotations finds what stands between quotation marks, also one within the other. The end
// of a paragraph ends them all.
func (p *page) quotations() {
	p.depth = make([]int8, len(p.toks)+1)
	var open []int // indices of quotes
	shut := func(b int) {
		p.quotes[open[len(open)-1]].b = b
		open = open[:len(open)-1]
	}
	for i, t := range p.toks {
		if t.para {
			for len(open) > 0 {
				shut(i)
			}
		}
		switch p.mark(i, len(open)) {
		case opens:
			outer := -1
			if len(open) > 0 {
				outer = open[len(open)-1]
			}
			p.quotes = append(p.quotes, quote{a: i, b: len(p.toks), depth: int8(len(open) + 1), outer: outer})
			open = append(open, len(p.quotes)-1)
		case closes:
			if k := p.opener(open, i); k >= 0 {
				for len(open) > k {
					shut(i + 1)
				}
			}
		}
	}
	p.dialogue()
	for _, q := range p.quotes {
		for i := q.a; i < q.b; i++ {
			p.depth[i] = max(p.depth[i], q.depth)
		}
	}
}

// dialogue finds what is said between dashes, as Russian has it: "- ..., - said he. - ...", also
// within quotation marks, where the author's words are no part of the quotation.
func (p *page) dialogue() {
	var out []quote
	for _, q := range p.quotes {
		out = append(out, p.parted(q)...)
	}
	for i, t := range p.toks {
		if t.para && t.kind == '-' && i+1 < len(p.toks) && p.kind(i+1) == word && cyrillic(p.text[p.toks[i+1].from:]) {
			out = append(out, p.parted(quote{a: i, b: p.paraEnd(i), depth: 1, outer: -1})...)
		}
	}
	p.quotes = out
}

func (p *page) paraEnd(i int) int {
	for i++; i < len(p.toks) && !p.toks[i].para; i++ {
	}
	return i
}

// parted cuts the author's words out of a quotation.
func (p *page) parted(q quote) []quote {
	for k := q.a + 1; k+1 < q.b; k++ {
		if p.kind(k) != '-' || p.kind(k-1) != ',' && p.kind(k-1) != '.' || !p.speechAt(k+1) || !cyrillic(p.text[p.toks[k+1].from:]) {
			continue
		}
		first, rest := q, q
		first.b = k - 1
		for k++; k+1 < q.b && !(p.kind(k) == '-' && (p.kind(k-1) == ',' || p.kind(k-1) == '.')); k++ {
		}
		if k+1 >= q.b {
			return []quote{first}
		}
		rest.a = k
		return append([]quote{first}, p.parted(rest)...)
	}
	return []quote{q}
}

// mark says whether a token opens or closes a quotation, when some are open.
func (p *page) mark(i, open int) byte {
	t := p.toks[i]
	tight := i+1 < len(p.toks) && p.toks[i+1].from == t.to // something follows at once
	behind := i > 0 && p.toks[i-1].to == t.from && !t.line // something stands at once before
	switch t.kind {
	case opens, closes:
		if t.to-t.from == 3 && p.text[t.from:t.to] == "’" && (open == 0 || !behind) {
			return 0
		}
		return t.kind
	case '"':
		if tight && !behind || open == 0 && tight {
			return opens
		}
		return closes
	case '\'':
		if tight && !behind && p.closedLater(i) {
			return opens
		}
		if behind && open > 0 && !tight {
			return closes
		}
	}
	return 0
}

// closedLater reports whether a single mark is closed in the same paragraph.
func (p *page) closedLater(i int) bool {
	for k := i + 1; k < len(p.toks) && k < i+80 && !p.toks[k].para; k++ {
		if p.toks[k].kind == '\'' && p.toks[k-1].to == p.toks[k].from {
			return true
		}
	}
	return false
}

// opener returns which of the open quotations a closing mark ends, or -1.
func (p *page) opener(open []int, i int) int {
	for k := len(open) - 1; k >= 0; k-- {
		if family(p.text[p.toks[p.quotes[open[k]].a].from:]) == family(p.text[p.toks[i].from:]) {
			return k
		}
	}
	return -1
}

// family tells marks that belong together.
func family(s string) byte {
	for f, marks := range []string{"“”„″", "«»", "‘’‹›", "\"", "'"} {
		for _, m := range marks {
			if strings.HasPrefix(s, string(m)) {
				return byte(f)
			}
		}
	}
	return 9
}
