# ./dev sim: whole nodes in one thread (tests/simulator, docs/simulator.md). Sourced by ./dev, never run.

# Results alone on stdout: with --output json its last line is the record.
command_sim() {
  check_system >&2
  ensure_packages "${packages_build[@]}" "${packages_test[@]}" >&2
  jobs=$(count_jobs)
  configure_release >&2
  build "$root/build" jiandu_sim >&2
  exec "$(find "$root/build" -maxdepth 3 -type f -name jiandu_sim -perm -u+x | head -n 1)" "$@"
}
