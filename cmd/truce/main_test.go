package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run this very program as "truce".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"truce": main})
}

// TestScripts runs testdata/*.txtar. Each starts in a folder of its own, with the small
// mission of testdata/mission as "town" and $REPO naming the repository.
//
//	exits CODE truce ARGS...   runs and holds the exit code against CODE
//	into FILE CODE truce ARGS...   the same, with standard output in a file and not in the log
//	gz FROM TO [BYTES]         packs a file; with BYTES the packed file is cut off there
//	cut FROM TO BYTES          copies only so many bytes
//	reverse FROM TO            turns all lines but the first around
//	long TO BYTES              writes a table whose second row has a field of that length
//	edit FILE OLD NEW          replaces text in a file
//	closes BYTES truce ARGS... runs, reads so many bytes of its output and goes away
//	tidy                       fails if anybody left a half-written file
func TestScripts(t *testing.T) {
	repo, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("REPO", repo)
			return os.CopyFS(filepath.Join(e.WorkDir, "town"), os.DirFS("testdata/mission"))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "into": into, "gz": pack, "cut": cut, "reverse": reverse, "long": long, "edit": edit, "closes": closes, "tidy": tidy,
		},
	})
}

func exits(ts *testscript.TestScript, _ bool, args []string) {
	expect(ts, args[0], ts.Exec(args[1], args[2:]...))
}

func into(ts *testscript.TestScript, _ bool, args []string) {
	c := command(ts, args[2:])
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	c.Stdout = f
	err = c.Run()
	ts.Check(f.Close())
	expect(ts, args[1], err)
}

// expect holds how a program ended against an exit code.
func expect(ts *testscript.TestScript, code string, err error) {
	var e *exec.ExitError
	if err != nil && !errors.As(err, &e) {
		ts.Fatalf("%v", err)
	}
	got := 0
	if e != nil {
		got = e.ExitCode()
	}
	if strconv.Itoa(got) != code {
		ts.Fatalf("exit code %d, want %s", got, code)
	}
}

// command is a program of the script's, in its folder and with its environment.
func command(ts *testscript.TestScript, args []string) *exec.Cmd {
	c := exec.Command(filepath.Join(filepath.SplitList(ts.Getenv("PATH"))[0], args[0]), args[1:]...)
	c.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "TZ", "LC_ALL"} {
		c.Env = append(c.Env, name+"="+ts.Getenv(name))
	}
	return c
}

func pack(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(z.Close())
	if len(args) > 2 {
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		b.Truncate(n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o644))
}

func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(ts.ReadFile(args[0]))[:n], 0o644))
}

// reverse needs a table without line breaks inside quotes.
func reverse(ts *testscript.TestScript, _ bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\n"), "\n")
	turned := lines[:1:1]
	for i := len(lines) - 1; i > 0; i-- {
		turned = append(turned, lines[i])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(turned, "\n")+"\n"), 0o644))
}

func long(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := "id,from,act,text\nL1,2016-03-02,shelling,short\nL2,2016-03-02,shelling," + strings.Repeat("x", n) + "\nL3,2016-03-02,shelling,short\n"
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func edit(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], args[2])), 0o644))
}

func closes(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	c := command(ts, args[1:])
	out, err := c.StdoutPipe()
	ts.Check(err)
	ts.Check(c.Start())
	_, err = out.Read(make([]byte, n))
	ts.Check(err)
	ts.Check(out.Close())
	stuck := time.AfterFunc(time.Minute, func() { _ = c.Process.Kill() })
	err = c.Wait()
	if !stuck.Stop() || err == nil {
		ts.Fatalf("the program did not end with its reader: %v", err)
	}
}

func tidy(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(filepath.WalkDir(ts.MkAbs("."), func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".part") {
			ts.Fatalf("left behind: %s", path)
		}
		return err
	}))
}
