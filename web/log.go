package web

import (
	"io"
	"net/http"

	"filippo.io/torchwood"

	"truce/ledger"
)

// checkpoint is the record's newest checkpoint, for everybody (C2SP tlog-tiles).
func (s *site) checkpoint(w http.ResponseWriter, r *http.Request) {
	note, err := s.Record.Checkpoint(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	forAll(w, "no-cache")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write(note)
}

// tile is a tile of hashes, for everybody, or a bundle of leaves, for who may have it. Tiles
// never change.
func (s *site) tile(w http.ResponseWriter, r *http.Request) {
	t, err := torchwood.ParseTilePath(r.PathValue("path"))
	if err != nil {
		s.fail(w, r, nothingHere())
		return
	}
	var data []byte
	if t.L < 0 {
		data, err = s.bundle(r, t.N, t.W)
	} else {
		data, err = s.Record.Tile(r.Context(), t.L, t.N, t.W)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if t.L >= 0 {
		forAll(w, "public, max-age=31536000, immutable")
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data)
}

func (s *site) bundle(r *http.Request, n int64, width int) ([]byte, error) {
	who, err := s.person(r.Context())
	if err != nil {
		return nil, err
	}
	return s.Record.Bundle(r.Context(), who, n, width)
}

// forAll opens an answer to other sites and to caches: it is the same for everybody.
func forAll(w http.ResponseWriter, cache string) {
	w.Header().Set("Cache-Control", cache)
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
}

// witness co-signs a checkpoint of another record (C2SP tlog-witness). Its answers are those
// of the standard, not our problems.
func (s *site) witness(w http.ResponseWriter, r *http.Request) {
	request, err := io.ReadAll(io.LimitReader(r.Body, ledger.MaxRequest+1))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	status, contentType, answer := s.Witness.Add(request, s.Now())
	if status >= http.StatusBadRequest {
		of(r.Context()).refused = problem(status, "witness", "")
	} else {
		of(r.Context()).did("co-signed")
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}
