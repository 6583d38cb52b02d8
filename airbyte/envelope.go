package airbyte

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// maxErrorText bounds the quotation of an answer without JSON, in characters.
const maxErrorText = 300

// errorBody has all known forms of failures of the API and of the gateways before it:
// {message, errors}, {detail: text}, {detail: [{loc, msg}]}, {error}.
type errorBody struct {
	Message string          `json:"message"`
	Detail  json.RawMessage `json:"detail"`
	Error   json.RawMessage `json:"error"`
	Errors  []struct {
		Field     string `json:"field"`
		Message   string `json:"message"`
		UserText  string `json:"userPresentableMessage"`
		ErrorCode string `json:"error_code"`
		Details   struct {
			UpstreamStatus int `json:"upstream_status"`
		} `json:"details"`
	} `json:"errors"`
}

// decodeBody fills message and details from the body of a failed request.
func (e *Error) decodeBody(body []byte) {
	var b errorBody
	var otherType *json.UnmarshalTypeError
	// A field of another type is left out; the other fields may say enough.
	if err := json.Unmarshal(body, &b); err != nil && !errors.As(err, &otherType) {
		e.Message = plainText(body, e.Status)
		return
	}
	for _, item := range b.Errors {
		text := notPage(firstOf(item.UserText, item.Message))
		e.Details = append(e.Details,
			FieldError{Field: item.Field, Message: text, Code: item.ErrorCode, UpstreamStatus: item.Details.UpstreamStatus})
	}
	said := firstOf(b.detailText(), b.Message, e.detailText(), textOf(b.Error))
	if said == "" {
		said = plainText(body, e.Status)
	}
	e.Message = firstOf(notPage(said), statusText(e.Status))
	if extra := e.detailText(); extra != "" && !strings.Contains(e.Message, extra) {
		e.Message += ": " + extra
	}
}

// detailText reads `detail`, a text or a list of {loc, msg}.
func (b *errorBody) detailText() string {
	if text := textOf(b.Detail); text != "" {
		return text
	}
	var items []struct {
		Loc []any  `json:"loc"`
		Msg string `json:"msg"`
	}
	if json.Unmarshal(b.Detail, &items) != nil {
		return ""
	}
	var words []string
	for _, item := range items {
		var loc []string
		for _, step := range item.Loc {
			loc = append(loc, fmt.Sprint(step))
		}
		words = append(words, strings.TrimPrefix(strings.Join(loc, ".")+": "+item.Msg, ": "))
	}
	return strings.Join(words, "; ")
}

// detailText joins the messages of the details, except for those equal to the error's own.
func (e *Error) detailText() string {
	var words []string
	for _, d := range e.Details {
		text := d.Message
		if text == "" || text == e.Message {
			continue
		}
		if d.Field != "" && d.Field != "body" {
			text = d.Field + ": " + text
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}

func textOf(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

// plainText quotes a body without JSON. A page of HTML says nothing to a caller, so the
// name of the status takes its place.
func plainText(body []byte, status int) string {
	text := strings.ToValidUTF8(string(body[:min(len(body), 4*maxErrorText)]), "�")
	text = notPage(strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")))
	isCut := text != "" && strings.ContainsAny(text[:1], `{["`) && !json.Valid(body) // JSON that has not arrived as a whole
	if text == "" || isCut || strings.HasPrefix(text, "<") || bytes.IndexByte(body, 0) >= 0 {
		return statusText(status)
	}
	return shortened(text)
}

func statusText(status int) string {
	return strings.ToLower(firstOf(http.StatusText(status), "an answer without a message"))
}

// notPage returns a text, or "" for one with a page of HTML in it.
func notPage(text string) string {
	lower := strings.ToLower(text)
	if strings.Contains(lower, "<html") || strings.Contains(lower, "<!doctype") {
		return ""
	}
	return text
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
