#!/usr/bin/env python3
"""Runs clang-tidy-19 side by side and remembers which files were clean.

A file is skipped when nothing it was judged by has changed: its text, the text of every header of
ours it includes, its definitions, .clang-tidy and clang-tidy itself. Only clean results are
remembered: in BUILD/tidy-cache, and with --record in tools/tidy_clean.txt, which stands in the
repository so that a clean checkout (--known) judges only what has changed since. ./dev lint judges
every file anew.
Usage: tidy.py --build DIR [--jobs N] [--known] [--record] (--all | [--pure] [--changed] [FILE...])
"""

import argparse
import concurrent.futures
import hashlib
import json
import os
import shutil
import subprocess
import sys

import check_layers
import cpp_text

TIDY = os.environ.get("CLANG_TIDY", "clang-tidy-19")
CLEAN = os.path.join("tools", "tidy_clean.txt")
EXTRA = ("--quiet", "--extra-arg=-Wno-unknown-warning-option", "--extra-arg=-Wno-error")


def closure(root, path):
    """The file and every header of ours it sees, sorted."""
    seen, todo = set(), [path]
    while todo:
        current = todo.pop()
        if current in seen or not os.path.exists(os.path.join(root, current)):
            continue
        seen.add(current)
        todo += [what for _, mark, what in cpp_text.includes(cpp_text.read(root, current))
                 if mark == '"']
    return sorted(seen)


def key_of(root, path, command, judge):
    digest = hashlib.sha256(judge)
    digest.update(command.encode())
    for part in closure(root, path):
        digest.update(part.encode() + b"\0" + cpp_text.read(root, part).encode() + b"\0")
    return digest.hexdigest()


def definitions(command, root):
    """What of a compile command a judgement depends on, the same in every checkout and build."""
    words = command.replace(root, "").split()
    return " ".join(word for word in words if word.startswith(("-D", "-I", "-isystem", "-std")))


def read_clean(root):
    if not os.path.exists(os.path.join(root, CLEAN)):
        return {}
    lines = cpp_text.read(root, CLEAN).splitlines()
    return {line.split()[1]: line.split()[0] for line in lines if not line.startswith("#")}


def write_clean(root, clean, known):
    """One line a file that still exists: its key and its name."""
    with open(os.path.join(root, CLEAN), "w", encoding="utf-8") as file:
        file.write("# Files clang-tidy found clean, by what they were judged by. Written by\n"
                   "# tools/tidy.py --record; never by hand.\n")
        for path in sorted(set(clean) & set(known)):
            file.write(f"{clean[path]} {path}\n")


def changed_files(root):
    """What the last commit and the working tree changed; nothing when there is no git."""
    if shutil.which("git") is None:
        return []
    # A checkout may belong to somebody else than the one who tests it.
    git = ["git", "-C", root, "-c", "safe.directory=*"]
    names = []
    for question in (["diff", "--name-only", "HEAD~1"], ["ls-files", "-o", "--exclude-standard"]):
        answer = subprocess.run(git + question, capture_output=True, text=True, check=False)
        names += answer.stdout.split("\n")
    return [name for name in names if name]


def wanted_files(root, arguments, known):
    if arguments.all:
        return sorted(known)
    wanted = set(arguments.files)
    if arguments.pure:
        wanted |= {path for path in known if check_layers.is_pure(path, check_layers.layer_of(path))}
    if arguments.changed:
        stems = {check_layers.stem(path) for path in changed_files(root)
                 if path.endswith(cpp_text.SOURCE_SUFFIXES)}
        wanted |= {path for path in known if check_layers.stem(path) in stems}
    return sorted(wanted & set(known))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--pure", action="store_true")
    parser.add_argument("--changed", action="store_true")
    parser.add_argument("--known", action="store_true")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("files", nargs="*")
    arguments = parser.parse_args()
    root = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))

    with open(os.path.join(arguments.build, "compile_commands.json"), encoding="utf-8") as file:
        commands = {os.path.relpath(entry["file"], root): entry["command"]
                    for entry in json.load(file)}
    known = {path: definitions(command, root) for path, command in commands.items()
             if not path.startswith("..") and check_layers.layer_of(path)}
    version = subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout
    version = b"".join(line for line in version.splitlines() if b"version" in line)
    judge = version + cpp_text.read(root, ".clang-tidy").encode() + " ".join(EXTRA).encode()
    cache = os.path.join(arguments.build, "tidy-cache")
    os.makedirs(cache, exist_ok=True)

    clean = read_clean(root)

    def judge_one(path):
        key = key_of(root, path, known[path], judge)
        mark = os.path.join(cache, key)
        if os.path.exists(mark) or (arguments.known and clean.get(path) == key):
            clean[path] = key
            return path, 0, None
        run = subprocess.run([TIDY, *EXTRA, "-p", arguments.build, os.path.join(root, path)],
                             capture_output=True, text=True, check=False)
        if run.returncode == 0:
            clean[path] = key
            with open(mark, "w", encoding="utf-8") as file:
                file.write(path + "\n")
        return path, run.returncode, run.stdout + run.stderr

    wanted = wanted_files(root, arguments, known)
    bad, fresh = [], 0
    with concurrent.futures.ThreadPoolExecutor(max(1, arguments.jobs)) as pool:
        for number, (path, code, output) in enumerate(pool.map(judge_one, wanted), 1):
            fresh += output is not None
            if code != 0:
                bad.append(path)
                print(output.replace(root + "/", ""), flush=True)
            print(f"[{number}/{len(wanted)}] {path}", flush=True)
    if arguments.record:
        write_clean(root, clean, known)
    for path in bad:
        print(f"tidy: {path} has findings")
    print(f"{len(wanted)} files, {len(wanted) - fresh} of them unchanged, {len(bad)} with findings")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
