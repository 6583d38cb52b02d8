package setup

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fieldWords say what a field is and where a user finds it.
type fieldWords struct {
	title       string
	description string // {vendor} stands for the display name of the connector
	example     string
}

// word fills in what a field lacks of the words that most vendors share for its name.
func (f *Field) word(vendor string) {
	words := commonWords[strings.ToLower(leaf(f.Name))]
	f.Title = cmp.Or(f.Title, words.title, spell(f.Name))
	f.Description = cmp.Or(f.Description, strings.ReplaceAll(words.description, "{vendor}", vendor))
	if !f.Secret {
		f.Example = cmp.Or(f.Example, words.example)
	}
	f.Example = cmp.Or(f.Example, exampleOf(f.Format))
}

func exampleOf(format string) string {
	switch format {
	case "date-time":
		return "2026-01-31T00:00:00Z"
	case "date":
		return "2026-01-31"
	case "email":
		return "you@example.com"
	case "uri", "url":
		return "https://example.com"
	}
	return ""
}

// spell writes a name as words: "account.sync_mode" becomes "Account sync mode".
func spell(name string) string {
	words := strings.Fields(strings.NewReplacer("_", " ", "-", " ", ".", " ").Replace(name))
	for i, word := range words {
		switch word {
		case "id", "url", "api", "sid", "uri", "ssh", "ssl":
			words[i] = strings.ToUpper(word)
		}
	}
	text := strings.Join(words, " ")
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return name
	}
	return string(unicode.ToUpper(first)) + text[size:]
}

// lowerFirst writes words as they stand within a sentence.
func lowerFirst(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if next, _ := utf8.DecodeRuneInString(text[size:]); size == 0 || !unicode.IsLower(next) {
		return text // an abbreviation
	}
	return string(unicode.ToLower(first)) + text[size:]
}

// commonWords are for fields that mean the same at most vendors.
var commonWords = map[string]fieldWords{
	"access_token":  {"Access token", "Token that {vendor} issued to your OAuth app for this account.", ""},
	"refresh_token": {"Refresh token", "Long-lived token that {vendor} issued to your OAuth app, with which access is renewed.", ""},
	"client_id":     {"Client ID", "ID of your own OAuth app at {vendor}, from its developer settings. Not Airbyte's client ID.", ""},
	"client_secret": {"Client secret", "Secret of the same OAuth app at {vendor}. Not Airbyte's client secret.", ""},
	"api_key":       {"API key", "Key of your {vendor} account, from its API or developer settings.", ""},
	"api_token":     {"API token", "Token of your {vendor} account, from its API or developer settings.", ""},
	"api_secret":    {"API secret", "Secret that belongs to the API key, shown with it at {vendor}.", ""},
	"secret_key":    {"Secret key", "Secret that belongs to the API key, shown with it at {vendor}.", ""},
	"token":         {"Token", "Token of your {vendor} account, from its API or developer settings.", ""},
	"auth_token":    {"Auth token", "Token of your {vendor} account, from its API or developer settings.", ""},
	"username":      {"User name", "Name that you sign in to {vendor} with.", ""},
	"password":      {"Password", "Password of that {vendor} account.", ""},
	"email":         {"Email", "Email address of the {vendor} account.", "you@example.com"},
	"host":          {"Host", "Host name of the {vendor} server.", "db.example.com"},
	"port":          {"Port", "Port of the {vendor} server.", ""},
	"database":      {"Database", "Name of the database to read.", ""},
	"account_id":    {"Account ID", "ID of your {vendor} account, from its settings.", ""},
	"start_date":    {"Start date", "From when on data is synced; older records are left out.", ""},
	"end_date":      {"End date", "Until when data is synced; newer records are left out.", ""},
	"subdomain":     {"Subdomain", "Name of your account in its address at {vendor}.", "acme"},
	"region":        {"Region", "Region of your {vendor} account.", ""},
}
