package courier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"

	"github.com/wneessen/go-mail"
)

// mail sends an e-mail: the words, and the bytes as a file. The mail server's reply is the
// receipt; what becomes of the message after it, nobody tells us.
func (c *Courier) mail(ctx context.Context, r Receiver, p Parcel) (Proof, error) {
	if c.SMTP == nil {
		return Proof{}, failed("no mail server is configured", nil)
	}
	m, err := c.letter(r, p)
	if err != nil {
		return Proof{}, err
	}
	client, err := c.mailer()
	if err != nil {
		return Proof{}, failed("the mail server cannot be asked", nil)
	}
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		if ctx.Err() != nil {
			return Proof{}, failed("no answer from the mail server in time", err)
		}
		return Proof{}, failed("the mail server did not take it", err)
	}
	reply := m.ServerResponse()
	sum := sha256.Sum256([]byte(reply))
	return Proof{SHA256: hex.EncodeToString(sum[:]), Words: clip(reply)}, nil
}

// letter is the message of a parcel: the same parcel, the same message.
func (c *Courier) letter(r Receiver, p Parcel) (*mail.Msg, error) {
	m := mail.NewMsg()
	if err := m.From(c.From); err != nil {
		return nil, failed("the sender is no address", nil)
	}
	if err := m.To(r.Mail); err != nil {
		return nil, failed("the receiver is no address", nil)
	}
	m.Subject(p.Title)
	m.SetDateWithValue(p.Created)
	m.SetMessageIDWithValue(p.ID + "@truce")
	m.SetGenHeader("Truce-Kind", p.Kind)
	m.SetBodyString(mail.TypeTextPlain, p.Text)
	if err := m.AttachReader(p.Name, bytes.NewReader(p.Body), mail.WithFileContentType("application/json")); err != nil {
		return nil, failed("the file cannot be attached", nil)
	}
	return m, nil
}

// mailer knows the mail server. Off this machine everything travels encrypted, or not at all.
func (c *Courier) mailer() (*mail.Client, error) {
	host := c.SMTP.Hostname()
	options := []mail.Option{mail.WithHELO("localhost"), mail.WithTimeout(DefaultPatience)}
	switch {
	case c.SMTP.Scheme == "smtps":
		options = append(options, mail.WithSSL())
	case local(host):
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if port, err := strconv.Atoi(c.SMTP.Port()); err == nil {
		options = append(options, mail.WithPort(port))
	}
	if user := c.SMTP.User; user != nil {
		password, _ := user.Password()
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(user.Username()), mail.WithPassword(password))
	}
	return mail.NewClient(host, options...)
}

// ParseSMTP reads the address of a mail server.
func ParseSMTP(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" || u.RawQuery != "" {
		return nil, failed("this is no mail server; expected smtp://host:port or smtps://host:port", nil)
	}
	return u, nil
}

// clip shortens what others say.
func clip(s string) string {
	if len(s) > 200 {
		return s[:200]
	}
	return s
}
