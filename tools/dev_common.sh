# What all commands of ./dev share: words, time, logs, progress. Sourced, never run.

started=$SECONDS
logs=$root/build/logs
if [[ -t 1 ]]; then interactive=yes; else interactive=no; fi
child=  # the commands under way: they ignore Ctrl-C as every background command does, so we end them
# shellcheck disable=SC2086
trap '[[ -z $child ]] || kill $child 2>/dev/null; exit 130' INT TERM

elapsed() { printf '%d:%02d' $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)); }

# say ENGLISH [CHINESE]: one step, with the time since ./dev began.
say() { printf '[%s] %s%s\n' "$(elapsed)" "$1" "${2:+ / $2}"; }

warn() { printf '[%s] warning: %s\n' "$(elapsed)" "$1" >&2; }

# fail ENGLISH [CHINESE]: what happened and what to do next, then the end.
fail() {
  printf '\nerror: %s\n' "$1" >&2
  [[ -n ${2:-} ]] && printf '错误：%s\n' "$2" >&2
  exit 1
}

# ask QUESTION: yes or no from a person; whoever has no terminal has said no.
ask() {
  [[ -t 0 && -t 1 ]] || return 1
  local answer
  read -r -p "$1 [Y/n] " answer
  [[ -z $answer || $answer == [yY]* ]]
}

# run_logged NAME COMMAND...: output goes to build/logs/NAME.log; every 15 s the last line of
# progress is shown (a terminal sees it in place, ten times a minute a log would drown).
run_logged() {
  local name=$1 log=$logs/$1.log pid status=0 shown=$SECONDS
  shift
  mkdir -p "$logs"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$! child=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if [[ $interactive == yes ]]; then
      printf '\r\033[K[%s] %s: %s' "$(elapsed)" "$name" "$(last_progress "$log")"
    elif ((SECONDS - shown >= 15)); then
      shown=$SECONDS
      printf '[%s] %s: %s\n' "$(elapsed)" "$name" "$(last_progress "$log")"
    fi
  done
  [[ $interactive == yes ]] && printf '\r\033[K'
  wait "$pid" || status=$?
  child=
  return "$status"
}

last_progress() {
  local width=${COLUMNS:-100} line
  line=$(tail -c 4000 "$1" 2>/dev/null | tr '\r' '\n' | grep -av '^ *$' | tail -n 1 || true)
  printf '%s' "${line:0:$((width - 24))}"
}

# as_root COMMAND...: runs it as root, however this user gets there.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}
