# ./dev test and ./dev lint: the project's rules, tests, sanitizers and clang-tidy. Sourced by ./dev.

passed=0 failed=0 skipped=0

# check NAME COMMAND...: one rule of the project, counted as one test.
check() {
  local name=$1 log=$logs/check-$1.log
  shift
  mkdir -p "$logs"
  if "$@" >"$log" 2>&1; then
    passed=$((passed + 1))
    say "ok      $name: $(tail -n 1 "$log")"
  else
    failed=$((failed + 1))
    say "FAILED  $name"
    head -n 40 "$log" >&2
  fi
}

check_rules() {
  say "Checking the rules of the house" "检查工程规则"
  check layers python3 tools/check_layers.py
  check sizes python3 tools/check_sizes.py
  check coroutines python3 tools/check_coroutines.py
  check docs python3 tools/check_docs.py
  check mutants python3 tools/check_mutants.py
  check format tools/format.sh --check
}

junit_count() { grep -m1 -oE "\\b$2=\"[0-9]+\"" "$1" | grep -oE '[0-9]+' || echo 0; }

# run_tests NAME FOLDER CTEST-OPTIONS...: ctest, counted into passed, failed and skipped.
run_tests() {
  local name=$1 folder=$2 report=$logs/$1.xml total bad skip status=0
  shift 2
  rm -f "$report"
  run_logged "$name" ctest --test-dir "$folder" -j "$jobs" --output-on-failure \
    --output-junit "$report" "$@" || status=$?
  [[ -s $report ]] || {
    tail -n 20 "$logs/$name.log" >&2
    fail "the tests of $name could not be started; see build/logs/$name.log."
  }
  total=$(junit_count "$report" tests)
  bad=$(junit_count "$report" failures)
  skip=$(($(junit_count "$report" skipped) + $(junit_count "$report" disabled)))
  ((total > 0)) || fail "$name ran no test at all: ctest found none in $folder."
  passed=$((passed + total - bad - skip))
  failed=$((failed + bad))
  skipped=$((skipped + skip))
  say "$name: $((total - bad - skip)) passed, $bad failed, $skip skipped"
  if ((skip > 0)); then
    grep -E '\*\*\*Skipped|Not Run' "$logs/$name.log" | sed -E 's/^ *[0-9]+\/[0-9]+ Test +#[0-9]+: /  skipped: /; s/ \.\.\..*//' | head -n 12 || true
  fi
  if ((bad > 0)); then
    sed -n '/^The following tests FAILED/,$p' "$logs/$name.log" | head -n 40 >&2 || true
    grep -E -B2 -A12 'Failure$|ERROR: AddressSanitizer|runtime error:|assertion failed' "$logs/$name.log" | head -n 80 >&2 || true
    echo "All output: build/logs/$name.log" >&2
  elif ((status != 0)); then
    fail "ctest ended with $status although no test failed; see build/logs/$name.log."
  fi
}

# tidy OPTIONS...: clang-tidy by tools/tidy.py; unchanged files come from build/tidy-cache.
tidy() {
  if run_logged clang-tidy python3 tools/tidy.py --build build --jobs "$jobs" "$@"; then
    passed=$((passed + 1))
    say "ok      clang-tidy: $(tail -n 1 "$logs/clang-tidy.log")"
  else
    failed=$((failed + 1))
    say "FAILED  clang-tidy"
    grep -E 'error:|warning:|^tidy' "$logs/clang-tidy.log" | sort -u | head -n 40 >&2 || true
    echo "All output: build/logs/clang-tidy.log" >&2
  fi
}

summary() {
  say "Done in $(elapsed)" "用时"
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0))
}

prepare_checks() {
  check_system
  ensure_packages "${packages_build[@]}" "${packages_test[@]}" "${packages_lint[@]}"
  jobs=$(count_jobs)
}

command_test() {
  local extent=normal
  while (($# > 0)); do
    case $1 in
      --quick) extent=quick ;;
      --long) extent=long ;;
      *) fail "./dev test knows --quick and --long, not \"$1\"." "./dev test 只接受 --quick 与 --long。" ;;
    esac
    shift
  done
  prepare_checks
  check_rules
  configure_release
  say "Building the program and its tests with $jobs jobs (a clean build takes some minutes)" "构建程序与测试"
  # Normally what the label names runs here and the rest below, sanitized: compiled once.
  local which=(-L release -LE long) targets=(release_tests)
  [[ $extent == quick ]] && which=(-LE long) targets=()
  if [[ $extent == long ]]; then
    which=() targets=()
    export JIANDU_LONG=1
  fi
  build "$root/build" -k 0 "${targets[@]}"
  say "Running the tests" "运行测试"
  run_tests tests "$root/build" "${which[@]}"
  if [[ $extent != quick ]]; then
    configure_sanitized
    say "Building the tests again with AddressSanitizer and UBSan" "以内存检查方式再次构建"
    build "$root/build-asan" -k 0
    export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1}
    export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
    # Checker.* ask whether the simulator's checker sees planted faults: no question of memory, and
    # a minute and a half here for a second and a half above.
    # All seeds have run above; some of them again.
    JIANDU_SANITIZED=1 JIANDU_SIM_SEEDS=200 run_tests sanitized-tests "$root/build-asan" -LE 'long|unsanitized' -E '^Checker\.'
    say "Running clang-tidy on the pure layers and on changed files" "静态检查"
    tidy --known --pure --changed
  fi
  summary
}

command_lint() {
  (($# == 0)) || fail "./dev lint takes no flags, not \"$1\"."
  prepare_checks
  check_rules
  configure_release
  build "$root/build" -k 0
  say "Running clang-tidy on every file (some minutes when nothing is cached)" "静态检查全部文件"
  tidy --all
  summary
}
