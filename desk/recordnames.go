package desk

import (
	"context"
	"encoding/json"
	"slices"

	"truce"
)

// naming lists the fields in which rows of a kind name other rows, with the kind of those. A
// name tells that there is such a row, so who may not see the row does not see its name.
func naming(kind string) map[string]string {
	switch kind {
	case "report":
		return map[string]string{"incident": "incident", "elements": "element"}
	case "element":
		return map[string]string{"incident": "incident", "report": "report"}
	case "incident":
		return map[string]string{"members": "element"}
	case "join":
		return map[string]string{"incident": "incident", "members": "element", "pair": "report"}
	case "finding":
		return map[string]string{"incident": "incident", "tasks": "task"}
	case "stage":
		return map[string]string{"incident": "incident", "finding": "finding"}
	case "task":
		return map[string]string{"incident": "incident", "access": "access", "finding": "finding"}
	case "access":
		return map[string]string{"incident": "incident", "task": "task", "report": "report"}
	case "line":
		return map[string]string{"backups": "line"}
	case "contact":
		return map[string]string{"about": "incident", "line": "line"}
	case "request":
		return map[string]string{"about": "incident"}
	case "fire", "measure", "protest":
		return map[string]string{"incident": "incident"}
	case "reply":
		return map[string]string{"request": "request", "protest": "protest"}
	case "correction", "delivery":
		return map[string]string{"release": "release"}
	case "attachment", "arrival", "message":
		return map[string]string{"report": "report"}
	case "claim":
		return map[string]string{"incident": "incident", "element": "element", "report": "report"}
	case "hypothesis":
		return map[string]string{"incident": "incident"}
	case "duty", "verdict":
		return map[string]string{"element": "element"}
	}
	return nil
}

// unnamed takes out of a body the names of rows that the person may not see.
func (v *view) unnamed(ctx context.Context, kind string, body json.RawMessage) (json.RawMessage, error) {
	names := naming(kind)
	if names == nil {
		return body, nil
	}
	var b map[string]json.RawMessage
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, &truce.Error{Kind: truce.Internal, At: kind, Msg: "the row is damaged", Err: err}
	}
	changed := false
	for field, of := range names {
		value, less, err := v.without(ctx, of, b[field])
		if err != nil {
			return nil, err
		}
		if changed = changed || less; value == nil {
			delete(b, field)
		} else {
			b[field] = value
		}
	}
	if !changed {
		return body, nil
	}
	return json.Marshal(b)
}

// without leaves out of a name, or a list of names, those that are hidden. less says that
// there were some.
func (v *view) without(ctx context.Context, of string, value json.RawMessage) (left json.RawMessage, less bool, err error) {
	var one string
	var list []json.RawMessage
	switch {
	case len(value) == 0:
		return nil, false, nil
	case json.Unmarshal(value, &one) == nil:
		hidden, err := v.hidden(ctx, of, one)
		if hidden {
			value = nil
		}
		return value, hidden, err
	case json.Unmarshal(value, &list) != nil:
		return value, false, nil
	}
	n := len(list)
	list = slices.DeleteFunc(list, func(item json.RawMessage) bool {
		_, gone, bad := v.without(ctx, of, item)
		if bad != nil {
			err = bad
		}
		return gone
	})
	if len(list) == n || err != nil {
		return value, false, err
	}
	left, err = json.Marshal(list)
	return left, true, err
}

// hidden reports whether there is a row that the person may not see. What is not there is
// not hidden.
func (v *view) hidden(ctx context.Context, kind, id string) (bool, error) {
	all, err := v.seesAll(ctx, kind)
	if all || err != nil {
		return false, err
	}
	row, err := v.r.db.Get(ctx, v.asOf, kind, id)
	if kindOf(err) == truce.Absent {
		return false, nil
	}
	if err != nil {
		return true, err
	}
	g, err := v.grant(kind, row.Label)
	return g.Fields == nil, err
}

// seesAll reports whether the person may see rows of a kind under every mark that there is.
func (v *view) seesAll(ctx context.Context, kind string) (bool, error) {
	if all, ok := v.all[kind]; ok {
		return all, nil
	}
	labels, err := v.r.db.Labels(ctx, kind)
	if err != nil {
		return false, err
	}
	v.all[kind] = len(v.r.policy.Labels(v.who, v.do, kind, labels, v.r.now())) == len(labels)
	return v.all[kind], nil
}

// namesHidden reports whether a field of an entry about a kind of row names a row that the
// person may not see.
func (v *view) namesHidden(ctx context.Context, kind, field string, value json.RawMessage) (bool, error) {
	of := naming(kind)[field]
	if of == "" {
		return false, nil
	}
	_, less, err := v.without(ctx, of, value)
	return less, err
}
