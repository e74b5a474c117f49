package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"truce"
	"truce/desk"
	"truce/ledger"
)

type rowsCmd struct {
	where
	Kind   string `arg:"" help:"Kind of row: report, element, incident, finding, adherence, ..."`
	ID     string `arg:"" optional:"" help:"One row, with its history."`
	AsOf   string `help:"As the record stood after so many entries, or at a time." placeholder:"WHEN"`
	Text   string `help:"Rows in which these words stand." placeholder:"WORDS"`
	Form   string `help:"Form of the answer." enum:"json,csv,geojson" default:"json"`
	Newest bool   `help:"Newest first."`
}

func (rowsCmd) Help() string {
	return `Example:

  truce rows element --as-of "2016-08-27 18:00" --form geojson
  truce rows report C115

Only what --as may see is there.`
}

// Run lists rows of today's state, or of an earlier one.
func (c *rowsCmd) Run(ctx context.Context, s *streams) error {
	return c.look(ctx, func(at *site) error {
		n, err := at.record.AsOf(ctx, c.AsOf)
		if err != nil {
			return err
		}
		if c.ID != "" {
			history, err := at.record.History(ctx, at.who, c.Kind, c.ID)
			if err != nil {
				return err
			}
			return printJSON(s.out, history)
		}
		return at.record.Export(ctx, at.who, desk.Question{Kind: c.Kind, AsOf: n, Text: c.Text, Newest: c.Newest}, c.Form, s.out)
	})
}

type receiptCmd struct {
	where
	Entry int64 `arg:"" help:"The number of the entry."`
}

func (receiptCmd) Help() string {
	return `Example:

  truce receipt 17 > receipt.json

Proves that an entry is in the record, unaltered, and shows nothing else of it.
Check it with: truce verify receipt.json --trust VKEY`
}

// Run writes the receipt of an entry.
func (c *receiptCmd) Run(ctx context.Context, s *streams) error {
	return c.look(ctx, func(at *site) error {
		r, err := at.record.Receipt(ctx, at.who, c.Entry)
		if err != nil {
			return err
		}
		_, err = s.out.Write(r)
		return err
	})
}

type logCmd struct {
	where
	Dir  string `arg:"" help:"The folder to write; it must not be there yet."`
	Open bool   `help:"With the fields that --as may see; without it hashes only."`
}

func (logCmd) Help() string {
	return `Example:

  truce log published/

Writes the record as files that transparency-log tools read (C2SP tlog-tiles): checkpoint,
tiles, entries. Anybody can check them with truce verify, or with the verifier in verifier/.`
}

// Run writes the record as files.
func (c *logCmd) Run(ctx context.Context, s *streams) error {
	if _, err := os.Lstat(c.Dir); err == nil {
		return &truce.Error{Kind: truce.Conflict, At: c.Dir, Msg: "is there already", Hint: "a folder that is not there yet"}
	}
	part := c.Dir + ".part"
	return c.look(ctx, func(at *site) error {
		err := at.record.WriteLog(ctx, at.who, c.Open, ledger.Folder(part))
		if err == nil {
			err = os.Rename(part, c.Dir)
		}
		if err != nil {
			return errors.Join(err, os.RemoveAll(part))
		}
		fmt.Fprintf(s.out, "%s: the record of %s\n", shown(c.Dir), at.key.Verifier())
		return nil
	})
}

type verifyCmd struct {
	Path  string   `arg:"" help:"A record's files (a folder that truce log wrote), a record's database, or a receipt."`
	Trust []string `help:"A verifier key that is trusted: the record's, a witness's." placeholder:"VKEY" sep:"none"`
	Since []string `help:"A checkpoint of the same record from before." placeholder:"FILE" sep:"none"`
	JSON  bool     `name:"json" help:"As JSON."`
	Quiet bool     `short:"q" help:"No progress."`
}

func (verifyCmd) Help() string {
	return `Example:

  truce verify published/ --trust "desk.example+1f2e3d4c+AbCd..." --since yesterday.checkpoint

Checks a whole record offline: every entry, signature, value and hash, and that nothing was
taken back since an older checkpoint. Exit code 0: it holds. 1: it does not; every fault is
listed with its place. 3 and above: could not be checked.`
}

// Run checks a record or a receipt.
func (c *verifyCmd) Run(ctx context.Context, s *streams) error {
	st, err := os.Stat(c.Path)
	if err != nil {
		return &truce.Error{Kind: truce.Absent, At: c.Path, Msg: "cannot be read", Err: bare(err)}
	}
	if !st.IsDir() {
		head, err := firstByte(c.Path)
		if err != nil {
			return err
		}
		if head == '{' {
			return c.receipt(s)
		}
		return c.database(ctx, s)
	}
	return c.files(ctx, s, os.DirFS(c.Path))
}

func firstByte(name string) (byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, &truce.Error{Kind: truce.Unavailable, At: name, Msg: "cannot be read", Err: bare(err)}
	}
	defer f.Close()
	var b [1]byte
	if _, err := io.ReadFull(f, b[:]); err != nil {
		return 0, &truce.Error{Kind: truce.Invalid, At: name, Msg: "is empty", Hint: "a record or a receipt"}
	}
	return b[0], nil
}

// database writes a record's files aside and checks them, so that what is checked is what
// anybody else could check.
func (c *verifyCmd) database(ctx context.Context, s *streams) error {
	dir, err := os.MkdirTemp("", "truce-verify-")
	if err != nil {
		return &truce.Error{Kind: truce.Unavailable, Msg: "no room to check in", Err: err}
	}
	defer os.RemoveAll(dir)
	err = where{Record: c.Path, As: "operator"}.look(ctx, func(at *site) error {
		return at.record.WriteLog(ctx, at.who, true, ledger.Folder(filepath.Join(dir, "record")))
	})
	if err != nil {
		return err
	}
	return c.files(ctx, s, os.DirFS(filepath.Join(dir, "record")))
}

func (c *verifyCmd) files(ctx context.Context, s *streams, files fs.FS) error {
	o := ledger.VerifyOptions{Keys: c.Trust}
	for _, name := range c.Since {
		text, err := os.ReadFile(name)
		if err != nil {
			return &truce.Error{Kind: truce.Absent, At: name, Msg: "cannot be read", Err: bare(err)}
		}
		o.Since = append(o.Since, text)
	}
	progress, done := bar(s, c.Quiet)
	if progress != nil {
		o.Progress = func(n, total int64) { progress("verifying", n, total) }
	}
	v, err := ledger.Verify(ctx, files, o)
	done()
	if err != nil {
		return &truce.Error{Kind: truce.Invalid, At: c.Path, Msg: "cannot be checked", Err: err}
	}
	s.found(len(v.Faults) > 0)
	if c.JSON {
		return printJSON(s.out, v)
	}
	return tellVerified(s.out, v)
}

// tellVerified says in plain words what a check found.
func tellVerified(w io.Writer, v *ledger.Verified) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %d entries, root %v\n%s\n", v.Origin, v.Size, v.Root, v.Trust)
	fmt.Fprintf(&b, "%d signatures of people are good; %d values are what was committed to; %d are withheld, %d entries show none\n", v.Signed, v.Values, v.Withheld, v.Closed)
	if len(v.Witnesses) > 0 {
		fmt.Fprintf(&b, "witnessed by %s\n", join(v.Witnesses))
	}
	for _, f := range v.Faults {
		fmt.Fprintln(&b, "FAULT", f)
	}
	if len(v.Faults) == 0 {
		fmt.Fprintln(&b, "the record holds")
	} else {
		fmt.Fprintf(&b, "the record does not hold: %d faults\n", len(v.Faults))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *verifyCmd) receipt(s *streams) error {
	text, err := os.ReadFile(c.Path)
	if err != nil {
		return &truce.Error{Kind: truce.Unavailable, At: c.Path, Msg: "cannot be read", Err: bare(err)}
	}
	if len(c.Trust) == 0 {
		return &truce.Error{Kind: truce.Invalid, At: "--trust", Msg: "a receipt is checked with the record's verifier key", Hint: "--trust VKEY"}
	}
	r, err := ledger.ParseReceipt(text)
	if err == nil {
		var p *ledger.Proved
		if p, err = r.Open(c.Trust...); err == nil {
			fmt.Fprintf(s.out, "entry %d of %s, %s, recorded %s: in the record, unaltered\n", p.N, p.Checkpoint.Origin, p.Entry.Kind, p.Entry.At.UTC().Format("2006-01-02 15:04:05.000 MST"))
			return nil
		}
	}
	fmt.Fprintf(s.out, "FAULT %v\nthe receipt does not hold\n", err)
	s.found(true)
	return nil
}
