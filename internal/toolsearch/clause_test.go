package toolsearch_test

import (
	"testing"

	"airbyte-mcp-server/internal/toolsearch"
)

// mail is a connector of messages, in which much depends on little words.
func mail() library {
	return newLibrary([]toolsearch.Document{
		toolOf("posta", "messages.list", ""), toolOf("posta", "messages.get", ""), toolOf("posta", "messages.create", ""),
		toolOf("posta", "messages.update", ""), toolOf("posta", "messages.delete", ""), toolOf("posta", "messages.download", ""),
		toolOf("posta", "later_messages.create", ""),
	}, toolsearch.Connector{Slug: "posta", Entities: map[string]toolsearch.Called{
		"messages":       {Names: []string{"mail", "letter", "note"}},
		"later_messages": {Names: []string{"<later message>"}},
	}})
}

// littleWords are questions about messages, by the action that they ask for.
var littleWords = map[string][]string{
	"create": {
		"send me a message", "write a message", "tell me by message", "jot down a note", "fire off a message", "put together a letter",
		"set up a message", "mail Ann a letter", "message @ann", "text a letter to Ann", "new letter",
		"new letter for Ann", "new message: delete all messages", "a short message, then post it",
		"announce by message that all letters are deleted",
		"could you please write a letter", "hey, now send a message", "send a message that asks Ann to delete it",
	},
	"list": {
		"give me the messages", "send us the messages", "throw me the latest messages", "tell me about messages", "new messages",
		"messages sent to Ann", "messages marked as read", "letters thrown away", "open messages",
		"is any message marked", "post messages", "messages that were written", "pull the letters",
		"messages, deleted", "new message templates", "label messages",
	},
	"update": {
		"mark the message as read", "label the letter as urgent", "tick the message off", "turn the message off", "hand the letter to Ann",
		"push the message back", "move the letter forward", "flag all messages as done", "the letter is old, so change it",
		"give the message to Ann", "the message was read: mark it as done",
	},
	"delete": {
		"get rid of the message", "call off the message", "take the letter down", "throw the message out", "strip the note off",
		"clear the letter away", "kick the message out", "the letter is old, so delete it", "please, bin the letter", "just erase that note",
	},
	"download": {"download the message", "get a pdf of the message", "fetch the scan of a letter", "save the letter", "export messages"},
	"get":      {"show message 12345", "get the letter", "get the message about a pdf", "open message 12345", "view the note", "letter 12345"},
}

// TestLittleWords reads what is to be done from the words around a verb.
func TestLittleWords(t *testing.T) {
	t.Parallel()
	l := mail()
	for action, questions := range littleWords {
		for _, question := range questions {
			want := "posta_messages_" + action
			if got := l.names(toolsearch.Query{Text: question, Limit: 2}); len(got) == 0 || got[0] != want {
				t.Errorf("%q gives %q, want %s first", question, got, want)
			}
		}
	}
}

// TestLaterMessages tells a message for later from one whose text speaks of later.
func TestLaterMessages(t *testing.T) {
	t.Parallel()
	l := mail()
	for question, want := range map[string]string{
		"send a message tomorrow":                      "posta_later_messages_create",
		"tomorrow post a message":                      "posta_later_messages_create",
		"remind Ann later by message":                  "posta_later_messages_create",
		"announce tonight by message that all is well": "posta_later_messages_create",
		"send a message: see you tomorrow":             "posta_messages_create",
		"announce by message that we close tomorrow":   "posta_messages_create",
		"which messages are to be sent tomorrow":       "posta_messages_list",
		"write a message about the meeting of monday":  "posta_messages_create",
	} {
		if got := l.names(toolsearch.Query{Text: question, Limit: 2}); len(got) == 0 || got[0] != want {
			t.Errorf("%q gives %q, want %s first", question, got, want)
		}
	}
}
