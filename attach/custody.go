package attach

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"
)

// What is done to an attachment, for Event.What. Other words may stand there too.
const (
	Received  = "received"
	Viewed    = "viewed"   // the working copy was shown
	Opened    = "opened"   // the original was unsealed
	Exported  = "exported" // a copy was handed out
	Verified  = "verified" // the bytes were checked against the hash
	Destroyed = "destroyed"
)

// Custody is what happened to one attachment, in the order of the record, and the rules it is
// under. It is the caller's: the folder keeps no record. Whatever is empty is not known.
type Custody struct {
	Events    []Event
	Access    []string  // who may see it
	Retention string    // how long it is kept
	Printed   time.Time // when this page was made
}

// Event is one thing that was done.
type Event struct {
	At   time.Time
	Who  string
	What string // Received, Viewed, ...
	Hash Hash   // of the bytes it was done to: the original's or the working copy's; zero: not known
	Note string // such as the reason
}

//go:embed custody.html
var page string

// custody is the page's template.
var custody = template.Must(template.New("custody").Parse(page))

// CustodyPage writes one page of HTML that needs nothing beside it and prints on A4: what the
// item is, its hashes, how original and working copy hang together, who had it, and how
// anybody can check it without Truce. Times are UTC.
func CustodyPage(w io.Writer, item Item, c Custody) error {
	return custody.Execute(w, tell(item, c))
}

// CustodyText writes the same for a terminal or a letter. Letters that could steer a
// terminal are spelt out.
func CustodyText(w io.Writer, item Item, c Custody) error {
	t := tell(item, c)
	var b strings.Builder
	fmt.Fprintf(&b, "CHAIN OF CUSTODY\n\n")
	for _, part := range []struct {
		title string
		lines []line
	}{{"What it is", t.Facts}, {"Original", t.Original}, {"Working copy", t.Copy}, {"Rules", t.Rules}} {
		fmt.Fprintf(&b, "%s\n", part.title)
		for _, l := range part.lines {
			fmt.Fprintf(&b, "  %-14s %s\n", l.Name, printable(l.Value))
		}
		b.WriteByte('\n')
	}
	b.WriteString("What was done\n")
	for _, e := range t.Events {
		fmt.Fprintf(&b, "  %3d  %s  %s  %s\n       of %s\n", e.N, e.At, printable(e.What), printable(e.Who), e.Of)
		if e.Note != "" {
			fmt.Fprintf(&b, "       %s\n", printable(e.Note))
		}
	}
	if len(t.Events) == 0 {
		b.WriteString("  " + t.Unknown + "\n")
	}
	b.WriteString("\nHow to check it without Truce\n")
	for _, s := range t.How {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// line is one named value of the page; ID and To are where links lead.
type line struct {
	Name, Value, To string
	Code            bool
}

// act is an Event in words. To names the part of the page that its hash belongs to.
type act struct {
	N                           int
	At, Who, What, Of, To, Note string
	Other                       bool
}

// sheet is the page before it is drawn.
type sheet struct {
	Title, Unknown, Printed      string
	Facts, Original, Copy, Rules []line
	Events                       []act
	How                          []string
}

// unknown stands wherever nothing is known.
const unknown = "not known"

func orUnknown(s string) string { return orElse(strings.TrimSpace(s), unknown) }

func instant(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// tell puts everything into words, once for all forms of the page.
func tell(item Item, c Custody) sheet {
	t := sheet{Title: orElse(item.Name, item.Hash.String()[:16]), Unknown: "nothing is recorded", Printed: instant(c.Printed)}
	t.Facts = []line{
		{Name: "Name", Value: orUnknown(item.Name)}, {Name: "Type", Value: item.Type}, {Name: "Claimed type", Value: orUnknown(item.Claimed)},
		{Name: "Captured", Value: instant(item.Captured)}, {Name: "By the clock of", Value: orUnknown(item.Clock)},
		{Name: "Address", Value: orUnknown(item.Address)}, {Name: "Place", Value: orUnknown(item.Place)},
		{Name: "Collected by", Value: orUnknown(item.By)}, {Name: "Collected with", Value: orUnknown(item.Tool)},
	}
	t.Original = []line{
		{Name: "SHA-256", Value: item.Hash.String(), Code: true}, {Name: "Size", Value: fmt.Sprintf("%d bytes", item.Size)},
		{Name: "Kept", Value: kept(item)},
	}
	if item.Copy != nil {
		t.Original = append(t.Original, line{Name: "Working copy", Value: item.Copy.Hash.String(), Code: true, To: "copy"})
		t.Copy = []line{
			{Name: "SHA-256", Value: item.Copy.Hash.String(), Code: true}, {Name: "Size", Value: fmt.Sprintf("%d bytes", item.Copy.Size)},
			{Name: "Made from", Value: item.Hash.String(), Code: true, To: "original"},
			{Name: "How", Value: "drawn anew as " + item.Copy.Type + ", upright, without metadata"},
		}
	} else {
		t.Copy = []line{{Name: "None", Value: orUnknown(item.NoCopy)}}
	}
	t.Rules = []line{
		{Name: "Viewed by", Value: viewers(c.Events)}, {Name: "Who may see it", Value: orUnknown(strings.Join(c.Access, "; "))},
		{Name: "Kept for", Value: orUnknown(c.Retention)}, {Name: "Page made", Value: t.Printed},
	}
	for i, e := range c.Events {
		t.Events = append(t.Events, e.tell(i+1, item))
	}
	t.How = how(item)
	return t
}

func kept(item Item) string {
	if item.Sealed {
		return "as it came, byte for byte, encrypted (age)"
	}
	return "as it came, byte for byte, not encrypted"
}

// viewers lists whoever is recorded as having seen the copy or the original, in order.
func viewers(events []Event) string {
	var who []string
	for _, e := range events {
		if name := orUnknown(e.Who); (e.What == Viewed || e.What == Opened) && !slices.Contains(who, name) {
			who = append(who, name)
		}
	}
	return orElse(strings.Join(who, "; "), "nobody, as far as is recorded")
}

// tell puts an event into words. A hash that is neither the original's nor the copy's is
// shown whole: it may be the trace of an exchange.
func (e Event) tell(n int, item Item) act {
	a := act{N: n, At: instant(e.At), Who: orUnknown(e.Who), What: orUnknown(e.What), Note: e.Note}
	switch {
	case e.Hash.IsZero():
		a.Of = unknown
	case e.Hash == item.Hash:
		a.Of, a.To = "the original", "original"
	case item.Copy != nil && e.Hash == item.Copy.Hash:
		a.Of, a.To = "the working copy", "copy"
	default:
		a.Of, a.Other = "other bytes: "+e.Hash.String(), true
	}
	return a
}

// how says by which commands the hashes can be checked.
func how(item Item) []string {
	check := "sha256sum FILE"
	if item.Sealed {
		check = "age --decrypt -i KEY FILE | sha256sum"
	}
	out := []string{check + " gives the SHA-256 of the original."}
	if item.Copy != nil {
		out = append(out, "sha256sum COPY gives the SHA-256 of the working copy.")
	}
	return out
}
