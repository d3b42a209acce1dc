#!/bin/sh
# Runs HAProxy on the configuration that a Sidecar agent renders for it (GET /haproxy.cfg), and reloads it whenever that changes.
# Needs haproxy from 2.5 on, curl, and what every Debian or Alpine image has.
#
#   SIDECAR_URL     the agent, as in http://10.0.0.1:7777; several, separated by spaces, stand in for each other
#   CONFIG_FILE     where the last good configuration is kept; on a volume it survives the container
#   BIND_IP, USE_HOSTNAMES, TEMPLATE, RUNTIME_SOCKET, STATS_BIND, HAPROXY_USER, HAPROXY_GROUP
#                   the parameters of GET /haproxy.cfg; none has to be set
#
# TERM, INT and USR1 let HAProxy finish what it has, a second one ends it at once. The script ends with HAProxy, and like it.
set -u

: "${SIDECAR_URL:?is not set: give the address of an agent, as in http://10.0.0.1:7777}"
# shellcheck disable=SC2086 # a list of words, put into one form
urls=$(printf '%s ' $SIDECAR_URL)
urls=${urls% }
config=${CONFIG_FILE:-/var/lib/sidecar/haproxy.cfg}
work=$config.work # on the same file system, so that the move into place is atomic
candidate=$work/haproxy.cfg
head=$work/head
code=$work/code
words=$work/words

HOLD_S=30        # how long an agent may hold its answer back until there is something new
SLACK_S=15       # and how much longer the answer may take
FIRST_S=1        # the same while a last good configuration could be served instead
RELOAD_S=1       # between two reloads: each leaves an old process behind until its connections are finished
VERIFY_S=30      # host names that nobody resolves make it long
MAX_PAUSE_S=30   # between two attempts while nothing can be had
PAUSE_S=0.1      # between two questions, however soon they are answered
MAX_BLOCKS=65536 # of 512 bytes, of an answer

etag=''     # of the text that was seen last
rejected='' # set while HAProxy does not accept that text
complaint=''
haproxy=''
follower=''
child=''
signals=0

say() { printf 'pull.sh: %s\n' "$*" >&2; }

# What lasts is said once.
complain() {
  [ "$1" = "$complaint" ] || say "$1"
  complaint=$1
}

# What was complained of is over.
settled() {
  [ -z "$complaint" ] || say "the configuration of $url is in place"
  complaint=''
}

# A shell that waits for a command in the background runs its traps at once, otherwise only when the command has ended.
run() {
  "$@" &
  child=$!
  wait "$child"
  status=$?
  child=''
  return "$status"
}

end_child() { [ -z "$child" ] || kill "$child" 2>/dev/null; }

# curl bounds an answer only where its length is told beforehand, the system whatever comes.
fetch() {
  trap '' XFSZ
  ulimit -f "$MAX_BLOCKS"
  exec curl "$@"
}

# question URL HOLD LIMIT, in seconds
question() {
  run fetch --silent --show-error --get --output "$candidate" --dump-header "$head" --write-out '%{http_code}' \
    --connect-timeout "$(($3 < 5 ? $3 : 5))" --max-time "$3" \
    --header "If-None-Match: $etag" \
    --data-urlencode "wait=${2}s" \
    --data-urlencode "bind_ip=${BIND_IP:-}" \
    --data-urlencode "use_hostnames=${USE_HOSTNAMES:-}" \
    --data-urlencode "template=${TEMPLATE:-}" \
    --data-urlencode "runtime_socket=${RUNTIME_SOCKET:-}" \
    --data-urlencode "stats_bind=${STATS_BIND:-}" \
    --data-urlencode "user=${HAPROXY_USER:-}" \
    --data-urlencode "group=${HAPROXY_GROUP:-}" \
    "${1%/}/haproxy.cfg" >"$code" 2>"$words"
}

first_words() { head -c 400 "$1" | tr -s '[:space:][:cntrl:]' ' '; }

# What an agent says: succeeds for 200 and 304, else leaves the reason in $why.
ask() {
  rm -f "$candidate"
  if ! question "$@"; then
    why=$(first_words "$words")
    return 1
  fi
  case $(cat "$code") in
    304) ;;
    200)
      # Whatever else listens there, or stands in between, has pages of its own.
      if ! grep -qi '^content-type: *text/plain' "$head" || ! grep -qi '^etag: *"' "$head"; then
        why='it answers with something else than a configuration: is this an agent?'
        return 1
      fi
      etag=$(tr -d '\r' <"$head" | sed -n 's/^[Ee][Tt][Aa][Gg]: *//p')
      ;;
    *)
      why="it answers $(cat "$code"): $(first_words "$candidate")"
      return 1
      ;;
  esac
}

# ask_in_turn HOLD LIMIT: the one that answered last is asked first.
ask_in_turn() {
  trouble=''
  for _ in $urls; do
    url=${urls%% *}
    if ask "$url" "$@"; then
      [ -z "$trouble" ] || say "$trouble; $url is asked instead"
      return 0
    fi
    trouble="${trouble:+$trouble; }$url: $why"
    [ "$urls" = "$url" ] || urls="${urls#* } $url"
  done
  complain "no configuration can be had ($trouble)"
  return 1
}

# Succeeds when HAProxy accepts a file, else leaves its words in $why, without what differs from one look to the next.
verify() {
  run timeout "$VERIFY_S" haproxy -c -f "$1" >"$words" 2>&1 && return 0
  why=$(sed -n 's/^\[ALERT\] *([0-9]*) *: *//p' "$words" | head -n 3 | tr '\n' ' ')
  [ -n "$why" ] || why=$(tail -n 1 "$words")
  return 1
}

# Puts what the agent has answered into place: succeeds when HAProxy has to be told.
take() {
  if [ "$(cat "$code")" = 304 ]; then
    if [ -n "$rejected" ]; then
      etag='' # perhaps what stood in its way here is over: the same text is fetched and looked at again
      rejected=''
    else
      settled
    fi
    return 1
  fi
  rejected=''
  if [ -n "$haproxy" ] && cmp -s "$candidate" "$config"; then
    settled
    return 1
  fi
  if ! verify "$candidate"; then
    rejected=yes
    complain "HAProxy does not accept what $url gives, the last good configuration stays: $why"
    return 1
  fi
  if ! mv -f "$candidate" "$config"; then
    etag=''
    complain "$config cannot be written"
    return 1
  fi
  settled
}

# poll: asks until something has come, with pauses while nobody answers; succeeds when HAProxy has to be told.
poll() {
  if ! ask_in_turn "$HOLD_S" "$((HOLD_S + SLACK_S))"; then
    run sleep "$pause_s"
    pause_s=$((pause_s * 2 < MAX_PAUSE_S ? pause_s * 2 : MAX_PAUSE_S))
    return 1
  fi
  pause_s=1
  take && return 0
  # An agent holds back what is known, unless it ends, but not the next text that HAProxy would not accept either.
  if [ -n "$rejected" ]; then run sleep "$RELOAD_S"; else run sleep "$PAUSE_S"; fi
  return 1
}

is_alive() { grep -qs '^State:.[^ZX]' "/proc/$haproxy/status"; }

# While it starts, or takes itself over, the master loses USR1 and dies of USR2: it has a handler for that (bit 11) last of all.
is_ready() { grep -qs '^SigCgt:.*[89a-f]..$' "/proc/$haproxy/status"; }

# tell SIGNAL: as soon as HAProxy listens to it.
tell() {
  looks=0
  until is_ready || ! is_alive || [ "$looks" = 100 ]; do
    looks=$((looks + 1))
    sleep 0.1
  done
  kill "-$1" "$haproxy" 2>/dev/null
}

follow() {
  trap 'end_child; exit 0' TERM
  while :; do
    if poll; then
      say 'the configuration has changed, HAProxy is reloaded'
      tell USR2
      run sleep "$RELOAD_S"
    fi
  done
}

stop() {
  signals=$((signals + 1))
  if [ -z "$haproxy" ]; then
    end_child
    exit 0
  elif [ "$signals" = 1 ]; then
    tell USR1
  else
    tell TERM
  fi
}

mkdir -p "$work" || exit 1
trap 'rm -rf "$work"' EXIT
trap stop TERM INT USR1
pause_s=1
if [ -s "$config" ] && verify "$config"; then
  # One quick question: what the last good configuration lacks need not be served even for a moment.
  if ask_in_turn 0 "$FIRST_S"; then take || :; fi
else
  [ ! -s "$config" ] || say "HAProxy does not accept $config any more, a new one is waited for: $why"
  until poll; do :; done
fi

haproxy -W -db -f "$config" &
haproxy=$!
follow &
follower=$!
while :; do
  seen=$signals
  wait "$haproxy"
  status=$?
  # A signal ends the wait, not HAProxy.
  [ "$status" -gt 128 ] && [ "$signals" != "$seen" ] || break
done
kill "$follower" 2>/dev/null
wait "$follower"
exit "$status"
