package toolsearch

import "strings"

// naming is a connector that words may name.
type naming struct {
	slug   string
	weight float64
}

// everyday are names that are words or days as well.
const everyday = " monday drive linear notion slack orb granola harvest intercom analytics pylon gong meta sentry "

// nicknames are what people call connectors, besides their titles. Behind a ~ are
// words that may mean another connector of the vendor's.
var nicknames = []struct{ connector, words string }{
	{"airtable", "air table"},
	{"amazon-ads", "amazon ads, amazon advertising, amazon ad, sponsored ads, amzn ads, amazon campaigns, ~amazon, ~amzn"},
	{"amazon-seller-partner", "amazon seller, amazon sp, seller central, sp api, amazon fba, fba, amazon marketplace, amazon orders, amazon store, amazon shop, amazon seller central, amzn seller, amazon, amzn"},
	{"ashby", "ashbyhq"},
	{"clickup-api", "clickup, click up, cu"},
	{"facebook-marketing", "facebook, facebook ads, facebook ad, fb, fb ads, meta, meta ads, meta marketing, instagram, instagram ads, ig ads, insta, facebook ads manager, facebook business"},
	{"freshdesk", "fresh desk, freshworks"},
	{"github", "git hub, gh"},
	{"gitlab", "git lab, gl"},
	{"gmail", "google mail, g mail, ~google, ~gsuite, ~google workspace"},
	{"gong", "gong.io"},
	{"google-ads", "google adwords, adwords, gads, google ad, ~google, ~sem"},
	{"google-analytics-data-api", "google analytics, ga4, ga, g analytics, google analytics 4, analytics, ~google"},
	{"google-drive", "gdrive, g drive, google docs, google doc, google sheets, google sheet, gsheets, gsheet, gdocs, gdoc, google slides, google slide, drive, ~google, ~gsuite, ~google workspace"},
	{"google-search-console", "search console, gsc, google webmaster tools, webmaster tools, google search console, ~google"},
	{"greenhouse", "green house"},
	{"harvest", "getharvest"},
	{"hubspot", "hub spot, hs, hubspot crm"},
	{"incident-io", "incident.io, incident io, incidentio"},
	{"jira", "atlassian jira, jira cloud, ~atlassian"},
	{"confluence", "atlassian wiki, atlassian confluence, ~atlassian"},
	{"linkedin-ads", "linkedin, linked in, linkedin ads, linkedin ad, linkedin campaign manager, li ads"},
	{"mailchimp", "mail chimp"},
	{"monday", "monday.com, monday com, monday"},
	{"notion", "notion.so"},
	{"orb", "withorb"},
	{"paypal-transaction", "paypal, pay pal, pp"},
	{"pinterest", "pinterest ads"},
	{"pylon", "usepylon"},
	{"salesforce", "sfdc, sales force, sf"},
	{"sendgrid", "send grid, twilio sendgrid"},
	{"sentry", "sentry.io"},
	{"shopify", "shopify store, shopify shop"},
	{"snapchat-marketing", "snapchat, snap, snapchat ads, snap ads, snapchat ad"},
	{"tiktok-marketing", "tiktok, tik tok, tiktok ads, tik tok ads, tiktok ad"},
	{"typeform", "type form"},
	{"woocommerce", "woo commerce, woo, wc, wordpress shop, wordpress store"},
	{"zendesk-chat", "zendesk live chat, zopim, ~~zendesk, ~~zd"},
	{"zendesk-support", "zd, zendesk, zendesk help center, zendesk guide"},
	{"zendesk-talk", "zendesk voice, zendesk phone, zendesk call center, ~~zendesk, ~~zd"},
	{"zoho-crm", "zoho"},
}

// connectorNames maps titles, slugs and nicknames to the connectors that there are
// documents of.
func (b *builder) connectorNames() map[string][]naming {
	names := map[string][]naming{}
	served := map[string]bool{}
	for i := range b.docs {
		d := &b.docs[i]
		if d.Connector == "" || served[d.Connector] {
			continue
		}
		served[d.Connector] = true
		b.name(names, d.Connector, d.ConnectorTitle)
		b.name(names, d.Connector, strings.ReplaceAll(d.Connector, "-", " "))
	}
	for _, n := range nicknames {
		if served[n.connector] {
			for name := range strings.SplitSeq(n.words, ",") {
				b.name(names, n.connector, strings.TrimSpace(name))
			}
		}
	}
	return names
}

func (b *builder) name(names map[string][]naming, connector, name string) {
	weight := 1.0
	if rest, ok := strings.CutPrefix(name, "~~"); ok {
		name, weight = rest, unlikely
	} else if rest, ok := strings.CutPrefix(name, "~"); ok {
		name, weight = rest, likely
	}
	name = strings.ToLower(strings.TrimSpace(name))
	for _, n := range names[name] {
		if n.slug == connector {
			return
		}
	}
	names[name] = append(names[name], naming{connector, weight})
}
