// Package brute judges agreements slowly. It is the second opinion on package terms: it
// walks through worlds one by one, each a concrete choice for every fact, and asks in
// each whether the clause is broken. It shares the parsed text with package terms and
// nothing else: membership comes from a table of its own ([Table]), places are cells of
// a coarse grid ([Cell]), times are computed with package time alone.
//
// The two calls most people need are [New], which makes a random case from a seed, and
// [Case.Judge], which tells what becomes of one element under one clause.
package brute
