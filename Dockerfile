# The server as an image of one static binary: no shell, no package manager, no root.
#
#   docker build --build-arg REVISION=$(git rev-parse HEAD) -t airbyte-mcp-server .
#   docker run --rm -i --read-only --tmpfs /tmp -e AIRBYTE_CLIENT_ID -e AIRBYTE_CLIENT_SECRET airbyte-mcp-server
#   docker run --rm --read-only --tmpfs /tmp -p 127.0.0.1:8080:8080 -e AIRBYTE_MCP_HTTP=:8080 … airbyte-mcp-server

FROM --platform=$BUILDPLATFORM docker.io/library/golang:1.26.8 AS build
WORKDIR /src
COPY go.mod go.sum ./
COPY third_party third_party
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w" -o /out/airbyte-mcp-server .
RUN install -d -m 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
# Downloads and large results go here; mount a volume or tmpfs over it if the root is read-only.
COPY --from=build /out/tmp /tmp
COPY --from=build /out/airbyte-mcp-server /
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/airbyte-mcp-server", "healthcheck"]
ENTRYPOINT ["/airbyte-mcp-server"]
CMD ["serve"]

# A label cannot read the file VERSION; a test holds the two together.
ARG VERSION=0.7.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
# The name under which the server is published; registries of MCP servers compare it.
ARG SERVER_NAME=io.github.example/airbyte-mcp-server
LABEL io.modelcontextprotocol.server.name=$SERVER_NAME \
      org.opencontainers.image.title="airbyte-mcp-server" \
      org.opencontainers.image.description="Airbyte's hosted connectors as MCP tools. Not affiliated with Airbyte." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION \
      org.opencontainers.image.created=$CREATED
