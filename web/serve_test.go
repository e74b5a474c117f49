package web

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// serve runs Serve until the test ends or stop is called, which returns what it returned.
func serve(t *testing.T, o ListenOptions) (addr string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready, ended := make(chan net.Addr, 1), make(chan error, 1)
	o.Ready = func(a net.Addr) { ready <- a }
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	go func() { ended <- Serve(ctx, o) }()
	var once error
	done := false
	stop = func() error {
		cancel()
		if !done {
			once, done = <-ended, true
		}
		return once
	}
	t.Cleanup(func() { _ = stop() })
	select {
	case a := <-ready:
		return a.String(), stop
	case err := <-ended:
		ended <- err
		t.Fatalf("did not start: %v", err)
	}
	return "", nil
}

func TestServeFinishesWhatRuns(t *testing.T) {
	began, goOn := make(chan bool), make(chan bool)
	addr, stop := serve(t, ListenOptions{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began <- true
		<-goOn
		fmt.Fprint(w, "done")
	})})
	answer := make(chan string, 1)
	go func() {
		resp, err := http.Get("http://" + addr)
		if err != nil {
			answer <- err.Error()
			return
		}
		b, _ := io.ReadAll(resp.Body)
		answer <- string(b)
	}()
	<-began
	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	for refused := false; !refused; time.Sleep(10 * time.Millisecond) { // nothing new is taken
		c, err := net.Dial("tcp", addr)
		if refused = err != nil; !refused {
			c.Close()
		}
	}
	close(goOn)
	if got := <-answer; got != "done" {
		t.Errorf("what ran was cut off: %s", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestServeWaitsOnlySoLong(t *testing.T) {
	began := make(chan bool, 1)
	addr, stop := serve(t, ListenOptions{Drain: 50 * time.Millisecond, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began <- true
		<-r.Context().Done()
	})})
	go http.Get("http://" + addr)
	<-began
	if err := stop(); err == nil || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("%v", err)
	}
}

func TestStreamsEndWhenTheServerDoes(t *testing.T) {
	w := newWorld(t)
	c := w.as("dora", "desk").token("desk")
	addr, stop := serve(t, ListenOptions{Handler: w.site.handler(), Drain: 10 * time.Second})
	r := c.request("GET", "/api/v1/events", nil)
	r.URL.Host = addr
	resp, err := c.http.Do(r)
	w.no(err)
	line := make([]byte, len(": hello\n\n"))
	_, err = io.ReadFull(resp.Body, line)
	w.no(err)
	start := time.Now()
	if err := stop(); err != nil || time.Since(start) > 8*time.Second {
		t.Errorf("after %v: %v", time.Since(start), err)
	}
	if _, err := io.ReadAll(resp.Body); err != nil {
		t.Errorf("the stream did not end in order: %v", err)
	}
}

// certificate writes a certificate and its key, valid for localhost.
func certificate(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}, &x509.Certificate{SerialNumber: big.NewInt(serial)}, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	kb, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: kb}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(time.Duration(serial) * time.Second) // files written in one tick differ all the same
		if err := os.Chtimes(name, at, at); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestServeTLS(t *testing.T) {
	dir := t.TempDir()
	cert, key := certificate(t, dir, 1)
	var log bytes.Buffer
	addr, stop := serve(t, ListenOptions{Cert: cert, Key: key, Log: slog.New(slog.NewJSONHandler(&log, nil)), Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Proto) })})
	ask := func() (string, int64) {
		tr := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}
		defer tr.CloseIdleConnections()
		resp, err := (&http.Client{Transport: tr}).Get("https://" + addr)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, _ := io.ReadAll(resp.Body)
		return string(b), resp.TLS.PeerCertificates[0].SerialNumber.Int64()
	}
	if proto, serial := ask(); proto != "HTTP/2.0" || serial != 1 {
		t.Errorf("%s, certificate %d", proto, serial)
	}
	certificate(t, dir, 2)
	if _, serial := ask(); serial != 2 {
		t.Errorf("the new certificate is not taken: %d", serial)
	}
	if err := os.WriteFile(cert, []byte("half written"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, serial := ask(); serial != 2 {
		t.Errorf("a broken file is taken: %d", serial)
	}
	if _, err := tls.Dial("tcp", addr, &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestServeRefusesWhatCannotBe(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	dir := t.TempDir()
	cert, key := certificate(t, dir, 1)
	broken := filepath.Join(dir, "broken.pem")
	if err := os.WriteFile(broken, []byte("-----BEGIN"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		what string
		o    ListenOptions
		want string
	}{
		{"a port that is taken", ListenOptions{Listen: busy.Addr().String()}, "cannot listen here"},
		{"no address", ListenOptions{Listen: "nowhere:x"}, "cannot listen here"},
		{"a demo for all", ListenOptions{Listen: "0.0.0.0:0", Demo: true}, "for this machine only"},
		{"a demo for all, by default", ListenOptions{Listen: ":0", Demo: true}, "for this machine only"},
		{"a certificate without its key", ListenOptions{Listen: "127.0.0.1:0", Cert: cert}, "certificate or key missing"},
		{"a broken certificate", ListenOptions{Listen: "127.0.0.1:0", Cert: broken, Key: key}, "no certificate"},
		{"a certificate that is not there", ListenOptions{Listen: "127.0.0.1:0", Cert: filepath.Join(dir, "none"), Key: key}, "no certificate"},
		{"files and a domain", ListenOptions{Listen: "127.0.0.1:0", Cert: cert, Key: key, Domain: "desk.example", Folder: dir}, "beside files"},
		{"a domain without a folder", ListenOptions{Listen: "127.0.0.1:0", Domain: "desk.example"}, "missing"},
	} {
		test.o.Log, test.o.Handler = slog.New(slog.DiscardHandler), http.NotFoundHandler()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		if err := Serve(ctx, test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.what, err)
		}
		cancel()
	}
}

// TestServeWithAnAuthorityThatDoesNotAnswer: the door is open all the same, handshakes fail
// until there is a certificate, and it stops when told.
func TestServeWithAnAuthorityThatDoesNotAnswer(t *testing.T) {
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
	folder, err := os.MkdirTemp("", "truce-acme-") // what asks the authority may write for a moment after the end
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	addr, stop := serve(t, ListenOptions{Domain: "desk.example", Folder: folder, CA: "https://" + dead.Addr().String() + "/directory", Handler: http.NotFoundHandler()})
	d := &net.Dialer{Timeout: 5 * time.Second}
	if c, err := tls.DialWithDialer(d, "tcp", addr, &tls.Config{InsecureSkipVerify: true, ServerName: "desk.example"}); err == nil {
		c.Close()
		t.Error("a certificate came from nowhere")
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestSlowSendersAreCutOff: whoever does not finish a header does not hold a connection.
func TestSlowSendersAreCutOff(t *testing.T) {
	srv := ListenOptions{Handler: http.NotFoundHandler(), Log: slog.New(slog.DiscardHandler)}.server(make(chan struct{}))
	if srv.ReadHeaderTimeout == 0 || srv.ReadTimeout == 0 || srv.WriteTimeout == 0 || srv.IdleTimeout == 0 || srv.MaxHeaderBytes == 0 {
		t.Error("a limit is missing")
	}
	addr, _ := serve(t, ListenOptions{Handler: http.NotFoundHandler()})
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nX: %s\r\n\r\n", strings.Repeat("a", headerMost+8<<10))
	_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
	b := make([]byte, 64)
	if n, err := c.Read(b); err != nil || !strings.Contains(string(b[:n]), "431") {
		t.Errorf("%q %v", b[:n], err)
	}
}
