package setup

// Descriptions that several vendors share.
const (
	atlassianToken = "Atlassian API token, made at id.atlassian.com/manage-profile/security/api-tokens." //nolint:gosec // G101: where to find one, not a credential
	atlassianEmail = "Email address of the Atlassian account that the API token belongs to."
	zendeskToken   = "Made in Zendesk's Admin Center under Apps and integrations > APIs." //nolint:gosec // G101: where to find one, not a credential
	zendeskEmail   = "Email address of the Zendesk agent that the API token acts as."
	zendeskName    = "Name of your account: acme for https://acme.zendesk.com."
)

// vendorWords are for single fields, by "connector.field", or
// "connector.method.field" where methods differ. Without a title, the common one
// holds.
var vendorWords = map[string]fieldWords{
	"airtable.personal_access_token": {"Personal access token", "Made at airtable.com/create/tokens, with the scopes data.records:read and schema.bases:read.", ""},

	"amazon-ads.region": {"", "Address of Amazon's advertising API: without suffix for North America, -eu for Europe, -fe for the Far East.", "https://advertising-api.amazon.com"},

	"amazon-seller-partner.lwa_app_id":        {"LWA client ID", "Login with Amazon client ID of your Selling Partner app, from Seller Central's Develop Apps page.", ""},
	"amazon-seller-partner.lwa_client_secret": {"LWA client secret", "Login with Amazon client secret of the same app.", ""},
	"amazon-seller-partner.region":            {"", "Country or region of your marketplace.", "US"},

	"amplitude.api_key":    {"", "Key of the project, from the project's page in Amplitude's settings.", ""},
	"amplitude.secret_key": {"", "Secret key of the same project.", ""},

	"asana.token":   {"Personal access token", "Made at app.asana.com/0/my-apps.", ""},
	"ashby.api_key": {"", "Made in Ashby's admin settings under API keys.", ""},

	"chargebee.api_key": {"", "From Settings > Configure Chargebee > API keys, for the same site.", ""},
	"chargebee.site":    {"Site", "Name of your site: acme for https://acme.chargebee.com.", "acme"},

	"clickup-api.api_key": {"API token", "Personal token (pk_…), from Settings > Apps in ClickUp.", ""},

	"confluence.password":  {"API token", atlassianToken, ""},
	"confluence.username":  {"Email", atlassianEmail, "you@example.com"},
	"confluence.subdomain": {"", "Name of your site: acme for https://acme.atlassian.net.", "acme"},

	"facebook-marketing.account_key": {"Service account token", "Access token with the right ads_read, from the Marketing API tools of your app at developers.facebook.com.", ""},
	"facebook-marketing.account_ids": {"Ad account IDs", "Numbers of the ad accounts, from the account menu of Meta Ads Manager.", "111111111111111"},

	"freshdesk.api_key":   {"", "From your profile settings in Freshdesk.", ""},
	"freshdesk.subdomain": {"", "Name of your account: acme for https://acme.freshdesk.com.", "acme"},

	"github.token":        {"Personal access token", "Made at github.com/settings/tokens, with the scopes repo, read:org and read:user.", ""},
	"github.repositories": {"Repositories", "Repositories to reach, as owner/name, or owner/* for all of an owner.", "acme/widgets, acme/tools"},

	"gitlab.gitlabPAT.access_token": {"Personal access token", "Made in GitLab's user settings under Access tokens, with the scope read_api.", ""},
	"gitlab.api_url":                {"Host", "Host name of your GitLab, where it is not gitlab.com.", "gitlab.example.com"},

	"gmail.include_spam_and_trash": {"Include spam and trash", "Whether messages in Spam and Trash are read too.", "false"},

	"gong.access_key":        {"Access key", "From Company settings > Ecosystem > API in Gong; needs a technical administrator.", ""},
	"gong.access_key_secret": {"Access key secret", "Shown once, when the access key is made.", ""},

	"google-ads.developer_token":        {"Developer token", "From the API Center of your Google Ads manager account.", ""},
	"google-ads.customer_id":            {"Customer ID", "Ten digits, shown at the top of Google Ads; several with commas.", "1234567890"},
	"google-ads.conversion_window_days": {"Conversion window", "Days after a click in which a conversion counts for it.", "14"},

	"google-analytics-data-api.property_ids": {"Property IDs", "Numbers of the properties, from Admin > Property details in Google Analytics.", "123456789"},

	"google-drive.folder_url": {"Folder link", "Link of the folder to read, as the browser shows it.", "https://drive.google.com/drive/folders/1AbC"},
	"google-drive.streams":    {"Streams", "Which files to sync: a JSON array of objects with name, globs and format.", `[{"name": "docs", "globs": ["**"], "format": {"filetype": "unstructured"}}]`},

	"google-search-console.site_urls": {"Sites", "Properties as Search Console names them.", "https://example.com/, sc-domain:example.com"},

	"greenhouse.api_key": {"", "Harvest API key, from Configure > Dev Center > API credential management.", ""},

	"harvest.token":      {"Personal access token", "Made at id.getharvest.com/developers.", ""},
	"harvest.account_id": {"", "Number shown with the tokens at id.getharvest.com/developers.", "1234567"},

	"hubspot.private_app_token": {"Private app token", "From your private app in HubSpot's settings (pat-…).", ""},
	"incident-io.api_key":       {"", "Made in incident.io under Settings > API keys.", ""},
	"intercom.access_token":     {"", "Access token of your app in Intercom's Developer Hub, under Authentication.", ""},

	"jira.password":  {"API token", atlassianToken, ""},
	"jira.username":  {"Email", atlassianEmail, "you@example.com"},
	"jira.subdomain": {"", "Name of your site: acme for https://acme.atlassian.net.", "acme"},

	"klaviyo.api_key":   {"", "Private API key, from Settings > API keys in Klaviyo.", ""},
	"linear.api_key":    {"", "Personal API key (lin_api_…), from your security settings in Linear.", ""},
	"mailchimp.api_key": {"", "From Account > Extras > API keys; it ends in the data center, such as -us10.", ""},
	"monday.api_key":    {"API token", "Personal token, from the Developers section of monday.com.", ""},
	"notion.token":      {"Integration token", "Secret of an internal integration, from notion.so/profile/integrations; share the pages with it.", ""},
	"orb.api_key":       {"", "Made in Orb under Developers > API keys.", ""},

	"paypal-transaction.client_id":     {"", "ID of your REST app, from developer.paypal.com. Not Airbyte's client ID.", ""},
	"paypal-transaction.client_secret": {"", "Secret of the same REST app. Not Airbyte's client secret.", ""},

	"pinterest.start_date": {"", "From when on data is synced; older records are left out.", "2026-01-31"},
	"pylon.api_token":      {"", "Made by an administrator in Pylon's settings under API tokens.", ""},
	"sendgrid.api_key":     {"", "Made in SendGrid under Settings > API keys (SG.…).", ""},

	"sentry.auth_token":   {"", "Made in Sentry's settings under Auth tokens, with the scopes event:read, org:read and project:read.", ""},
	"sentry.hostname":     {"Host", "Host name of your Sentry, where it is not sentry.io.", "sentry.example.com"},
	"sentry.organization": {"Organization", "Slug of the organization: acme for https://acme.sentry.io.", "acme"},
	"sentry.project":      {"Project", "Slug of the project, from its settings.", "backend"},

	"shopify.api_key": {"Admin API access token", "Token (shpat_…) of an app with Admin API access, from the store's settings under Apps.", ""},
	"shopify.shop":    {"Shop", "Name of your store: acme for https://acme.myshopify.com.", "acme"},

	"slack.bot_key":                   {"Bot token", "Bot user token (xoxb-…), from OAuth & Permissions of your app at api.slack.com/apps.", ""},
	"slack.include_archived_channels": {"Include archived channels", "Whether archived channels are synced too.", "false"},
	"slack.join_channels":             {"Join channels", "Whether the bot joins all public channels; it reads only those that it is in.", "true"},

	"stripe.api_key":    {"", "Secret or restricted key (sk_… or rk_…), from the API keys page of Stripe's dashboard.", ""},
	"stripe.account_id": {"", "ID of the Stripe account, from its account settings.", "acct_1234567890"},

	"tiktok-marketing.access_token": {"", "Long-term token of your app at TikTok for Business, for the advertiser's account.", ""},

	"twilio.account_sid": {"Account SID", "Starts with AC; on the first page of Twilio's console.", "AC00000000000000000000000000000000"},
	"twilio.auth_token":  {"", "Beside the account SID on the first page of Twilio's console.", ""},

	"typeform.access_token": {"Personal token", "From Personal tokens in the settings of your Typeform account.", ""},

	"woocommerce.api_key":    {"Consumer key", "Key (ck_…), from WooCommerce > Settings > Advanced > REST API.", ""},
	"woocommerce.api_secret": {"Consumer secret", "Secret (cs_…) that was shown with the consumer key.", ""},
	"woocommerce.shop":       {"Shop", "Host name of your shop.", "shop.example.com"},

	"zendesk-chat.access_token": {"", "OAuth token of an API client of your Zendesk Chat account.", ""},
	"zendesk-chat.subdomain":    {"", zendeskName, "acme"},
	"zendesk-support.api_token": {"", zendeskToken, ""},
	"zendesk-support.email":     {"", zendeskEmail, "agent@example.com"},
	"zendesk-support.subdomain": {"", zendeskName, "acme"},
	"zendesk-talk.api_token":    {"", zendeskToken, ""},
	"zendesk-talk.email":        {"", zendeskEmail, "agent@example.com"},
	"zendesk-talk.subdomain":    {"", zendeskName, "acme"},

	"zoho-crm.dc_region": {"Data center", "End of the address where you use Zoho, such as eu of crm.zoho.eu.", "eu"},
}
