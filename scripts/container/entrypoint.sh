#!/bin/sh
# The agent's container: what takes root is done first, then the agent runs as the user `sidecar`, or as whom `--user` names.
set -eu
# shellcheck source=scripts/container/prepare.sh
. /sidecar/scripts/container/prepare.sh

if [ "$(id -u)" = 0 ]; then
  case ${SIDECAR_HAPROXY_DISABLE:-${HAPROXY_DISABLE:-false}} in
    1 | t | T | true | TRUE | True) ;;
    *) put_on_lo "${HAPROXY_BIND_IP:-${BIND_IP:-192.168.168.168}}" ;;
  esac
  chown sidecar /run/sidecar /var/lib/sidecar || : # mounted folders belong to root; the agent says what it cannot write
  # Whose group Docker's socket has differs from host to host.
  socket=${DOCKER_URL:-unix:///var/run/docker.sock}
  socket=${socket#unix://}
  group=
  if [ -S "$socket" ]; then group=$(stat -Lc %g "$socket"); fi
  become sidecar "$group" node /sidecar/dist/bin/sidecar.js "$@"
fi
exec node /sidecar/dist/bin/sidecar.js "$@"
