//go:build race

package records

// sampleEvery thins out the tests that go through the whole catalog: the race
// detector makes them slow, and finds no more in all entities than in some.
const sampleEvery = 12
