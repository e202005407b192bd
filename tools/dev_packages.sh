# What ./dev installs and what it checks before it begins. Sourced by ./dev, never run.

# docs/architecture.md, "Dependencies", says why each is here. Boost is named by its version:
# libboost-dev is 1.74 on Debian 12 and conflicts with it.
packages_build=(build-essential cmake ninja-build ccache pkg-config
  libboost1.81-dev rapidjson-dev libleveldb-dev libsodium-dev libsecp256k1-dev libssl-dev
  libjemalloc-dev libzstd-dev libspdlog-dev libfmt-dev libtomlplusplus-dev libcli11-dev prometheus-cpp-dev
  libgtest-dev libgmock-dev libbenchmark-dev libprotobuf-dev protobuf-compiler)
packages_test=(python3 python3-cryptography openssl curl nodejs)
packages_lint=(python3 git clang-format-19 clang-tidy-19)
packages_fuzz=(clang-19 libclang-rt-19-dev)

# missing_packages NAME...: those of the list that dpkg does not know as installed.
missing_packages() {
  comm -23 <(printf '%s\n' "$@" | sort -u) \
    <(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null |
      awk '$1 == "ii" {print $2}' | sort -u)
}

check_system() {
  local version=unknown
  [[ -r /etc/os-release ]] && version=$(. /etc/os-release && echo "${ID:-?} ${VERSION_ID:-?}")
  [[ $version == "debian 12" || ${JIANDU_ANY_SYSTEM:-} == 1 ]] || fail \
    "this is $version, and Jiandu is built on Debian 12 (bookworm). Use a Debian 12 machine or container, or install the packages listed in tools/dev_packages.sh yourself and set JIANDU_ANY_SYSTEM=1." \
    "当前系统为 $version，简牍在 Debian 12 上构建。请使用 Debian 12 主机或容器；或自行安装 tools/dev_packages.sh 所列软件包，并设置 JIANDU_ANY_SYSTEM=1。"
  local free_mb
  free_mb=$(df -Pm "$root" | awk 'NR == 2 {print $4}')
  ((free_mb >= 2048)) || fail \
    "only $free_mb MB are free on the disk of $root; a build needs 2048 MB. Free some, or run ./dev clean." \
    "磁盘仅剩 $free_mb MB，构建需要 2048 MB。请清理磁盘，或运行 ./dev clean。"
}

# How many compilers may run at once: one a core, but 1.5 GB of memory each.
count_jobs() {
  local cores memory_mb by_memory
  cores=$(nproc)
  memory_mb=$(awk '/^MemAvailable:/ {print int($2 / 1024)}' /proc/meminfo)
  by_memory=$((memory_mb / 1500))
  ((by_memory >= 1)) || by_memory=1
  ((memory_mb >= 1024)) || warn "only $memory_mb MB of memory are free: the build may be killed. Close programs, or add swap."
  echo $((cores < by_memory ? cores : by_memory))
}

# Boost 1.74 and 1.81 cannot be installed side by side on Debian 12.
check_boost() {
  [[ $1 == *libboost1.81-dev* ]] || return 0
  dpkg-query -W -f '${db:Status-Abbrev}\n' libboost1.74-dev 2>/dev/null | grep -q '^ii' || return 0
  ask "Boost 1.74's headers are installed and exclude those of 1.81, which Jiandu needs. Replace them?" && return 0
  fail "Boost 1.74's headers are installed and exclude those of 1.81, which Jiandu needs. Replace them with: apt-get install libboost1.81-dev" \
    "已安装 Boost 1.74 头文件，与所需的 1.81 冲突。请运行：apt-get install libboost1.81-dev"
}

apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qy -o Dpkg::Use-Pty=0)
  if compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null &&
    as_root "${apt[@]}" install --no-install-recommends "$@"; then
    return 0
  fi
  as_root "${apt[@]}" update && as_root "${apt[@]}" install --no-install-recommends "$@"
}

# ensure_packages NAME...: installs what is missing; root is not asked, others are.
ensure_packages() {
  [[ ${JIANDU_ANY_SYSTEM:-} == 1 ]] && return 0
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]} > 0)) || return 0
  check_boost "${missing[*]}"
  say "Installing ${#missing[@]} packages: ${missing[*]}" "安装软件包"
  if ((EUID != 0)); then
    local command="sudo apt-get install -y --no-install-recommends ${missing[*]}"
    command -v sudo >/dev/null && ask "Run \"$command\"?" || fail \
      "these packages are missing and nobody allowed their installation. Run: $command" \
      "缺少上述软件包且未获准安装。请运行：$command"
    sudo -v || fail "sudo was refused. Run as root: apt-get install -y --no-install-recommends ${missing[*]}" \
      "sudo 被拒绝，请以 root 身份安装上述软件包。"
  fi
  if ! run_logged apt apt_install "${missing[@]}"; then
    tail -n 15 "$logs/apt.log" >&2
    fail "apt could not install the packages (above, and in build/logs/apt.log). Check the network and /etc/apt/sources.list, then run this again." \
      "apt 安装失败（详见 build/logs/apt.log）。请检查网络与 /etc/apt/sources.list 后重试。"
  fi
}
