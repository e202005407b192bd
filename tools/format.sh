#!/usr/bin/env bash
# Lays all C++ files out with clang-format-19; with --check only says which are not.
# Usage: tools/format.sh [--check] [FILE...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

formatter=${CLANG_FORMAT:-clang-format-19}
if ! command -v "$formatter" >/dev/null; then
  echo "format: $formatter is missing. Install it with: apt-get install clang-format-19" >&2
  exit 2
fi

check=no
if [[ ${1:-} == --check ]]; then
  check=yes
  shift
fi
if (($# > 0)); then
  files=("$@")
else
  mapfile -t files < <(find . -name .git -prune -o -name 'build*' -prune -o -name devnet -prune \
    -o -type f \( -name '*.cc' -o -name '*.h' \) -print | sort)
fi
((${#files[@]} > 0)) || exit 0

if [[ $check == no ]]; then
  printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 20 "$formatter" -i
  echo "format: ${#files[@]} files laid out"
  exit 0
fi

# One complaint a file is enough: the cure is to run the formatter, not to read the places.
# shellcheck disable=SC2016  # $0 and $1 belong to the inner shell
bad=$(printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 bash -c \
  '"$0" --dry-run --Werror "$1" >/dev/null 2>&1 || echo "$1"' "$formatter" | sed 's|^\./||' | sort)
if [[ -n $bad ]]; then
  while read -r file; do
    echo "$file:1: not laid out. Run: tools/format.sh $file"
  done <<<"$bad"
  exit 1
fi
echo "format: ${#files[@]} files are laid out"
