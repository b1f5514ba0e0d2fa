package extract_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/dltgen/dltgen/runtime/internal/extract"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// numbered is a lane of n pages that record their name when taken.
func numbered(name string, n int, delay time.Duration, taken *[]string, more func(page int) []*extract.Lane) *extract.Lane {
	return &extract.Lane{
		Produce: func(_ context.Context, emit func(any) bool) error {
			for i := range n {
				time.Sleep(delay)
				if !emit(i) {
					return nil
				}
			}
			return nil
		},
		Consume: func(_ context.Context, page any) ([]*extract.Lane, bool, error) {
			*taken = append(*taken, fmt.Sprintf("%s%d", name, page))
			if more != nil {
				return more(page.(int)), false, nil
			}
			return nil, false, nil
		},
	}
}

// Pages are taken in turn however fast their lanes are (E41).
func TestRunTakesTurns(t *testing.T) {
	var taken []string
	err := extract.Run(t.Context(), []*extract.Lane{
		numbered("a", 3, 2*time.Millisecond, &taken, nil), numbered("b", 2, 0, &taken, nil), numbered("c", 3, 0, &taken, nil),
	}, extract.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"a0", "b0", "c0", "a1", "b1", "c1", "a2", "c2"}; !slices.Equal(taken, want) {
		t.Errorf("taken %v, want %v", taken, want)
	}
}

// Many children of one parent page are all read, in a repeatable order, with few workers.
func TestRunChildren(t *testing.T) {
	once := func() []string {
		var taken []string
		parent := numbered("p", 3, 0, &taken, func(page int) []*extract.Lane {
			var lanes []*extract.Lane
			for i := range 30 {
				lanes = append(lanes, numbered(fmt.Sprintf("c%d.%d.", page, i), 2, 0, &taken, nil))
			}
			return lanes
		})
		if err := extract.Run(t.Context(), []*extract.Lane{parent}, extract.Options{Workers: 3}); err != nil {
			t.Fatal(err)
		}
		return taken
	}
	first := once()
	if len(first) != 3+3*30*2 {
		t.Fatalf("%d pages taken, want %d", len(first), 3+3*30*2)
	}
	for range 20 {
		if again := once(); !slices.Equal(first, again) {
			t.Fatalf("order differs:\n%v\n%v", first, again)
		}
	}
}

func TestRunStops(t *testing.T) {
	boom := errors.New("boom")
	endless := &extract.Lane{
		Produce: func(ctx context.Context, emit func(any) bool) error {
			for emit(0) {
			}
			return ctx.Err()
		},
		Consume: func(context.Context, any) ([]*extract.Lane, bool, error) { return nil, false, nil },
	}
	failing := &extract.Lane{
		Produce: func(_ context.Context, emit func(any) bool) error { emit(1); return boom },
		Consume: func(context.Context, any) ([]*extract.Lane, bool, error) { return nil, false, nil },
	}
	if err := extract.Run(t.Context(), []*extract.Lane{endless, failing}, extract.Options{}); !errors.Is(err, boom) {
		t.Errorf("error %v, want %v", err, boom)
	}
	early := &extract.Lane{Produce: endless.Produce, Consume: func(context.Context, any) ([]*extract.Lane, bool, error) { return nil, true, nil }}
	if err := extract.Run(t.Context(), []*extract.Lane{early}, extract.Options{}); err != nil {
		t.Errorf("a lane that ends early: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := extract.Run(ctx, []*extract.Lane{{Produce: endless.Produce, Consume: endless.Consume}}, extract.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want canceled", err)
	}
}
