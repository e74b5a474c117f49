// Package courier takes bytes to receivers: signed webhooks and e-mail. It goes to addresses
// that were configured and to no others, follows no redirects, and says of every attempt how
// it went. It keeps nothing; when to try again is for the caller, by [Wait].
//
// A webhook is a POST of the very bytes, signed as in the Standard Webhooks convention:
// webhook-id, webhook-timestamp in seconds, and webhook-signature, which is "v1," and the
// base64 of HMAC-SHA-256 over id, timestamp and body, with dots between. The same parcel has
// the same id however often it is sent.
package courier

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"time"

	"truce"
)

// Receiver is one address.
type Receiver struct {
	Name string // how it is called on pages and in the record
	// Mark is the narrowest that it may get: "CLEAR", "GREEN" or "AMBER".
	Mark string
	// URL is where webhooks go: https, or http on this machine; Secret signs them.
	URL, Secret string
	// Mail is an e-mail address, where URL is empty.
	Mail string
	// Receipt says that the receiver answers with the hash of what it got, in the header
	// truce-received; an answer without it, or with another, counts for nothing.
	Receipt bool
}

// Parcel is what is taken to a receiver.
type Parcel struct {
	ID      string // the same at every attempt
	Kind    string // "release", "correction" or "withdrawal"
	Title   string
	Text    string // in plain words, for people
	Name    string // of the file
	Body    []byte // JSON
	Created time.Time
}

// Hash is the SHA-256 of a parcel's bytes, in hexadecimal.
func (p Parcel) Hash() string {
	sum := sha256.Sum256(p.Body)
	return hex.EncodeToString(sum[:])
}

// Proof is what a receiver gave back for a parcel.
type Proof struct {
	// SHA256 is the hash that the receiver says it got, or of its answer where it says none.
	SHA256 string
	// Words are its answer in short: the status of HTTP, the reply of the mail server.
	Words string
}

// Courier takes parcels. The zero value takes webhooks; SMTP must be set for e-mail.
type Courier struct {
	// SMTP is the mail server: smtp://host:port, or smtps://; a user and a password may
	// stand in it. Empty: there is no e-mail.
	SMTP *url.URL
	// From is the sender of e-mail.
	From string
	// Patience is how long one attempt may take; 0: [DefaultPatience].
	Patience time.Duration
	// Transport replaces the network; nil: the real one.
	Transport http.RoundTripper
}

// DefaultPatience is how long one attempt may take.
const DefaultPatience = 10 * time.Second

// Check says what is wrong with a receiver.
func (r Receiver) Check() error {
	bad := func(at, msg, want string) error {
		return &truce.Error{Kind: truce.Invalid, At: "receiver " + r.Name + ": " + at, Msg: msg, Hint: want}
	}
	switch {
	case strings.TrimSpace(r.Name) == "" || strings.ContainsAny(r.Name, "/\n\r"):
		return bad("name", "it has no name that can be shown", "a short name without a slash")
	case r.Mark != "CLEAR" && r.Mark != "GREEN" && r.Mark != "AMBER":
		return bad("mark", "nothing is told under this mark", "CLEAR, GREEN or AMBER")
	case (r.URL == "") == (r.Mail == ""):
		return bad("webhook", "it has no address, or two", "either webhook or mail")
	case r.Mail != "":
		return nil
	case len(r.Secret) < 16:
		return bad("secret", "the secret is missing or short", "16 characters or more")
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && local(u.Hostname())) {
		return bad("webhook", "no address that may be told anything", "https://…, or http:// on this machine")
	}
	return nil
}

func local(host string) bool { return host == "localhost" || host == "127.0.0.1" || host == "::1" }

// Take makes one attempt. An error says in short what went wrong, without what was sent.
func (c *Courier) Take(ctx context.Context, r Receiver, p Parcel, now time.Time) (Proof, error) {
	if err := r.Check(); err != nil {
		return Proof{}, err
	}
	patience := c.Patience
	if patience == 0 {
		patience = DefaultPatience
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if r.Mail != "" {
		return c.mail(ctx, r, p)
	}
	return c.post(ctx, r, p, now)
}

// waits are how long it takes until the next attempt, after each that failed.
var waits = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 24 * time.Hour}

// Wait is how long to wait after so many attempts that failed; false: it is lost, after
// about three days.
func Wait(failed int) (time.Duration, bool) {
	if failed < 1 {
		return 0, true
	}
	if failed > len(waits) {
		return 0, false
	}
	return waits[failed-1], true
}

func failed(msg string, err error) error {
	return &truce.Error{Kind: truce.Unavailable, Msg: msg, Err: err}
}
