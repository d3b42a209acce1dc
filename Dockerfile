# Sidecar's agent. HAProxy can run beside it in the same container, or in one of its own (haproxy/Dockerfile): docs/docker.md.
#   docker build -t sidecar .
#   docker run --network host --cap-add NET_ADMIN -v /var/run/docker.sock:/var/run/docker.sock -e SIDECAR_SEEDS=10.0.0.6 sidecar
# Any Debian or Ubuntu with Node.js 20.19 or later and npm can be the base.
ARG BASE_IMAGE=node:20-bookworm-slim

FROM ${BASE_IMAGE} AS build
WORKDIR /sidecar
# The packages first: they are kept between builds until the lock file changes.
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund --loglevel=error
COPY . .
# Readable for all: a clone made under a strict umask is not, and the agent is not root.
RUN npm run build \
    && npm prune --omit=dev --no-audit --no-fund --loglevel=error \
    && rm -r src tsconfig.json tsconfig.build.json vite.config.js dist/.tsbuildinfo \
    && chmod -R a+rX .

FROM ${BASE_IMAGE}
# tini is process 1: it hands signals on, and buries each HAProxy that a reload has replaced. HAProxy runs with -D, so it is
# nobody's child but process 1's.
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends haproxy iproute2 tini \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --no-create-home --home-dir /var/lib/sidecar --shell /usr/sbin/nologin sidecar \
    && install -d -o sidecar -g sidecar -m 0755 /run/sidecar /var/lib/sidecar
WORKDIR /sidecar
COPY --from=build /sidecar ./
COPY scripts/container/sidecar.toml ./
ENV NODE_ENV=production

# An agent that looks for services in containers must not find itself.
LABEL SidecarDiscover=false

EXPOSE 7777 7946/tcp 7946/udp

# Another port or address is set by HTTP_PORT and HTTP_BIND_IP, which the agent reads as well.
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 CMD ["node", "/sidecar/scripts/container/health.mjs"]

# Root only as far as the entrypoint: the agent and its HAProxy run as `sidecar`. -s: also right under `docker run --init`, where
# another process is the first.
ENTRYPOINT ["/usr/bin/tini", "-s", "--", "/bin/sh", "/sidecar/scripts/container/entrypoint.sh"]
