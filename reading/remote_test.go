package reading_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"truce/reading"
)

const told = "Kerry said on Friday that 12 people were killed in Homs by choline gas."

// chat wraps what a model says as an OpenAI-compatible server sends it.
func chat(content string) string {
	b, _ := json.Marshal(map[string]any{"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]string{"content": content}}}})
	return string(b)
}

func served(t *testing.T, answer http.HandlerFunc) *reading.Remote {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	return &reading.Remote{URL: s.URL + "/v1", Model: "small", HTTP: &http.Client{Timeout: 300 * time.Millisecond}, Lists: rules(t).Lists()}
}

// TestModelIsTiedToTheText plays back a recorded answer: what stands in the text is kept, what
// does not is dropped and counted.
func TestModelIsTiedToTheText(t *testing.T) {
	content := `{"items":[
	 {"kind":"actor","text":"Kerry","name":"John Kerry"},
	 {"kind":"quantity","text":"12","counts":"killed","low":12,"high":12},
	 {"kind":"place","text":"Aleppo"},
	 {"kind":"place","text":"Homs","occurrence":2},
	 {"kind":"weather","text":"gas"},
	 {"kind":"actor","text":""}],
	 "statements":[
	 {"speaker":"Kerry","said":"12 people were killed in Homs","stance":"asserts"},
	 {"speaker":"Lavrov","said":"12 people were killed in Homs","stance":"asserts"},
	 {"speaker":"Kerry","said":"the war is over","stance":"asserts"},
	 {"speaker":"Kerry","said":"12 people","stance":"sings"}],
	 "doubts":[{"text":"choline","perhaps":"chlorine"},{"text":"clorine","perhaps":"chlorine"}]}`
	var asked struct {
		Model    string
		Messages []struct{ Role, Content string }
	}
	m := served(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer key" {
			http.Error(w, "who?", http.StatusUnauthorized)
			return
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		_, _ = w.Write([]byte(chat("```json\n" + content + "\n```")))
	})
	m.Key = "key"
	got, err := m.Read(t.Context(), told, damascus(t, friday))
	if err != nil {
		t.Fatal(err)
	}
	if asked.Model != "small" || len(asked.Messages) != 2 || asked.Messages[1].Content != told {
		t.Errorf("asked %+v", asked)
	}
	if len(got.Items) != 2 || len(got.Statements) != 1 || len(got.Doubts) != 1 || got.Dropped != 8 {
		t.Errorf("items %d, statements %d, doubts %d, dropped %d; want 2, 1, 1, 8", len(got.Items), len(got.Statements), len(got.Doubts), got.Dropped)
	}
	for _, it := range got.Items {
		if told[it.From:it.To] != it.Text || it.Certain {
			t.Errorf("item %+v", it)
		}
	}
	if len(got.Happenings) > 0 || got.Reader != "model small" {
		t.Errorf("reader %q, happenings %v", got.Reader, got.Happenings)
	}
}

// TestMisbehavingModels: an endpoint that misbehaves is an error that says how, and the text
// stays unread.
func TestMisbehavingModels(t *testing.T) {
	for name, x := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"slow":     {func(http.ResponseWriter, *http.Request) { time.Sleep(time.Second) }, "deadline exceeded|Timeout"},
		"away":     {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusBadGateway) }, "502"},
		"nonsense": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "not the JSON"},
		"prose":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(chat("I am sorry, I cannot."))) }, "not the JSON"},
		"silence":  {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"choices":[]}`)) }, "not the JSON"},
		"cut off by its length": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"choices":[{"finish_reason":"length","message":{"content":"{\"items\":["}}]}`))
		}, "cut off"},
		"cut off on the way": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"choices":`))
		}, "cut off"},
		"endless": {func(w http.ResponseWriter, _ *http.Request) {
			for range 5 << 10 {
				if _, err := w.Write([]byte(strings.Repeat(" ", 1<<10))); err != nil {
					return
				}
			}
		}, "longer than"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := served(t, x.answer).Read(t.Context(), told, damascus(t, friday))
			if err == nil {
				t.Fatalf("no error, but %+v", got)
			}
			said := false
			for s := range strings.SplitSeq(x.says, "|") {
				said = said || strings.Contains(err.Error(), s)
			}
			if !said || !strings.Contains(err.Error(), "read without it") {
				t.Errorf("error %q does not say %q and what to do", err, x.says)
			}
		})
	}
}
