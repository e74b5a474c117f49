package web

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"truce/screen"
)

// smallest is the size in bytes below which nothing is packed: it would not travel faster.
const smallest = 600

// packed reports whether whoever asks takes gzip.
func packed(r *http.Request) bool {
	for _, coding := range strings.Split(r.Header.Get("Accept-Encoding"), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(coding), ";")
		if strings.EqualFold(name, "gzip") && strings.TrimSpace(q) != "q=0" {
			return true
		}
	}
	return false
}

// send answers with a whole text, packed where that is wanted and worth it. Answers hold no
// secret that stays the same while others choose what stands beside it, so that their length
// tells nothing.
func send(w http.ResponseWriter, r *http.Request, status int, contentType string, text []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Add("Vary", "Accept-Encoding")
	if len(text) >= smallest && packed(r) {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, 5) // a level that there is
		_, _ = z.Write(text)               // memory takes everything
		_ = z.Close()
		h.Set("Content-Encoding", "gzip")
		text = b.Bytes()
	}
	w.WriteHeader(status)
	_, _ = w.Write(text)
}

// staticFile serves the style sheets, scripts, islands and fonts. What is under /dist is named
// by its content and never changes; the large ones lie there packed, too.
func (s *site) staticFile(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if is, err := fs.Stat(screen.Files(), name); err != nil || is.IsDir() {
		s.fail(w, r, nothingHere())
		return
	}
	h, age := w.Header(), "public, max-age=3600"
	if strings.HasPrefix(name, "dist/") {
		age = "public, max-age=31536000, immutable"
	}
	h.Set("Cache-Control", age)
	kind := mime.TypeByExtension(path.Ext(name))
	if text, err := fs.ReadFile(screen.Files(), name+".gz"); err == nil && packed(r) {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Type", kind)
		h.Add("Vary", "Accept-Encoding")
		_, _ = w.Write(text)
		return
	}
	if strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json") {
		if text, err := fs.ReadFile(screen.Files(), name); err == nil {
			send(w, r, http.StatusOK, kind, text)
			return
		}
	}
	http.FileServerFS(screen.Files()).ServeHTTP(w, r)
}
