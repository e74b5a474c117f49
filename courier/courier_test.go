package courier

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"truce"
)

var noon = time.Date(2016, 8, 27, 12, 0, 0, 0, time.UTC)

func parcel() Parcel {
	return Parcel{ID: "desk.example-7", Kind: "release", Title: "Bulletin", Text: "What is known", Name: "release.json", Body: []byte(`{"a":1}`), Created: noon}
}

const secret = "a secret of both sides"

// TestSignatures is held to a value computed elsewhere: printf '%s' 'id-1.1472299200.{}' |
// openssl dgst -sha256 -hmac 'a secret of both sides' -binary | base64.
func TestSignatures(t *testing.T) {
	if got, want := Sign(secret, "id-1", noon, []byte("{}")), "v1,KemQ5oZEMy52rzQRKTwZghO1cMcMcSB4HlFAejLpA/8="; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

func TestWebhooks(t *testing.T) {
	for _, c := range []struct {
		name    string
		receipt bool
		serve   http.HandlerFunc
		want    string // of the error; empty: it arrives
	}{
		{"an answer", false, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) }, ""},
		{"a receipt", true, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("truce-received", parcel().Hash()) }, ""},
		{"it fails", false, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }, "answered 500"},
		{"it is gone", false, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(410) }, "answered 410"},
		{"it is slow", false, func(w http.ResponseWriter, r *http.Request) { time.Sleep(600 * time.Millisecond) }, "no answer in time"},
		{"it is slow half-way", false, func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte("a"))
			w.(http.Flusher).Flush()
			time.Sleep(600 * time.Millisecond)
		}, "no whole answer in time"},
		{"it breaks off", false, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("half"))
		}, "the answer broke off"},
		{"it never ends", false, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write(make([]byte, answerMost+2)) }, "the answer is too long"},
		{"it sends elsewhere", false, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "http://example.invalid/", 307) }, "answered 307"},
		{"it lies: a receipt of something else", true, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("truce-received", strings.Repeat("0", 64))
		}, "the receipt is missing, or of something else"},
		{"it lies: no receipt", true, func(w http.ResponseWriter, r *http.Request) {}, "the receipt is missing, or of something else"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []byte
			var head http.Header
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got, _ = io.ReadAll(r.Body)
				head = r.Header
				c.serve(w, r)
			}))
			defer srv.Close()
			x := &Courier{Patience: 300 * time.Millisecond}
			proof, err := x.Take(context.Background(), Receiver{Name: "agency", Mark: "CLEAR", URL: srv.URL, Secret: secret, Receipt: c.receipt}, parcel(), noon)
			var e *truce.Error
			if c.want != "" {
				if !errors.As(err, &e) || e.Msg != c.want {
					t.Errorf("%v, not %q", err, c.want)
				}
				return
			}
			if err != nil || !bytes.Equal(got, parcel().Body) || c.receipt && proof.SHA256 != parcel().Hash() {
				t.Errorf("%v %s %v", proof, got, err)
			}
			if err := Verify(secret, head, got, noon.Add(time.Minute)); err != nil {
				t.Error(err)
			}
			for name, wrong := range map[string]error{"changed": Verify(secret, head, append(got, ' '), noon), "late": Verify(secret, head, got, noon.Add(time.Hour)), "another secret": Verify(secret+"!", head, got, noon)} {
				if wrong == nil {
					t.Errorf("a webhook that is %s is taken", name)
				}
			}
		})
	}
}

func TestNobodyIsThere(t *testing.T) {
	srv := httptest.NewServer(http.NotFoundHandler())
	srv.Close()
	_, err := (&Courier{}).Take(context.Background(), Receiver{Name: "agency", Mark: "CLEAR", URL: srv.URL, Secret: secret}, parcel(), noon)
	if err == nil || !strings.Contains(err.Error(), "cannot be reached") {
		t.Error(err)
	}
}

func TestReceiversAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		r    Receiver
		ok   bool
	}{
		{"https", Receiver{Name: "a", Mark: "GREEN", URL: "https://agency.example/in", Secret: secret}, true},
		{"mail", Receiver{Name: "a", Mark: "CLEAR", Mail: "in@agency.example"}, true},
		{"http elsewhere", Receiver{Name: "a", Mark: "CLEAR", URL: "http://agency.example/in", Secret: secret}, false},
		{"a password in the address", Receiver{Name: "a", Mark: "CLEAR", URL: "https://u:p@agency.example/in", Secret: secret}, false},
		{"no secret", Receiver{Name: "a", Mark: "CLEAR", URL: "https://agency.example/in"}, false},
		{"RED", Receiver{Name: "a", Mark: "RED", Mail: "in@agency.example"}, false},
		{"two addresses", Receiver{Name: "a", Mark: "CLEAR", Mail: "in@agency.example", URL: "https://agency.example/in", Secret: secret}, false},
		{"none", Receiver{Name: "a", Mark: "CLEAR"}, false},
		{"no name", Receiver{Mark: "CLEAR", Mail: "in@agency.example"}, false},
	} {
		if err := c.r.Check(); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestWaits: it is tried for about three days, at growing lengths, and then no more.
func TestWaits(t *testing.T) {
	var all, before time.Duration
	n := 0
	for ; ; n++ {
		d, more := Wait(n + 1)
		if !more {
			break
		}
		if d < before {
			t.Errorf("the wait after %d failures is shorter than before", n+1)
		}
		all, before = all+d, d
	}
	if n != 9 || all < 60*time.Hour || all > 80*time.Hour {
		t.Errorf("%d attempts more, over %v", n, all)
	}
}

// sink is a mail server of a few lines: it answers as told and keeps what it got.
type sink struct {
	addr string
	mu   sync.Mutex
	mail string
}

func newSink(t *testing.T, answers map[string]string) *sink {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &sink{addr: l.Addr().String()}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(c, answers)
		}
	}()
	return s
}

func (s *sink) talk(c net.Conn, answers map[string]string) {
	defer c.Close()
	in := bufio.NewReader(c)
	fmt.Fprint(c, "220 sink\r\n")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.Fields(line + " .")[0])
		if a, ok := answers[verb]; ok {
			fmt.Fprint(c, a+"\r\n")
			continue
		}
		switch verb {
		case "DATA":
			fmt.Fprint(c, "354 go on\r\n")
			var b strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				b.WriteString(line)
			}
			s.mu.Lock()
			s.mail = b.String()
			s.mu.Unlock()
			fmt.Fprint(c, "250 taken as 42\r\n")
		case "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		default:
			fmt.Fprint(c, "250 ok\r\n")
		}
	}
}

func TestMail(t *testing.T) {
	s := newSink(t, nil)
	u, err := ParseSMTP("smtp://" + s.addr)
	if err != nil {
		t.Fatal(err)
	}
	x := &Courier{SMTP: u, From: "desk@mission.example"}
	proof, err := x.Take(context.Background(), Receiver{Name: "press", Mark: "CLEAR", Mail: "press@agency.example"}, parcel(), noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Subject: Bulletin", "Message-ID: <desk.example-7@truce>", "What is known", "release.json", "eyJhIjoxfQ==", "Sat, 27 Aug 2016 12:00:00 +0000"} {
		if !strings.Contains(s.mail, want) {
			t.Errorf("the mail has no %q:\n%s", want, s.mail)
		}
	}
	if !strings.Contains(proof.Words, "42") {
		t.Errorf("the receipt is %q", proof.Words)
	}
}

func TestMailThatIsNotTaken(t *testing.T) {
	for name, answers := range map[string]map[string]string{"no such person": {"RCPT": "550 nobody"}, "full": {"DATA": "452 full"}} {
		s := newSink(t, answers)
		x := &Courier{SMTP: &url.URL{Scheme: "smtp", Host: s.addr}, From: "desk@mission.example"}
		if _, err := x.Take(context.Background(), Receiver{Name: "press", Mark: "CLEAR", Mail: "press@agency.example"}, parcel(), noon); err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	for _, bad := range []string{"", "http://x", "smtp://", "smtp://x/y"} {
		if _, err := ParseSMTP(bad); err == nil {
			t.Errorf("%q is a mail server", bad)
		}
	}
}

func FuzzVerify(f *testing.F) {
	f.Add("id", "1472299200", "v1,abc", []byte("{}"))
	f.Fuzz(func(t *testing.T, id, at, sig string, body []byte) {
		h := http.Header{"Webhook-Id": {id}, "Webhook-Timestamp": {at}, "Webhook-Signature": {sig}}
		seconds, _ := strconv.ParseInt(at, 10, 64)
		if Verify(secret, h, body, noon) == nil && !strings.Contains(sig, Sign(secret, id, time.Unix(seconds, 0), body)) {
			t.Error("something that was not signed is taken")
		}
	})
}
