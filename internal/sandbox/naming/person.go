package naming

import (
	"strconv"
	"strings"

	"airbyte-mcp-server/internal/sandbox/random"
)

// Person is someone who appears in records. Staff work at the imaginary company
// whose accounts the connectors reach, so they have one name in all of them;
// customers are its business contacts.
type Person struct {
	First, Last, Login, Email, Company, Title, Phone string
	City, Country, CountryCode, Street, Zip, State   string
}

// Name is the whole name.
func (p *Person) Name() string { return p.First + " " + p.Last }

// staffDomain is the mail domain of the imaginary company; it is reserved for
// examples.
const staffDomain = "acme.example"

// manyPeople is the number from which on names are no longer unlikely to repeat.
const manyPeople = 16

// Staff is the nth member of staff.
func Staff(root random.Seed, n int) *Person {
	p := newPerson(root.Of("staff").At(n))
	if n >= manyPeople {
		p.Login += strconv.Itoa(n) // by now someone may have the same name
	}
	p.Company, p.Email = "Acme", strings.ToLower(p.First)+"."+strings.ToLower(p.Last)+"@"+staffDomain
	p.Title = random.Pick(root.Of("staff title").At(n), staffTitles)
	return p
}

// Customer is the nth person outside.
func Customer(root random.Seed, n int) *Person {
	p := newPerson(root.Of("customer").At(n))
	p.Company = Company(root, n)
	p.Email = strings.ToLower(p.First) + "@" + Domain(p.Company)
	return p
}

// Company is the name of the nth company outside; no two of the first 240 are alike.
func Company(root random.Seed, n int) string {
	all := len(CompanyNames) * len(CompanyKinds)
	i := (n*23 + root.Of("company").Below(all)) % all
	return CompanyNames[i%len(CompanyNames)] + " " + CompanyKinds[i/len(CompanyNames)]
}

// Domain makes a host name, reserved for examples, from a company's name.
func Domain(company string) string {
	return strings.Join(Words(strings.ToLower(company)), "-") + ".example"
}

func newPerson(s random.Seed) *Person {
	c := chanceOf(s)
	p := &Person{
		First: c.one("first names"), Last: c.one("last names"), Title: c.one("job titles"), Phone: "+1" + c.digits(10),
		City: c.one("cities"), State: c.one("states"), Country: "United States", CountryCode: "US",
		Street: c.street(), Zip: c.zip(),
	}
	p.Login = strings.ToLower(p.First[:1] + p.Last)
	if s.Chance(30) {
		p.Login = strings.ToLower(p.First) + "-" + random.Pick(s.Of("login"), loginEndings)
	}
	return p
}
