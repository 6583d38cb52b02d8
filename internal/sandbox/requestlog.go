package sandbox

import (
	"net/http"
	"time"

	"github.com/rs/zerolog"
)

// watchedWriter notes the status of an answer.
type watchedWriter struct {
	http.ResponseWriter

	status int // 0 as long as there is none
}

// WriteHeader implements [http.ResponseWriter].
func (w *watchedWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (w *watchedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// logRequest writes a line about a request that was served. Values are not in it.
func (s *Server) logRequest(x *roundTrip, w *watchedWriter, began time.Time) {
	level := zerolog.DebugLevel
	if s.options.LogRequests {
		level = zerolog.InfoLevel
	}
	line := s.log.WithLevel(level)
	if !line.Enabled() {
		return
	}
	line = line.Str("method", x.r.Method).Str("path", x.r.URL.Path)
	if x.call.Action != "" {
		if c := s.world.connector(x.call.Connector); c != nil {
			line = line.Str("connector", c.Name)
		}
		line = line.Str("entity", x.call.Entity).Str("action", x.call.Action)
	}
	if x.effect != "" {
		line = line.Str("fault", x.effect)
	}
	line.Int("status", w.status).Dur("ms", time.Since(began)).Msg("request")
}
