#!/bin/sh
# The HAProxy container: HAProxy, and haproxy-api, which feeds it. HAProxy is what the container is for: its end is the container's
# end, with its status; haproxy-api may come and go.
#   TERM, INT: HAProxy may finish what it has begun, for at most 8 s, since Docker kills after 10
#   USR1:      the same, for as long as `hard-stop-after` in its configuration allows
set -u
# shellcheck source=scripts/container/prepare.sh
. /sidecar/scripts/container/prepare.sh

folder=/var/lib/haproxy-api
config=$folder/haproxy.cfg
run=/run/haproxy
pid_file=$run/haproxy.pid
socket=$run/haproxy.sock

say() { echo "entrypoint: $*" >&2; }

if [ "$(id -u)" = 0 ]; then
  put_on_lo "${HAPROXY_API_HAPROXY_BIND_IP:-${HAPROXY_API_HAPROXY_BINDIP:-${BIND_IP:-192.168.168.168}}}"
  chown haproxy "$folder" "$run" || : # mounted folders belong to root; what cannot be written is said when it is tried
  become haproxy '' /bin/sh "$0" "$@"
fi

# The names that the agent's container has for them.
export HAPROXY_API_HAPROXY_BINDIP="${HAPROXY_API_HAPROXY_BINDIP:-${BIND_IP:-}}"
export HAPROXY_API_HAPROXY_USEHOSTNAMES="${HAPROXY_API_HAPROXY_USEHOSTNAMES:-${USE_HOSTNAMES:-}}"

# Offers nothing, but can be reloaded.
write_empty_config() {
  printf 'global\n\tstats socket %s mode 600 level admin expose-fd listeners\n' "$socket" >"$config"
}

haproxy='' feeder='' stopping='' woken=''

start_haproxy() {
  rm -f "$pid_file" # may be that of an earlier container; HAProxy writes its own once it serves
  haproxy -W -f "$config" -p "$pid_file" &
  haproxy=$!
}

# A signal that is trapped interrupts `wait`, but does not end HAProxy.
await_haproxy() {
  while
    woken=
    wait "$haproxy"
    status=$?
    [ -n "$woken" ]
  do :; done
}

# Keeps haproxy-api running, with pauses of 1 to 30 s between its ends. It looks after the pid file, by which is told whether HAProxy
# has ever served: so not before HAProxy has written it, or has ended.
feed() {
  api=''
  trap 'if [ -n "$api" ]; then kill "$api" 2>/dev/null; wait "$api"; fi; exit' TERM
  while [ ! -e "$pid_file" ] && kill -0 "$haproxy" 2>/dev/null; do
    sleep 0.1
  done
  pause=1
  while :; do
    began=$(date +%s)
    node /sidecar/dist/bin/haproxy-api.js "$@" &
    api=$!
    wait "$api"
    status=$?
    if [ $(($(date +%s) - began)) -ge 60 ]; then pause=1; fi
    say "haproxy-api has ended with status $status: it is started again in $pause s; HAProxy serves on"
    sleep "$pause" &
    api=$!
    wait "$api"
    pause=$((pause < 16 ? pause * 2 : 30))
  done
}

# haproxy-api ends first: a reload would undo the stop.
stop_softly() {
  woken=1 stopping=1
  if [ -n "$feeder" ]; then
    kill -TERM "$feeder" 2>/dev/null
    wait "$feeder"
  fi
  if [ -n "$haproxy" ]; then kill -USR1 "$haproxy" 2>/dev/null; fi
}

stop_within_bound() {
  (sleep 8 && kill -TERM "$haproxy" 2>/dev/null) &
  stop_softly
}

if [ ! -s "$config" ]; then write_empty_config; fi
start_haproxy
# Until here a signal ends this shell, and with it the container.
trap stop_within_bound TERM INT
trap stop_softly USR1
feed -f "${HAPROXY_API_CONFIG_FILE:-/etc/haproxy-api/haproxy-api.toml}" "$@" &
feeder=$!
await_haproxy
if [ -z "$stopping" ] && [ ! -e "$pid_file" ]; then
  say "HAProxy does not start on $config, which is now $config.refused: it starts without services until it is fed"
  mv "$config" "$config.refused"
  write_empty_config
  start_haproxy
  await_haproxy
fi
say "HAProxy has ended with status $status"
kill -TERM "$feeder" 2>/dev/null
exit "$status"
