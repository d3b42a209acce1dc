# What an entrypoint does while it is still root. To be sourced by a POSIX shell.

# The address that services are offered at, on the loopback interface, so that it is the same on every host (contract section 1.3).
put_on_lo() {
  case $1 in
    *[!0-9.]* | '' | 0.0.0.0 | 127.*) return ;;
  esac
  if ip -o -4 address show | grep -qF " $1/"; then return; fi
  if ! words=$(ip address add "$1/32" dev lo 2>&1); then
    echo "entrypoint: $1 is not put on lo ($words): it takes root and --cap-add NET_ADMIN, or set BIND_IP" >&2
  fi
}

# become USER GROUP COMMAND...: goes on as USER, with the number GROUP, if it is not empty, and those of --group-add besides its own.
# The right to listen below 1024 is kept if the container has it: on the host's network nothing else gives it to an ordinary user.
become() {
  user=$1
  groups=$({ id -G "$user"; echo "$2"; id -G | tr ' ' '\n' | grep -vx 0; } | xargs | tr ' ' ,)
  shift 2
  ports='--inh-caps +net_bind_service --ambient-caps +net_bind_service'
  # shellcheck disable=SC2086 # several words
  setpriv $ports true 2>/dev/null || ports=
  # shellcheck disable=SC2086
  exec setpriv --reuid "$user" --regid "$(id -g "$user")" --groups "$groups" $ports -- "$@"
}
