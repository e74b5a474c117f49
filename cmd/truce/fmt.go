package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"truce"
	"truce/desk"
	"truce/terms"
)

type fmtCmd struct {
	Files []string `arg:"" help:"Agreement files."`
	Write bool     `short:"w" help:"Write the result back to the file."`
	Check bool     `help:"Only list the files whose layout would change."`
}

func (fmtCmd) Help() string {
	return `Example:

  truce fmt -w agreements/*.yaml

Comments are kept and the meaning, with its hash, stays the same. Exit code 0: nothing to change
(or written). 1: with --check, a file would change. 3 and above: could not run.`
}

// Run formats the files, to standard output unless told otherwise.
func (c *fmtCmd) Run(_ context.Context, s *streams) error {
	for _, name := range c.Files {
		if c.Write && strings.HasSuffix(name, ".gz") {
			return &truce.Error{Kind: truce.Invalid, At: name, Msg: "is packed", Hint: "-w writes plain files only"}
		}
		text, err := desk.ReadFile(name)
		if err != nil {
			return err
		}
		tidy, problems := terms.Format(name, text)
		if err := problems.Err(); err != nil {
			return err
		}
		changed := !bytes.Equal(text, tidy)
		switch {
		case c.Check && changed:
			fmt.Fprintln(s.out, shown(name))
			s.found(true)
		case c.Check || c.Write && !changed:
		case c.Write:
			err = writeWhole(name, s.out, func(w io.Writer) error { _, err := w.Write(tidy); return err })
		default:
			_, err = s.out.Write(tidy)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
