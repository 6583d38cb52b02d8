package telemetry

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// environment reads OpenTelemetry's variables. As its specification asks, an empty
// one counts as not set, and a value that makes no sense is reported and ignored.
type environment struct {
	lookup func(string) (string, bool)
	report func(error)
}

// get returns the value of the first variable that is set.
func (e environment) get(names ...string) string {
	for _, name := range names {
		if value, _ := e.lookup(name); strings.TrimSpace(value) != "" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (e environment) ignore(name, want string) {
	e.report(fmt.Errorf("%s is ignored: want %s", name, want))
}

// enabled reports whether there is anything to trace for.
func (e environment) enabled() bool {
	return !strings.EqualFold(e.get("OTEL_SDK_DISABLED"), "true") &&
		e.get("OTEL_TRACES_EXPORTER") != "none" &&
		e.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") != ""
}

// endpoint is the URL that spans are sent to: that for traces as it is, or the common
// one with the path of traces. Its error quotes no URL, which may hold a password.
func (e environment) endpoint() (string, error) {
	name, suffix := "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", ""
	if e.get(name) == "" {
		name, suffix = "OTEL_EXPORTER_OTLP_ENDPOINT", "v1/traces"
	}
	u, err := url.Parse(e.get(name))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return "", errors.New(name + ": want a URL like http://localhost:4318")
	}
	if u.User != nil || u.RawQuery != "" {
		return "", errors.New(name + ": want a URL without user, password and query; credentials go into OTEL_EXPORTER_OTLP_HEADERS")
	}
	return u.JoinPath(suffix).String(), nil
}

// exporter is one of the variables that exist for traces and for everything.
func (e environment) exporter(name string) string {
	return e.get("OTEL_EXPORTER_OTLP_TRACES_"+name, "OTEL_EXPORTER_OTLP_"+name)
}

// timeout bounds one attempt to send spans. The variable is in milliseconds.
func (e environment) timeout() time.Duration {
	const standard = 10 * time.Second
	text := e.exporter("TIMEOUT")
	if text == "" {
		return standard
	}
	ms, err := strconv.Atoi(text)
	if err != nil || ms <= 0 {
		e.ignore("OTEL_EXPORTER_OTLP_TIMEOUT", "milliseconds, like 10000")
		return standard
	}
	return time.Duration(ms) * time.Millisecond
}

// pairs reads key=value,key=value with values that may be percent-encoded.
func (e environment) pairs(name, text string) map[string]string {
	read := map[string]string{}
	for item := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(item) == "" {
			continue
		}
		key, encoded, found := strings.Cut(item, "=")
		value, err := url.PathUnescape(strings.TrimSpace(encoded))
		if key = strings.TrimSpace(key); !found || key == "" || err != nil {
			e.ignore("an item of "+name, "key=value")
			continue
		}
		read[key] = value
	}
	return read
}

func (e environment) headers() map[string]string {
	return e.pairs("OTEL_EXPORTER_OTLP_HEADERS", e.exporter("HEADERS"))
}

// checkKinds reports what is asked for and cannot be had.
func (e environment) checkKinds() {
	if kind := e.get("OTEL_TRACES_EXPORTER"); kind != "" && kind != "otlp" {
		e.ignore("OTEL_TRACES_EXPORTER", "otlp or none")
	}
	if protocol := e.exporter("PROTOCOL"); protocol != "" && protocol != protocolProtobuf && protocol != protocolJSON {
		e.ignore("OTEL_EXPORTER_OTLP_PROTOCOL", protocolProtobuf+" or "+protocolJSON)
	}
}

const (
	protocolProtobuf = "http/protobuf"
	protocolJSON     = "http/json"
)
