package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// program is a server under test.
type program struct {
	name string
	path string
	args func(upstream, addr string) []string // addr is "" for stdio
	tool string
	env  []string
}

// server is a started program.
type server struct {
	*client
	cmd   *exec.Cmd
	in    io.Closer
	began time.Time
}

// start runs a program and says hello to it.
func (p program) start(transport, upstream string) (*server, error) {
	addr := ""
	if transport != "stdio" {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		addr = listener.Addr().String()
		_ = listener.Close() // the program listens there next
	}
	cmd := exec.Command(p.path, p.args(upstream, addr)...)
	cmd.Env, cmd.Stderr = append(os.Environ(), p.env...), io.Discard
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, in: in, began: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	switch transport {
	case "stdio":
		s.client = overPipes(in, out)
		return s, s.open()
	case "http":
		s.client = overHTTP("http://" + addr)
	}
	return s, s.await(transport, addr)
}

// await waits until a program listens.
func (s *server) await(transport, addr string) error {
	for deadline := time.Now().Add(10 * time.Second); ; {
		conn, err := net.Dial("tcp", addr)
		if err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
	if transport == "sse" {
		var err error
		if s.client, err = overSSE("http://" + addr); err != nil {
			return err
		}
	}
	return s.open()
}

// stop ends the program.
func (s *server) stop() {
	_ = s.in.Close()
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// cpu is the time that the program has computed, from the threads that it has.
func (s *server) cpu() time.Duration {
	var sum int64
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", s.cmd.Process.Pid))
	for _, file := range files {
		text, _ := os.ReadFile(file)
		first, _, _ := strings.Cut(string(text), " ")
		ns, _ := strconv.ParseInt(first, 10, 64)
		sum += ns
	}
	return time.Duration(sum)
}

// rss is the memory that the program has, in 10^6 bytes.
func (s *server) rss() float64 {
	file, err := os.Open(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kib, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(text), " kB"), 64)
			return kib * 1024 / 1e6
		}
	}
	return 0
}

var errNoUpstream = errors.New("the upstream did not say where it listens")

// startUpstream starts the API's stand-in and returns its URL.
func startUpstream(path string) (string, func(), error) {
	types := []string{"github"}
	files, _ := filepath.Glob("../schemas/catalog/*.json")
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".json"); name != types[0] {
			types = append(types, name)
		}
	}
	cmd := exec.Command(path, "-connectors", strings.Join(types, ","))
	in, err := cmd.StdinPipe()
	if err != nil {
		return "", nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", nil, err
	}
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop := func() { _ = in.Close(); _ = cmd.Wait() }
	line := bufio.NewScanner(out)
	if !line.Scan() {
		stop()
		return "", nil, errNoUpstream
	}
	return "http://" + line.Text(), stop, nil
}
