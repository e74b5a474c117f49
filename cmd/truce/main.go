// Command truce reads agreements and records and says what broke what, why, and what
// would settle the rest.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"truce"
	"truce/web"
)

// Exit codes that scripts can trust.
const (
	exitNothing  = 0 // ran, found nothing
	exitFound    = 1 // ran, found something
	exitSetAside = 2 // ran, but rows were set aside
	exitUsage    = 3 // could not run: the command line or the input is wrong
	exitFailed   = 4 // could not run: something failed
	exitStopped  = 5 // interrupted
)

const description = `Truce reads an agreement clause by clause and says of each happening: violation,
no violation, or undetermined; why; and which missing fact would settle it.
It never says who is to blame.

Exit codes: 0 nothing found; 1 something found; 2 rows were set aside;
3 the command line or an input is wrong; 4 something failed; 5 interrupted.`

type commands struct {
	Check   checkCmd   `cmd:"" help:"Judge a mission's record under its agreements."`
	Fmt     fmtCmd     `cmd:"" help:"Bring agreement files into their canonical layout."`
	Explain explainCmd `cmd:"" help:"Show in full why an element was judged as it was."`
	Lint    lintCmd    `cmd:"" help:"Find holes in agreement files."`
	Test    testCmd    `cmd:"" help:"Hold a draft against a record: readings, variants, what flips."`
	Read    readCmd    `cmd:"" help:"Read accounts: who said what about whom, where and when, as drafts."`
	Match   matchCmd   `cmd:"" help:"Find what tells of one happening, with how sure that is and why."`

	Reconcile reconcileCmd `cmd:"" help:"Lay two organisations' ledgers side by side and explain each difference."`

	Load   loadCmd   `cmd:"" group:"The record" help:"Enter a mission's folder into a record."`
	Add    addCmd    `cmd:"" group:"The record" help:"Enter reports from a file."`
	Act    actCmd    `cmd:"" group:"The record" help:"Enter what happened: a moment, an assessment, a contact, ..."`
	Sign   signCmd   `cmd:"" group:"The record" help:"Confirm what somebody else proposed."`
	Key    keyCmd    `cmd:"" group:"The record" help:"Make a signing key."`
	Status statusCmd `cmd:"" group:"The record" help:"The state in one line."`

	Attach  attachCmd  `cmd:"" group:"The record" help:"Put a file beside a report."`
	Custody custodyCmd `cmd:"" group:"The record" help:"Print an attachment's chain of custody."`
	Cosign  cosignCmd  `cmd:"" group:"The record" help:"Have a witness co-sign the newest checkpoint."`
	Source  sourceCmd  `cmd:"" group:"The record" help:"Who a source is: sealed to several people, opened by two."`
	Destroy destroyCmd `cmd:"" group:"The record" help:"Destroy personal data in an entry, for good."`
	Backup  backupCmd  `cmd:"" group:"The record" help:"Write a backup, also while others write."`
	Restore restoreCmd `cmd:"" group:"The record" help:"Check a backup and put it into a database."`
	Rebuild rebuildCmd `cmd:"" group:"The record" help:"Make the state anew from the entries."`
	Fsck    fsckCmd    `cmd:"" group:"The record" help:"Check a record's database and attachments."`

	Serve serveCmd `cmd:"" group:"The record" help:"Serve a record: pages, API, log."`
	Demo  demoCmd  `cmd:"" group:"The record" help:"Serve the sample mission to this machine, without accounts."`

	Day     dayCmd     `cmd:"" group:"The record" help:"The report of a reporting day; freeze it, take it out."`
	Rows    rowsCmd    `cmd:"" group:"The record" help:"List what the record holds, now or as of then."`
	Receipt receiptCmd `cmd:"" group:"The record" help:"Prove that an entry is in the record."`
	Log     logCmd     `cmd:"" group:"The record" help:"Write the record as files that anybody can check."`
	Verify  verifyCmd  `cmd:"" group:"The record" help:"Check a record or a receipt, offline."`
}

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // err is a terminal: a progress bar makes sense
	code     int
	serves   atomic.Bool // requests are under way: an interrupt lets them finish
}

func (s *streams) found(some bool) {
	if some && s.code == exitNothing {
		s.code = exitFound
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	st, err := os.Stderr.Stat()
	s := &streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, terminal: err == nil && st.Mode()&os.ModeCharDevice != 0}
	done := make(chan int, 1)
	go func() { done <- run(ctx, os.Args[1:], s) }()
	select {
	case code := <-done:
		os.Exit(code)
	case <-ctx.Done(): // give it a moment to tidy up; a read that waits for input cannot
		stop() // a second interrupt ends it at once
		wait := patience
		if s.serves.Load() {
			wait += web.DefaultDrain
		}
		select {
		case code := <-done:
			os.Exit(code)
		case <-time.After(wait):
			os.Exit(exitStopped)
		}
	}
}

// patience is how long an interrupted run may take to tidy up, beside requests under way.
const patience = 2 * time.Second

// exit carries kong's wish to end, as after --help, out of its parser.
type exit int

// run is the whole program but for the process around it.
func run(ctx context.Context, args []string, s *streams) (code int) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(exit)
			if !ok {
				panic(r)
			}
			code = int(e)
		}
	}()
	var c commands
	parser, err := kong.New(&c, kong.Name("truce"), kong.Description(description), kong.UsageOnError(),
		kong.Writers(s.out, s.err), kong.Exit(func(n int) { panic(exit(n)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s))
	if err != nil {
		fmt.Fprintln(s.err, "truce:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(s.err, "truce: %v\nSee truce --help.\n", err)
		return exitUsage
	}
	if err := k.Run(); err != nil {
		fmt.Fprintln(s.err, "truce:", err)
		return failure(err)
	}
	return s.code
}

// failure chooses the exit code of an error.
func failure(err error) int {
	var e *truce.Error
	var ps truce.Problems
	switch {
	case errors.Is(err, context.Canceled):
		return exitStopped
	case errors.As(err, &ps):
		return exitUsage
	case errors.As(err, &e) && (e.Kind == truce.Invalid || e.Kind == truce.Absent || e.Kind == truce.Conflict):
		return exitUsage
	}
	return exitFailed
}
