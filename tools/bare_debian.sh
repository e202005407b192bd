#!/usr/bin/env bash
# Tries the README's commands as a newcomer would: in a bare Debian 12, on a clean clone.
#
# What a developer's machine has installed by hand hides what ./dev forgets; a root made by
# debootstrap has nothing. The mirror is the one this machine's apt uses.
# Usage (as root): tools/bare_debian.sh [--keep] [COMMAND...]
#   COMMAND  what to run instead of: "./dev demo --once" "./dev test"
#   --keep   leave the root in place afterwards and print where it is
# BARE_DEBIAN_FOLDER names where the root is made (default: a new folder in TMPDIR; 6 GB).
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() {
  echo "bare_debian: $1" >&2
  exit 1
}

keep=no
if [[ ${1:-} == --keep ]]; then
  keep=yes
  shift
fi
commands=("$@")
((${#commands[@]} > 0)) || commands=("./dev demo --once" "./dev test")

((EUID == 0)) || fail "making a root needs root. Run: sudo tools/bare_debian.sh"
for tool in debootstrap unshare git; do
  command -v "$tool" >/dev/null || fail "$tool is missing. Install it with: apt-get install debootstrap util-linux git"
done
[[ -z $(git -C "$top" status --porcelain) ]] ||
  echo "bare_debian: uncommitted changes are not part of what is tried" >&2

# SUITE URI of the package sources this machine knows for Debian 12.
sources=$(apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
  awk '$1 == "Debian" && $2 ~ /^bookworm/ {print $2, $3}' | sort -u)
mirror=$(awk '$1 == "bookworm" {print $2; exit}' <<<"$sources")
[[ -n $mirror ]] || fail "apt on this machine knows no Debian 12 mirror. Run apt-get update, or use a Debian 12 machine."

folder=${BARE_DEBIAN_FOLDER:-$(mktemp -d)}
mkdir -p "$folder"
finish() {
  # Mounts live in a namespace that ended with its last process; one file system is safe to delete.
  [[ $keep == yes ]] && echo "bare_debian: the root is kept in $folder" || rm -rf --one-file-system "$folder"
}
trap finish EXIT

say() { printf '[%02d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$1"; }

say "Making a bare Debian 12"
debootstrap --variant=minbase --include=ca-certificates bookworm "$folder" "$mirror" \
  >"$folder.log" 2>&1 || { tail -n 5 "$folder.log" >&2; fail "debootstrap failed; see $folder.log"; }
rm -f "$folder.log"
# What the machine's apt needs to reach its mirror, the root's needs too. No list is copied: a
# newcomer's machine may have none.
awk '{print "deb", $2, $1, "main"}' <<<"$sources" >"$folder/etc/apt/sources.list"
for part in apt.conf.d auth.conf.d; do
  find "/etc/apt/$part" -type f \( -iname '*proxy*' -o -iname '*check*' -o -path '*auth.conf.d*' \) \
    -exec cp -t "$folder/etc/apt/$part/" {} + 2>/dev/null || true
done
rm -rf "$folder"/var/lib/apt/lists/*
cp -L /etc/resolv.conf /etc/hosts "$folder/etc/"

say "Cloning $(git -C "$top" log -1 --format='%h %s')"
git -c safe.directory='*' clone -q --no-hardlinks "$top" "$folder/srv/jiandu"

# bare COMMAND: in the root, with namespaces of its own, so that nothing outlives it.
bare() {
  unshare --mount --pid --fork --kill-child bash -c '
    mount --make-rprivate / && mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" &&
      mount -t sysfs -o ro sysfs "$1/sys" &&
      exec chroot "$1" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin CI=true \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
        bash -c "cd /srv/jiandu && $2"' bare "$folder" "$1" </dev/null
}

for command in "${commands[@]}"; do
  began=$SECONDS
  say "\$ $command"
  bare "$command" || fail "\"$command\" ended with $? in the bare root"
  say "\"$command\" passed in $((SECONDS - began)) s"
done
