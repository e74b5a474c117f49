package main

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"truce"
)

// whole is a file that gets its name only when it is complete and on disk.
type whole struct {
	path   string
	f      *os.File
	secret bool // for its owner only
}

// bare takes off the name of a file that only this program knows.
func bare(err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &l):
		return l.Err
	}
	return err
}

func tempBeside(path string) (*whole, error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return nil, err
	}
	return &whole{path: path, f: f}, nil
}

func (w *whole) finish(write func(io.Writer) error) error {
	b := bufio.NewWriterSize(w.f, 1<<16)
	err := write(b)
	if err == nil {
		err = b.Flush()
	}
	if err == nil && !w.secret {
		err = w.f.Chmod(0o644)
	}
	if err == nil {
		err = w.f.Sync()
	}
	if e := w.f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(w.f.Name(), w.path)
	}
	if err != nil {
		os.Remove(w.f.Name())
		return &truce.Error{Kind: truce.Unavailable, At: w.path, Msg: "cannot be written", Err: bare(err)}
	}
	return nil
}

// writeSecret is writeWhole for what only its owner may read.
func writeSecret(path string, out io.Writer, write func(io.Writer) error) error {
	if path == "-" {
		return write(out)
	}
	f, err := tempBeside(path) // made for its owner only
	if err != nil {
		return &truce.Error{Kind: truce.Unavailable, At: path, Msg: "cannot be written", Err: bare(err)}
	}
	f.secret = true
	return f.finish(write)
}

// readAll reads a small file, or standard input.
func readAll(s *streams, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(s.in, maxSmall))
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, &truce.Error{Kind: truce.Absent, At: name, Msg: "cannot be read", Err: bare(err)}
	}
	return text, nil
}

// maxSmall bounds what is read whole from standard input.
const maxSmall = 16 << 20
