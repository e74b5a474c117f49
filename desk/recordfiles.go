package desk

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"truce"
	"truce/access"
	"truce/attach"
	"truce/ledger"
)

// See opens the working copy of an attachment, or the original of one that has none, after
// entering who looked at it.
func (r *Record) See(ctx context.Context, who access.Person, files *attach.Folder, hash string) (io.ReadCloser, error) {
	row, h, err := r.attachment(ctx, who, hash)
	if err != nil {
		return nil, err
	}
	if _, err := r.enter(ctx, who, "attachment.seen", map[string]any{"sha256": hash, "what": attach.Viewed, "mark": row.Label}); err != nil {
		return nil, err
	}
	return files.Open(h)
}

// attachment is the row of an attachment that a person may read.
func (r *Record) attachment(ctx context.Context, who access.Person, hash string) (truce.Row, attach.Hash, error) {
	h, err := attach.ParseHash(hash)
	if err != nil {
		return truce.Row{}, h, err
	}
	row, err := r.db.Get(ctx, 0, "attachment", hash)
	if err != nil {
		return row, h, err
	}
	return row, h, r.mayRead(who, "attachment", row.Label)
}

// Custody is what happened to an attachment since it came, from the record.
func (r *Record) Custody(ctx context.Context, who access.Person, files *attach.Folder, hash string) (attach.Item, attach.Custody, error) {
	row, h, err := r.attachment(ctx, who, hash)
	if err != nil {
		return attach.Item{}, attach.Custody{}, err
	}
	var b struct {
		Name, Media, Address, Author, Report string
		Size                                 int64
		Captured, Recorded                   time.Time
	}
	if err := json.Unmarshal(row.Body, &b); err != nil {
		return attach.Item{}, attach.Custody{}, &truce.Error{Kind: truce.Internal, At: "attachment/" + hash, Msg: "the row is damaged", Err: err}
	}
	item := attach.Item{Hash: h, Size: b.Size, Name: b.Name, Type: b.Media, Captured: b.Captured, Address: b.Address, By: b.Author}
	kept, err := files.List(ctx)
	if err != nil {
		return item, attach.Custody{}, err
	}
	for _, o := range kept {
		if o.Hash == h && !o.Copy.IsZero() {
			item.Copy = &attach.Copy{Hash: o.Copy, Size: o.CopySize, Type: b.Media}
		}
		if o.Hash == h {
			item.Sealed = o.Sealed
		}
	}
	c := attach.Custody{Printed: r.now(), Access: []string{row.Label}, Events: []attach.Event{{At: b.Recorded, Who: b.Author, What: attach.Received, Hash: h, Note: "for report " + b.Report}}}
	err = r.within(ctx, "viewing", hash, func(v truce.Row) error {
		var seen struct {
			Author, What, Note string
			Recorded           time.Time
		}
		if err := json.Unmarshal(v.Body, &seen); err != nil {
			return err
		}
		c.Events = append(c.Events, attach.Event{At: seen.Recorded, Who: seen.Author, What: seen.What, Note: seen.Note})
		return nil
	})
	return item, c, err
}

// Cosign has a witness co-sign the record's newest checkpoint and keeps its signature.
func (r *Record) Cosign(ctx context.Context, client *http.Client, url, witness string) (ledger.Checkpoint, error) {
	signed, err := r.Checkpoint(ctx)
	if err != nil {
		return ledger.Checkpoint{}, err
	}
	c, err := ledger.ParseCheckpoint(signed)
	if err != nil {
		return c, &truce.Error{Kind: truce.Internal, At: "checkpoint", Msg: "the checkpoint is damaged", Err: err}
	}
	line, err := ledger.Ask(ctx, client, ledger.Question{URL: url, Witness: witness, Checkpoint: signed,
		Prove: func(old, size int64) ([]ledger.Hash, error) { return ledger.Consistency(old, size, r.tiles(ctx)) }})
	if err != nil {
		return c, &truce.Error{Kind: truce.Unavailable, At: url, Msg: "the witness did not co-sign", Err: err}
	}
	return c, r.AddCosignatures(ctx, c.Size, line)
}
