package reading

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sort"
	"strings"

	"truce"
)

//go:embed remote.txt
var instructions string

// Remote is a reader that asks a language model behind an OpenAI-compatible endpoint. It is
// off unless an operator names one. Whatever the model gives must stand in the text, word by
// word; the rest is dropped and counted. Nothing of it is ever certain.
type Remote struct {
	URL   string // of the API, such as http://127.0.0.1:8080/v1
	Model string
	Key   string       // sent as a bearer token, if not empty
	HTTP  *http.Client // with the time it may take; nil is http.DefaultClient
	Lists Lists        // to know actors by
}

// Most that one question may hold, and one answer.
const (
	maxAsked    = 12 << 10
	maxAnswered = 4 << 20
)

// answer is what the model is asked to give.
type answer struct {
	Items []struct {
		Kind       Kind     `json:"kind"`
		Text       string   `json:"text"`
		Occurrence int      `json:"occurrence"`
		Name       string   `json:"name"`
		Counts     string   `json:"counts"`
		Low        *float64 `json:"low"`
		High       *float64 `json:"high"`
	} `json:"items"`
	Statements []struct {
		Speaker string `json:"speaker"`
		Said    string `json:"said"`
		Stance  Stance `json:"stance"`
		Quoted  bool   `json:"quoted"`
	} `json:"statements"`
	Doubts []struct {
		Text    string `json:"text"`
		Perhaps string `json:"perhaps"`
	} `json:"doubts"`
}

// Read asks the model about each part of the text. An endpoint that cannot be reached, or
// that answers with something else than asked for, is an error; the text is then unread.
func (m *Remote) Read(ctx context.Context, text string, a Account) (Reading, error) {
	out := Start(text, a, "model "+m.Model)
	for _, part := range parts(text) {
		got, err := m.ask(ctx, text[part.From:part.To])
		if err != nil {
			return Reading{}, &truce.Error{Kind: truce.Unavailable, At: m.URL, Msg: "the model gave no reading", Err: err, Hint: "read without it: the built-in reader needs no model"}
		}
		m.keep(&out, got, part, a)
	}
	sort.SliceStable(out.Items, func(i, j int) bool { return out.Items[i].From < out.Items[j].From })
	if out.Dropped > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("%d things that the model gave do not stand in the text and were dropped", out.Dropped))
	}
	return out, nil
}

// parts cuts a text at paragraphs into pieces that fit one question.
func parts(text string) []Span {
	var out []Span
	for from := 0; from < len(text); {
		to := len(text)
		if to-from > maxAsked {
			to = from + maxAsked
			if i := strings.LastIndexAny(text[from:to], "\n"); i > 0 {
				to = from + i + 1
			}
			for to > from && to < len(text) && text[to]&0xc0 == 0x80 {
				to--
			}
		}
		out = append(out, Span{from, to})
		from = to
	}
	return out
}

func (m *Remote) ask(ctx context.Context, text string) (answer, error) {
	body, err := json.Marshal(map[string]any{"model": m.Model, "temperature": 0, "response_format": map[string]string{"type": "json_object"},
		"messages": []map[string]string{{"role": "system", "content": instructions}, {"role": "user", "content": text}}})
	if err != nil {
		return answer{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(m.URL, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if m.Key != "" {
		req.Header.Set("Authorization", "Bearer "+m.Key)
	}
	client := m.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return answer{}, fmt.Errorf("it answered %s", res.Status)
	}
	return parseAnswer(res.Body)
}

var errAnswer = errors.New("its answer is not the JSON that was asked for")

// parseAnswer reads what the endpoint sent.
func parseAnswer(r io.Reader) (answer, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxAnswered+1))
	if err != nil {
		return answer{}, fmt.Errorf("its answer was cut off: %w", err)
	}
	if len(data) > maxAnswered {
		return answer{}, fmt.Errorf("its answer is longer than %d MB", maxAnswered>>20)
	}
	var envelope struct {
		Choices []struct {
			FinishReason string `json:"finish_reason"`
			Message      struct {
				Content string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(data, &envelope); err != nil || len(envelope.Choices) == 0 {
		return answer{}, errAnswer
	}
	if envelope.Choices[0].FinishReason == "length" {
		return answer{}, errors.New("its answer was cut off: it ran out of length")
	}
	var out answer
	if err := json.Unmarshal([]byte(unfenced(envelope.Choices[0].Message.Content)), &out); err != nil {
		return answer{}, errAnswer
	}
	return out, nil
}

// unfenced takes off the fence that models put around JSON.
func unfenced(s string) string {
	s = strings.TrimSpace(s)
	if rest, ok := strings.CutPrefix(s, "```"); ok {
		rest = strings.TrimPrefix(rest, "json")
		s, _, _ = strings.Cut(rest, "```")
	}
	return s
}

// keep takes over what stands in the text.
func (m *Remote) keep(out *Reading, got answer, part Span, a Account) {
	const why = "found by a model"
	text := out.Text[part.From:part.To]
	for _, x := range got.Items {
		span, ok := nth(text, x.Text, x.Occurrence, part.From)
		if !ok || !slices.Contains([]Kind{KindActor, KindPlace, KindTime, KindQuantity, KindMeans, KindAct}, x.Kind) {
			out.Dropped++
			continue
		}
		it := Item{Kind: x.Kind, Span: span, Text: x.Text, Why: why, Name: x.Name, Counts: x.Counts}
		if x.Kind == KindActor {
			it.Codes = m.actor(x.Text, x.Name, a)
		}
		if x.Low != nil || x.High != nil {
			it.Amount = &Amount{Low: x.Low, High: x.High}
		}
		out.Items = append(out.Items, it)
	}
	for _, x := range got.Statements {
		said, ok := nth(text, x.Said, 1, part.From)
		speaker, known := nearestTo(text, x.Speaker, said, part.From)
		if !ok || !known || !slices.Contains([]Stance{Asserts, Denies, Accuses, Announces, Promises, Threatens, Agrees, Doubts, Calls}, x.Stance) {
			out.Dropped++
			continue
		}
		voice := &Voice{Span: speaker, Text: x.Speaker, Codes: m.actor(x.Speaker, "", a)}
		out.Statements = append(out.Statements, Statement{Span: Span{min(said.From, speaker.From), max(said.To, speaker.To)}, Said: said, Speaker: voice, Stance: x.Stance, Quoted: x.Quoted})
	}
	for _, x := range got.Doubts {
		if span, ok := nth(text, x.Text, 1, part.From); ok {
			out.Doubts = append(out.Doubts, Doubt{Span: span, Text: x.Text, Perhaps: x.Perhaps, Why: why})
		} else {
			out.Dropped++
		}
	}
}

// nth finds the nth occurrence, from 1, of words in a text that begins at base.
func nth(text, words string, n, base int) (Span, bool) {
	if strings.TrimSpace(words) == "" {
		return Span{}, false
	}
	at := 0
	for n = max(n, 1); ; n-- {
		i := strings.Index(text[at:], words)
		if i < 0 {
			return Span{}, false
		}
		if n == 1 {
			return Span{base + at + i, base + at + i + len(words)}, true
		}
		at += i + len(words)
	}
}

// nearestTo finds the occurrence of words that is nearest to a span.
func nearestTo(text, words string, to Span, base int) (Span, bool) {
	best, found := Span{}, false
	for n := 1; n < 1000; n++ {
		s, ok := nth(text, words, n, base)
		if !ok {
			break
		}
		if !found || abs(s.From-to.From) < abs(best.From-to.From) {
			best, found = s, true
		}
	}
	return best, found
}

// actor returns whom a name means by the register.
func (m *Remote) actor(text, name string, a Account) []string {
	for _, n := range []string{text, name} {
		if m.Lists.Register == nil || n == "" {
			continue
		}
		if codes := m.Lists.Register.Resolve(n, a.Date); len(codes) > 0 {
			return codes
		}
	}
	return []string{"?" + text}
}
