package peers

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// questionPath is where replicas ask each other, below the mount of the pages.
const questionPath = "/connect/question"

// maxAnswer bounds the answer to a question, in bytes.
const maxAnswer = 4 << 20

// Answer has questions of a kind from other replicas answered. It is called before the
// replica serves.
func (p *Peers) Answer(kind string, answer func(ctx context.Context, question []byte) ([]byte, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answers[kind] = answer
}

// Ask puts a question to another replica. Question, in JSON, and answer are sealed.
func (p *Peers) Ask(ctx context.Context, owner, kind string, question []byte) ([]byte, error) {
	at, absent, err := p.locate(ctx, owner)
	if err != nil {
		return nil, err
	}
	sealed, err := p.sealPass(owner, pass{Method: http.MethodPost, Target: questionPath, Kind: kind, Facts: question})
	if err != nil {
		return nil, err
	}
	target := url.URL{Scheme: at.Scheme, Host: at.Host, Path: questionPath}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, target.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Header.Set(Header, sealed)
	resp, err := p.transport.RoundTrip(r)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("%w: %w", absent, err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusMisdirectedRequest:
		return nil, ErrStopped
	default:
		return nil, ErrAway
	}
	encrypted, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	answer, err := p.cipher.Decrypt(encrypted, "answer:"+sealed)
	if err != nil {
		return nil, ErrAway
	}
	return answer, nil
}

// answer answers a question of another replica. The answer is good for this question.
func (p *Peers) answer(w http.ResponseWriter, r *http.Request, s *pass) {
	p.mu.Lock()
	answer := p.answers[s.Kind]
	p.mu.Unlock()
	if answer == nil {
		refusePass(w)
		return
	}
	plain, err := answer(r.Context(), s.Facts)
	if err != nil {
		http.Error(w, "there is no answer", http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(p.cipher.Encrypt(plain, "answer:"+r.Header.Get(Header))) //nolint:gosec // encrypted; who is gone misses nothing
}
