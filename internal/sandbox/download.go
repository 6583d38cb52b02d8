package sandbox

import (
	"fmt"
	"net/http"

	"airbyte-mcp-server/internal/sandbox/records"
)

// replyFile writes a file as it is, without an envelope.
func (x *roundTrip) replyFile(f *records.File) {
	if f.Name != "" {
		x.w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", f.Name))
	}
	x.replyRaw(http.StatusOK, f.ContentType, f.Content)
}
