//go:build !race

package records

// sampleEvery is 1 where tests go through the whole catalog.
const sampleEvery = 1
