package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"truce"
	"truce/attach"
	"truce/desk"
	"truce/record"
	"truce/store"
)

// files is the folder of the record's attachments: beside the database.
func (f where) files() (*attach.Folder, error) {
	dir := "record.files"
	if f.local() {
		dir = f.path() + ".files"
	}
	return attach.New(dir, attach.Options{})
}

type destroyCmd struct {
	where
	Entry  int64    `arg:"" help:"The number of the entry."`
	Fields []string `arg:"" help:"The fields to destroy: text, source, contact, ..."`
	Reason string   `help:"Why." required:""`
}

func (destroyCmd) Help() string {
	return `Example:

  truce destroy 17 text source --reason "asked for by the person" --as boris

The values are gone from the database's files; the entry's place, hash and the reason stay.
Backups made before still hold them.`
}

// Run destroys values of an entry.
func (c *destroyCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		done, err := at.record.Destroy(ctx, at.who, c.Entry, c.Fields, c.Reason)
		if err == nil {
			fmt.Fprintf(s.out, "destroyed; entry %d says why\n", done.N)
		}
		return err
	})
}

type attachCmd struct {
	where
	Report  string `arg:"" help:"The report that it belongs to."`
	File    string `arg:"" help:"The file."`
	Type    string `help:"Media type that whoever gave it claims; by default what its name says." placeholder:"TYPE"`
	Address string `help:"Where it was found." placeholder:"URL"`
	Mark    string `help:"Handling mark." placeholder:"MARK"`
}

func (attachCmd) Help() string {
	return `Example:

  truce attach C115 crater.jpg --address https://example.org/photo

The original is kept as it is, under its hash; a picture also gets a working copy without
metadata. A file that is not what it claims is refused.`
}

// Run attaches a file to a report.
func (c *attachCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		files, err := c.files()
		if err != nil {
			return err
		}
		in, err := os.Open(c.File)
		if err != nil {
			return &truce.Error{Kind: truce.Absent, At: c.File, Msg: "cannot be read", Err: bare(err)}
		}
		defer in.Close()
		item, done, err := at.record.Attach(ctx, at.who, files, c.Report, c.Mark, in, attach.Info{Name: filepath.Base(c.File), Type: c.Type, Address: c.Address})
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "%s, %s, %d bytes: entry %d\n", item.Hash, item.Type, item.Size, done.N)
		return nil
	})
}

type custodyCmd struct {
	where
	Hash string `arg:"" help:"The attachment's SHA-256."`
	HTML string `name:"html" help:"Write one printable page to FILE." placeholder:"FILE"`
}

func (custodyCmd) Help() string {
	return `Example:

  truce custody 3b1f... --html custody.html

The chain of custody on one page: what it is, where it came from, who looked at it when.`
}

// Run prints an attachment's chain of custody.
func (c *custodyCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		files, err := c.files()
		if err != nil {
			return err
		}
		item, custody, err := at.record.Custody(ctx, at.who, files, c.Hash)
		if err != nil {
			return err
		}
		if c.HTML == "" {
			return attach.CustodyText(s.out, item, custody)
		}
		return writeSecret(c.HTML, s.out, func(w io.Writer) error { return attach.CustodyPage(w, item, custody) })
	})
}

type cosignCmd struct {
	where
	URL     string `arg:"" help:"The witness's address, such as https://other.example/witness."`
	Witness string `help:"The witness's verifier key." required:"" placeholder:"VKEY"`
}

func (cosignCmd) Help() string {
	return `Example:

  truce cosign https://other.example/witness --witness "other.example+1a2b3c4d+Bxyz..."

A witness signs only what continues what it signed before: nobody can then be shown another
history. Another instance of Truce is one by truce serve --witness.`
}

// Run has the newest checkpoint co-signed.
func (c *cosignCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		cp, err := at.record.Cosign(ctx, &http.Client{Timeout: witnessWithin}, c.URL, c.Witness)
		if err == nil {
			fmt.Fprintf(s.out, "the checkpoint at %d entries is co-signed\n", cp.Size)
		}
		return err
	})
}

// witnessWithin is how long a witness may take.
const witnessWithin = 30 * time.Second

type backupCmd struct {
	where
	File string `arg:"" help:"The file to write; it must not be there yet. - for standard output."`
}

func (backupCmd) Help() string {
	return `Example:

  truce backup 2016-08-27.truce

Works while the record is being served and written to. A backup is as secret as the record.
The instance's key is not in it: keep a copy of that apart.`
}

// Run writes a backup.
func (c *backupCmd) Run(ctx context.Context, s *streams) error {
	if _, err := os.Lstat(c.File); err == nil {
		return &truce.Error{Kind: truce.Conflict, At: c.File, Msg: "is there already", Hint: "a file that is not there yet"}
	}
	key, err := c.readKey(false)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, c.Record, store.Options{Now: time.Now, Fold: record.Fold, FoldVersion: record.Version, ReadOnly: true})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := c.fits(ctx, db, key, false); err != nil {
		return err
	}
	r, err := desk.NewRecord(desk.RecordOptions{DB: db, Key: key})
	if err != nil {
		return err
	}
	files, err := c.files()
	if err != nil {
		return err
	}
	return writeSecret(c.File, s.out, func(w io.Writer) error { return r.Backup(ctx, files, w) })
}

type restoreCmd struct {
	where
	File    string `arg:"" help:"The backup."`
	Replace bool   `help:"Put it in the place of a record that is there."`
}

func (restoreCmd) Help() string {
	return `Example:

  truce restore 2016-08-27.truce --record site.db

The backup is checked from its first byte to its last before anything is created or replaced.
It goes into SQLite or PostgreSQL, whichever it came from.`
}

// Run restores a backup.
func (c *restoreCmd) Run(ctx context.Context, s *streams) error {
	in, err := os.Open(c.File)
	if err != nil {
		return &truce.Error{Kind: truce.Absent, At: c.File, Msg: "cannot be read", Err: bare(err)}
	}
	defer in.Close()
	files, err := c.files()
	if err != nil {
		return err
	}
	head, err := desk.Restore(ctx, in, c.Record, store.Options{Now: time.Now, Fold: record.Fold, FoldVersion: record.Version}, files, c.Replace)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%d entries, root %v\n", head.Size, head.Root)
	return err
}

type rebuildCmd struct{ where }

func (rebuildCmd) Help() string {
	return `Example:

  truce rebuild --record site.db

Makes the state anew from the entries and says whether it is, byte for byte, what was there.
Exit code 0: it is. 1: it was not, and now is.`
}

// Run folds all entries anew.
func (c *rebuildCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		before, err := at.db.Digest(ctx)
		if err != nil {
			return err
		}
		if err := at.db.Rebuild(ctx); err != nil {
			return err
		}
		after, err := at.db.Digest(ctx)
		if err != nil {
			return err
		}
		s.found(before != after)
		says := "the state is what it was"
		if before != after {
			says = "the state was another: " + hex.EncodeToString(before[:])
		}
		_, err = fmt.Fprintf(s.out, "%s: %s\n", hex.EncodeToString(after[:]), says)
		return err
	})
}

type fsckCmd struct {
	where
	JSON bool `name:"json" help:"As JSON."`
}

func (fsckCmd) Help() string {
	return `Example:

  truce fsck --record site.db

Checks the database, every entry, field, tile and checkpoint, and the attachments.
Exit code 0: sound. 1: problems were found; each is listed.`
}

// Run checks a record's database.
func (c *fsckCmd) Run(ctx context.Context, s *streams) error {
	return c.look(ctx, func(at *site) error {
		files, err := c.files()
		if err != nil {
			return err
		}
		problems, err := at.record.Problems(ctx, files)
		if err != nil {
			return err
		}
		s.found(len(problems.Fatal()) > 0)
		if c.JSON {
			return printJSON(s.out, problems)
		}
		for _, p := range problems {
			fmt.Fprintln(s.out, p)
		}
		if len(problems) == 0 {
			fmt.Fprintln(s.out, "sound")
		}
		return nil
	})
}
