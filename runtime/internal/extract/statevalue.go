package extract

import (
	"fmt"

	"github.com/dltgen/dltgen/runtime/internal/state"
	"github.com/dltgen/dltgen/runtime/record"
)

// StateValue is a record's value as the pipeline's state keeps it (ST20).
func StateValue(v *record.Value) (any, error) {
	switch v.Kind() {
	case record.KindNull:
		return nil, nil
	case record.KindBool:
		return v.Bool(), nil
	case record.KindDouble:
		return v.Double(), nil
	case record.KindText:
		return v.Text(), nil
	case record.KindTime:
		return state.Typed{Kind: state.Time, Text: v.Time().String()}, nil
	case record.KindBinary:
		b, _ := v.Binary()
		return state.BytesOf(b), nil
	case record.KindList:
		list := make([]any, v.Len())
		for i := range list {
			x, err := StateValue(v.Index(i))
			if err != nil {
				return nil, err
			}
			list[i] = x
		}
		return list, nil
	case record.KindObject:
		o := &state.Object{}
		for i := range v.Len() {
			x, err := StateValue(v.Index(i))
			if err != nil {
				return nil, err
			}
			o.Set(v.Key(i), x)
		}
		return o, nil
	default:
		c, _, err := CursorOf(v)
		if err != nil {
			return nil, fmt.Errorf("state: %w", err)
		}
		return c.stateValue(), nil
	}
}
