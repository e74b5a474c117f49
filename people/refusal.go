package people

import (
	"log/slog"
	"time"

	"truce"
)

// Refusal is a sign-in, a token or a proof that was not accepted. Outside every refusal is
// the same, so that nobody learns which part was wrong or whether an account exists; Reason
// and the rest are for the log. errors.As finds a *truce.Error of kind Denied in it.
type Refusal struct {
	Reason  string        // one of the Reasons
	Account string        // only if there is such an account: what people type there may be a password
	Wait    time.Duration // how long the throttle still holds, for ReasonThrottled
	Err     error         // what a library said; never shown outside
}

// The reasons of refusals. They hold no secret and may be logged.
const (
	ReasonThrottled  = "throttled"
	ReasonUnknown    = "no such account"
	ReasonDisabled   = "account disabled"
	ReasonPassword   = "wrong password"
	ReasonNoPassword = "account has no password"
	ReasonCode       = "wrong code"
	ReasonReplay     = "code used before"
	ReasonPasskey    = "passkey not accepted"
	ReasonCopied     = "passkey counter went back: it may be a copy"
	ReasonCeremony   = "ceremony unknown, used or expired"
	ReasonSession    = "session unknown, ended or expired"
	ReasonToken      = "token unknown, revoked or expired"
	ReasonInvitation = "invitation unknown, used or expired"
	ReasonProvider   = "provider's answer not accepted"
	ReasonUninvited  = "identity was not invited"
	ReasonStale      = "must sign in again first"
	ReasonOneFactor  = "needs a session with two factors"
	ReasonEnrolling  = "session may only set up ways to sign in"
)

// Error returns the same words for every refusal.
func (r *Refusal) Error() string { return r.outside().Error() }

// Unwrap returns the error that may be shown.
func (r *Refusal) Unwrap() error { return r.outside() }

// LogValue returns what the log should hold.
func (r *Refusal) LogValue() slog.Value {
	as := []slog.Attr{slog.String("reason", r.Reason)}
	if r.Account != "" {
		as = append(as, slog.String("account", r.Account))
	}
	if r.Wait > 0 {
		as = append(as, slog.Duration("wait", r.Wait))
	}
	if r.Err != nil {
		as = append(as, slog.String("cause", r.Err.Error()))
	}
	return slog.GroupValue(as...)
}

func (r *Refusal) outside() *truce.Error {
	return &truce.Error{Kind: truce.Denied, Msg: "not accepted", Hint: "check what you entered, wait a little, or sign in again"}
}

func refused(reason string) error { return &Refusal{Reason: reason} }

func refusedFor(account, reason string) error { return &Refusal{Reason: reason, Account: account} }
