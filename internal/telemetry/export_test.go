package telemetry

import "context"

// Flush sends what there is now.
func Flush(ctx context.Context, t *Tracer) { _ = t.provider.ForceFlush(ctx) }
