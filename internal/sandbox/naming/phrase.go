package naming

// The phrases below are put together into titles and texts. A reader of the demo
// should take the records for those of a small software company.

// Words of companies and people.
var (
	staffTitles = []string{"Software Engineer", "Staff Engineer", "Product Manager", "Designer", "Support Lead", "Account Executive",
		"Data Analyst", "Site Reliability Engineer"}
	loginEndings = []string{"dev", "codes", "oss", "hq", "builds", "labs"}
	CompanyNames = []string{"Northwind", "Bluebird", "Harbor", "Juniper", "Cedar", "Lakeside", "Summit", "Copper", "Falcon", "Orchard",
		"Granite", "Willow", "Meridian", "Beacon", "Prairie", "Sterling", "Redwood", "Anchor", "Lumen", "Quarry"}
	CompanyKinds = []string{"Logistics", "Foods", "Health", "Software", "Retail", "Energy", "Outdoors", "Studios", "Bank", "Robotics",
		"Travel", "Insurance"}

	components = []string{"CSV export", "login page", "search", "webhook delivery", "billing page", "image upload", "settings screen",
		"API rate limiter", "sync job", "password reset", "notification email", "dashboard chart", "OAuth callback", "report builder",
		"mobile menu", "audit log", "import wizard", "date picker"}
	problems = []string{"fails on an empty table", "is slow with more than 10,000 rows", "shows the wrong time zone",
		"ignores the selected filter", "crashes when the config file is missing", "returns 500 for unknown ids",
		"drops the last page of results", "does not retry after a timeout", "breaks on names with umlauts", "sends duplicate requests",
		"loses unsaved changes", "shows stale data after an update"}
	wishes = []string{"Add dark mode to the", "Support keyboard shortcuts in the", "Document the limits of the",
		"Allow bulk actions in the", "Add tests for the", "Show progress in the", "Make the timeout configurable for the",
		"Add an example for the"}
	changes = []string{"Fix flaky test in the", "Speed up the", "Refactor the", "Handle empty input in the", "Add retry to the",
		"Validate arguments of the", "Cache results of the", "Remove dead code from the", "Add logging to the", "Upgrade dependencies of the"}

	requests = []string{"Refund for order", "Wrong amount on invoice", "Cannot download invoice", "Delivery delayed for order",
		"Change shipping address of order", "Missing item in order", "Double charge for order", "Cancel order"}
	howTos = []string{"How to connect your first data source", "Inviting your team", "Understanding your invoice",
		"Setting up single sign-on", "Exporting your data", "Resetting your password", "Working with filters",
		"Managing roles and permissions", "Getting started with the API", "Troubleshooting failed syncs"}
	tasks = []string{"Prepare the quarterly report", "Review the onboarding checklist", "Update the pricing page",
		"Call back about the renewal", "Write release notes", "Plan the team offsite", "Clean up the backlog",
		"Draft the security questionnaire", "Schedule customer interviews", "Migrate the old dashboards", "Send the contract for signature",
		"Test the backup restore"}
	Projects = []string{"Website Redesign", "Mobile App", "Customer Portal", "Data Warehouse", "Onboarding Flow", "Billing Revamp",
		"Partner Program", "Security Review", "Search Rewrite", "Design System", "Spring Campaign", "Support Automation"}
	deals  = []string{"annual plan", "pilot", "renewal", "expansion", "migration package", "training", "support upgrade", "starter bundle"}
	events = []string{"Weekly sync", "Kickoff", "Product demo", "Quarterly review", "Design critique", "Incident review", "Hiring panel",
		"Roadmap planning"}
	subjects = []string{"Notes from today's call", "Re: contract draft", "Invoice attached", "Your questions about the integration",
		"Agenda for Thursday", "Following up", "Access to the new workspace", "Feedback on the prototype", "Welcome aboard",
		"Reminder: review due Friday"}
	adNames = []string{"Spring Sale", "Retargeting", "Brand Awareness", "Newsletter Signup", "Holiday Bundle", "Free Trial", "Webinar",
		"Product Launch"}

	sentences = []string{
		"It started after the last release and happens every time.",
		"Steps to reproduce: open the page, choose a filter, press save.",
		"A customer reported this twice this week.",
		"The log shows a timeout after thirty seconds.",
		"I could not reproduce it on my machine.",
		"We should cover this with a test before we change anything.",
		"The workaround is to reload the page.",
		"Only accounts with more than one workspace are affected.",
		"Screenshots are attached.",
		"Thanks for looking into it so quickly.",
		"I will send the details tomorrow morning.",
		"This looks good to me, with one small question about naming.",
		"The same code path is used by the importer, so both need the fix.",
		"Could you confirm the order number and the date?",
		"The numbers match the report from last month.",
		"Please let me know whether Thursday works for you.",
	}
	Remarks = []string{"Good catch, thanks!", "I can take this one.", "Looks good to me.", "Can you add a test?",
		"Fixed in the latest build.", "Please rebase on main.", "This also affects the mobile app.", "Closing as resolved.",
		"I have sent the customer an update.", "Let us discuss this on Monday."}

	LabelWords = []string{"bug", "enhancement", "documentation", "good first issue", "help wanted", "question", "performance", "security",
		"refund", "billing", "onboarding", "urgent", "vip", "design", "backend", "frontend"}
	repoNames = []string{"widgets", "api-gateway", "website", "docs", "mobile-app", "data-pipeline", "design-tokens", "cli", "infra",
		"payments", "search-service", "auth", "notifications", "sdk-go", "sdk-python", "playground"}
	BranchTopics = []string{"retry-uploads", "dark-mode", "csv-export", "faster-search", "fix-timezones", "sso", "audit-log",
		"bulk-actions", "docs-cleanup", "rate-limits"}
	ChannelNames = []string{"general", "random", "engineering", "support", "sales", "design", "incidents", "releases", "marketing",
		"hiring", "data", "customers"}
	TeamNames    = []string{"Platform", "Growth", "Support", "Design", "Data", "Mobile", "Security", "Sales", "Marketing", "Operations"}
	RoleNames    = []string{"Admin", "Member", "Viewer", "Editor", "Owner", "Billing"}
	ProductNames = []string{"Starter Plan", "Team Plan", "Business Plan", "Trail Backpack", "Steel Bottle", "Desk Lamp", "Wool Blanket",
		"Coffee Grinder", "Rain Jacket", "Notebook Set", "Travel Mug", "Desk Mat"}
	FileNames = []string{"Quarterly report", "Budget", "Roadmap", "Meeting notes", "Contract draft", "Brand guidelines", "Customer list",
		"Launch plan", "Org chart", "Price list"}
	filePaths   = []string{"README.md", "main.go", "Makefile", "go.mod", "LICENSE", "docs", "internal", "cmd", "Dockerfile", ".gitignore"}
	listNames   = []string{"Backlog", "This sprint", "Newsletter", "In review", "Trial users", "Customers", "Prospects", "Archive"}
	stateNames  = []string{"Todo", "In Progress", "In Review", "Backlog"}
	Languages   = []string{"Go", "TypeScript", "Python", "Rust", "Java", "Ruby"}
	EmojiNames  = []string{"rocket", "tada", "eyes", "heart", "bulb"}
	Currencies  = []string{"usd", "usd", "usd", "eur", "gbp"}
	TimeZones   = []string{"America/New_York", "America/Los_Angeles", "Europe/Berlin", "Europe/London", "Asia/Tokyo"}
	Locales     = []string{"en-US", "en-GB", "de-DE", "fr-FR", "ja-JP"}
	Industries  = []string{"Software", "Retail", "Healthcare", "Logistics", "Finance", "Education", "Energy"}
	LeadSources = []string{"Web", "Referral", "Partner", "Trade Show", "Inbound Call"}
	DealStages  = []string{"Qualification", "Proposal", "Negotiation", "Closed Won", "Closed Lost"}
	LostReasons = []string{"Price", "Missing feature", "No decision", "Chose a competitor"}
)

// Blurbs describe small things in a few words, in the order of their names.
var Blurbs = map[Kind][]string{
	KindLabel: {"Defects and regressions", "New features and improvements", "Guides and references", "Small tasks for newcomers",
		"Work open to volunteers", "Requests for information", "Speed and memory", "Vulnerabilities and hardening", "Money to be returned",
		"Invoices and payments", "First steps of new customers", "Same-day matters", "Key accounts", "Visual and interaction work",
		"Servers and databases", "Browser code"},
	KindRepository: {"Shared components for all front ends", "The service behind our public API", "Public website",
		"Documentation and guides", "Apps for phones and tablets", "Data models and pipelines", "Colors, fonts and spacing",
		"Command line tool for developers", "Infrastructure as code", "Checkout and invoicing", "Full-text search", "Sign-in and sessions",
		"Email and push messages", "Client library for Go", "Client library for Python", "Experiments, not for production"},
	kindChannel: {"Company-wide announcements", "Everything else", "Code, builds and reviews", "Customer questions",
		"Deals and prospects", "Drafts and critique", "Outages and follow-ups", "Versions and release notes", "Campaigns and content",
		"Open positions and candidates", "Numbers and dashboards", "News from accounts"},
	KindTeam: {"Shared services and tools", "Sign-up and activation", "Customer help desk", "Product and brand design",
		"Reports and pipelines", "Phone and tablet apps", "Protection of accounts and data", "New business", "Brand and campaigns",
		"Finance, people and offices"},
	kindRole: {"Full access to all settings", "Daily work without settings", "Read-only access", "Changes to content",
		"Full access, including billing", "Invoices and payment methods"},
	kindList: {"Work without a date", "Work of the current two weeks", "Readers of the monthly letter", "Changes under review",
		"Accounts on trial", "Paying accounts", "Possible customers", "Closed entries"},
	kindState: {"Step of the workflow"},
}
