package server

import (
	"cmp"
	"container/list"
	"crypto/tls"
	"net"
	"net/http"
	"sync"

	"airbyte-mcp-server/internal/budget"
	"airbyte-mcp-server/internal/telemetry"
)

// quietMemory is what a connection without a request may take: a header of which the end is
// missing, as it was read, as it is decoded, and as garbage.
const quietMemory = 3 * maxHeader

// connections bound the connections of HTTP that have no request in progress: nobody knows
// yet whose the next request is. Where there are too many, those that have been quiet for
// longest are closed, of the address that has the most, so that no address's connections
// push out another's. It is safe for concurrent use.
type connections struct {
	most int

	mu      sync.Mutex
	quiet   map[net.Conn]*list.Element
	byHost  map[string]*list.List // of each address, the longest quiet first
	dropped int64
}

// newConnections returns connections which may take half of a memory budget.
func newConnections(m *budget.Memory) *connections {
	total := int64(budget.DefaultMemory)
	if m != nil {
		total = cmp.Or(m.Total, total)
	}
	return &connections{most: int(total / 2 / quietMemory), quiet: map[net.Conn]*list.Element{}, byHost: map[string]*list.List{}}
}

// note is told of each change of a connection.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remove(conn)
	if state == http.StateNew || state == http.StateIdle {
		c.add(conn)
	}
	if len(c.quiet) > c.most {
		c.dropOne()
	}
}

// hostOf is the address of a connection without its port.
func hostOf(conn net.Conn) string {
	host, _, err := net.SplitHostPort(conn.RemoteAddr().String())
	if err != nil {
		return conn.RemoteAddr().String()
	}
	return host
}

// add appends a connection to those of its address. The caller holds the lock.
func (c *connections) add(conn net.Conn) {
	host := hostOf(conn)
	if c.byHost[host] == nil {
		c.byHost[host] = list.New()
	}
	c.quiet[conn] = c.byHost[host].PushBack(conn)
}

// remove forgets a connection, if it is known. The caller holds the lock.
func (c *connections) remove(conn net.Conn) {
	place, ok := c.quiet[conn]
	if !ok {
		return
	}
	delete(c.quiet, conn)
	host := hostOf(conn)
	if c.byHost[host].Remove(place); c.byHost[host].Len() == 0 {
		delete(c.byHost, host)
	}
}

// dropOne closes one connection. The caller holds the lock.
func (c *connections) dropOne() {
	var fullest *list.List
	for _, own := range c.byHost {
		if fullest == nil || own.Len() > fullest.Len() {
			fullest = own
		}
	}
	victim, ok := fullest.Front().Value.(net.Conn)
	if !ok {
		return
	}
	c.remove(victim)
	c.dropped++
	if secure, ok := victim.(*tls.Conn); ok {
		victim = secure.NetConn() // tls.Conn would wait for its client
	}
	_ = victim.Close() // its goroutine ends with it
}

// held is what the metrics are told.
func (c *connections) held() telemetry.Held {
	c.mu.Lock()
	defer c.mu.Unlock()
	return telemetry.Held{Size: int64(c.most), Held: int64(len(c.quiet)), Refused: c.dropped}
}
