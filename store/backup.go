package store

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"

	"truce/ledger"
)

// A backup is a tar stream that fits either database:
//
//	record.json         manifest
//	entries/N           lines of entryLine, N is the number of the first
//	checkpoints         lines of checkpointLine
//	kept/N              lines of keptLine
//	extra/NAME          what the caller adds
//	hashes              SHA-256, size and name of each of these, a line each
//	digest              SHA-256 of every byte before this member
//
// The last member and the end of the tar take tailSize bytes, which are known from the digest:
// so no byte of a backup can change unnoticed, not even padding.
const (
	backupFormat = 1
	tailSize     = 4 * 512
	maxMember    = 256 << 20 // of entries and the like, which are read whole
	extraFolder  = "extra/"
)

// manifest says what a backup holds.
type manifest struct {
	Truce string      `json:"truce"` // "record"
	Form  int         `json:"format"`
	Size  int64       `json:"size"`
	Root  ledger.Hash `json:"root"`
	Made  time.Time   `json:"made"`
}

type entryLine struct {
	Fields json.RawMessage `json:"fields"` // private form
	ID     string          `json:"id,omitempty"`
	Leaf   string          `json:"leaf"`
}

type checkpointLine struct {
	Size int64  `json:"size"`
	Note string `json:"note"`
}

type keptLine struct {
	Kind    string `json:"kind"`
	ID      string `json:"id"`
	Body    []byte `json:"body"`
	Expires int64  `json:"expires"` // milliseconds; 0: never
}

// Add adds a member to a backup: a name with slashes, its size, and that many bytes.
type Add func(name string, size int64, r io.Reader) error

// Backup writes the whole record as it is at one moment, private fields and kept things too,
// while others go on writing. extra, unless nil, adds what belongs to the record and stands
// elsewhere, such as attachments. What is written is as secret as the database.
func (db *DB) Backup(ctx context.Context, w io.Writer, extra func(Add) error) error {
	a := newArchive(w)
	err := db.view(ctx, func(c *conn) error {
		_, h, err := db.readHead(ctx, c)
		if err != nil {
			return err
		}
		if err := a.document("record.json", manifest{Truce: "record", Form: backupFormat, Size: h.Size, Root: h.Root, Made: db.o.Now().UTC()}); err != nil {
			return err
		}
		if err := a.entries(ctx, c, h.Size); err != nil {
			return err
		}
		if err := a.checkpoints(ctx, c); err != nil {
			return err
		}
		return a.kept(ctx, c)
	})
	if err == nil && extra != nil {
		err = extra(func(name string, size int64, r io.Reader) error { return a.member(extraFolder+name, size, r) })
	}
	if err != nil {
		return err
	}
	return a.close()
}

// archive writes a backup.
type archive struct {
	w      io.Writer // to the caller alone
	tar    *tar.Writer
	sum    hash.Hash // of every byte
	hashes bytes.Buffer
}

func newArchive(w io.Writer) *archive {
	a := &archive{w: w, sum: sha256.New()}
	a.tar = tar.NewWriter(io.MultiWriter(w, a.sum))
	return a
}

// member adds a member and notes its hash.
func (a *archive) member(name string, size int64, r io.Reader) error {
	if strings.ContainsAny(name, "\n\x00") {
		return invalid("name", "%q cannot be the name of a member", name)
	}
	if err := a.tar.WriteHeader(header(name, size)); err != nil {
		return fileFault(err)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(a.tar, sum), r)
	if err == nil && n != size {
		err = fmt.Errorf("%s has %d bytes; expected %d", name, n, size)
	}
	if err != nil {
		return fileFault(err)
	}
	fmt.Fprintf(&a.hashes, "%x %d %s\n", sum.Sum(nil), size, name)
	return nil
}

// header is the same for the same name and size, so that equal records make equal backups.
func header(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600}
}

// document adds a member of one JSON value.
func (a *archive) document(name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.member(name, int64(len(b)), bytes.NewReader(b))
}

func (a *archive) entries(ctx context.Context, c *conn, size int64) error {
	for first := int64(0); first < size; first += page {
		var p lines
		err := c.each(ctx, "SELECT e.leaf, e.fields, s.id FROM entry e LEFT JOIN submission s ON s.n = e.n WHERE e.n >= $1 AND e.n < $2 ORDER BY e.n", []any{first, first + page}, func(r *rows) error {
			var leaf, fields []byte
			var id *string
			if err := r.scan(&leaf, &fields, &id); err != nil {
				return err
			}
			l := entryLine{Fields: fields, Leaf: string(leaf)}
			if id != nil {
				l.ID = *id
			}
			return p.add(l)
		})
		if err == nil {
			err = a.member(fmt.Sprintf("entries/%012d", first), int64(p.Len()), &p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a *archive) checkpoints(ctx context.Context, c *conn) error {
	var p lines
	err := c.each(ctx, "SELECT size, note FROM checkpoint ORDER BY size", nil, func(r *rows) error {
		var size int64
		var note []byte
		if err := r.scan(&size, &note); err != nil {
			return err
		}
		return p.add(checkpointLine{size, string(note)})
	})
	if err != nil {
		return err
	}
	return a.member("checkpoints", int64(p.Len()), &p)
}

// kept adds the things kept beside the log, some megabytes in a member.
func (a *archive) kept(ctx context.Context, c *conn) error {
	const most = 4 << 20
	var p lines
	n := 0
	flush := func() error {
		n++
		err := a.member(fmt.Sprintf("kept/%012d", n), int64(p.Len()), &p)
		p.Reset()
		return err
	}
	err := c.each(ctx, "SELECT kind, id, body, expires FROM kept ORDER BY kind, id", nil, func(r *rows) error {
		var l keptLine
		if err := r.scan(&l.Kind, &l.ID, &l.Body, &l.Expires); err != nil {
			return err
		}
		l.Body = some(l.Body)
		if err := p.add(l); err != nil || p.Len() < most {
			return err
		}
		return flush()
	})
	if err == nil && p.Len() > 0 {
		err = flush()
	}
	return err
}

// lines is a text of JSON values, one a line.
type lines struct{ bytes.Buffer }

func (p *lines) add(v any) error {
	enc := json.NewEncoder(&p.Buffer)
	enc.SetEscapeHTML(false) // the private form stays as it is, byte for byte
	return enc.Encode(v)
}

// close writes the hashes and the digest.
func (a *archive) close() error {
	text := a.hashes.Bytes()
	if err := a.tar.WriteHeader(header("hashes", int64(len(text)))); err != nil {
		return fileFault(err)
	}
	if _, err := a.tar.Write(text); err != nil {
		return fileFault(err)
	}
	if err := a.tar.Flush(); err != nil { // the padding too
		return fileFault(err)
	}
	b, err := tail(a.sum.Sum(nil))
	if err != nil {
		return err
	}
	_, err = a.w.Write(b)
	return fileFault(err)
}

// tail is the end of a backup: the member "digest" and the end of the tar.
func tail(sum []byte) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	text := hex.EncodeToString(sum) + "\n"
	if err := w.WriteHeader(header("digest", int64(len(text)))); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, text); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}
