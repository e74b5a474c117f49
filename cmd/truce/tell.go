package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"

	"go.yaml.in/yaml/v4"

	"truce"
	"truce/courier"
	"truce/desk"
)

// telling are the flags of whoever takes what is published to receivers. Without them nothing
// leaves.
type telling struct {
	Receivers string `help:"File of the receivers of what is published: webhooks and e-mail addresses. Without it nothing leaves." placeholder:"FILE"`
	SMTP      string `help:"Mail server: smtp://host:port or smtps://host:port." placeholder:"URL"`
	MailFrom  string `help:"Sender of e-mail." name:"mail-from" placeholder:"ADDRESS"`
	MailUser  string `help:"User at the mail server." name:"mail-user" env:"TRUCE_MAIL_USER" placeholder:"NAME"`
	MailPass  string `help:"Password at the mail server." name:"mail-password" env:"TRUCE_MAIL_PASSWORD" placeholder:"SECRET"`
}

// receiversFile is the file of receivers.
type receiversFile struct {
	Receivers []struct {
		Name    string `yaml:"name"`
		Mark    string `yaml:"mark"`
		Webhook string `yaml:"webhook"`
		Secret  string `yaml:"secret"`
		Mail    string `yaml:"mail"`
		Receipt bool   `yaml:"receipt"`
	} `yaml:"receivers"`
}

// post makes the post of a record; nil where no receivers are configured.
func (t telling) post(at *site, log *slog.Logger) (*desk.Post, error) {
	if t.Receivers == "" {
		return nil, nil
	}
	text, err := desk.ReadFile(t.Receivers)
	if err != nil {
		return nil, err
	}
	receivers, err := parseReceivers(t.Receivers, text)
	if err != nil {
		return nil, err
	}
	c := &courier.Courier{From: t.MailFrom}
	if t.SMTP != "" {
		if c.SMTP, err = courier.ParseSMTP(t.SMTP); err != nil {
			return nil, err
		}
		if t.MailUser != "" {
			c.SMTP.User = url.UserPassword(t.MailUser, t.MailPass)
		}
	}
	return desk.NewPost(at.record, desk.NewSide(at.db), c, receivers, log)
}

// parseReceivers reads the file of receivers.
func parseReceivers(name string, text []byte) ([]courier.Receiver, error) {
	var f receiversFile
	if err := yaml.Load(text, &f, yaml.WithKnownFields()); err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "the receivers cannot be read", Hint: "receivers: a list of name, mark, and webhook with secret, or mail", Err: err}
	}
	var out []courier.Receiver
	for i, x := range f.Receivers {
		r := courier.Receiver{Name: x.Name, Mark: x.Mark, URL: x.Webhook, Secret: x.Secret, Mail: x.Mail, Receipt: x.Receipt}
		if err := r.Check(); err != nil {
			return nil, fmt.Errorf("%s: receiver %d: %w", name, i+1, err)
		}
		out = append(out, r)
	}
	return out, nil
}

// runPost posts beside a server until it ends.
func runPost(ctx context.Context, p *desk.Post) (stop func()) {
	if p == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); p.Run(ctx) }()
	return func() { cancel(); <-done }
}
