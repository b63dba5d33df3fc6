# Shared by NAME/up, NAME/down and ../sdk/lane, which source it; not a command of its own.
#
# ROPG_TARGET_HOME  directory everything is installed and run in
#                   (default: ropg-targets in the temporary directory)
# PORT              port to listen on (each target has its own default)
#
# Exit status of up: 0 ready, 3 a tool it needs is missing, 1 anything else.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
name=$(basename "$here")
root=${ROPG_TARGET_HOME:-${TMPDIR:-/tmp}/ropg-targets}

die() {
  printf '%s: %s\n' "$name" "$1" >&2
  exit "${2:-1}"
}

(umask 077 && mkdir -p "$root") || die "cannot create $root; set ROPG_TARGET_HOME"
[ -O "$root" ] || die "$root belongs to somebody else; set ROPG_TARGET_HOME"
root=$(cd "$root" && pwd)
log=$root/$name.log
pidfile=$root/$name.pid

need() { # need TOOL...
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || die "CANNOT START: '$tool' is not installed" 3
  done
}

# A recorded PID may since have become another program's. Ours have a path in
# the target's directory on their command line.
is_ours() { # is_ours PID
  case $(ps -ww -o args= -p "$1" 2>/dev/null) in *"$root/$name-"*) return 0 ;; *) return 1 ;; esac
}

prepare() { # prepare DEFAULT_PORT INTERPRETER PIN_FILE... : sets port, url and dir
  port=${PORT:-$1}
  shift
  case $port in '' | *[!0-9]*) die "PORT is not a number: $port" ;; esac
  url=http://127.0.0.1:$port
  if [ -f "$pidfile" ] && is_ours "$(cat "$pidfile")"; then
    die "already running as process $(cat "$pidfile"); stop it with $here/down"
  fi
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    die "port $port is taken; set PORT to another one"
  fi
  place "$@"
}

place() { # place INTERPRETER PIN_FILE... : sets dir; a changed pin, or another interpreter, is another directory
  dir=$root/$name-$({ cat "${@:2}" && "$1" --version; } | cksum | cut -d ' ' -f 1)
}

# install_once COMMAND... : run it in an empty $dir, unless it succeeded there
# before. Chain its steps with &&: errexit does not reach into it.
install_once() {
  [ -f "$dir/.installed" ] && return
  rm -rf "$dir"
  mkdir -p "$dir"
  echo "$name: installing into $dir" >&2
  (cd "$dir" && "$@") >"$log" 2>&1 || { tail -n 20 "$log" >&2; die "installation failed; see $log"; }
  touch "$dir/.installed"
}

serve() { # serve TOKEN_PATH VERSION COMMAND... : start it, wait for it, describe it
  local token_endpoint=$url$1 version=$2 pid tries=120
  shift 2
  set -m # a process group of its own, so that an interrupt of the caller does not reach it
  nohup "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  set +m
  echo "$pid" >"$pidfile"
  until curl --noproxy '*' -s -o /dev/null -m 2 "$token_endpoint"; do
    tries=$((tries - 1))
    if [ $tries = 0 ] || ! kill -0 "$pid" 2>/dev/null; then
      tail -n 30 "$log" >&2
      stop
      die "did not answer at $token_endpoint; see $log"
    fi
    sleep 0.25
  done
  kill -0 "$pid" 2>/dev/null || { tail -n 30 "$log" >&2; die "ended at once; see $log"; }
  printf '{"name":"%s","version":"%s","url":"%s","token_endpoint":"%s","pid":%d}\n' \
    "$name" "$version" "$url" "$token_endpoint" "$pid"
}

stop() { # end the process up recorded, then those of its direct children that outlived it
  local pid children child tries=40
  [ -f "$pidfile" ] || { echo "$name: not running" >&2; return 0; }
  pid=$(cat "$pidfile")
  if is_ours "$pid"; then
    children=$(ps -A -o pid= -o ppid= | awk -v parent="$pid" '$2 == parent { print $1 }')
    kill "$pid" 2>/dev/null || true
    while is_ours "$pid" && [ $tries -gt 0 ]; do
      sleep 0.25
      tries=$((tries - 1))
    done
    if is_ours "$pid"; then kill -9 "$pid" 2>/dev/null || true; fi
    for child in $children; do
      if is_ours "$child"; then kill "$child" 2>/dev/null || true; fi
    done
  else
    echo "$name: process $pid is gone already" >&2
  fi
  rm -f "$pidfile"
}
