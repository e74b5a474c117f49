package main

import (
	"context"
	"encoding/json"
	"fmt"

	"truce"
	"truce/desk"
	"truce/terms"
)

type lintCmd struct {
	Files   []string `arg:"" optional:"" help:"Agreement files."`
	Mission string   `help:"Also check actors and areas against this mission's register and places." placeholder:"DIR"`
	JSON    bool     `name:"json" help:"One finding a line, as JSON."`
	Schema  bool     `help:"Print the JSON Schema for editors and end."`
}

func (lintCmd) Help() string {
	return `Example:

  truce lint draft.yaml
  truce lint --schema > agreement.schema.json

Errors are what stops a text from being judged; warnings are holes that people should settle.
Exit code 0: no finding. 1: findings. 3 and above: could not run.`
}

// Run lints the files and prints the findings in the order of their places.
func (c *lintCmd) Run(_ context.Context, s *streams) error {
	if c.Schema {
		_, err := s.out.Write(terms.Schema())
		return err
	}
	if len(c.Files) == 0 {
		return &truce.Error{Kind: truce.Invalid, Msg: "no file to lint", Hint: "truce lint FILE"}
	}
	var book *terms.Book
	if c.Mission != "" {
		m, _, err := desk.Open(c.Mission, desk.OpenOptions{})
		if err != nil {
			return err
		}
		book = &m.Book
	}
	for _, name := range c.Files {
		found, err := lint(name, book)
		if err != nil {
			return err
		}
		if err := c.print(s, found); err != nil {
			return err
		}
		s.found(len(found) > 0)
	}
	return nil
}

func lint(name string, book *terms.Book) (truce.Problems, error) {
	a, problems, err := desk.OpenAgreement(name)
	if err != nil && len(problems) == 0 {
		return nil, err // the file could not be read at all
	}
	if a == nil {
		return problems, nil
	}
	problems = append(problems, terms.Lint(a)...)
	if text, err := desk.ReadFile(name); err == nil {
		problems = append(problems, terms.LintText(name, text)...)
	}
	if book != nil {
		_, more := terms.Compile(a, *book)
		problems = append(append(problems, more...), terms.LintBook(a, *book)...)
	}
	problems.Sort()
	return problems, nil
}

func (c *lintCmd) print(s *streams, found truce.Problems) error {
	for _, p := range found {
		if c.JSON {
			text, err := json.Marshal(p)
			if err != nil {
				return err
			}
			fmt.Fprintf(s.out, "%s\n", text)
			continue
		}
		kind := "error"
		if p.Warning {
			kind = "warning"
		}
		if _, err := fmt.Fprintf(s.out, "%s: %s\n", kind, p); err != nil {
			return err
		}
	}
	return nil
}
