package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/internal/results"
	"airbyte-mcp-server/internal/seal"
	"airbyte-mcp-server/schemas"
	"airbyte-mcp-server/tools"
)

// success is the answer to a call: the same JSON as structured content and, for
// hosts that read text only, as text. Characters that nobody sees are escaped in the
// one and removed from the other.
func success(r *tools.Result) *mcp.CallToolResult {
	body := r.JSON()
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	text, exact := cleantext.JSON(body)
	result := &mcp.CallToolResult{
		Content:           []mcp.Content{mcp.TextContent{Type: "text", Text: string(text)}},
		StructuredContent: json.RawMessage(exact),
	}
	if d := r.Download; d != nil {
		result.Content = append(result.Content, mcp.NewResourceLink(d.URI, d.Name, "", d.ContentType))
		if image := d.Image(); image != nil {
			result.Content = append(result.Content, mcp.NewImageContent(base64.StdEncoding.EncodeToString(image), d.ContentType))
		}
	}
	return result
}

// failure is a failed call in words for the model: what happened, whether it may
// have taken effect, and what to do next.
func (s *Server) failure(t *tools.Tool, err error) *mcp.CallToolResult {
	text := cleantext.Text(s.words(t, err)) // a vendor may have had a say in it
	if len(text) > maxWords {
		text = strings.ToValidUTF8(text[:maxWords], "") + "…"
	}
	return mcp.NewToolResultError(text)
}

// maxWords bounds what is said of a failure, in bytes.
const maxWords = 20_000

func (s *Server) words(t *tools.Tool, err error) string {
	var invalid *schemas.InvalidError
	var api *airbyte.Error
	var located *airbyte.LocateError
	var refused *tools.RefusedError
	var confirm *tools.ConfirmationError
	var path *results.PathError
	var unknownType *tools.UnknownTypeError
	switch {
	case errors.As(err, &invalid):
		return invalidWords(t, invalid)
	case errors.As(err, &api):
		return apiWords(t, api)
	case errors.As(err, &located):
		text := located.Error() + "."
		if located.Ambiguous {
			text += " Pass `connector` with the alias, name or id of the one to use."
		}
		return text
	case errors.As(err, &refused):
		return refused.Error() + ". Nothing was sent."
	case errors.As(err, &unknownType):
		return t.Name + ": " + unknownType.Error() + ". Nothing was sent; list_connector_types has the types."
	case errors.As(err, &confirm):
		return confirmWords(confirm)
	case errors.As(err, &path), errors.Is(err, results.ErrGone):
		return t.Name + ": " + err.Error() + "."
	case errors.Is(err, seal.ErrForeign):
		return t.Name + " was not run: " + err.Error() + ". Nothing was sent."
	case errors.Is(err, context.DeadlineExceeded):
		return t.Name + " did not finish in time. Try again, or ask for less."
	default:
		id := uuid.NewString()
		s.log.Error().Str("error_id", id).Str("tool", t.Name).Err(err).Msg("internal error")
		doubt := ""
		if t.Effect != tools.Read && t.Effect != "" {
			doubt = fmt.Sprintf(" It is unknown whether %s took effect: it may have happened. Do not repeat it blindly%s.", t.Name, checkFirst(t))
		}
		return "Internal error " + id + "; the server's log has the details." + doubt
	}
}

func invalidWords(t *tools.Tool, invalid *schemas.InvalidError) string {
	var b strings.Builder
	fmt.Fprintf(&b, "The arguments of %s do not fit; nothing was sent.", t.Name)
	for _, f := range invalid.Faults {
		b.WriteString("\n- " + f.String())
	}
	return b.String()
}

// confirmWords asks the model to ask. That is weaker than asking the user ourselves,
// which this host has no way for.
func confirmWords(e *tools.ConfirmationError) string {
	return fmt.Sprintf("Nothing was sent yet: %s must be confirmed. %s Show the user the question and the arguments; "+
		"only if the user agrees, call %s again with the same arguments and %q: %q (valid once, for 5 minutes).",
		e.Tool, e.Question, e.Tool, e.Argument, e.Token)
}

// apiWords words a failure of the API. A write whose outcome is not known must
// never read like one that failed.
func apiWords(t *tools.Tool, e *airbyte.Error) string {
	var b strings.Builder
	isWrite := t.Effect != tools.Read && t.Effect != ""
	if isWrite && e.Outcome == airbyte.OutcomeUnknown {
		fmt.Fprintf(&b, "It is unknown whether %s took effect: it may have happened. Do not repeat it blindly%s. Cause: ", t.Name, checkFirst(t))
	}
	b.WriteString(e.Error() + ".")
	if isWrite && e.Outcome != airbyte.OutcomeUnknown {
		b.WriteString(" Nothing was changed.")
	}
	if e.Hint != "" {
		b.WriteString(" Next: " + e.Hint + ".")
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " retry_after_ms: %d.", e.RetryAfter.Round(time.Millisecond).Milliseconds())
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " Request id: %s.", e.RequestID)
	}
	return b.String()
}

// checkFirst names the read that tells whether a write has happened.
func checkFirst(t *tools.Tool) string {
	if t.VerifyWith == "" {
		return "; check with a read of the same entity first"
	}
	return "; check with " + t.VerifyWith + " first"
}
