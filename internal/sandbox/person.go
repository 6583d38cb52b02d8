package sandbox

import (
	"strconv"
	"strings"
)

// person is someone who appears in records. Staff work at the imaginary company
// whose accounts the connectors reach, so they have one name in all of them;
// customers are its business contacts.
type person struct {
	First, Last, Login, Email, Company, Title, Phone string
	City, Country, CountryCode, Street, Zip, State   string
}

func (p *person) name() string { return p.First + " " + p.Last }

// staffDomain is the mail domain of the imaginary company; it is reserved for
// examples.
const staffDomain = "acme.example"

// manyPeople is the number from which on names are no longer unlikely to repeat.
const manyPeople = 16

// staff is the nth member of staff.
func staff(root seed, n int) *person {
	p := newPerson(root.of("staff").at(n))
	if n >= manyPeople {
		p.Login += strconv.Itoa(n) // by now someone may have the same name
	}
	p.Company, p.Email = "Acme", strings.ToLower(p.First)+"."+strings.ToLower(p.Last)+"@"+staffDomain
	p.Title = pick(root.of("staff title").at(n), staffTitles)
	return p
}

// customer is the nth person outside.
func customer(root seed, n int) *person {
	p := newPerson(root.of("customer").at(n))
	p.Company = company(root, n)
	p.Email = strings.ToLower(p.First) + "@" + domain(p.Company)
	return p
}

// company is the name of the nth company outside; no two of the first 240 are alike.
func company(root seed, n int) string {
	all := len(companyNames) * len(companyKinds)
	i := (n*23 + root.of("company").below(all)) % all
	return companyNames[i%len(companyNames)] + " " + companyKinds[i/len(companyNames)]
}

// domain makes a host name, reserved for examples, from a company's name.
func domain(company string) string {
	return strings.Join(words(strings.ToLower(company)), "-") + ".example"
}

func newPerson(s seed) *person {
	f := s.faker()
	p := &person{
		First: f.FirstName(), Last: f.LastName(), Title: f.JobTitle(), Phone: "+1" + f.Phone(),
		City: f.City(), State: f.State(), Country: "United States", CountryCode: "US",
		Street: f.Street(), Zip: f.Zip(),
	}
	p.Login = strings.ToLower(p.First[:1] + p.Last)
	if s.chance(30) {
		p.Login = strings.ToLower(p.First) + "-" + pick(s.of("login"), loginEndings)
	}
	return p
}
