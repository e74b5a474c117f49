package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"truce"
	"truce/access"
	"truce/desk"
	"truce/ledger"
	"truce/people"
	"truce/web"
)

// version is the program's, set when it is built for a release.
const version = "0.2"

type serveCmd struct {
	where
	telling
	Listen       string   `help:"Address to listen on." default:"127.0.0.1:8443" placeholder:"ADDRESS"`
	Origin       string   `help:"Where people reach it, such as https://desk.example; needed for accounts." placeholder:"URL"`
	Cert         string   `help:"TLS certificate (PEM)." placeholder:"FILE"`
	TLSKey       string   `help:"Its key (PEM)." name:"tls-key" placeholder:"FILE"`
	Domain       string   `help:"Get a certificate for this domain from a certificate authority (ACME)." placeholder:"NAME"`
	CA           string   `help:"The authority's directory; by default Let's Encrypt." placeholder:"URL"`
	Public       bool     `help:"Let readers without an account see what is CLEAR."`
	Send         bool     `help:"Take reports from anybody at /send, without an account, and list complaints at /complaints."`
	MetricsToken string   `help:"Lets a program with this token read /metrics." env:"TRUCE_METRICS_TOKEN" placeholder:"TOKEN"`
	Witness      []string `help:"Co-sign checkpoints of the record with this verifier key." placeholder:"VKEY" sep:"none"`
	Issuer       string   `help:"Single sign-on: the provider's issuer URL (OpenID Connect)." placeholder:"URL"`
	Client       string   `help:"Single sign-on: our client id there." placeholder:"ID"`
	Secret       string   `help:"Single sign-on: our client secret there." env:"TRUCE_OIDC_SECRET" placeholder:"SECRET"`
	Chromium     string   `help:"The program that prints reports of days as PDF; by default one of the usual names." env:"CHROMIUM" placeholder:"FILE"`
	Invite       string   `help:"Print an invitation link for a first administrator of this name, and serve." placeholder:"ID"`
}

func (serveCmd) Help() string {
	return `Example:

  truce serve --origin https://desk.example --domain desk.example --listen :443 --invite amal

Serves a record: pages, a JSON API under /api/v1, the log under /log. Ends cleanly on
interrupt: what runs is finished, nothing new is taken. Logs go to standard error as JSON.`
}

// Run serves the record until it is interrupted.
func (c *serveCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		log := slog.New(slog.NewJSONHandler(s.err, nil))
		p, err := c.people(at)
		if err != nil {
			return err
		}
		if c.Invite != "" {
			if err := c.invite(ctx, s, p); err != nil {
				return err
			}
		}
		files, err := c.files()
		if err != nil {
			return err
		}
		if err := files.Sweep(); err != nil {
			return err
		}
		witness, err := c.witness(at, s)
		if err != nil {
			return err
		}
		o := web.Options{Record: at.record, People: p, Files: files, Log: log, Name: at.key.Name(), Version: version, Origin: c.Origin,
			Public: c.Public, Send: c.Send, MetricsToken: people.Hide(c.MetricsToken), Witness: witness, Chromium: c.Chromium}
		if c.Issuer != "" {
			o.Providers = []string{providerName}
		}
		if o.Post, err = c.post(at, log); err != nil {
			return err
		}
		h, err := web.New(o)
		if err != nil {
			return err
		}
		s.serves.Store(true)
		defer runPost(ctx, o.Post)()
		return web.Serve(ctx, web.ListenOptions{Handler: h, Listen: c.Listen, Log: log, Cert: c.Cert, Key: c.TLSKey, Domain: c.Domain,
			Folder: c.path() + ".certificates", CA: c.CA, Ready: func(a net.Addr) { fmt.Fprintf(s.out, "listening on %s\n", a) }})
	})
}

// providerName is what the one provider of single sign-on is called.
const providerName = "sso"

// people opens the accounts, sealed by a key in a file of its own. The file is made with the
// first server, and never where there are accounts that another key sealed.
func (c *serveCmd) people(at *site) (*people.People, error) {
	name := c.keyFile() + ".people"
	key, fresh, err := sealingKey(name)
	if err != nil {
		return nil, err
	}
	o := people.Options{Name: at.key.Name(), Origin: c.Origin, Key: key}
	if c.Issuer != "" {
		o.Providers = []people.Provider{{Name: providerName, Issuer: c.Issuer, ClientID: c.Client, ClientSecret: people.Hide(c.Secret), Redirect: c.Origin + web.BackPath}}
	}
	p, err := people.New(desk.NewSide(at.db), o)
	if err != nil {
		return nil, err
	}
	if _, err := p.Accounts(context.Background(), time.Now()); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "the accounts were sealed with another key", Hint: "the file that was there", Err: err}
	}
	if fresh {
		return p, keepSealingKey(name, key)
	}
	return p, nil
}

// sealingKey reads the key that seals accounts, or makes one that is yet to be kept.
func sealingKey(name string) (key people.SealingKey, fresh bool, err error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return people.NewSealingKey(), true, nil
	}
	if err != nil {
		return key, false, &truce.Error{Kind: truce.Unavailable, At: name, Msg: "the key that seals accounts cannot be read", Err: bare(err)}
	}
	key, err = people.ParseSealingKey(text)
	return key, false, err
}

// keepSealingKey writes the key to a file that is not there yet.
func keepSealingKey(name string, key people.SealingKey) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = f.WriteString(key.Text().Reveal())
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			_ = os.Remove(name) // half a key would be taken for one
		}
	}
	if err != nil {
		return &truce.Error{Kind: truce.Unavailable, At: name, Msg: "the key that seals accounts cannot be written", Err: bare(err)}
	}
	return nil
}

func (c *serveCmd) invite(ctx context.Context, s *streams, p *people.People) error {
	token, _, err := p.Invite(ctx, people.Invitation{Account: c.Invite, Post: people.Post{Name: c.Invite, Roles: []string{string(access.Administrator)}}}, time.Now())
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "invitation for %s, once, within days: %s\n", c.Invite, web.InvitationLink(c.Origin, token))
	return nil
}

// witness co-signs other records' checkpoints, with a key that is no record's own: it is made
// with the first server that is a witness, and its verifier key is printed for the others.
func (c *serveCmd) witness(at *site, s *streams) (*ledger.Witness, error) {
	if len(c.Witness) == 0 {
		return nil, nil
	}
	logs := map[string][]string{}
	for _, v := range c.Witness {
		id, _, err := ledger.ParseVerifier(v)
		if err != nil {
			return nil, &truce.Error{Kind: truce.Invalid, At: "--witness", Msg: "this is no verifier key", Hint: "NAME+HASH+KEY, as truce key prints it", Err: err}
		}
		origin := id[:len(id)-len("+12345678")]
		logs[origin] = append(logs[origin], v)
	}
	name := c.keyFile() + ".witness"
	text, err := os.ReadFile(name)
	var key *ledger.Key
	switch {
	case errors.Is(err, fs.ErrNotExist):
		key, err = newKey(name, at.key.Name()+"/witness")
	case err == nil:
		key, err = parseKey(name, text)
	}
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(s.out, "witness as %s\n", key.WitnessVerifier())
	side := desk.NewSide(at.db)
	return &ledger.Witness{Key: key, Logs: logs, Load: side.Load, Store: side.Store}, nil
}

type demoCmd struct {
	Listen  string `help:"Address to listen on; only this machine can reach it." default:"127.0.0.1:0" placeholder:"ADDRESS"`
	Mission string `help:"The mission's folder." default:"missions/syria-2016" placeholder:"FOLDER"`
	Dir     string `help:"Where the demo's record is kept; by default in a folder that is removed at the end." placeholder:"FOLDER"`
	Quiet   bool   `short:"q" help:"Open no browser."`
}

func (demoCmd) Help() string {
	return `Example:

  truce demo

Loads the sample mission into a fresh record and serves it to this machine, without accounts.
Opens the browser where there is one. Interrupt it to end.`
}

// Run serves the sample mission.
func (c *demoCmd) Run(ctx context.Context, s *streams) error {
	dir := c.Dir
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "truce-demo-"); err != nil {
			return &truce.Error{Kind: truce.Unavailable, Msg: "no room for the demo", Err: err}
		}
		defer os.RemoveAll(dir)
	}
	w := where{Record: filepath.Join(dir, "record.db"), Name: "truce.demo", As: "demo"}
	return w.with(ctx, true, func(at *site) error {
		progress, done := bar(s, false)
		fmt.Fprintf(s.out, "loading %s\n", shown(c.Mission))
		l, err := at.record.Load(ctx, at.who, c.Mission, desk.LoadOptions{Progress: progress})
		done()
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%d entries; judging\n", l.Entered+l.Repeated)
		state, err := at.record.State(ctx, 0)
		if err != nil {
			return err
		}
		fmt.Fprintln(s.out, state.Line())
		log := slog.New(slog.NewTextHandler(s.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
		h, err := web.New(web.Options{Record: at.record, Log: log, Name: "Truce demo", Version: version, Send: true, Demo: &at.who})
		if err != nil {
			return err
		}
		s.serves.Store(true)
		return web.Serve(ctx, web.ListenOptions{Handler: h, Listen: c.Listen, Log: log, Demo: true, Ready: func(a net.Addr) {
			url := "http://" + a.String() + "/"
			fmt.Fprintf(s.out, "open %s\n", url)
			if !c.Quiet {
				openBrowser(ctx, url)
			}
		}})
	})
}

// openBrowser shows an address where there is a screen; else the address was printed.
func openBrowser(ctx context.Context, url string) {
	name := "xdg-open"
	switch {
	case runtime.GOOS == "darwin":
		name = "open"
	case runtime.GOOS == "windows":
		name = "explorer"
	case os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "":
		return
	}
	if cmd := exec.CommandContext(ctx, name, url); cmd.Start() == nil {
		go func() { _ = cmd.Wait() }()
	}
}
