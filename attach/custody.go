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
			fmt.Fprintf(&b, "  %-16s %s\n", l.Name, strings.Join(l.Values, "; "))
		}
		b.WriteByte('\n')
	}
	b.WriteString("What was done\n")
	for _, e := range t.Events {
		fmt.Fprintf(&b, "  %3d  %s  %s  %s\n       %s\n", e.N, e.At, e.What, e.Who, e.Of)
		if e.Note != "" {
			fmt.Fprintf(&b, "       %s\n", e.Note)
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

// line is a name and its values, each of which may be written in a direction of its own. To is
// the part of the page that a link leads to.
type line struct {
	Name   string
	Values []string
	Code   bool
	To     string
}

// act is an Event in words. To names the part of the page that its hash belongs to.
type act struct {
	N                           int
	At, Who, What, Of, To, Note string
	Other                       bool
}

// sheet is the page before it is drawn.
type sheet struct {
	Title, Unknown               string
	Facts, Original, Copy, Rules []line
	Events                       []act
	How                          []string
}

// unknown stands wherever nothing is known.
const unknown = "not known"

// clean returns s as one line that neither a terminal nor a page can be steered by.
func clean(s string) string { return printable(strings.Join(strings.Fields(s), " ")) }

func orUnknown(s string) string { return orElse(clean(s), unknown) }

// says makes a line; what is empty is not known.
func says(name string, values ...string) line {
	l := line{Name: name}
	for _, v := range values {
		if v = clean(v); v != "" {
			l.Values = append(l.Values, v)
		}
	}
	if len(l.Values) == 0 {
		l.Values = []string{unknown}
	}
	return l
}

// hashed makes a line of a hash that links to a part of the page, or to none.
func hashed(name string, h Hash, to string) line {
	return line{Name: name, Values: []string{h.String()}, Code: true, To: to}
}

func bytesOf(n int64) line { return says("Size", fmt.Sprintf("%d bytes", n)) }

func instant(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// tell puts everything into words, once for all forms of the page.
func tell(item Item, c Custody) sheet {
	t := sheet{Title: orElse(clean(item.Name), item.Hash.String()[:16]), Unknown: "nothing is recorded", How: how(item)}
	t.Facts = []line{
		says("Name", item.Name), says("Type", item.Type), says("Claimed type", item.Claimed), says("Captured", instant(item.Captured)),
		says("By the clock of", item.Clock), says("Address", item.Address), says("Place", item.Place), says("Collected by", item.By), says("Collected with", item.Tool),
	}
	t.Original = []line{hashed("SHA-256", item.Hash, ""), bytesOf(item.Size), says("Kept", kept(item))}
	t.Copy = []line{says("None", item.NoCopy)}
	if item.Copy != nil {
		t.Original = append(t.Original, hashed("Working copy", item.Copy.Hash, "copy"))
		t.Copy = []line{
			hashed("SHA-256", item.Copy.Hash, ""), bytesOf(item.Copy.Size), hashed("Made from", item.Hash, "original"),
			says("How", "drawn anew as "+item.Copy.Type+", upright, without metadata"),
		}
	}
	t.Rules = []line{says("Viewed by", viewers(c.Events)...), says("Who may see it", c.Access...), says("Kept for", c.Retention), says("Page made", instant(c.Printed))}
	for i, e := range c.Events {
		t.Events = append(t.Events, e.tell(i+1, item))
	}
	return t
}

func kept(item Item) string {
	if item.Sealed {
		return "as it came, byte for byte, encrypted (age)"
	}
	return "as it came, byte for byte, not encrypted"
}

// viewers lists whoever is recorded as having seen the copy or the original, in order.
func viewers(events []Event) []string {
	var who []string
	for _, e := range events {
		if name := orUnknown(e.Who); (e.What == Viewed || e.What == Opened) && !slices.Contains(who, name) {
			who = append(who, name)
		}
	}
	if len(who) == 0 {
		return []string{"nobody, as far as is recorded"}
	}
	return who
}

// tell puts an event into words. A hash that is neither the original's nor the copy's is
// shown whole: it may be the trace of an exchange.
func (e Event) tell(n int, item Item) act {
	a := act{N: n, At: instant(e.At), Who: orUnknown(e.Who), What: orUnknown(e.What), Note: clean(e.Note)}
	switch {
	case e.Hash.IsZero():
		a.Of = "which bytes: " + unknown
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
