package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"filippo.io/age"
)

// TestASourceIsOpenedByTwo seals who a source is and opens it as docs/entries.md says, by the
// command line alone.
func TestASourceIsOpenedByTwo(t *testing.T) {
	dir := t.TempDir()
	db := newRecord(t, dir)
	in := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	const name = "Samira, baker in Bab street"
	seal := []string{"source", "seal", "S-12", in("who.txt", name), "--record", db}
	keys := map[string]string{}
	for _, person := range []string{"amal", "boris", "chen"} {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		keys[person] = in(person+".txt", id.String()+"\n")
		seal = append(seal, "--to", person+"="+id.Recipient().String())
		runs(t, 0, "", "act", "person.admitted", in(person+".json", `{"person":"`+person+`","roles":["desk","verifier"],"org":"mission"}`), "--record", db)
	}
	runs(t, 0, "S-12 is sealed", seal...)
	runs(t, 3, "names no key", "source", "seal", "S-13", in("who2.txt", name), "--record", db, "--to", "amal")

	asked := runs(t, 0, "proposed: entry", "source", "ask", "S-12", "--with", "boris", "--reason", "threat against the household", "--as", "amal", "--record", db)
	proposal := regexp.MustCompile(`\d+`).FindString(asked)
	share := func(person, key string) string { return filepath.Join(dir, person+"-"+filepath.Base(key)+".share") }
	for _, person := range []string{"amal", "boris"} {
		runs(t, 0, "", "source", "share", "S-12", "--as", person, "--age-key", keys[person], "--out", share(person, keys[person]), "--record", db)
	}
	runs(t, 4, "not sealed to this key", "source", "share", "S-12", "--as", "chen", "--age-key", keys["amal"], "--out", filepath.Join(dir, "none"), "--record", db)
	one, other := share("amal", keys["amal"]), share("boris", keys["boris"])
	runs(t, 3, "two shares", "source", "open", "S-12", "--proposal", proposal, "--share", one, "--as", "boris", "--record", db)
	if out := truceFails(t, "source", "open", "S-12", "--proposal", proposal, "--share", one, "--share", other, "--as", "amal", "--record", db); strings.Contains(out, name) {
		t.Errorf("one person alone opens it: %s", out)
	}
	runs(t, 0, name, "source", "open", "S-12", "--proposal", proposal, "--share", one, "--share", other, "--as", "boris", "--record", db)
	runs(t, 0, "231 entries", "status", "--record", db) // 225 before; three people, one seal, one proposal, one opening
}

// truceFails runs the program, which must not succeed.
func truceFails(t *testing.T, args ...string) string {
	t.Helper()
	code, out := truceRun(t, "", args...)
	if code == 0 {
		t.Errorf("truce %s succeeded: %s", strings.Join(args, " "), out)
	}
	return out
}
