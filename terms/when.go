package terms

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// when is a compiled CEL condition over an element's further facts. Numbers may only be
// compared with constants, so that the few values beside the constants stand for all.
type when struct {
	text    string
	program cel.Program
	facts   []string             // names used, sorted
	breaks  map[string][]float64 // constants that each number is compared with
}

// counts are the numbers every element has.
var countNames = []string{"injured", "killed", "number"}

type whenError struct{ msg, want string }

func compileWhen(a *Agreement, text string) (*when, *whenError) {
	opts := []cel.EnvOption{cel.CrossTypeNumericComparisons(true), cel.ClearMacros()}
	for _, n := range countNames {
		opts = append(opts, cel.Variable(n, cel.DoubleType))
	}
	for _, name := range sortedKeys(a.Facts) {
		opts = append(opts, cel.Variable(name, celType(a.Facts[name])))
	}
	env, err := cel.NewEnv(opts...)
	if err != nil {
		return nil, &whenError{err.Error(), "facts with names that CEL can use: letters, digits, _"}
	}
	checked, iss := env.Compile(text)
	if iss.Err() != nil {
		e := iss.Errors()[0]
		return nil, &whenError{fmt.Sprintf("%s at character %d of %q", e.Message, e.Location.Column()+1, text), "a condition over the facts declared under facts:, killed, injured, number"}
	}
	if checked.OutputType() != cel.BoolType {
		return nil, &whenError{fmt.Sprintf("%q gives a %s", text, checked.OutputType()), "a condition that is true or false"}
	}
	w := &when{text: text, breaks: map[string][]float64{}}
	if msg := w.read(a, checked.NativeRep().Expr()); msg != "" {
		return nil, &whenError{msg, "a number compared with a constant: delay > 24"}
	}
	if w.program, err = env.Program(checked); err != nil {
		return nil, &whenError{err.Error(), "a condition"}
	}
	return w, nil
}

func celType(f Fact) *cel.Type {
	switch {
	case f.Number:
		return cel.DoubleType
	case yesNo(f.Words):
		return cel.BoolType
	}
	return cel.StringType
}

func yesNo(words []string) bool {
	return len(words) == 2 && words[0] == "no" && words[1] == "yes"
}

var comparisons = map[string]bool{operators.Less: true, operators.LessEquals: true, operators.Greater: true,
	operators.GreaterEquals: true, operators.Equals: true, operators.NotEquals: true}

// read notes the facts used and the constants that numbers are compared with.
func (w *when) read(a *Agreement, root ast.Expr) (msg string) {
	compared := map[int64]bool{}
	used := map[string]bool{}
	ast.PreOrderVisit(root, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.CallKind:
			args := e.AsCall().Args()
			if !comparisons[e.AsCall().FunctionName()] || len(args) != 2 {
				return
			}
			for i, arg := range args {
				if v, ok := constant(args[1-i]); ok && arg.Kind() == ast.IdentKind && isNumber(a, arg.AsIdent()) {
					w.breaks[arg.AsIdent()] = append(w.breaks[arg.AsIdent()], v)
					compared[arg.ID()] = true
				}
			}
		case ast.IdentKind:
			used[e.AsIdent()] = true
			if isNumber(a, e.AsIdent()) && !compared[e.ID()] && msg == "" {
				msg = fmt.Sprintf("%s is used other than in a comparison with a constant", e.AsIdent())
			}
		}
	}))
	w.facts = sortedKeys(used)
	return msg
}

func isNumber(a *Agreement, name string) bool {
	f, declared := a.Facts[name]
	return f.Number || !declared && slices.Contains(countNames, name)
}

// constant reads a number, also one with a minus sign.
func constant(e ast.Expr) (float64, bool) {
	if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == operators.Negate && len(e.AsCall().Args()) == 1 {
		v, ok := constant(e.AsCall().Args()[0])
		return -v, ok
	}
	if e.Kind() != ast.LiteralKind {
		return 0, false
	}
	switch v := e.AsLiteral().Value().(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case uint64:
		return float64(v), true
	}
	return 0, false
}

// holds evaluates the condition; an evaluation that fails, such as a division by zero,
// does not hold.
func (w *when) holds(vars map[string]any) bool {
	out, _, err := w.program.Eval(vars)
	return err == nil && out != nil && out.Equal(types.True) == ref.Val(types.True)
}
