# Sidecar's agent, with HAProxy beside it.
#   docker build -t sidecar .
#   docker run -v "$PWD/conf:/etc/sidecar:ro" -p 7777:7777 -p 8080:8080 sidecar -f /etc/sidecar/sidecar.toml
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
    && rm -r src tsconfig.json tsconfig.build.json dist/.tsbuildinfo \
    && chmod -R a+rX .

FROM ${BASE_IMAGE}
# tini is process 1: it hands signals on, and buries each HAProxy that a reload has replaced. HAProxy runs with -D, so it is
# nobody's child but process 1's.
RUN apt-get update -qq \
    && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends haproxy tini \
    && apt-get clean \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --no-create-home --home-dir /var/lib/sidecar --shell /usr/sbin/nologin sidecar \
    && install -d -o sidecar -g sidecar -m 0755 /run/sidecar /var/lib/sidecar
WORKDIR /sidecar
COPY --from=build /sidecar ./
ENV NODE_ENV=production

# An agent that looks for services in containers must not find itself.
LABEL SidecarDiscover=false

# Not root: Docker lets every user of a container bind ports below 1024. Whoever mounts a folder to be written, or Docker's
# socket, gives the container a user or group that may use it.
USER sidecar
EXPOSE 7777 7946/tcp 7946/udp

# /health is 503 only when the agent itself fails: a bad template or a lost service must not get it restarted. Another port is
# set by HTTP_PORT, which the agent reads as well.
HEALTHCHECK --interval=10s --timeout=5s --start-period=15s --retries=3 CMD ["node", "-e", "\
    fetch('http://127.0.0.1:' + (process.env.HTTP_PORT || 7777) + '/health', { signal: AbortSignal.timeout(4000) })\
      .then(({ status }) => { if (status !== 200) throw new Error('/health answered ' + status); })\
      .catch((error) => { console.error(error.cause?.message ?? error.message); process.exit(1); })"]

# -s: also right under `docker run --init`, where another process is the first.
ENTRYPOINT ["/usr/bin/tini", "-s", "--", "node", "/sidecar/dist/bin/sidecar.js"]
