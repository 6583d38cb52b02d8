package naming

import (
	"math/rand/v2"
	"testing"

	"github.com/brianvoe/gofakeit/v7"

	"airbyte-mcp-server/internal/sandbox/random"
)

// TestPeopleAreThoseOfTheLibrary holds people to those of earlier versions, which the
// library made.
func TestPeopleAreThoseOfTheLibrary(t *testing.T) {
	t.Parallel()
	for n := range 3000 {
		seed := random.Seed(5).At(n)
		f := gofakeit.NewFaker(rand.NewPCG(uint64(seed), 0x5bd1e995), false)
		want := Person{
			First: f.FirstName(), Last: f.LastName(), Title: f.JobTitle(), Phone: "+1" + f.Phone(),
			City: f.City(), State: f.State(), Country: "United States", CountryCode: "US",
			Street: f.Street(), Zip: f.Zip(),
		}
		got := *newPerson(seed)
		want.Login = got.Login // made of the names, not by the library
		if got != want {
			t.Fatalf("person %d is\n%+v, want\n%+v", n, got, want)
		}
	}
}
