package courier

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"truce"
)

// answerMost is how many bytes of an answer are read.
const answerMost = 64 << 10

// Sign is the signature of a webhook's bytes, as in its header.
func Sign(secret, id string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%s.%d.", id, at.Unix())
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Tolerance is how far the time of a webhook may be from the receiver's clock.
const Tolerance = 5 * time.Minute

// Verify checks a webhook that was received: for programs that receive ours.
func Verify(secret string, h http.Header, body []byte, now time.Time) error {
	seconds, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	at := time.Unix(seconds, 0)
	if err != nil || now.Sub(at).Abs() > Tolerance {
		return &truce.Error{Kind: truce.Denied, At: "webhook-timestamp", Msg: "it is not of now", Hint: "within five minutes of the receiver's clock"}
	}
	want := Sign(secret, h.Get("webhook-id"), at, body)
	for sig := range strings.FieldsSeq(h.Get("webhook-signature")) {
		if subtle.ConstantTimeCompare([]byte(sig), []byte(want)) == 1 {
			return nil
		}
	}
	return &truce.Error{Kind: truce.Denied, At: "webhook-signature", Msg: "the signature is not good", Hint: "the secret that both sides have"}
}

// post sends a webhook. Only an answer that came whole and says 2xx is a success.
func (c *Courier) post(ctx context.Context, r Receiver, p Parcel, now time.Time) (Proof, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.URL, bytes.NewReader(p.Body))
	if err != nil {
		return Proof{}, failed("the address cannot be asked", nil)
	}
	for name, v := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "truce", "Truce-Kind": p.Kind,
		"Webhook-Id": p.ID, "Webhook-Timestamp": strconv.FormatInt(now.Unix(), 10), "Webhook-Signature": Sign(r.Secret, p.ID, now, p.Body),
	} {
		req.Header.Set(name, v)
	}
	resp, err := c.client().Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return Proof{}, failed("no answer in time", err)
		}
		return Proof{}, failed("cannot be reached", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, answerMost+1))
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return Proof{}, failed("answered "+strconv.Itoa(resp.StatusCode), nil)
	case ctx.Err() != nil:
		return Proof{}, failed("no whole answer in time", err)
	case err != nil:
		return Proof{}, failed("the answer broke off", err)
	case len(answer) > answerMost:
		return Proof{}, failed("the answer is too long", nil)
	}
	return proof(r, p, resp, answer)
}

// proof is what an answer shows. Where a receipt is asked for, it must be of these bytes.
func proof(r Receiver, p Parcel, resp *http.Response, answer []byte) (Proof, error) {
	said := strings.ToLower(strings.TrimSpace(resp.Header.Get("truce-received")))
	if r.Receipt && said != p.Hash() {
		return Proof{}, failed("the receipt is missing, or of something else", nil)
	}
	if said != p.Hash() {
		sum := sha256.Sum256(answer)
		said = hex.EncodeToString(sum[:])
	}
	return Proof{SHA256: said, Words: strconv.Itoa(resp.StatusCode)}, nil
}

// client follows no redirects: they lead to addresses that nobody configured.
func (c *Courier) client() *http.Client {
	transport := c.Transport
	if transport == nil {
		transport = &http.Transport{DisableKeepAlives: true} // and no proxy: the address itself is asked
	}
	return &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
