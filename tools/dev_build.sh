# Configuring and building with CMake, Ninja and ccache. Sourced by ./dev, never run.

# configure FOLDER OPTIONS...: runs CMake when the folder is new or its options changed. Ninja
# itself sees changed CMakeLists.txt and new source files.
configure() {
  local folder=$1 stamp=$1/dev-options
  shift
  [[ -f $folder/build.ninja && -f $stamp && $(<"$stamp") == "$*" ]] && return 0
  say "Configuring $(basename "$folder")" "配置"
  mkdir -p "$folder"
  if ! run_logged "configure-$(basename "$folder")" cmake -G Ninja -S "$root" -B "$folder" "$@"; then
    tail -n 20 "$logs/configure-$(basename "$folder").log" >&2
    fail "CMake could not configure $folder. Its last words are above; ./dev clean starts afresh." \
      "CMake 配置失败，原因见上；./dev clean 可重新开始。"
  fi
  echo "$*" >"$stamp"
}

# build FOLDER TARGETS...: builds, silent when nothing is to do.
build() {
  local folder=$1 name
  name=build-$(basename "$folder")
  shift
  export NINJA_STATUS='[%f/%t] '
  export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
  # It names the checkout, and makes the result the same in all of them (cmake/Warnings.cmake).
  export CCACHE_IGNOREOPTIONS='-ffile-prefix-map=*'
  # Without these ccache never hits where a precompiled header is used (tests/CMakeLists.txt).
  export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros}
  if ! run_logged "$name" ninja -C "$folder" -j "$jobs" "$@"; then
    grep -nE 'FAILED|error:|error: |undefined reference|ninja: error' "$logs/$name.log" | head -n 30 >&2 || true
    fail "the build failed; the first errors are above, all of it is in build/logs/$name.log." \
      "构建失败；首批错误见上，完整日志在 build/logs/$name.log。"
  fi
  grep -q 'no work to do' "$logs/$name.log" || say "Built $(basename "$folder")" "构建完成"
}

# -g1: names and lines for backtraces and perf, in two thirds of the time of -g.
configure_release() {
  configure "$root/build" -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O2 -g1 -DNDEBUG" -DJIANDU_TESTS=ON -DJIANDU_BENCH=ON
}

# -O0: g++ 12 needs a minute a Boost file for sanitizers with -O1, 20 s without (docs/adr/0001).
configure_sanitized() {
  configure "$root/build-asan" -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O0 -g1" \
    -DJIANDU_SANITIZE=ON -DJIANDU_TESTS=ON -DJIANDU_BENCH=OFF
}

configure_fuzz() {
  configure "$root/build-fuzz" -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 \
    -DCMAKE_BUILD_TYPE=RelWithDebInfo "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O1 -g1" -DJIANDU_FUZZ=ON -DJIANDU_TESTS=ON -DJIANDU_BENCH=OFF
}

build_program() {
  check_system
  ensure_packages "${packages_build[@]}"
  jobs=$(count_jobs)
  configure_release
  compgen -G "$root/cli/*.cc" >/dev/null || fail "cli/ holds no source file, so there is no program to build."
  build "$root/build" jiandu
}
