# ./dev mutants: does a named test notice each guard that is taken away? Sourced by ./dev, never run.

command_mutants() {
  check_system
  ensure_packages "${packages_build[@]}" python3 git
  # Not one by one with `build`: the copy in build/mutants has a build of its own, see mutants.py.
  exec python3 "$root/tools/mutants.py" --jobs "$(count_jobs)" "$@"
}
