package sandbox

import (
	"fmt"
	"strings"
)

// kind is what sort of thing a record stands for; it decides how names and texts
// read. It is found from the name of the entity.
type kind int

const (
	kindThing kind = iota
	kindStaff
	kindCustomer
	kindCompany
	kindIssue
	kindChange
	kindCommit
	kindTicket
	kindComment
	kindTask
	kindProject
	kindDeal
	kindEvent
	kindMessage
	kindArticle
	kindProduct
	kindRepository
	kindBranch
	kindMainBranch
	kindRelease
	kindLabel
	kindChannel
	kindTeam
	kindRole
	kindFile
	kindAd
	kindList
	kindSource
	kindOrder
	kindLanguage
	kindLicense
	kindState
)

// kinds is keyed by the ends of singular entity and field names.
var kinds = map[string]kind{
	"user": kindStaff, "member": kindStaff, "agent": kindStaff, "admin": kindStaff, "employee": kindStaff,
	"owner": kindStaff, "author": kindStaff, "assignee": kindStaff, "creator": kindStaff, "viewer": kindStaff,
	"membership": kindStaff, "uploader": kindStaff, "stargazer": kindStaff, "tagger": kindStaff, "committer": kindStaff,
	"created_by": kindStaff, "updated_by": kindStaff, "modified_by": kindStaff, "modifying_user": kindStaff,
	"reporter": kindStaff, "lead_user": kindStaff, "collaborator": kindStaff, "follower": kindStaff,
	"contact": kindCustomer, "customer": kindCustomer, "lead": kindCustomer, "candidate": kindCustomer,
	"subscriber": kindCustomer, "requester": kindCustomer, "profile": kindCustomer, "visitor": kindCustomer,
	"billing_address": kindCustomer, "shipping_address": kindCustomer, "billing_detail": kindCustomer, "address": kindCustomer,
	"company": kindCompany, "account": kindCompany, "organization": kindCompany, "adaccount": kindCompany,
	"advertiser": kindCompany, "shop": kindCompany, "client": kindCompany, "vendor": kindCompany, "brand": kindCompany,
	"issue": kindIssue, "incident": kindIssue, "bug": kindIssue, "discussion": kindIssue, "story": kindIssue,
	"pull_request": kindChange, "commit": kindCommit, "merge_request": kindChange, "deployment": kindChange,
	"ticket": kindTicket, "case": kindTicket, "conversation": kindTicket, "request": kindTicket, "chat": kindTicket,
	"comment": kindComment, "reply": kindComment, "note": kindComment, "review": kindComment, "thread": kindComment, "answer": kindComment,
	"task": kindTask, "todo": kindTask, "activity": kindTask, "subtask": kindTask, "card": kindTask, "item": kindTask, "page": kindArticle,
	"project": kindProject, "board": kindProject, "milestone": kindProject, "initiative": kindProject, "goal": kindProject,
	"workspace": kindProject, "space": kindProject, "folder": kindProject, "cycle": kindProject, "epic": kindProject, "database": kindProject, "base": kindProject,
	"deal": kindDeal, "opportunity": kindDeal, "quote": kindDeal,
	"event": kindEvent, "meeting": kindEvent, "call": kindEvent, "interview": kindEvent, "webinar": kindEvent,
	"message": kindMessage, "email": kindMessage, "draft": kindMessage, "mail": kindMessage,
	"article": kindArticle, "post": kindArticle, "blog_post": kindArticle, "doc": kindArticle, "document": kindArticle,
	"product": kindProduct, "price": kindProduct, "plan": kindProduct, "variant": kindProduct, "product_variation": kindProduct,
	"subscription": kindProduct, "line_item": kindProduct, "collection": kindProduct, "catalog_item": kindProduct, "item_price": kindProduct,
	"state": kindState, "status": kindState, "language": kindLanguage, "primary_language": kindLanguage, "license_info": kindLicense, "license": kindLicense,
	"repository": kindRepository, "branch": kindBranch, "default_branch_ref": kindMainBranch, "release": kindRelease, "tag": kindLabel,
	"label": kindLabel, "issue_label": kindLabel, "topic": kindLabel, "category": kindLabel, "ticket_tag": kindLabel,
	"channel": kindChannel, "team": kindTeam, "group": kindTeam, "department": kindTeam, "role": kindRole,
	"file": kindFile, "attachment": kindFile, "image": kindFile, "video": kindFile, "media": kindFile, "directory_content": kindSource, "file_content": kindSource,
	"campaign": kindAd, "ad": kindAd, "ad_set": kindAd, "ad_group": kindAd, "creative": kindAd, "ad_creative": kindAd, "form": kindAd, "survey": kindAd, "flow": kindAd,
	"list": kindList, "segment": kindList, "section": kindList, "view": kindList, "queue": kindList, "audience": kindList,
	"order": kindOrder, "invoice": kindOrder, "charge": kindOrder, "payment_intent": kindOrder, "refund": kindOrder, "transaction": kindOrder, "payment": kindOrder,
}

// kindOf classifies an entity, or a nested object by its name.
func kindOf(name string) kind {
	k, _ := bySuffix(kinds, singularWords(name))
	return k
}

// singularWords is the name in snake case with its last word in the singular.
func singularWords(name string) string {
	parts := words(name)
	if len(parts) == 0 {
		return ""
	}
	parts[len(parts)-1] = singular(parts[len(parts)-1])
	return strings.Join(parts, "_")
}

// isWork reports whether things of the kind are begun and finished.
func (k kind) isWork() bool {
	switch k {
	case kindIssue, kindChange, kindTicket, kindTask, kindDeal, kindOrder, kindEvent, kindProject:
		return true
	}
	return false
}

// isPerson reports whether records of the kind have a person's name.
func (k kind) isPerson() bool { return k == kindStaff || k == kindCustomer }

// phrase makes the name or title of a thing of the kind; n counts them.
func (k kind) phrase(s seed, n int) string {
	one := func(list []string) string { return pick(s.of("a"), list) }
	two := func(first, second []string) string { return one(first) + " " + pick(s.of("b"), second) }
	switch k {
	case kindIssue:
		if s.chance(30) {
			return two(wishes, components)
		}
		return capital(two(components, problems))
	case kindChange, kindCommit:
		return two(changes, components)
	case kindTicket:
		return fmt.Sprintf("%s %d", one(requests), 10400+n)
	case kindComment:
		return one(remarks)
	case kindTask:
		return one(tasks)
	case kindProject:
		return numbered(projects, n)
	case kindDeal:
		return pick(s.of("who"), companyNames) + " " + one(deals)
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
		return fmt.Sprintf("%s %d.pdf", one(fileNames), 1+n)
	case kindOrder:
		return fmt.Sprintf("Order %d", 10400+n)
	}
	return k.shortName(s, n)
}

// shortName names the kinds whose names are single words.
func (k kind) shortName(s seed, n int) string {
	switch k {
	case kindProduct:
		return numbered(productNames, n)
	case kindRepository:
		return dashed(repoNames, n)
	case kindBranch:
		return branchName(n)
	case kindMainBranch:
		return "main"
	case kindRelease:
		return fmt.Sprintf("v%d.%d.%d", 1+n/40, n/4%10, n%4)
	case kindLabel:
		return dashed(labelWords, n)
	case kindChannel:
		return dashed(channelNames, n)
	case kindTeam:
		return numbered(teamNames, n)
	case kindRole:
		return numbered(roleNames, n)
	case kindList:
		return numbered(listNames, n)
	case kindSource:
		return dashed(filePaths, n)
	case kindLanguage:
		return pick(s, languages)
	case kindLicense:
		return "Apache License 2.0"
	}
	return numbered(projects, n)
}

// numbered takes the nth of the names and tells repeated ones apart by a number.
func numbered(names []string, n int) string { return repeat(names, n, " ") }

func dashed(names []string, n int) string { return repeat(names, n, "-") }

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
	return "feature/" + dashed(branchTopics, n-2)
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// paragraph joins a few sentences.
func paragraph(s seed, low, high int) string {
	count := s.of("count").between(low, high)
	first := s.of("first").below(len(sentences))
	var parts []string
	for i := range count {
		parts = append(parts, sentences[(first+i*5)%len(sentences)])
	}
	return strings.Join(parts, " ")
}

// slug makes a title fit for addresses.
func slug(title string) string { return strings.Join(words(strings.ToLower(title)), "-") }
