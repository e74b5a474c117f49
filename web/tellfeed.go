package web

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"time"

	"truce/desk"
)

// feed is an Atom feed (RFC 4287). Identifiers are tags (RFC 4151) that never change; updated
// moves when something is corrected.
type feed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Link    []feedLink  `xml:"link"`
	Author  feedAuthor  `xml:"author"`
	Entries []feedEntry `xml:"entry"`
}

type feedAuthor struct {
	Name string `xml:"name"`
}

type feedLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type feedEntry struct {
	ID        string        `xml:"id"`
	Title     string        `xml:"title"`
	Published string        `xml:"published"`
	Updated   string        `xml:"updated"`
	Link      []feedLink    `xml:"link"`
	Category  *feedCategory `xml:"category"`
	Summary   string        `xml:"summary"`
}

type feedCategory struct {
	Term string `xml:"term,attr"`
}

// feedMost is how many entries a feed has, the newest.
const feedMost = 100

func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// base is how addresses of ours begin in a feed.
func (s *site) base(r *http.Request) string { return cmp.Or(s.Origin, "http://"+r.Host) }

// tagOf names something for good.
func (s *site) tagOf(at time.Time, what string) string {
	return "tag:" + strings.ReplaceAll(s.Record.Origin(), "/", ".") + "," + at.UTC().Format(time.DateOnly) + ":" + what
}

func (s *site) newFeed(r *http.Request, path, title string) feed {
	return feed{ID: s.tagOf(time.Unix(0, 0), strings.TrimPrefix(path, "/")), Title: s.Name + ": " + title, Updated: instant(time.Unix(0, 0)), Author: feedAuthor{s.Name},
		Link: []feedLink{{Rel: "self", Type: "application/atom+xml", Href: s.base(r) + path}, {Rel: "alternate", Type: "text/html", Href: s.base(r) + "/telling"}}}
}

func (s *site) sendFeed(w http.ResponseWriter, r *http.Request, f feed) error {
	f.Entries = f.Entries[:min(len(f.Entries), feedMost)]
	for _, e := range f.Entries {
		f.Updated = max(f.Updated, e.Updated)
	}
	text, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	w.Header().Set("ETag", `"`+hashOf(text)+`"`)
	if r.Header.Get("If-None-Match") == `"`+hashOf(text)+`"` {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	send(w, r, http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), text...))
	return nil
}

// releasesFeed is what was published and whoever asks may see, the newest first.
func (s *site) releasesFeed(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	list, err := s.Record.Releases(r.Context(), of(r.Context()).who, 0)
	if err != nil {
		return err
	}
	f := s.newFeed(r, "/feeds/releases.atom", "releases")
	for _, rel := range list {
		page := s.base(r) + "/telling/releases/" + url.PathEscape(rel.ID)
		e := feedEntry{ID: s.tagOf(rel.Recorded, "release/"+rel.ID), Title: rel.Title, Published: instant(rel.Recorded), Updated: instant(rel.Updated()), Summary: summary(rel),
			Link: []feedLink{{Rel: "alternate", Type: "text/html", Href: page}, {Rel: "enclosure", Type: "application/json", Href: page + "/release.json"}}}
		if rel.Status != "" {
			e.Title, e.Category = "Withdrawn: "+rel.Title, &feedCategory{rel.Status}
		}
		f.Entries = append(f.Entries, e)
	}
	return s.sendFeed(w, r, f)
}

// summary is a release in short: its text, how often it was corrected, its hash.
func summary(rel desk.Released) string {
	parts := []string{"TLP:" + rel.Mark, "SHA-256 " + rel.SHA256}
	if rel.Text != "" {
		parts = append([]string{rel.Text}, parts...)
	}
	for _, c := range rel.Corrections {
		if !c.Withdrawal() {
			parts = append(parts, "Correction: "+c.Figure+": "+c.Was+" → "+c.Is)
		}
	}
	return strings.Join(parts, "\n")
}

// correctionsFeed is what was corrected or withdrawn, the newest first.
func (s *site) correctionsFeed(w http.ResponseWriter, r *http.Request) error {
	if err := strict(r); err != nil {
		return err
	}
	list, err := s.Record.Corrections(r.Context(), of(r.Context()).who, 0)
	if err != nil {
		return err
	}
	f := s.newFeed(r, "/feeds/corrections.atom", "corrections and withdrawals")
	for i := len(list) - 1; i >= 0; i-- {
		c := list[i]
		e := feedEntry{ID: s.tagOf(c.Recorded, "correction/"+c.ID), Title: "Correction of " + c.Release, Published: instant(c.Recorded), Updated: instant(c.Recorded),
			Summary: c.Figure + ": " + c.Was + " → " + c.Is + "\n" + c.Words, Category: &feedCategory{"correction"},
			Link: []feedLink{{Rel: "alternate", Type: "text/html", Href: s.base(r) + "/telling/releases/" + url.PathEscape(c.Release)}}}
		if c.Withdrawal() {
			e.Title, e.Summary, e.Category = "Withdrawn: "+c.Release, c.Words, &feedCategory{"withdrawal"}
		}
		f.Entries = append(f.Entries, e)
	}
	return s.sendFeed(w, r, f)
}
