package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"filippo.io/age"

	"truce"
	"truce/vault"
)

type sourceCmd struct {
	Seal  sourceSealCmd  `cmd:"" help:"Keep who a source is, sealed to several people."`
	Share sourceShareCmd `cmd:"" help:"Make one's own share of a sealed source, on one's own machine."`
	Ask   sourceAskCmd   `cmd:"" help:"Ask a second person to open a source together."`
	Open  sourceOpenCmd  `cmd:"" help:"Open a source with two shares; the record says so first."`
}

type sourceSealCmd struct {
	where
	ID   string   `arg:"" help:"What reports call the source, such as S-12."`
	File string   `arg:"" help:"Who it is, as text; - for standard input."`
	To   []string `help:"Whom it is sealed to: name=age1..., three people or more are wise." required:"" placeholder:"NAME=KEY" sep:"none"`
	Mark string   `help:"Handling mark." default:"TLP:AMBER" placeholder:"MARK"`
}

func (sourceSealCmd) Help() string {
	return `Example:

  truce source seal S-12 who.txt --to amal=age1... --to boris=age1... --to chen=age1...

Any two of the people can open it together, no one alone. Their keys are never in the record.`
}

// Run seals a source's identity.
func (c *sourceSealCmd) Run(ctx context.Context, s *streams) error {
	text, err := readAll(s, c.File)
	if err != nil {
		return err
	}
	var to []vault.Recipient
	for _, t := range c.To {
		name, key, ok := strings.Cut(t, "=")
		if !ok {
			return &truce.Error{Kind: truce.Invalid, At: "--to", Msg: fmt.Sprintf("%q names no key", t), Hint: "NAME=age1..."}
		}
		to = append(to, vault.Recipient{Name: name, Key: key})
	}
	return c.with(ctx, false, func(at *site) error {
		done, err := at.record.SealSource(ctx, at.who, c.ID, text, to, c.Mark)
		if err == nil {
			fmt.Fprintf(s.out, "%s is sealed: entry %d\n", c.ID, done.N)
		}
		return err
	})
}

type sourceShareCmd struct {
	where
	ID     string `arg:"" help:"The source."`
	AgeKey string `help:"One's own age identity file." required:"" placeholder:"FILE"`
	Out    string `help:"The file for the share; hand it to nobody but the other person." required:"" placeholder:"FILE"`
}

func (sourceShareCmd) Help() string {
	return `Example:

  truce source share S-12 --as amal --age-key amal.txt --out amal.share`
}

// Run makes one person's share.
func (c *sourceShareCmd) Run(ctx context.Context, s *streams) error {
	key, err := readAll(s, c.AgeKey)
	if err != nil {
		return err
	}
	return c.with(ctx, false, func(at *site) error {
		box, err := at.record.SealedSource(ctx, at.who, c.ID)
		if err != nil {
			return err
		}
		parcel, err := box.Parcel(c.As)
		if err != nil {
			return err
		}
		share, err := decrypt(c.AgeKey, key, parcel)
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.Out, share, 0o600); err != nil {
			return &truce.Error{Kind: truce.Unavailable, At: c.Out, Msg: "cannot be written", Err: bare(err)}
		}
		return nil
	})
}

// decrypt opens an age file with the identities of another.
func decrypt(name string, identities, sealed []byte) ([]byte, error) {
	ids, err := age.ParseIdentities(bytes.NewReader(identities))
	if err != nil {
		return nil, &truce.Error{Kind: truce.Invalid, At: name, Msg: "this is no age identity file", Hint: "one that age-keygen wrote"}
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), ids...)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Denied, At: name, Msg: "the share is not sealed to this key", Hint: "--as and --age-key of the same person"}
	}
	return io.ReadAll(io.LimitReader(r, maxSmall))
}

type sourceAskCmd struct {
	where
	ID     string   `arg:"" help:"The source."`
	With   []string `help:"The other person." required:"" placeholder:"ID"`
	Reason string   `help:"Why." required:""`
}

func (sourceAskCmd) Help() string {
	return `Example:

  truce source ask S-12 --with boris --reason "threat against the household" --as amal`
}

// Run proposes an opening.
func (c *sourceAskCmd) Run(ctx context.Context, s *streams) error {
	return c.with(ctx, false, func(at *site) error {
		done, err := at.record.ProposeOpening(ctx, at.who, c.ID, c.With, c.Reason)
		if err == nil {
			fmt.Fprintf(s.out, "proposed: entry %d\n", done.N)
		}
		return err
	})
}

type sourceOpenCmd struct {
	where
	ID       string   `arg:"" help:"The source."`
	Proposal int64    `help:"The number of the proposal." required:"" placeholder:"N"`
	Shares   []string `name:"share" help:"A share; two are needed." required:"" placeholder:"FILE" sep:"none"`
}

func (sourceOpenCmd) Help() string {
	return `Example:

  truce source open S-12 --proposal 226 --share amal.share --share boris.share --as boris

The opening is entered into the record before the name is shown.`
}

// Run opens a source.
func (c *sourceOpenCmd) Run(ctx context.Context, s *streams) error {
	if len(c.Shares) != 2 {
		return &truce.Error{Kind: truce.Invalid, At: "--share", Msg: "two shares open a source", Hint: "--share one --share other"}
	}
	var shares [2]vault.Share
	for i, name := range c.Shares {
		text, err := readAll(s, name)
		if err != nil {
			return err
		}
		if shares[i], err = vault.ParseShare(text); err != nil {
			return err
		}
	}
	return c.with(ctx, false, func(at *site) error {
		id, err := at.record.OpenSource(ctx, at.who, c.ID, c.Proposal, shares[0], shares[1])
		if err == nil {
			_, err = s.out.Write(id.Reveal())
		}
		return err
	})
}
