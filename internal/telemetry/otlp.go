package telemetry

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime"
	"strconv"

	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
)

// encodeJSON writes spans as OTLP in JSON: that of protobuf, but with ids in hexadecimal
// and enumerations as numbers.
func encodeJSON(m *tracepb.TracesData) ([]byte, error) {
	text, err := protojson.MarshalOptions{UseEnumNumbers: true}.Marshal(m)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return nil, err
	}
	writeIDsInHex(tree)
	return json.Marshal(tree)
}

// writeIDsInHex changes the ids of spans and links. Attributes cannot be taken for them:
// they are lists of {key, value}.
func writeIDsInHex(tree any) {
	switch v := tree.(type) {
	case []any:
		for _, element := range v {
			writeIDsInHex(element)
		}
	case map[string]any:
		for name, member := range v {
			text, isText := member.(string)
			if !isText || name != "traceId" && name != "spanId" && name != "parentSpanId" {
				writeIDsInHex(member)
				continue
			}
			if id, err := base64.StdEncoding.DecodeString(text); err == nil {
				v[name] = hex.EncodeToString(id)
			}
		}
	}
}

// refused is an error if a collector says that it did not take all spans.
func (c *collector) refused(contentType string, said []byte) error {
	spans, reason := int64(0), ""
	switch kind, _, _ := mime.ParseMediaType(contentType); kind {
	case "application/json":
		spans, reason = refusedInJSON(said)
	case "application/x-protobuf":
		partial, _ := member(said, 1)
		text, _ := member(partial, 2)
		_, spans = member(partial, 1)
		reason = string(text)
	}
	if spans == 0 && reason == "" {
		return nil
	}
	return fmt.Errorf("the collector refused %d spans: %s", spans, reason)
}

func refusedInJSON(said []byte) (spans int64, reason string) {
	var answer struct {
		PartialSuccess struct {
			RejectedSpans json.RawMessage `json:"rejectedSpans"` // a number, or the text of one
			ErrorMessage  string          `json:"errorMessage"`
		} `json:"partialSuccess"`
	}
	_ = json.Unmarshal(said, &answer) // an answer that is no JSON refuses nothing
	spans, _ = strconv.ParseInt(string(bytes.Trim(answer.PartialSuccess.RejectedSpans, `"`)), 10, 64)
	return spans, answer.PartialSuccess.ErrorMessage
}

// member finds a field of a message in protobuf: its bytes, or its number.
func member(message []byte, want protowire.Number) (text []byte, number int64) {
	for len(message) > 0 {
		field, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return nil, 0
		}
		message = message[n:]
		size := protowire.ConsumeFieldValue(field, kind, message)
		switch {
		case size < 0:
			return nil, 0
		case field == want && kind == protowire.BytesType:
			text, _ = protowire.ConsumeBytes(message)
			return text, 0
		case field == want && kind == protowire.VarintType:
			n, _ := protowire.ConsumeVarint(message)
			return nil, int64(n)
		}
		message = message[size:]
	}
	return nil, 0
}
