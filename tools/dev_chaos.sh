# ./dev chaos: real nodes under real faults (tests/chaos, docs/chaos.md). Sourced by ./dev, never run.

packages_chaos=(python3 python3-cryptography iproute2 util-linux)

# Results alone on stdout: with --output json its last line is the record.
command_chaos() {
  local word
  for word in "$@"; do
    if [[ $word == -h || $word == --help ]]; then
      exec python3 "$root/tests/chaos/chaos.py" --help
    fi
  done
  build_program >&2
  ensure_packages "${packages_chaos[@]}" >&2
  JIANDU=$root/build/jiandu exec python3 "$root/tests/chaos/chaos.py" "$@"
}
