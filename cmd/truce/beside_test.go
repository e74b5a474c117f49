package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"truce/ledger"
)

// TestReadingBesideAServer asks a record everything that only reads while a server serves it.
func TestReadingBesideAServer(t *testing.T) {
	dir := t.TempDir()
	db := newRecord(t, dir)
	s := serve(t, db)
	runs(t, 0, "225 entries", "status", "--record", db)
	runs(t, 0, "C115", "rows", "report", "C115", "--record", db)
	receipt := runs(t, 0, "", "receipt", "10", "--record", db)
	file := filepath.Join(dir, "receipt")
	if err := os.WriteFile(file, []byte(receipt), 0o600); err != nil {
		t.Fatal(err)
	}
	runs(t, 0, "", "verify", file, "--trust", verifierOf(t, db))
	runs(t, 0, "", "log", filepath.Join(dir, "log"), "--record", db)
	runs(t, 0, "225 entries", "verify", db)
	runs(t, 0, "", "fsck", "--record", db)
	runs(t, 4, "another process serves this record", "add", file, "--record", db)
	if code := s.stop(); code != 0 {
		t.Errorf("the server ended with %d: %s", code, s.tail())
	}
}

// TestAWitnessHasAKeyOfItsOwn serves as a witness twice: with the same key, which is not the
// record's.
func TestAWitnessHasAKeyOfItsOwn(t *testing.T) {
	dir := t.TempDir()
	db := newRecord(t, dir)
	vkey := verifierOf(t, db)
	var keys []string
	for range 2 {
		s := serve(t, db, "--witness", vkey)
		text, err := os.ReadFile(db + ".key.witness")
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, string(text))
		s.stop()
	}
	record, err := os.ReadFile(db + ".key")
	if err != nil || keys[0] != keys[1] || keys[0] == string(record) {
		t.Errorf("the witness's key is not its own, or not the same twice: %v", err)
	}
	runs(t, 3, "no verifier key", "serve", "--record", db, "--witness", "nonsense", "--listen", "127.0.0.1:0")
}

// verifierOf is the verifier key of a record's own key.
func verifierOf(t *testing.T, db string) string {
	t.Helper()
	text, err := os.ReadFile(db + ".key")
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.ParseKey(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return key.Verifier()
}
