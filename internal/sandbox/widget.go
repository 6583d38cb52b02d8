package sandbox

import (
	"net/http"
)

// widgetPath is the page that stands for the dialog in which a user enters the
// credentials of a connector.
const widgetPath = controlPrefix + "widget"

// widgetPage needs no input: the sandbox fills the dialog in by itself.
const widgetPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sandbox</title>
<h1>Connected</h1>
<p>This page stands for the dialog in which credentials are entered. The sandbox has filled it in: ` +
	`return to the program that brought you here.</p>
</html>
`

// showWidget answers the page in the browser.
func (s *Server) showWidget(x *roundTrip) error {
	x.replyRaw(http.StatusOK, "text/html; charset=utf-8", []byte(widgetPage))
	return nil
}
