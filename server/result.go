package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/mark3labs/mcp-go/mcp"

	"airbyte-mcp-server/airbyte"
	"airbyte-mcp-server/internal/cleantext"
	"airbyte-mcp-server/tools"
	"airbyte-mcp-server/tools/calls"
)

// success is the answer to a call as text and, for who asks for it, the same as structured
// content. Characters that nobody sees are removed from the one and escaped in the other.
func success(r *calls.Result, structured bool) *mcp.CallToolResult {
	d := r.Download
	if d == nil && !structured {
		return &mcp.CallToolResult{Content: []mcp.Content{textOf(r.Pieces())}}
	}
	text, exact := cleantext.JSON(validUTF8(r.JSON()))
	result := &mcp.CallToolResult{Content: []mcp.Content{mcp.TextContent{Type: "text", Text: string(text)}}}
	if structured {
		result.StructuredContent = json.RawMessage(exact)
	}
	if d != nil {
		result.Content = append(result.Content, mcp.NewResourceLink(d.URI, d.Name, "", d.ContentType))
		if image, mediaType := d.Image(); image != nil {
			result.Content = append(result.Content, mcp.NewImageContent(base64.StdEncoding.EncodeToString(image), mediaType))
		}
	}
	return result
}

func validUTF8(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	return bytes.ToValidUTF8(text, []byte("\uFFFD"))
}

// failure is a failed call in words for the model: what happened, whether it may
// have taken effect, and what to do next.
func (s *Server) failure(caller tools.Session, t *tools.Tool, err error) *mcp.CallToolResult {
	text := cleantext.Text(s.words(caller, t, err)) // a vendor may have had a say in it
	if len(text) > maxWords {
		text = strings.ToValidUTF8(text[:maxWords], "") + "…"
	}
	return mcp.NewToolResultError(text)
}

// maxWords bounds what is said of a failure, in bytes.
const maxWords = 20_000

// noWorkspace is all that a tenant is told of a workspace that does not exist: which others
// there are, and how to create one, is the operator's affair.
const noWorkspace = "the workspace of this credential does not exist: ask the operator of this server"

// words are those of the error itself, where it has any: an error without is our own fault.
func (s *Server) words(caller tools.Session, t *tools.Tool, err error) string {
	if !caller.Operator && airbyte.IsNoWorkspace(err) {
		return noWorkspace + ". Nothing was sent."
	}
	doubt := "" // about a read there is none
	if t.Effect != tools.Read && t.Effect != "" {
		doubt = fmt.Sprintf("It is unknown whether %s took effect: it may have happened. Do not repeat it blindly%s.", t.Name, checkFirst(t))
	}
	worded, ok := errors.AsType[interface {
		error
		Words(tool, doubt string) string
	}](err)
	switch {
	case ok:
		return worded.Words(t.Name, doubt)
	case errors.Is(err, context.DeadlineExceeded):
		return t.Name + " did not finish in time. Try again, or ask for less."
	default:
		id := uuid.NewString()
		s.log.Error().Str("error_id", id).Str("tool", t.Name).Err(err).Msg("internal error")
		return strings.TrimSuffix("Internal error "+id+"; the server's log has the details. "+doubt, " ")
	}
}

// checkFirst names the read that tells whether a write has happened.
func checkFirst(t *tools.Tool) string {
	if t.VerifyWith == "" {
		return "; check with a read of the same entity first"
	}
	return "; check with " + t.VerifyWith + " first"
}
