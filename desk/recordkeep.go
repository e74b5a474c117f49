package desk

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"truce"
	"truce/access"
	"truce/attach"
	"truce/ledger"
	"truce/store"
)

// Destroy destroys fields of an entry for good: personal data whose time is over, or that
// should never have been there. The entry's place, its hash and the reason stay; the values
// are gone from the database's files. Backups made before still hold them.
func (r *Record) Destroy(ctx context.Context, who access.Person, n int64, names []string, reason string) (Entered, error) {
	e, err := r.db.Entry(ctx, n)
	if err != nil {
		return Entered{}, err
	}
	mark := DefaultMark
	if _, err := e.Fields.Get("mark", &mark); err != nil {
		return Entered{}, err
	}
	label, err := access.ParseLabel(mark)
	if err != nil {
		return Entered{}, err
	}
	if err := r.allow(who, access.Destroy, rowOf(e.Kind), label); err != nil {
		return Entered{}, err
	}
	for _, name := range names {
		if slices.Contains([]string{"id", "mark", "author", "elements", "members"}, name) {
			return Entered{}, &truce.Error{Kind: truce.Invalid, At: name, Msg: "the record cannot stand without this field", Hint: "text, source, name, contact, words, note and the like"}
		}
	}
	fields, _, err := r.complete(who, Act{Kind: "entry.destroyed", Fields: map[string]any{"entry": n, "names": names, "reason": reason}}, subject{})
	if err != nil {
		return Entered{}, err
	}
	done, err := r.db.Destroy(ctx, n, names, store.Draft{Kind: "entry.destroyed", Fields: fields})
	return Entered{done.N, done.At, done.Repeat}, err
}

// filesPrefix is where attachments stand in a backup.
const filesPrefix = "files/"

// Backup writes the whole record as it is at one moment, while others go on writing, with
// the attachments of a folder. What is written is as secret as the record itself. The
// instance's key is not in it: keep that apart.
func (r *Record) Backup(ctx context.Context, files *attach.Folder, w io.Writer) error {
	return r.db.Backup(ctx, w, func(add store.Add) error {
		if files == nil {
			return nil
		}
		for m, err := range files.Members(ctx) {
			if err != nil {
				return err
			}
			if err := addMember(add, m); err != nil {
				return err
			}
		}
		return nil
	})
}

func addMember(add store.Add, m attach.Member) error {
	in, err := m.Open()
	if err != nil {
		return err
	}
	defer in.Close()
	return add(path.Join(filesPrefix, m.Name), m.Size, in)
}

// Restore puts a backup into a database, of whichever kind, and its attachments into a
// folder. All of it is checked before anything is replaced.
func Restore(ctx context.Context, backup io.Reader, url string, o store.Options, files *attach.Folder, replace bool) (store.Head, error) {
	return store.Restore(ctx, backup, url, o, store.Restoring{Replace: replace, Extra: func(name string, in io.Reader) error {
		name, ok := strings.CutPrefix(name, filesPrefix)
		if !ok || files == nil {
			return &truce.Error{Kind: truce.Invalid, At: name, Msg: "the backup has a part that is not known"}
		}
		return files.Restore(ctx, name, in)
	}})
}

// Attach puts a file beside a report: into the folder, and its hash into the record.
func (r *Record) Attach(ctx context.Context, who access.Person, files *attach.Folder, report, mark string, in io.Reader, info attach.Info) (attach.Item, Entered, error) {
	of, err := r.db.Get(ctx, 0, "report", report)
	if err == nil {
		err = r.mayRead(who, "report", of.Label)
	}
	if err != nil { // before a byte is taken
		return attach.Item{}, Entered{}, err
	}
	act := Act{Kind: "attachment.added", attached: true, Fields: map[string]any{"sha256": strings.Repeat("0", 64), "name": "x", "size": 0, "media": "x", "report": report,
		"mark": cmp.Or(mark, of.Label)}}
	if _, err := r.draft(ctx, who, act, nil); err != nil {
		return attach.Item{}, Entered{}, err
	}
	info.By = who.ID
	item, err := files.Put(ctx, in, info)
	if err != nil {
		return attach.Item{}, Entered{}, err
	}
	f := act.Fields
	f["sha256"], f["name"], f["size"], f["media"] = item.Hash.String(), item.Name, item.Size, item.Type
	if !item.Captured.IsZero() {
		f["captured"] = item.Captured.UTC().Format(time.RFC3339)
	}
	if item.Address != "" {
		f["address"] = item.Address
	}
	if item.Copy != nil {
		f["copy"] = item.Copy.Hash.String()
	}
	act.Submission = fmt.Sprintf("attach %s %s %s", who.ID, report, item.Hash)
	done, err := r.Write(ctx, who, act)
	if err != nil {
		return item, Entered{}, err
	}
	return item, done[0], nil
}

// Problems checks the whole record, its database and its attachments. Whether the state is
// what the entries add up to is for a rebuild to show.
func (r *Record) Problems(ctx context.Context, files *attach.Folder) (truce.Problems, error) {
	found, err := r.db.Fsck(ctx)
	if err != nil {
		return nil, err
	}
	problems := truce.Problems(found)
	if files != nil {
		more, err := files.Check(ctx)
		if err != nil {
			return problems, err
		}
		problems = append(problems, more...)
	}
	if signed, err := r.db.Checkpoint(ctx, 0); err == nil {
		if _, _, err := ledger.OpenCheckpoint(signed, r.key.Verifier()); err != nil {
			problems = append(problems, truce.Problem{Field: "checkpoint", Code: "bad-signature", Msg: "the last checkpoint is not signed by this instance's key", Want: "the key that signed it"})
		}
	}
	problems.Sort()
	return problems, nil
}
