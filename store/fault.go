package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"truce"
)

// full is the hint of errors for want of space: the HTTP status that says it.
const full = "507"

// fault gives a database's error the kind that tells the caller what to do. Those of the
// context and those that have a kind already pass.
func fault(err error) error {
	var known *truce.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return liteFault(lite, err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pgFault(pg, err)
	}
	var network net.Error
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return &truce.Error{Kind: truce.Unavailable, Msg: "the disk is full", Hint: full, Err: err}
	case errors.As(err, &network), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, pgx.ErrTxClosed),
		strings.Contains(err.Error(), "conn closed"), strings.Contains(err.Error(), "failed to connect"):
		return &truce.Error{Kind: truce.Unavailable, Msg: "the database does not answer", Err: err}
	}
	return &truce.Error{Kind: truce.Internal, Msg: "database", Err: err}
}

func liteFault(e *sqlite.Error, err error) error {
	kind, msg, hint := truce.Internal, "database", ""
	code := e.Code() & 0xff
	if e.Code() == lib.SQLITE_IOERR_SHORT_READ { // the file ends in the middle of a page
		code = lib.SQLITE_CORRUPT
	}
	switch code {
	case lib.SQLITE_FULL:
		kind, msg, hint = truce.Unavailable, "the disk is full", full
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		kind, msg = truce.Unavailable, "the database is busy"
	case lib.SQLITE_READONLY, lib.SQLITE_PERM, lib.SQLITE_CANTOPEN:
		kind, msg = truce.Unavailable, "the database cannot be written"
	case lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_PROTOCOL:
		kind, msg = truce.Unavailable, "the disk fails"
	case lib.SQLITE_INTERRUPT:
		return errors.Join(context.Canceled, err)
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		kind, msg, hint = truce.Unavailable, "the database file is damaged", "restore a backup"
	}
	return &truce.Error{Kind: kind, Msg: msg, Hint: hint, Err: err}
}

func pgFault(e *pgconn.PgError, err error) error {
	kind, msg, hint := truce.Internal, "database", ""
	switch {
	case e.Code == "53100":
		kind, msg, hint = truce.Unavailable, "the database's disk is full", full
	case e.Code == "57014":
		return errors.Join(context.Canceled, err)
	case e.Code == "25006":
		kind, msg = truce.Unavailable, "the database cannot be written"
	case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "40"), strings.HasPrefix(e.Code, "53"),
		strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code, "58"), e.Code == "55P03":
		kind, msg = truce.Unavailable, "the database cannot do it now"
	case e.Code == "XX001", e.Code == "XX002":
		kind, msg, hint = truce.Unavailable, "the database is damaged", "restore a backup"
	}
	return &truce.Error{Kind: kind, Msg: msg, Hint: hint, Err: err}
}

// is reports whether err is a truce.Error of a kind.
func is(err error, kind truce.Kind) bool {
	var e *truce.Error
	return errors.As(err, &e) && e.Kind == kind
}

func invalid(at, format string, args ...any) error {
	return &truce.Error{Kind: truce.Invalid, At: at, Msg: fmt.Sprintf(format, args...)}
}

func absent(format string, args ...any) error {
	return &truce.Error{Kind: truce.Absent, Msg: fmt.Sprintf(format, args...)}
}

func conflict(at, format string, args ...any) error {
	return &truce.Error{Kind: truce.Conflict, At: at, Msg: fmt.Sprintf(format, args...)}
}

func unavailable(format string, args ...any) error {
	return &truce.Error{Kind: truce.Unavailable, Msg: fmt.Sprintf(format, args...)}
}

// ErrServed is within the error of [Open] where another process serves the record: it can then
// only be read (Options.ReadOnly).
var ErrServed = errors.New("served")

// served refuses a second process.
func served(what string) error {
	return &truce.Error{Kind: truce.Unavailable, At: what, Msg: "another process serves this record", Err: ErrServed}
}
