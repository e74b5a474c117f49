package attach

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"truce"
)

// Put reads a file to its end and keeps it. What is too large, lies about its type, or could
// harm whoever opens it is refused before anything has a name in the folder; the error is a
// truce.Error whose At is name, type, content or another field of info. If the disk fails or
// is full (Unavailable, Hint "507"), or r does, the folder is as it was before. Once Put returns
// without error both files are durable. The same content again is the same object.
//
// Pictures and archives are held in memory as they come, everything else streams: who calls
// Put bounds how many calls run at a time. One picture or archive is worked on at a time.
func (f *Folder) Put(ctx context.Context, r io.Reader, info Info) (Item, error) {
	if err := info.valid(); err != nil {
		return Item{}, err
	}
	src := &source{ctx: ctx, r: r, left: f.limits.Bytes, most: f.limits.Bytes}
	head := make([]byte, headSize)
	n, err := io.ReadFull(src, head)
	switch {
	case n == 0 && errors.Is(err, io.EOF):
		return Item{}, refuse("content", "an empty file", "a file with content")
	case err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return Item{}, err
	}
	head = head[:n]
	is, body := sniff(head), io.MultiReader(bytes.NewReader(head), src)
	if is == zipped || redraws(is) {
		return f.putWhole(ctx, body, info, is)
	}
	item, err := info.item(is)
	if err != nil {
		return Item{}, err
	}
	if strings.HasPrefix(is, "text/") && !wide(head) {
		body = &text{r: body}
	}
	item.NoCopy = "what " + item.Type + " says about its maker cannot be taken out with certainty, so no working copy is made"
	return f.keep(body, item, nil)
}

// putWhole keeps what has to be looked at as a whole.
func (f *Folder) putWhole(ctx context.Context, body io.Reader, info Info, is string) (Item, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return Item{}, err
	}
	is, drawn, why, err := f.work(ctx, data, is)
	if err != nil {
		return Item{}, err
	}
	item, err := info.item(is)
	if err != nil {
		return Item{}, err
	}
	item.NoCopy = why
	return f.keep(bytes.NewReader(data), item, drawn)
}

// work examines an archive, or draws a picture anew; see examine and redraw.
func (f *Folder) work(ctx context.Context, data []byte, is string) (told string, drawn []byte, why string, err error) {
	f.working.Lock()
	defer f.working.Unlock()
	if is == zipped {
		told, err = examine(ctx, data, f.limits)
		return told, nil, "no working copy is made of an archive or an office file", err
	}
	drawn, why, err = redraw(data, is, f.limits)
	return is, drawn, why, err
}

// keep writes the original and its working copy, if there is one.
func (f *Folder) keep(body io.Reader, item Item, drawn []byte) (Item, error) {
	original, err := f.disk.create()
	if err != nil {
		return Item{}, unavailable(err)
	}
	defer original.discard()
	if item.Hash, item.Size, err = f.write(original, body); err != nil {
		return Item{}, unavailable(err)
	}
	var second *draft
	if drawn != nil {
		if second, err = f.disk.create(); err != nil {
			return Item{}, unavailable(err)
		}
		defer second.discard()
		if _, err = second.Write(drawn); err == nil {
			err = second.settle()
		}
		if err != nil {
			return Item{}, unavailable(err)
		}
		item.Copy, item.NoCopy = &Copy{Hash: second.hash(), Size: second.size, Type: item.Type}, ""
	}
	if err := f.name(&item, original, second); err != nil {
		return Item{}, unavailable(err)
	}
	return item, nil
}

// write fills a draft with what body holds, sealed if the folder seals, and returns hash and
// size of the plain bytes.
func (f *Folder) write(d *draft, body io.Reader) (h Hash, size int64, err error) {
	enc, err := sealed(d, f.seal)
	if err != nil {
		return h, 0, err
	}
	sum := sha256.New()
	if size, err = io.Copy(io.MultiWriter(enc, sum), body); err != nil {
		return h, 0, err
	}
	if err = enc.Close(); err != nil {
		return h, 0, err
	}
	sum.Sum(h[:0])
	return h, size, d.settle()
}

// name gives the drafts their names: the copy first, so that no original is ever there
// without the copy that it should have. What is there already and sound stays.
func (f *Folder) name(item *Item, original, second *draft) error {
	f.naming.Lock()
	defer f.naming.Unlock()
	have, err := f.places(item.Hash)
	if err != nil {
		return err
	}
	at := place{of: item.Hash, file: original.hash()}
	if len(f.seal) > 0 {
		at.form = sealedOriginal
	}
	var sound, copied *place
	var stale []place
	for _, p := range have {
		switch {
		case !f.intact(p) || sound != nil && p.form != workingCopy || p.form < at.form:
			stale = append(stale, p)
		case p.form == workingCopy && copied == nil && second != nil:
			copied = &p
		case p.form != workingCopy:
			sound = &p
		}
	}
	added := ""
	if second != nil && copied == nil {
		copied = &place{of: item.Hash, file: item.Copy.Hash, form: workingCopy}
		added = f.at(*copied)
		if err := second.keep(copied.name()); err != nil {
			return err
		}
	}
	if sound == nil {
		sound = &at
		if err := original.keep(at.name()); err != nil {
			if added != "" {
				err = errors.Join(err, os.Remove(added))
			}
			return err
		}
	}
	return f.settleItem(item, *sound, copied, stale)
}

// settleItem states in the item what the folder now holds, and wipes what that replaced.
func (f *Folder) settleItem(item *Item, original place, copied *place, stale []place) error {
	item.Sealed = original.form == sealedOriginal
	if copied != nil {
		st, err := os.Stat(f.at(*copied))
		if err != nil {
			return err
		}
		item.Copy.Hash, item.Copy.Size = copied.file, st.Size()
	}
	for _, p := range stale {
		if p == original || copied != nil && p == *copied {
			continue // a damaged file, replaced under its own name
		}
		if err := f.disk.wipe(f.at(p)); err != nil {
			return err
		}
	}
	return nil
}

// source reads no more than it may, and no longer than its context lives. It returns the
// errors that Put does.
type source struct {
	ctx        context.Context
	r          io.Reader
	left, most int64
}

// Read reads from the source.
func (s *source) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, brokenOff(err)
	}
	if int64(len(b)) > s.left+1 {
		b = b[:s.left+1]
	}
	n, err := s.r.Read(b)
	if int64(n) > s.left {
		return 0, refuseFor(ErrTooLarge, "content", "a file of too many bytes", "at most "+size(s.most))
	}
	s.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = brokenOff(err)
	}
	return n, err
}

func brokenOff(err error) error {
	return &truce.Error{Kind: truce.Unavailable, At: "content", Msg: "the upload broke off", Err: err}
}

// text reads a text and refuses a byte that no text holds.
type text struct{ r io.Reader }

// Read reads from the text.
func (t *text) Read(b []byte) (int, error) {
	n, err := t.r.Read(b)
	if notText(b[:n]) {
		return 0, refuseFor(ErrType, "content", "begins as a text and goes on as something else", "text to its end")
	}
	return n, err
}

// item begins an item of bytes of the type is.
func (i Info) item(is string) (Item, error) {
	kept, err := agree(i, is)
	return Item{Name: i.Name, Type: kept, Claimed: i.Type, Captured: i.Captured, Clock: i.Clock, Address: i.Address,
		Place: i.Place, Tool: i.Tool, By: i.By}, err
}

// valid checks what is said of a file.
func (i Info) valid() error {
	if strings.ContainsAny(i.Name, `/\`) {
		return refuse("name", "holds a folder", "a file name alone")
	}
	for _, f := range []struct {
		at, value string
		most      int
	}{{"name", i.Name, 255}, {"type", i.Type, 255}, {"clock", i.Clock, 255}, {"address", i.Address, 4096}, {"place", i.Place, 1024}, {"tool", i.Tool, 255}, {"by", i.By, 255}} {
		switch {
		case len(f.value) > f.most:
			return refuse(f.at, "too long", fmt.Sprintf("at most %d bytes", f.most))
		case !utf8.ValidString(f.value) || strings.ContainsFunc(f.value, hidden):
			return refuse(f.at, "holds letters that do not show or that turn others round", "one line of UTF-8")
		}
	}
	return nil
}

// size says a number of bytes in words.
func size(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}
