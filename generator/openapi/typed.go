package openapi

import (
	"context"
	"encoding/json"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/dltgen/dltgen/generator/diag"
	"github.com/dltgen/dltgen/generator/ir"
)

const codeTyped = "DG060" // the typed loader refuses what was read

// verify gives the repaired, pruned document to the typed loader (G10): a second
// opinion on the repairs. What it refuses is a fault of ours, reported as a
// warning, since the model does not depend on it.
func (r *reader) verify(ctx context.Context, c *ir.Connector) {
	if err := r.load(ctx, c); err != nil {
		r.diags.Warnf(codeTyped, diag.Pos{File: r.root.File()}, "the typed loader refuses the repaired document: %v", err)
	}
}

func (r *reader) load(ctx context.Context, c *ir.Connector) error {
	data, err := json.Marshal(r.pruned(c))
	if err != nil {
		return err
	}
	loader := openapi3.NewLoader()
	loader.Context = ctx
	doc, err := loader.LoadFromData(data)
	if err != nil {
		return err
	}
	return doc.Validate(ctx,
		openapi3.DisableExamplesValidation(),
		openapi3.DisableSchemaDefaultsValidation(),
		openapi3.DisableSchemaPatternValidation(),
	)
}
