package main

import (
	"archive/tar"
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"golang.org/x/crypto/x509roots/fallback/bundle"

	"airbyte-mcp-server/packaging"
)

// user is a number, so that Kubernetes can see that it is not root.
const user = "65532:65532"

// writeImage writes an OCI image layout for both processors of Linux, as a folder and as one file. It has what the
// Dockerfile's image has.
func (b *builder) writeImage(programs map[packaging.Target]string, at time.Time, notices []byte) error {
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, t := range packaging.Targets() {
		if t.OS != "linux" {
			continue
		}
		image, err := b.image(t, programs[t], at, notices)
		if err != nil {
			return err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add:        image,
			Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: t.OS, Architecture: t.Arch}},
		})
	}
	folder, err := os.MkdirTemp("", "image")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	if _, err := layout.Write(folder, empty.Index); err != nil {
		return err
	}
	annotations := map[string]string{"org.opencontainers.image.ref.name": b.Version}
	if err := layout.Path(folder).AppendIndex(index, layout.WithAnnotations(annotations)); err != nil {
		return err
	}
	return packFolder(folder, filepath.Join(b.out, b.Name+"_"+b.Version+"_oci.tar"), at)
}

// image is the image for one processor, from nothing.
func (b *builder) image(t packaging.Target, program string, at time.Time, notices []byte) (v1.Image, error) {
	roots, err := layer(at,
		file{name: "etc/", mode: 0o755}, file{name: "etc/ssl/", mode: 0o755}, file{name: "etc/ssl/certs/", mode: 0o755},
		file{name: "etc/ssl/certs/ca-certificates.crt", mode: 0o644, data: authorities()},
		file{name: "tmp/", mode: 0o1777},
		file{name: packaging.NoticesFile, mode: 0o644, data: notices})
	if err != nil {
		return nil, err
	}
	binary, err := os.ReadFile(program)
	if err != nil {
		return nil, err
	}
	own, err := layer(at, file{name: b.Name, mode: 0o755, data: binary})
	if err != nil {
		return nil, err
	}
	base := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.AppendLayers(base, roots, own)
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(image, b.configFile(image, t, at))
}

func (b *builder) configFile(image v1.Image, t packaging.Target, at time.Time) *v1.ConfigFile {
	config, err := image.ConfigFile()
	if err != nil {
		panic(err) // it is in memory
	}
	config = config.DeepCopy()
	config.OS, config.Architecture, config.Created = t.OS, t.Arch, v1.Time{Time: at}
	config.History = []v1.History{
		{Created: v1.Time{Time: at}, CreatedBy: "certificate authorities, licences, /tmp"},
		{Created: v1.Time{Time: at}, CreatedBy: b.Name},
	}
	config.Config = v1.Config{
		User:         user,
		Entrypoint:   []string{"/" + b.Name},
		Cmd:          []string{"serve"},
		WorkingDir:   "/",
		ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		Healthcheck: &v1.HealthConfig{
			Test:     []string{"CMD", "/" + b.Name, "healthcheck"},
			Interval: 10 * time.Second, Timeout: 3 * time.Second, StartPeriod: 5 * time.Second, Retries: 3,
		},
		Labels: map[string]string{
			"io.modelcontextprotocol.server.name":  b.Server(),
			"org.opencontainers.image.title":       b.Name,
			"org.opencontainers.image.description": b.Summary,
			"org.opencontainers.image.licenses":    b.License,
			"org.opencontainers.image.source":      b.URL(),
			"org.opencontainers.image.version":     b.Version,
			"org.opencontainers.image.created":     at.Format(time.RFC3339),
		},
	}
	return config
}

// authorities are the certificate authorities that Mozilla trusts, of the version in go.mod: those of the machine that
// builds may have its own among them.
func authorities() []byte {
	var out bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			out.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
		}
	}
	return out.Bytes()
}

// file is a file of an image, or a folder if its name ends in a slash.
type file struct {
	name string
	mode int64
	data []byte
}

func layer(at time.Time, files ...file) (v1.Layer, error) {
	archive, err := pack(at, files...)
	if err != nil {
		return nil, err
	}
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive)), nil }
	return tarball.LayerFromOpener(open, tarball.WithMediaType(types.OCILayer), tarball.WithCompressedCaching)
}

// pack makes a tar archive whose files belong to root.
func pack(at time.Time, files ...file) ([]byte, error) {
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	for _, f := range files {
		header := &tar.Header{Typeflag: tar.TypeReg, Name: f.name, Mode: f.mode, Size: int64(len(f.data)), ModTime: at, Format: tar.FormatUSTAR}
		if f.data == nil {
			header.Typeflag = tar.TypeDir
		}
		if err := archive.WriteHeader(header); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		if _, err := archive.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return out.Bytes(), err
}

// packFolder makes one file of an image layout.
func packFolder(folder, name string, at time.Time) error {
	var files []file
	inside := os.DirFS(folder)
	err := fs.WalkDir(inside, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == "." {
			return err
		}
		f := file{name: path, mode: 0o644}
		if entry.IsDir() {
			f.name, f.mode = f.name+"/", 0o755
		} else if f.data, err = fs.ReadFile(inside, path); err != nil {
			return err
		}
		files = append(files, f)
		return nil
	})
	if err != nil {
		return err
	}
	archive, err := pack(at, files...)
	if err != nil {
		return err
	}
	return os.WriteFile(name, archive, 0o600)
}
