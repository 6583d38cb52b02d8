package records

import (
	"fmt"
	"maps"
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/naming"
	"airbyte-mcp-server/internal/sandbox/random"
	"airbyte-mcp-server/schemas"
)

// statuses are the words of kinds of records that have their own.
var statuses = map[string][2][]string{
	"charge":         {{"succeeded"}, {"refunded"}},
	"payment_intent": {{"succeeded", "requires_payment_method", "processing"}, {"canceled"}},
	"refund":         {{"succeeded", "pending"}, {"failed"}},
	"payment":        {{"succeeded"}, {"failed"}},
	"transaction":    {{"success", "pending"}, {"failure"}},
	"dispute":        {{"needs_response", "under_review"}, {"lost", "won"}},
	"call":           {{"completed"}, {"completed"}},
	"message":        {{"delivered", "sent"}, {"failed"}},
	"application":    {{"Active", "Lead"}, {"Hired", "Archived"}},
	"incident":       {{"investigating", "identified", "monitoring"}, {"resolved"}},
	"campaign":       {{"ACTIVE", "PAUSED"}, {"ARCHIVED"}},
}

// states are fields whose words depend on whether the record is open or closed,
// by the end of the field's name. No words: the field is null.
var states = map[string][2][]string{
	"state":              {{"open"}, {"closed"}},
	"status":             {{"active"}, {"archived"}},
	"state_reason":       {nil, {"completed", "not_planned"}},
	"resolution":         {nil, {"Fixed", "Won't Do", "Duplicate"}},
	"active_lock_reason": {nil, nil},
	"minimized_reason":   {nil, nil},
	"deleted_by":         {nil, nil},
	"failure_message":    {nil, nil},
	"failure_code":       {nil, nil},
	"error":              {nil, nil},
	"error_code":         {nil, nil},
	"error_message":      {nil, nil},
	"visibility":         {{"public", "private"}, {"public"}},
	"privacy":            {{"visible"}, {"secret"}},
	"priority":           {{"normal", "high", "low", "urgent"}, {"normal", "low"}},
	"severity":           {{"minor", "major", "critical"}, {"minor"}},
	"mergeable":          {{"mergeable", "mergeable", "conflicting"}, {"unknown"}},
	"author_association": {{"MEMBER", "CONTRIBUTOR", "NONE"}, {"MEMBER"}},
}

// texts makes strings, by the end of the field's name in snake case.
type texts map[string]func(*blueprint, random.Seed) string

func newTexts() texts {
	all := texts{}
	for _, group := range []texts{namesOfThings(), partsOfPeople(), addresses(), prose(), code(), attributes()} {
		maps.Copy(all, group)
	}
	return all
}

// of are the texts of a connector: those that its file gives, and the usual ones.
func (t texts) of(spec *schemas.Connector) texts {
	if spec.Emulator == nil || len(spec.Emulator.Texts) == 0 {
		return t
	}
	all := maps.Clone(t)
	for name, text := range spec.Emulator.Texts {
		all["="+name] = func(f *blueprint, _ random.Seed) string { return strings.ReplaceAll(text, "{id}", f.id()) }
	}
	return all
}

// either is a maker that picks from a list.
func either(list []string) func(*blueprint, random.Seed) string {
	return func(_ *blueprint, s random.Seed) string { return random.Pick(s, list) }
}

func always(text string) func(*blueprint, random.Seed) string {
	return func(*blueprint, random.Seed) string { return text }
}

func namesOfThings() texts {
	title := func(f *blueprint, _ random.Seed) string { return f.title() }
	heading := func(f *blueprint, _ random.Seed) string {
		if f.kind.IsPerson() {
			return f.who.Title
		}
		return f.title()
	}
	own := func(f *blueprint, _ random.Seed) string { return f.id() }
	slugged := func(f *blueprint, _ random.Seed) string { return naming.Slug(f.title()) }
	return texts{
		"name": title, "title": heading, "subject": title, "summary": title, "label": title, "headline": title, "display_name": title,
		"message_headline": title,
		"full_name":        title, "real_name": title, "friendly_name": title, "deal_name": title, "dealname": title, "nickname": title,
		"plain_name": title, "last_message_subject": title,
		"slug": slugged, "handle": slugged, "permalink": slugged, "name_normalized": slugged,
		"id": own, "gid": own, "sid": own, "node_id": own, "=token": own,
		"uuid":       func(_ *blueprint, s random.Seed) string { return s.UUID() },
		"identifier": func(f *blueprint, _ random.Seed) string { return fmt.Sprintf("ENG-%d", f.n+1) }, "key": (*blueprint).shortKey,
		"number":          func(f *blueprint, _ random.Seed) string { return fmt.Sprintf("A-%05d", f.n+1) },
		"name_with_owner": func(f *blueprint, _ random.Seed) string { return strings.Join(append(f.scope.path(), f.title()), "/") },
		"object":          func(f *blueprint, _ random.Seed) string { return f.name }, "resource_type": func(f *blueprint,
			_ random.Seed) string {
			return f.name
		},
		"type": func(f *blueprint, _ random.Seed) string { return f.name }, "kind": func(f *blueprint, _ random.Seed) string { return f.name },
		"project_name": either(naming.Projects), "team_name": either(naming.TeamNames), "product_name": either(naming.ProductNames),
		"channel_name": either(naming.ChannelNames),
		"filename": func(_ *blueprint, s random.Seed) string {
			return naming.Slug(random.Pick(s, naming.FileNames)) + ".csv"
		}, "file_name": func(_ *blueprint, s random.Seed) string {
			return naming.Slug(random.Pick(s, naming.FileNames)) + ".csv"
		},
	}
}

// shortKey is an abbreviation such as teams and projects have, or the key of a
// thing in one of them.
func (f *blueprint) shortKey(random.Seed) string {
	if f.kind != naming.KindTeam && f.kind != naming.KindProject && f.kind != naming.KindRepository {
		return fmt.Sprintf("ACME-%d", f.n+1)
	}
	key := strings.ToUpper(naming.Slug(f.title()))[:3]
	if f.n >= 10 {
		key += strconv.Itoa(f.n)
	}
	return key
}

func partsOfPeople() texts {
	of := func(part func(*naming.Person) string) func(*blueprint, random.Seed) string {
		return func(f *blueprint, _ random.Seed) string { return part(f.who) }
	}
	email := of(func(p *naming.Person) string { return p.Email })
	first, last := of(func(p *naming.Person) string { return p.First }), of(func(p *naming.Person) string { return p.Last })
	phone := of(func(p *naming.Person) string { return p.Phone })
	login := func(f *blueprint, _ random.Seed) string {
		if f.natural != "" {
			return f.natural
		}
		if f.kind == naming.KindCompany {
			return naming.Slug(f.title())
		}
		return f.who.Login
	}
	return texts{
		"email": email, "email_address": email, "mail": email, "primary_email": email, "receipt_email": email, "firstname": first,
		"first_name": first, "given_name": first,
		"lastname": last, "last_name": last, "family_name": last, "surname": last, "phone": phone, "phone_number": phone, "mobile": phone,
		"fax": phone, "=from": phone, "=to": phone,
		"login": login, "username": login, "user_name": login, "screen_name": login, "twitter_username": login,
		"business_name": of(func(p *naming.Person) string { return p.Company }), "bank_name": always("Harbor Bank"),
		"company":           of(func(p *naming.Person) string { return p.Company }),
		"company_name":      of(func(p *naming.Person) string { return p.Company }),
		"organization_name": of(func(p *naming.Person) string { return p.Company }),
		"job_title":         of(func(p *naming.Person) string { return p.Title }),
		"jobtitle":          of(func(p *naming.Person) string { return p.Title }),
		"position":          of(func(p *naming.Person) string { return p.Title }),
		"bio": of(func(p *naming.Person) string {
			return p.Title + " in " +
				p.City
		}), "location": of(func(p *naming.Person) string { return p.City + ", " + p.State }),
		"author_name": of((*naming.Person).Name), "customer_name": of((*naming.Person).Name), "individual_name": of((*naming.Person).Name),
		"account_holder_name": of((*naming.Person).Name), "owner_name": of((*naming.Person).Name), "contact_name": of((*naming.Person).Name),
		"user_display_name": of((*naming.Person).Name),
		"city":              of(func(p *naming.Person) string { return p.City }),
		"country":           of(func(p *naming.Person) string { return p.Country }),
		"country_code":      of(func(p *naming.Person) string { return p.CountryCode }),
		"province":          of(func(p *naming.Person) string { return p.State }), "region": of(func(p *naming.Person) string { return p.State }),
		"zip": of(func(p *naming.Person) string { return p.Zip }), "postal_code": of(func(p *naming.Person) string { return p.Zip }),
		"address": of(func(p *naming.Person) string { return p.Street }), "address1": of(func(p *naming.Person) string { return p.Street }),
		"line1": of(func(p *naming.Person) string { return p.Street }), "street": of(func(p *naming.Person) string { return p.Street }),
		"address2": always(""), "line2": always(""),
	}
}

func addresses() texts {
	url := func(f *blueprint, _ random.Seed) string { return f.url() }
	avatar := func(f *blueprint, _ random.Seed) string {
		return "https://images.acme.example/avatars/" + f.who.Login + ".png"
	}
	site := func(f *blueprint, _ random.Seed) string { return "https://" + naming.Domain(f.who.Company) }
	under := func(part string) func(*blueprint, random.Seed) string {
		return func(f *blueprint, _ random.Seed) string { return f.url() + "/" + part }
	}
	return texts{
		"url": url, "link": url, "href": url, "self": url, "uri": url, "html_url": url, "web_url": url, "web_view_link": url,
		"permalink_url": url, "hosted_url": url,
		"comments_url": under("comments"), "events_url": under("events"), "labels_url": under("labels"), "timeline_url": under("timeline"),
		"diff_url": under("diff"), "patch_url": under("patch"), "download_url": under("download"),
		"avatar_url": avatar, "avatar": avatar, "photo": avatar, "photo_link": avatar, "image": avatar, "image_url": avatar,
		"icon_url": avatar, "logo_url": avatar, "picture": avatar, "profile_image_url": avatar,
		"site_url": func(f *blueprint, _ random.Seed) string {
			return "https://www." + naming.Domain(naming.Company(f.v.root, f.n)) + "/"
		},
		"website": site, "website_url": site, "homepage": site, "blog": site, "domain": func(f *blueprint,
			_ random.Seed) string {
			return naming.Domain(f.who.Company)
		},
		"primary_domain": func(f *blueprint, _ random.Seed) string { return naming.Domain(f.who.Company) },
		"repository_url": func(f *blueprint, _ random.Seed) string {
			return "https://" + f.v.look.host + "/" + strings.Join(f.scope.path(), "/")
		},
		"ip": func(_ *blueprint, s random.Seed) string {
			return fmt.Sprintf("203.0.113.%d", s.Between(1, 254))
		},
		"ip_address": func(_ *blueprint, s random.Seed) string {
			return fmt.Sprintf("203.0.113.%d", s.Between(1, 254))
		},
	}
}

func prose() texts {
	body := func(f *blueprint, _ random.Seed) string { return f.body() }
	html := func(f *blueprint, _ random.Seed) string { return "<p>" + f.body() + "</p>" }
	blurb := func(f *blueprint, s random.Seed) string {
		if list := naming.Blurbs[f.kind]; len(list) > 0 {
			return list[f.n%len(list)]
		}
		return naming.Paragraph(s, 1, 2)
	}
	return texts{
		"body": body, "text": body, "content": body, "message": body, "comment": body, "comment_text": body, "note": body, "notes": body,
		"snippet": body, "plain_text": body, "body_text": body, "plain_body": body,
		"body_html": html, "html_body": html, "html": html, "html_text": html, "description_html": html, "rendered_body": html,
		"html_notes":  html,
		"description": blurb, "short_description": blurb, "details": blurb, "readme": blurb, "purpose": blurb, "value": blurb,
		"status_text": blurb, "about": blurb, "instructions": blurb, "excerpt": blurb,
	}
}

// body is the long text of the record, the same in all its forms.
func (f *blueprint) body() string {
	s := f.seed.Of("body")
	switch f.kind {
	case naming.KindComment:
		return random.Pick(s.Of("remark"), naming.Remarks) + " " + naming.Paragraph(s, 1, 2)
	case naming.KindCommit:
		return f.title()
	case naming.KindSource:
		return "# Widgets\n\n" + naming.Paragraph(s, 2, 3) + "\n"
	}
	return naming.Paragraph(s, 2, 7)
}

func code() texts {
	hash := func(_ *blueprint, s random.Seed) string { return s.Digits(random.HexDigits, 40) }
	md5 := func(_ *blueprint, s random.Seed) string { return s.Digits(random.HexDigits, 32) }
	oid := func(f *blueprint, _ random.Seed) string { return f.seed.Of("oid").Digits(random.HexDigits, 40) }
	short := func(f *blueprint, _ random.Seed) string { return f.seed.Of("oid").Digits(random.HexDigits, 40)[:7] }
	return texts{
		"oid": oid, "sha": oid, "abbreviated_oid": short, "short_id": short, "hash": hash, "etag": hash, "md5": md5, "md5_checksum": md5,
		"checksum": hash, "merge_commit_sha": hash,
		"commit_url": func(f *blueprint, _ random.Seed) string {
			return "https://" + f.v.look.host + "/" + strings.Join(append(f.scope.path(), "commit",
				f.seed.Of("oid").Digits(random.HexDigits, 40)), "/")
		},
		"path": func(f *blueprint, _ random.Seed) string { return f.title() },
		"head_ref_name": func(f *blueprint, _ random.Seed) string {
			return "feature/" + naming.Dashed(naming.BranchTopics, f.n)
		},
		"base_ref_name": always("main"), "ref": always("main"), "branch": always("main"), "default_branch": always("main"),
		"default_branch_ref": always("main"),
		"prefix": func(f *blueprint, _ random.Seed) string {
			if f.kind == naming.KindBranch {
				return "refs/heads/"
			}
			return "refs/tags/"
		},
		"tag_name": func(f *blueprint, _ random.Seed) string { return naming.KindRelease.Phrase(f.seed, f.n) }, "version": func(_ *blueprint,
			s random.Seed) string {
			return fmt.Sprintf("%d.%d.%d", 1+s.Below(3), s.Of("b").Below(12), s.Of("c").Below(9))
		},
		"spdx_id": always("Apache-2.0"), "license": always("Apache-2.0"), "language": either(naming.Languages),
		"emoji": either(naming.EmojiNames),
	}
}

func attributes() texts {
	color := func(_ *blueprint, s random.Seed) string { return s.Digits(random.HexDigits, 6) }
	money := func(_ *blueprint, s random.Seed) string { return decimal(s, "price").String() }
	return texts{
		"color": color, "hex_color": color, "background_color": color, "currency": either(naming.Currencies),
		"currency_code": func(_ *blueprint, s random.Seed) string { return strings.ToUpper(random.Pick(s, naming.Currencies)) },
		"price":         money, "amount": money, "total": money, "subtotal": money, "total_price": money, "total_tax": money, "balance": money,
		"discount": always("0.00"), "cost": money,
		"time_zone": either(naming.TimeZones), "timezone": either(naming.TimeZones), "tz": either(naming.TimeZones),
		"iana_time_zone": either(naming.TimeZones), "locale": either(naming.Locales), "lang": either(naming.Locales),
		"mime_type": always(fileType), "content_type": always(fileType), "industry": either(naming.Industries),
		"lead_source": either(naming.LeadSources), "source": either([]string{"web", "api", "email"}),
		"channel": either(naming.ChannelNames), "stage": either(naming.DealStages), "dealstage": either(naming.DealStages),
		"stage_name": either(naming.DealStages), "loss_reason": either(naming.LostReasons), "category": either(naming.LabelWords),
		"role": either(naming.RoleNames),
		"sku": func(_ *blueprint, s random.Seed) string {
			return "SKU-" + s.Digits(random.Decimals, 5)
		},
		"size": func(_ *blueprint, s random.Seed) string {
			return strconv.Itoa(s.Between(800,
				480000))
		}, "quota_bytes_used": func(_ *blueprint, s random.Seed) string { return strconv.Itoa(s.Between(800, 480000)) },
		"=method": always("POST"), "device": either([]string{"desktop", "mobile"}), "last4": func(_ *blueprint,
			s random.Seed) string {
			return s.Digits(random.Decimals, 4)
		},
		"user_agent": always("Mozilla/5.0 (X11; Linux x86_64)"), "api_version": always("2026-01-01"), "country_name": always("United States"),
		"topic": either(naming.LabelWords), "tag": either(naming.LabelWords), "unit": always("piece"),
		"province_code": always("CA"), "state_code": always("CA"), "sender": func(f *blueprint,
			_ random.Seed) string {
			return f.who.Email
		}, "reply_to": func(f *blueprint, _ random.Seed) string { return f.who.Email },
		"folder":    either(naming.Projects),
		"data_type": always("TEXT"), "license_name": always("Apache License 2.0"),
	}
}
