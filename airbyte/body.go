package airbyte

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"slices"

	"airbyte-mcp-server/internal/budget"
)

const (
	// smallBody is what is taken of the memory budget before a request is sent: most
	// answers need no more.
	smallBody    = 64 << 10
	firstPiece   = 4 << 10
	largestPiece = 1 << 20
	// maxPieces is how much of an answer of unknown length is held in memory before it
	// has ended. The rest goes to a file, so that an answer over the limit costs no memory.
	maxPieces = 8 << 20
)

// holdAnswer takes memory for a small answer before a request is sent.
func (c *Client) holdAnswer(ctx context.Context, r *request) (*budget.Grant, error) {
	return c.cfg.Memory.Take(ctx, r.workspace, min(smallBody, c.bodyLimit(http.StatusOK)))
}

// noMemory is the failure of a request whose answer there is no memory for. It is not
// repeated: it may be billed each time.
func (c *Client) noMemory(r *request, outcome Outcome, err error) *Error {
	r.noRetry = true
	return c.completeError(r, &Error{Code: CodeUnavailable, Outcome: outcome, err: err,
		Message: "this server is busy with other large answers; try again later, or ask for less"})
}

// readBody reads up to limit bytes after decompression, so that a small compressed body
// cannot swell beyond it. Memory is taken before it is allocated.
func readBody(ctx context.Context, body io.Reader, announced, limit int64, held *budget.Grant) ([]byte, error) {
	switch {
	case announced > limit:
		return nil, errTooLarge
	case announced > smallBody:
		if err := held.Swap(ctx, announced); err != nil {
			return nil, err
		}
		whole := make([]byte, announced)
		n, err := io.ReadFull(body, whole)
		return whole[:n], err
	default:
		return readPieces(ctx, body, announced, limit, held)
	}
}

// readPieces reads a body of unknown length in pieces: a growing slice would be copied and
// take memory twice.
func readPieces(ctx context.Context, body io.Reader, announced, limit int64, held *budget.Grant) ([]byte, error) {
	p := &pieces{}
	defer p.close()
	room := firstPiece
	if announced >= int64(firstPiece) {
		room = int(announced) + 1 // one byte more, so that the end shows in the first piece
	}
	for ; ; room = min(2*room, largestPiece) {
		if p.size+int64(room) > smallBody && !p.large {
			p.large = true
			if err := held.Swap(ctx, limit); err != nil {
				return nil, err
			}
		}
		piece := p.room(room)
		n, err := fillPiece(body, piece)
		if p.size+int64(n) > limit {
			return nil, errTooLarge
		}
		if failure := p.add(piece[:n]); failure != nil {
			return nil, failure
		}
		if err != nil {
			whole, failure := p.join()
			if errors.Is(err, io.EOF) {
				err = failure
			}
			return whole, err
		}
	}
}

// fillPiece reads until a piece is full or the reader fails.
func fillPiece(r io.Reader, piece []byte) (n int, err error) {
	for n < len(piece) && err == nil {
		var got int
		got, err = r.Read(piece[n:])
		n += got
	}
	return n, err
}

// pieces are what has been read of an answer: the first in memory, the rest in a file.
type pieces struct {
	inMemory [][]byte
	size     int64
	file     *os.File // nil while memory is enough, or where there can be no file
	inFile   int64
	noFile   bool
	large    bool   // more than a small answer was taken of the budget
	passing  []byte // what goes to the file is read into
}

// room is where the next piece is read into. What goes to the file takes no new memory.
func (p *pieces) room(size int) []byte {
	if p.file == nil {
		return make([]byte, size)
	}
	if len(p.passing) < size {
		p.passing = make([]byte, size)
	}
	return p.passing[:size]
}

// add keeps a piece.
func (p *pieces) add(piece []byte) error {
	if p.size+int64(len(piece)) > maxPieces && p.file == nil && !p.noFile {
		file, err := os.CreateTemp("", "airbyte-mcp-server-answer-")
		if err != nil {
			p.noFile = true // the budget covers the memory
		} else {
			_ = os.Remove(file.Name()) // where the system allows it, so that it cannot outlive the process
			p.file = file
		}
	}
	p.size += int64(len(piece))
	if p.file == nil {
		p.inMemory = append(p.inMemory, piece)
		return nil
	}
	p.inFile += int64(len(piece))
	_, err := p.file.Write(piece)
	return err
}

// join is all that was read.
func (p *pieces) join() ([]byte, error) {
	if p.file == nil {
		if len(p.inMemory) == 1 {
			return p.inMemory[0], nil
		}
		return slices.Concat(p.inMemory...), nil
	}
	whole := make([]byte, 0, p.size)
	for _, piece := range p.inMemory {
		whole = append(whole, piece...)
	}
	p.inMemory = nil
	whole = whole[:p.size]
	_, err := p.file.ReadAt(whole[p.size-p.inFile:], 0)
	return whole, err
}

func (p *pieces) close() {
	if p.file != nil {
		_ = p.file.Close()
		_ = os.Remove(p.file.Name()) // where an open file could not be removed
	}
}
