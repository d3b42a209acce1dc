# Nothing but HAProxy, curl and pull.sh, which follows an agent: docs/docker.md.
#   docker build -t sidecar-pull -f haproxy/pull.Dockerfile haproxy
#   docker run -p 8080:8080 -v haproxy:/var/lib/sidecar -e SIDECAR_URL=http://10.0.0.5:7777 sidecar-pull
ARG BASE_IMAGE=debian:bookworm-slim
FROM ${BASE_IMAGE}
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends curl haproxy tini \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o haproxy -g haproxy -m 0755 /run/haproxy /var/lib/sidecar
COPY pull.sh /usr/local/bin/
ENV RUNTIME_SOCKET=/run/haproxy/haproxy.sock

# An agent that looks for services in containers must not find what serves them.
LABEL SidecarDiscover=false

# Not root: Docker lets every user of a container bind ports below 1024, except on the host's network.
USER haproxy
ENTRYPOINT ["/usr/bin/tini", "-s", "--", "/bin/sh", "/usr/local/bin/pull.sh"]
