package brute

import (
	"fmt"
	"strings"
)

// Expr is a condition over facts: a tree from which the CEL text is printed and which is
// evaluated here without CEL.
type Expr struct {
	Op   string // && || ! is == != < <= > >=
	Fact string
	Word string
	Num  float64
	Args []*Expr
}

// String prints the tree as CEL.
func (x *Expr) String() string {
	switch {
	case x.Op == "!":
		return "!(" + x.Args[0].String() + ")"
	case x.Args != nil:
		return "(" + x.Args[0].String() + " " + x.Op + " " + x.Args[1].String() + ")"
	case x.Op == "is":
		return x.Fact
	case x.Word != "":
		return fmt.Sprintf("%s %s %q", x.Fact, x.Op, x.Word)
	}
	n := fmt.Sprint(x.Num)
	if !strings.Contains(n, ".") {
		n += ".0"
	}
	return x.Fact + " " + x.Op + " " + n
}

// holds evaluates the tree.
func (x *Expr) holds(of func(fact string) value) bool {
	switch x.Op {
	case "&&":
		return x.Args[0].holds(of) && x.Args[1].holds(of)
	case "||":
		return x.Args[0].holds(of) || x.Args[1].holds(of)
	case "!":
		return !x.Args[0].holds(of)
	case "is":
		return of(x.Fact).word == "yes"
	}
	v := of(x.Fact)
	if x.Word != "" {
		return (v.word == x.Word) == (x.Op == "==")
	}
	return compare(v.num, x.Op, x.Num)
}

func compare(v float64, op string, with float64) bool {
	switch op {
	case "<":
		return v < with
	case "<=":
		return v <= with
	case ">":
		return v > with
	case ">=":
		return v >= with
	case "==":
		return v == with
	}
	return v != with
}

// leaves calls f for every comparison in the tree.
func (x *Expr) leaves(f func(*Expr)) {
	if x == nil {
		return
	}
	if x.Args == nil {
		f(x)
	}
	for _, a := range x.Args {
		a.leaves(f)
	}
}
