package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ContentTypeSize is the content type of a witness's answer that says which size it knows.
const ContentTypeSize = "text/x.tlog.size"

// contentTypeText is the content type of all other answers.
const contentTypeText = "text/plain; charset=utf-8"

// MaxRequest is the longest request that a witness reads, in bytes.
const MaxRequest = 64 << 10

// Witness co-signs checkpoints of other records: only such as continue what it co-signed
// before, so that nobody can be shown another history (C2SP tlog-witness). It keeps nothing
// itself.
type Witness struct {
	// Key signs. It should be no key that signs a record of its own.
	Key *Key
	// Logs holds the verifier keys of the records that it knows, by origin.
	Logs map[string][]string
	// Load returns the latest signed checkpoint that was stored for an origin; nil if none.
	Load func(origin string) (signed []byte, err error)
	// Store replaces it, durably, if it is still old (nil: if there is none), and says whether
	// it did. Comparing and replacing must be one step.
	Store func(origin string, old, new []byte) (swapped bool, err error)
}

// Add answers one add-checkpoint request: 200 with the cosignature line; 400 for what is no
// request; 404 for an unknown origin; 403 without a good signature by the origin's key; 409
// with the size known, as [ContentTypeSize], for another old size or another root of the
// same size; 422 for a proof that does not hold; 500 where the state cannot be read or kept.
// now is the time that the cosignature states.
func (w Witness) Add(request []byte, now time.Time) (status int, contentType string, body []byte) {
	old, proof, signed, err := ParseRequest(request)
	if err != nil {
		return refusal(http.StatusBadRequest, err)
	}
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return refusal(http.StatusBadRequest, err)
	}
	keys, known := w.Logs[c.Origin]
	if !known {
		return refusal(http.StatusNotFound, fmt.Errorf("%.80q is no origin that is witnessed here", c.Origin))
	}
	if _, _, err := OpenCheckpoint(signed, keys...); err != nil {
		return refusal(http.StatusForbidden, err)
	}
	if old > c.Size {
		return refusal(http.StatusBadRequest, fmt.Errorf("old size %d; expected at most %d, the size of the checkpoint", old, c.Size))
	}
	return w.advance(old, proof, signed, c, now)
}

// advance moves on from the latest checkpoint to a new one that is signed.
func (w Witness) advance(old int64, proof []Hash, signed []byte, c Checkpoint, now time.Time) (int, string, []byte) {
	before, latest, err := w.latest(c.Origin)
	if err != nil {
		return refusal(http.StatusInternalServerError, errState)
	}
	if old != latest.Size || old == c.Size && c.Root != latest.Root {
		return known(latest)
	}
	if err := CheckConsistency(proof, c.Size, c.Root, old, latest.Root); err != nil {
		return refusal(http.StatusUnprocessableEntity, err)
	}
	line, err := Cosign(signed, w.Key, now)
	if err != nil {
		return refusal(http.StatusInternalServerError, err)
	}
	swapped, err := w.Store(c.Origin, before, signed)
	if err != nil {
		return refusal(http.StatusInternalServerError, errState)
	}
	if !swapped { // another request was faster
		if _, latest, err = w.latest(c.Origin); err != nil {
			return refusal(http.StatusInternalServerError, errState)
		}
		return known(latest)
	}
	return http.StatusOK, contentTypeText, line
}

// errState goes to whoever asks; what failed is between the caller and its store.
var errState = errors.New("the witness cannot read or keep its state now")

// latest returns the latest checkpoint of an origin; of an origin never seen, that of no
// entries.
func (w Witness) latest(origin string) ([]byte, Checkpoint, error) {
	signed, err := w.Load(origin)
	if err != nil || signed == nil {
		return nil, Checkpoint{Origin: origin, Root: emptyRoot()}, err
	}
	c, err := ParseCheckpoint(signed)
	return signed, c, err
}

func known(c Checkpoint) (int, string, []byte) {
	return http.StatusConflict, ContentTypeSize, fmt.Appendf(nil, "%d\n", c.Size)
}

func refusal(status int, err error) (int, string, []byte) {
	return status, contentTypeText, []byte(err.Error() + "\n")
}

// FormatRequest returns the body of an add-checkpoint request.
func FormatRequest(old int64, proof []Hash, signed []byte) []byte {
	b := fmt.Appendf(nil, "old %d\n", old)
	for _, h := range proof {
		b = append(b, h.String()+"\n"...)
	}
	return append(append(b, '\n'), signed...)
}

// ParseRequest reads the body of an add-checkpoint request; the checkpoint in it is not read.
func ParseRequest(request []byte) (old int64, proof []Hash, signed []byte, err error) {
	if len(request) > MaxRequest {
		return 0, nil, nil, fmt.Errorf("request of %d bytes; expected at most %d", len(request), MaxRequest)
	}
	head, signed, ok := bytes.Cut(request, []byte("\n\n"))
	if !ok {
		return 0, nil, nil, errors.New("expected an old size, a proof, a blank line and a checkpoint")
	}
	lines := strings.Split(string(head), "\n")
	digits, ok := strings.CutPrefix(lines[0], "old ")
	old, err = strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || old < 0 || strconv.FormatInt(old, 10) != digits {
		return 0, nil, nil, refuse(1, []byte(lines[0]), `"old" and a size`)
	}
	if len(lines) > 64 {
		return 0, nil, nil, fmt.Errorf("%d hashes; expected at most 63", len(lines)-1)
	}
	for i, line := range lines[1:] {
		var h Hash
		if decode(h[:], []byte(line)) != nil {
			return 0, nil, nil, refuse(i+2, []byte(line), "a hash in base64")
		}
		proof = append(proof, h)
	}
	return old, proof, signed, nil
}

// Question is what a record asks a witness.
type Question struct {
	// URL is the witness's submission prefix; "/add-checkpoint" is added.
	URL string
	// Witness is the witness's verifier key, in the cosignature/v1 form.
	Witness string
	// Checkpoint is the signed checkpoint that is to be co-signed.
	Checkpoint []byte
	// Old is the size that the witness is thought to know; 0 where that is not known.
	Old int64
	// Prove makes the consistency proof from old to the checkpoint's size.
	Prove func(old, size int64) ([]Hash, error)
}

// Ask has a checkpoint co-signed. A witness that knows another size says so and is asked once
// more from there. It returns the witness's signature line, checked, for [AddSignatures]. An
// answer that shows that the witness knows more entries than the checkpoint has, or another
// root, is an error to look into.
func Ask(ctx context.Context, client *http.Client, q Question) ([]byte, error) {
	c, err := ParseCheckpoint(q.Checkpoint)
	if err != nil {
		return nil, err
	}
	id, isWitness, err := ParseVerifier(q.Witness)
	if err != nil || !isWitness {
		return nil, fmt.Errorf("ask witness: %.80q is no witness's key; expected one in the cosignature/v1 form", q.Witness)
	}
	if q.Old > c.Size {
		q.Old = 0 // it will say what it knows
	}
	status, body, err := post(ctx, client, q, q.Old, c.Size)
	if err == nil && status == http.StatusConflict {
		old, known := parseSize(body)
		switch {
		case !known:
			return nil, fmt.Errorf("witness %s: conflict without a size", id)
		case old > c.Size:
			return nil, fmt.Errorf("witness %s knows %d entries; the checkpoint has %d", id, old, c.Size)
		case old == q.Old:
			return nil, fmt.Errorf("witness %s knows another root of %d entries", id, old)
		}
		status, body, err = post(ctx, client, q, old, c.Size)
	}
	if err != nil {
		return nil, fmt.Errorf("witness %s: %w", id, err)
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("witness %s: status %d: %.200q", id, status, body)
	}
	return ownLine(q, id, body)
}

// ownLine picks the line of the witness that was asked out of its answer.
func ownLine(q Question, id string, body []byte) ([]byte, error) {
	lines, err := parseSignatures(body)
	if err != nil {
		return nil, fmt.Errorf("witness %s: %w", id, err)
	}
	i := slices.IndexFunc(lines, func(s signature) bool { return s.id() == id })
	if i < 0 {
		return nil, fmt.Errorf("witness %s: it did not sign", id)
	}
	line := []byte(lines[i].line + "\n")
	signed, err := AddSignatures(q.Checkpoint, line)
	if err != nil {
		return nil, fmt.Errorf("witness %s: %w", id, err)
	}
	if _, err := CosignedAt(signed, q.Witness); err != nil {
		return nil, fmt.Errorf("witness %s: %w", id, err)
	}
	return line, nil
}

// post sends one request and reads the answer.
func post(ctx context.Context, client *http.Client, q Question, old, size int64) (int, []byte, error) {
	proof, err := q.Prove(old, size)
	if err != nil {
		return 0, nil, err
	}
	url := strings.TrimSuffix(q.URL, "/") + "/add-checkpoint"
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(FormatRequest(old, proof, q.Checkpoint)))
	if err != nil {
		return 0, nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, MaxRequest))
	if resp.StatusCode == http.StatusConflict && resp.Header.Get("Content-Type") != ContentTypeSize {
		body = nil
	}
	return resp.StatusCode, body, err
}

// parseSize reads the body of a conflict.
func parseSize(body []byte) (int64, bool) {
	text, ok := strings.CutSuffix(string(body), "\n")
	n, err := strconv.ParseInt(text, 10, 64)
	return n, ok && err == nil && n >= 0 && strconv.FormatInt(n, 10) == text
}
