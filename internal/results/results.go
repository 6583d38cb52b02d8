// Package results keeps full results that were too large to be answered whole, so
// that a second look at one costs no second call. A result belongs to one owner and
// lives for a while: in memory while there is room, then in a temporary file.
package results

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// Defaults of Options.
const (
	DefaultLifetime = time.Hour
	DefaultMemory   = 64 << 20
	DefaultDisk     = 2 << 30
	DefaultPerOwner = 200
)

// largeEntry is the size from which a result goes to a file as soon as the next one of such a
// size comes: a few of them would fill the memory that keeps many small ones, and few but the
// newest are looked at.
const largeEntry = 128 << 10

// Options bound a Store. Every zero value means its default.
type Options struct {
	Lifetime  time.Duration // of a result, counted from when it was kept
	Memory    int64         // bytes of all results in memory; older ones go to files
	Disk      int64         // bytes of all results in files; the oldest are dropped
	OwnerDisk int64         // bytes of one owner's results; its oldest are dropped and never another's; 0 for no such bound
	PerOwner  int           // results of one owner; the oldest are dropped
	Dir       string        // where the temporary files are; default: the system's place for them
	Shared    Shared        // where other replicas find them too; nil for nowhere
}

var errFull = errors.New("keeping a result: others fill the room for results")

// Shared keeps values for several processes.
type Shared interface {
	Put(ctx context.Context, key string, value []byte, life time.Duration) error
	Get(ctx context.Context, key string) ([]byte, error) // nil for what is not there
}

// ErrAway reports a result that this process does not have, while nobody can tell whether
// another has it.
var ErrAway = errors.New("the result is not here, and other replicas cannot be asked for it just now; try again")

// ErrGone reports a result that the owner does not have, any more or ever.
var ErrGone = errors.New("no such result: it has expired, made room for newer ones, or never was; make the call again")

// Store keeps results. It is safe for concurrent use.
type Store struct {
	opts Options

	mu      sync.Mutex
	byID    map[string]*entry
	oldest  []*entry // in the order in which they came
	memory  int64
	disk    int64
	dir     string
	closed  bool
	large   *entry // the newest of the large ones
	perOwns map[string]int
}

// entry is one result: data in memory, or a file.
type entry struct {
	id, owner string
	expires   time.Time
	size      int64
	data      []byte
	file      *os.File
}

// New returns an empty Store.
func New(o Options) *Store {
	if o.Lifetime <= 0 {
		o.Lifetime = DefaultLifetime
	}
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	if o.Disk <= 0 {
		o.Disk = DefaultDisk
	}
	if o.PerOwner <= 0 {
		o.PerOwner = DefaultPerOwner
	}
	return &Store{opts: o, byID: map[string]*entry{}, perOwns: map[string]int{}}
}

// Put keeps a result and returns its id, which cannot be guessed. The data must not
// be changed afterwards.
func (s *Store) Put(owner string, data []byte) (string, error) {
	id, err := s.put(owner, data)
	if err == nil && s.opts.Shared != nil {
		// What cannot be shared is still here.
		_ = s.opts.Shared.Put(context.Background(), sharedKey(owner, id), data, s.opts.Lifetime)
	}
	return id, err
}

func sharedKey(owner, id string) string { return id + " " + owner } // an id has no spaces

func (s *Store) put(owner string, data []byte) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return "", errors.New("keeping a result: the store is closed")
	}
	if int64(len(data)) > s.opts.Disk {
		return "", fmt.Errorf("keeping a result: %d bytes are more than the %d that are kept", len(data), s.opts.Disk)
	}
	now := time.Now()
	s.expire(now)
	e := &entry{id: rand.Text(), owner: owner, expires: now.Add(s.opts.Lifetime), size: int64(len(data)), data: data}
	s.byID[e.id] = e
	s.oldest = append(s.oldest, e)
	s.memory += e.size
	s.perOwns[owner]++
	if err := s.makeRoom(e); err != nil {
		s.drop(e)
		return "", err
	}
	return e.id, nil
}

// Get returns a result of an owner. The data must not be changed.
func (s *Store) Get(owner, id string) ([]byte, error) {
	data, err := s.get(owner, id)
	if !errors.Is(err, ErrGone) || s.opts.Shared == nil {
		return data, err
	}
	shared, away := s.opts.Shared.Get(context.Background(), sharedKey(owner, id))
	switch {
	case away != nil:
		return nil, ErrAway
	case shared == nil:
		return nil, err
	default:
		return shared, nil
	}
}

// Size is that of a result of an owner, if this process has it.
func (s *Store) Size(owner, id string) (int64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.byID[id]
	if !ok || e.owner != owner {
		return 0, false
	}
	return e.size, true
}

// InMemory tells how many bytes of results are in memory, and how many may be.
func (s *Store) InMemory() (held, limit int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.memory, s.opts.Memory
}

// Newest is the id of the last result that was kept for an owner, "" for none.
func (s *Store) Newest(owner string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range slices.Backward(s.oldest) {
		if e.owner == owner {
			return e.id
		}
	}
	return ""
}

func (s *Store) get(owner, id string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expire(time.Now())
	e, ok := s.byID[id]
	if !ok || e.owner != owner {
		return nil, ErrGone
	}
	if e.data != nil {
		return e.data, nil
	}
	data := make([]byte, e.size)
	if _, err := e.file.ReadAt(data, 0); err != nil {
		return nil, fmt.Errorf("reading a kept result: %w", err)
	}
	return data, nil
}

// Close forgets everything and removes the files.
func (s *Store) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for len(s.oldest) > 0 {
		s.drop(s.oldest[0])
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir) // what is left is empty
	}
}

// expire drops what has lived its time; the oldest come first.
func (s *Store) expire(now time.Time) {
	for len(s.oldest) > 0 && !now.Before(s.oldest[0].expires) {
		s.drop(s.oldest[0])
	}
}

// makeRoom holds the bounds after an entry was added.
func (s *Store) makeRoom(added *entry) error {
	for s.perOwns[added.owner] > s.opts.PerOwner {
		s.drop(s.oldestOf(added.owner))
	}
	if added.size >= largeEntry {
		if s.large != nil && s.large.data != nil {
			_ = s.spill(s.large) // where there can be no file, it is kept in memory
		}
		s.large = added
	}
	for i := 0; s.memory > s.opts.Memory && i < len(s.oldest); i++ {
		if s.oldest[i].data == nil {
			continue
		}
		if err := s.spill(s.oldest[i]); err != nil {
			return err
		}
	}
	if s.opts.OwnerDisk > 0 {
		return s.makeRoomAmongOwn(added)
	}
	for s.disk > s.opts.Disk {
		for _, e := range s.oldest {
			if e.file != nil {
				s.drop(e)
				break
			}
		}
	}
	return nil
}

// makeRoomAmongOwn drops the owner's oldest results until the owner's share is kept and
// the disk has room. It never drops another owner's.
func (s *Store) makeRoomAmongOwn(added *entry) error {
	for s.ownerSize(added.owner) > s.opts.OwnerDisk || s.disk > s.opts.Disk {
		oldest := s.oldestOf(added.owner)
		if oldest == added {
			return errFull
		}
		s.drop(oldest)
	}
	return nil
}

// ownerSize is the size of all results of an owner.
func (s *Store) ownerSize(owner string) (size int64) {
	for _, e := range s.oldest {
		if e.owner == owner {
			size += e.size
		}
	}
	return size
}

func (s *Store) oldestOf(owner string) *entry {
	for _, e := range s.oldest {
		if e.owner == owner {
			return e
		}
	}
	return nil // not asked for an owner without entries
}

// spill moves an entry's data to a file. Where the system allows it the file has no
// name any more from then on, so that it cannot outlive the process.
func (s *Store) spill(e *entry) error {
	if s.dir == "" {
		dir, err := os.MkdirTemp(s.opts.Dir, "airbyte-mcp-server-results-")
		if err != nil {
			return fmt.Errorf("keeping a result: %w", err)
		}
		s.dir = dir
	}
	file, err := os.OpenFile(filepath.Join(s.dir, e.id), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("keeping a result: %w", err)
	}
	if _, err := file.Write(e.data); err != nil {
		_ = file.Close()
		_ = os.Remove(file.Name())
		return fmt.Errorf("keeping a result: %w", err)
	}
	_ = os.Remove(file.Name())
	e.file, e.data = file, nil
	s.memory -= e.size
	s.disk += e.size
	return nil
}

// drop forgets an entry.
func (s *Store) drop(e *entry) {
	delete(s.byID, e.id)
	if s.large == e {
		s.large = nil
	}
	for i, other := range s.oldest {
		if other == e {
			s.oldest = append(s.oldest[:i:i], s.oldest[i+1:]...)
			break
		}
	}
	if s.perOwns[e.owner]--; s.perOwns[e.owner] <= 0 {
		delete(s.perOwns, e.owner)
	}
	if e.file == nil {
		s.memory -= e.size
		return
	}
	s.disk -= e.size
	_ = e.file.Close()
	_ = os.Remove(e.file.Name()) // where an open file could not be removed
}
