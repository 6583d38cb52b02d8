package naming

import (
	"fmt"
	"strings"

	"airbyte-mcp-server/internal/sandbox/random"
)

// Kind is what sort of thing a record stands for; it decides how names and texts
// read. It is found from the name of the entity.
type Kind int

// The kinds of things.
const (
	kindThing Kind = iota
	KindStaff
	KindCustomer
	KindCompany
	kindIssue
	kindChange
	KindCommit
	kindTicket
	KindComment
	kindTask
	KindProject
	kindDeal
	kindEvent
	kindMessage
	kindArticle
	kindProduct
	KindRepository
	KindBranch
	kindMainBranch
	KindRelease
	KindLabel
	kindChannel
	KindTeam
	kindRole
	kindFile
	kindAd
	kindList
	KindSource
	kindOrder
	kindLanguage
	kindLicense
	kindState
)

// kinds is keyed by the ends of singular entity and field names.
var kinds = map[string]Kind{
	"user": KindStaff, "member": KindStaff, "agent": KindStaff, "admin": KindStaff, "employee": KindStaff,
	"owner": KindStaff, "author": KindStaff, "assignee": KindStaff, "creator": KindStaff, "viewer": KindStaff,
	"membership": KindStaff, "uploader": KindStaff, "stargazer": KindStaff, "tagger": KindStaff, "committer": KindStaff,
	"created_by": KindStaff, "updated_by": KindStaff, "modified_by": KindStaff, "modifying_user": KindStaff,
	"reporter": KindStaff, "lead_user": KindStaff, "collaborator": KindStaff, "follower": KindStaff,
	"contact": KindCustomer, "customer": KindCustomer, "lead": KindCustomer, "candidate": KindCustomer,
	"subscriber": KindCustomer, "requester": KindCustomer, "profile": KindCustomer, "visitor": KindCustomer,
	"billing_address": KindCustomer, "shipping_address": KindCustomer, "billing_detail": KindCustomer, "address": KindCustomer,
	"company": KindCompany, "account": KindCompany, "organization": KindCompany, "adaccount": KindCompany,
	"advertiser": KindCompany, "shop": KindCompany, "client": KindCompany, "vendor": KindCompany, "brand": KindCompany,
	"issue": kindIssue, "incident": kindIssue, "bug": kindIssue, "discussion": kindIssue, "story": kindIssue,
	"pull_request": kindChange, "commit": KindCommit, "merge_request": kindChange, "deployment": kindChange,
	"ticket": kindTicket, "case": kindTicket, "conversation": kindTicket, "request": kindTicket, "chat": kindTicket,
	"comment": KindComment, "reply": KindComment, "note": KindComment, "review": KindComment, "thread": KindComment, "answer": KindComment,
	"task": kindTask, "todo": kindTask, "activity": kindTask, "subtask": kindTask, "card": kindTask, "item": kindTask, "page": kindArticle,
	"project": KindProject, "board": KindProject, "milestone": KindProject, "initiative": KindProject, "goal": KindProject,
	"workspace": KindProject, "space": KindProject, "folder": KindProject, "cycle": KindProject, "epic": KindProject,
	"database": KindProject, "base": KindProject,
	"deal": kindDeal, "opportunity": kindDeal, "quote": kindDeal,
	"event": kindEvent, "meeting": kindEvent, "call": kindEvent, "interview": kindEvent, "webinar": kindEvent,
	"message": kindMessage, "email": kindMessage, "draft": kindMessage, "mail": kindMessage,
	"article": kindArticle, "post": kindArticle, "blog_post": kindArticle, "doc": kindArticle, "document": kindArticle,
	"product": kindProduct, "price": kindProduct, "plan": kindProduct, "variant": kindProduct, "product_variation": kindProduct,
	"subscription": kindProduct, "line_item": kindProduct, "collection": kindProduct, "catalog_item": kindProduct, "item_price": kindProduct,
	"state": kindState, "status": kindState, "language": kindLanguage, "primary_language": kindLanguage, "license_info": kindLicense,
	"license":    kindLicense,
	"repository": KindRepository, "branch": KindBranch, "default_branch_ref": kindMainBranch, "release": KindRelease, "tag": KindLabel,
	"label": KindLabel, "issue_label": KindLabel, "topic": KindLabel, "category": KindLabel, "ticket_tag": KindLabel,
	"channel": kindChannel, "team": KindTeam, "group": KindTeam, "department": KindTeam, "role": kindRole,
	"file": kindFile, "attachment": kindFile, "image": kindFile, "video": kindFile, "media": kindFile, "directory_content": KindSource,
	"file_content": KindSource,
	"campaign":     kindAd, "ad": kindAd, "ad_set": kindAd, "ad_group": kindAd, "creative": kindAd, "ad_creative": kindAd, "form": kindAd,
	"survey": kindAd, "flow": kindAd,
	"list": kindList, "segment": kindList, "section": kindList, "view": kindList, "queue": kindList, "audience": kindList,
	"order": kindOrder, "invoice": kindOrder, "charge": kindOrder, "payment_intent": kindOrder, "refund": kindOrder,
	"transaction": kindOrder, "payment": kindOrder,
}

// KindOf classifies an entity, or a nested object by its name.
func KindOf(name string) Kind {
	k, _ := BySuffix(kinds, SingularWords(name))
	return k
}

// SingularWords is the name in snake case with its last word in the singular.
func SingularWords(name string) string {
	parts := Words(name)
	if len(parts) == 0 {
		return ""
	}
	parts[len(parts)-1] = Singular(parts[len(parts)-1])
	return strings.Join(parts, "_")
}

// IsWork reports whether things of the kind are begun and finished.
func (k Kind) IsWork() bool {
	switch k {
	case kindIssue, kindChange, kindTicket, kindTask, kindDeal, kindOrder, kindEvent, KindProject:
		return true
	}
	return false
}

// IsPerson reports whether records of the kind have a person's name.
func (k Kind) IsPerson() bool { return k == KindStaff || k == KindCustomer }

// Phrase makes the name or title of a thing of the kind; n counts them.
func (k Kind) Phrase(s random.Seed, n int) string {
	one := func(list []string) string { return random.Pick(s.Of("a"), list) }
	two := func(first, second []string) string { return one(first) + " " + random.Pick(s.Of("b"), second) }
	switch k {
	case kindIssue:
		if s.Chance(30) {
			return two(wishes, components)
		}
		return capital(two(components, problems))
	case kindChange, KindCommit:
		return two(changes, components)
	case kindTicket:
		return fmt.Sprintf("%s %d", one(requests), 10400+n)
	case KindComment:
		return one(Remarks)
	case kindTask:
		return one(tasks)
	case KindProject:
		return numbered(Projects, n)
	case kindDeal:
		return random.Pick(s.Of("who"), CompanyNames) + " " + one(deals)
	case kindState:
		return one(stateNames)
	case kindEvent:
		return one(events)
	case kindMessage:
		return one(subjects)
	case kindArticle:
		return numbered(howTos, n)
	case kindAd:
		return fmt.Sprintf("%s %d", one(adNames), 1+n)
	case kindFile:
		return fmt.Sprintf("%s %d.csv", one(FileNames), 1+n)
	case kindOrder:
		return fmt.Sprintf("Order %d", 10400+n)
	}
	return k.shortName(s, n)
}

// shortName names the kinds whose names are single words.
func (k Kind) shortName(s random.Seed, n int) string {
	switch k {
	case kindProduct:
		return numbered(ProductNames, n)
	case KindRepository:
		return Dashed(repoNames, n)
	case KindBranch:
		return branchName(n)
	case kindMainBranch:
		return "main"
	case KindRelease:
		return fmt.Sprintf("v%d.%d.%d", 1+n/40, n/4%10, n%4)
	case KindLabel:
		return Dashed(LabelWords, n)
	case kindChannel:
		return Dashed(ChannelNames, n)
	case KindTeam:
		return numbered(TeamNames, n)
	case kindRole:
		return numbered(RoleNames, n)
	case kindList:
		return numbered(listNames, n)
	case KindSource:
		return Dashed(filePaths, n)
	case kindLanguage:
		return random.Pick(s, Languages)
	case kindLicense:
		return "Apache License 2.0"
	}
	return numbered(Projects, n)
}

// numbered takes the nth of the names and tells repeated ones apart by a number.
func numbered(names []string, n int) string { return repeat(names, n, " ") }

// Dashed is numbered with a dash before the number.
func Dashed(names []string, n int) string { return repeat(names, n, "-") }

func repeat(names []string, n int, separator string) string {
	name := names[n%len(names)]
	if round := n / len(names); round > 0 {
		name = fmt.Sprintf("%s%s%d", name, separator, round+1)
	}
	return name
}

func branchName(n int) string {
	switch n {
	case 0:
		return "main"
	case 1:
		return "develop"
	}
	return "feature/" + Dashed(BranchTopics, n-2)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Paragraph joins a few sentences.
func Paragraph(s random.Seed, low, high int) string {
	count := s.Of("count").Between(low, high)
	first := s.Of("first").Below(len(sentences))
	var parts []string
	for i := range count {
		parts = append(parts, sentences[(first+i*5)%len(sentences)])
	}
	return strings.Join(parts, " ")
}

// Slug makes a title fit for addresses.
func Slug(title string) string { return strings.Join(Words(strings.ToLower(title)), "-") }
