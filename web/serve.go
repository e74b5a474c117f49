package web

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/caddyserver/certmagic"
	"go.uber.org/zap"

	"truce"
)

// ListenOptions say where and how to listen. Handler, Listen and Log are needed.
type ListenOptions struct {
	Handler http.Handler
	Listen  string // "127.0.0.1:8080", ":443"
	Log     *slog.Logger
	// Cert and Key are PEM files for TLS; they are read again when they change.
	Cert, Key string
	// Domain gets its certificate from an authority that speaks ACME, over the port listened
	// on, which must be 443 to the outside. Folder keeps it. By this the authority's terms are
	// agreed to. Email and CA (the authority's directory) may be empty.
	Domain, Folder, Email, CA string
	// Demo refuses to listen anywhere but on the loopback.
	Demo bool
	// Drain is how long requests may go on after the end was asked for; zero is DefaultDrain.
	Drain time.Duration
	// Ready, if set, is called once with the address listened on.
	Ready func(net.Addr)
}

// DefaultDrain is how long requests may go on after the end was asked for.
const DefaultDrain = 20 * time.Second

// Time-outs of a connection. Whoever streams moves them on.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	headerMost    = 32 << 10
)

type closingKey struct{}

// closing is closed when the server begins to stop; nil, which is never ready, without one.
func closing(ctx context.Context) <-chan struct{} {
	c, _ := ctx.Value(closingKey{}).(chan struct{})
	return c
}

// Serve listens until the context ends, then takes nothing new, tells streams to end, lets
// requests finish for as long as Drain, and returns. It returns nil after a stop in which
// everything finished, Unavailable if the address cannot be listened on or something had to
// be cut off, and Invalid for options that do not fit.
func Serve(ctx context.Context, o ListenOptions) error {
	if o.Drain == 0 {
		o.Drain = DefaultDrain
	}
	certs, err := o.certificates()
	if err != nil {
		return err
	}
	l, err := o.listen(ctx)
	if err != nil {
		return err
	}
	if err := o.obtain(ctx, certs); err != nil {
		_ = l.Close()
		return err
	}
	stop := make(chan struct{})
	srv := o.server(stop)
	srv.TLSConfig = certs
	ended := make(chan error, 1)
	go func() { ended <- o.accept(srv, l) }()
	if o.Ready != nil {
		o.Ready(l.Addr())
	}
	select {
	case err := <-ended:
		return unavailable("listening ended", err)
	case <-ctx.Done():
	}
	close(stop)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.Drain)
	defer cancel()
	if err := srv.Shutdown(late); err != nil {
		_ = srv.Close()
		return unavailable("some requests were cut off", err)
	}
	return nil
}

func unavailable(msg string, err error) error {
	return &truce.Error{Kind: truce.Unavailable, Msg: msg, Err: err}
}

func (o ListenOptions) accept(srv *http.Server, l net.Listener) error {
	if srv.TLSConfig != nil {
		return srv.ServeTLS(l, "", "")
	}
	return srv.Serve(l)
}

// listen opens the port.
func (o ListenOptions) listen(ctx context.Context) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", o.Listen)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Unavailable, At: o.Listen, Msg: "cannot listen here", Hint: "another port, with --listen", Err: err}
	}
	if a, ok := l.Addr().(*net.TCPAddr); o.Demo && (!ok || !a.IP.IsLoopback()) {
		_ = l.Close()
		return nil, invalid("Listen", "a demo asks nobody who they are, so it is for this machine only", "an address such as 127.0.0.1:8080")
	}
	return l, nil
}

// server is the HTTP server with its limits.
func (o ListenOptions) server(stop chan struct{}) *http.Server {
	return &http.Server{
		Handler:           o.Handler,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: headerMost,
		ErrorLog:       slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn),
		BaseContext:    func(net.Listener) context.Context { return context.WithValue(context.Background(), closingKey{}, stop) },
	}
}

// certificates returns how TLS gets its certificates; nil for plain HTTP.
func (o ListenOptions) certificates() (*tls.Config, error) {
	switch {
	case o.Domain != "" && (o.Cert != "" || o.Key != ""):
		return nil, invalid("Domain", "given beside files", "either a domain or a certificate and its key")
	case (o.Cert == "") != (o.Key == ""):
		return nil, invalid("Cert", "certificate or key missing", "both files")
	case o.Domain != "" && o.Folder == "":
		return nil, invalid("Folder", "missing", "where certificates are kept")
	case o.Domain != "":
		return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}}, nil
	case o.Cert == "":
		return nil, nil
	}
	f := &certFile{cert: o.Cert, key: o.Key}
	if _, err := f.load(nil); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: o.Cert, Msg: "no certificate with its key", Hint: "two PEM files that belong together", Err: err}
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: f.load}, nil
}

// obtain begins to get certificates from an authority and to renew them until ctx ends. The
// port must be listened on already, for the authority connects back.
func (o ListenOptions) obtain(ctx context.Context, c *tls.Config) error {
	if o.Domain == "" {
		return nil
	}
	var magic *certmagic.Config
	cache := certmagic.NewCache(certmagic.CacheOptions{
		GetConfigForCert: func(certmagic.Certificate) (*certmagic.Config, error) { return magic, nil },
		Logger:           zap.NewNop(),
	})
	context.AfterFunc(ctx, cache.Stop)
	magic = certmagic.New(cache, certmagic.Config{
		Storage: &certmagic.FileStorage{Path: o.Folder},
		Logger:  zap.NewNop(),
		OnEvent: func(_ context.Context, event string, data map[string]any) error {
			if event == "cert_obtained" || event == "cert_failed" {
				o.Log.Info("certificate", "event", event, "domain", data["identifier"], "error", data["error"])
			}
			return nil
		},
	})
	magic.Issuers = []certmagic.Issuer{certmagic.NewACMEIssuer(magic, certmagic.ACMEIssuer{
		CA: o.CA, Email: o.Email, Agreed: true, DisableHTTPChallenge: true, Logger: zap.NewNop(),
	})}
	from := magic.TLSConfig()
	c.GetCertificate, c.NextProtos = from.GetCertificate, append(c.NextProtos, from.NextProtos...)
	if err := magic.ManageAsync(ctx, []string{o.Domain}); err != nil {
		return &truce.Error{Kind: truce.Unavailable, At: o.Domain, Msg: "no certificate", Err: err}
	}
	return nil
}

// certFile is a certificate and its key, read again when one of the files changes.
type certFile struct {
	cert, key string
	mu        sync.Mutex
	held      *tls.Certificate
	at        [2]time.Time // of the files
}

// load returns the certificate. While the files do not fit together, as when they are being
// replaced, the one held so far goes on.
func (f *certFile) load(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var at [2]time.Time
	for i, name := range []string{f.cert, f.key} {
		if info, err := os.Stat(name); err == nil {
			at[i] = info.ModTime()
		}
	}
	if f.held != nil && at == f.at {
		return f.held, nil
	}
	c, err := tls.LoadX509KeyPair(f.cert, f.key)
	if err != nil && f.held == nil {
		return nil, errors.Join(errors.New("cannot be loaded"), err)
	}
	if err == nil {
		f.held, f.at = &c, at
	}
	return f.held, nil
}
