package scenario_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"truce/agreements"
	"truce/scenario"
)

const cases = "../missions/hard-cases"

// rows runs every file of cases and returns the rows by case, in order.
func rows(t *testing.T) (order []string, byCase map[string][]scenario.Row) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(cases, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no files of cases", err)
	}
	byCase = map[string][]scenario.Row{}
	for _, file := range files {
		if filepath.Base(file) == checklist {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		result, err := scenario.Run(t.Context(), filepath.Base(file), text, beside()...)
		if err != nil {
			t.Error(err)
		}
		for _, r := range result.Rows {
			if byCase[r.Case] == nil {
				order = append(order, r.Case)
			}
			byCase[r.Case] = append(byCase[r.Case], r)
		}
	}
	return order, byCase
}

// beside is where a file of cases finds what it names: its folder and the shipped agreements.
func beside() []fs.FS { return []fs.FS{os.DirFS(cases), agreements.FS} }

// TestHardCases holds every row of the table of hard cases, and its siblings, by number.
func TestHardCases(t *testing.T) {
	order, byCase := rows(t)
	for _, name := range order {
		t.Run(name, func(t *testing.T) {
			for _, r := range byCase[name] {
				if !r.Holds() {
					t.Error(r)
				} else if r.Table != "" {
					t.Log("disputed:", r)
				}
			}
		})
	}
}

// table lists the rows of the table of hard cases.
const table = `T1 T2 T3 T4 T5 T7 T8 T9 T10 T11 T13 T15 T16 T17 T19 T20 T21
P1 P2 P3 P4 P5 P7 P8 P9 P11 P12 P14 P15 P16 P18 P19 P20 P21 P22 P23
M1 M2 M3 M5 M6 M7 M9 M10 M11 M13 M14 M16 M17 M18 M19 M20 M22
L1 L2 L3 L5 L6 L7 L8 L9 L12 L13 L14
X1 X2 X4 X5 X6 X7 X9
F1 F2 F3 F4 F5 F7 F8 F9 F10 F11 F14 F15 F16`

func TestEveryRowOfTheTableIsThere(t *testing.T) {
	_, byCase := rows(t)
	for _, n := range strings.Fields(table) {
		if byCase["HC-"+n] == nil {
			t.Errorf("HC-%s has no row", n)
		}
	}
}
