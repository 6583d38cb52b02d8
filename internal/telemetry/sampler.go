package telemetry

import (
	"strconv"
	"strings"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// sampler decides which traces are recorded, by OTEL_TRACES_SAMPLER and its argument.
// Unless told otherwise that is for the caller to say, and all where none has said.
func (e environment) sampler() sdk.Sampler {
	switch strings.ToLower(e.get("OTEL_TRACES_SAMPLER")) {
	case "", "parentbased_always_on":
	case "always_on":
		return sdk.AlwaysSample()
	case "always_off":
		return sdk.NeverSample()
	case "traceidratio":
		return sdk.TraceIDRatioBased(e.ratio())
	case "parentbased_always_off":
		return sdk.ParentBased(sdk.NeverSample())
	case "parentbased_traceidratio":
		return sdk.ParentBased(sdk.TraceIDRatioBased(e.ratio()))
	default:
		e.ignore("OTEL_TRACES_SAMPLER", "always_on, always_off or traceidratio, perhaps with parentbased_ before it")
	}
	return sdk.ParentBased(sdk.AlwaysSample())
}

func (e environment) ratio() float64 {
	const all = 1
	text := e.get("OTEL_TRACES_SAMPLER_ARG")
	if text == "" {
		return all
	}
	ratio, err := strconv.ParseFloat(text, 64)
	if err != nil || !(ratio >= 0 && ratio <= 1) { // nor NaN
		e.ignore("OTEL_TRACES_SAMPLER_ARG", "a number from 0 to 1")
		return all
	}
	return ratio
}
