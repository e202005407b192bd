#!/usr/bin/env python3
"""Takes one guard away at a time and asks that its named test fails.

The list is tools/mutants.toml (form: check_mutants.py). Works on a copy of the tree in
build/mutants, never on the tree itself. First every named test must pass there as it is; then, for
each mutant, its text is replaced, the one program of its test is built, and that test alone is run.
Caught: it fails, crashes or does not end. What does not compile is no mutant but a fault of the list.

Usage: mutants.py [--only NAME]... [--output text|json] [--keep] [--jobs N]
Exit code 0 when all are caught, 1 otherwise. With --output json the last line is
{"mutants":N,"caught":N}.
"""

import argparse
import difflib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import check_mutants

CMAKE_FLAGS = ("-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DJIANDU_TESTS=ON", "-DJIANDU_BENCH=OFF",
               "-DCMAKE_CXX_FLAGS_RELWITHDEBINFO=-O2 -g1 -DNDEBUG")
TEST_SECONDS_MAX = 120  # a mutant that never ends is caught, as ctest's time-out would catch it
PROGRESS_SECONDS = 15
LOG_LINES_SHOWN = 30
FILES_MAX = 100000


class Trouble(Exception):
    """What stops the whole run: a sentence in English and one in Chinese."""

    def __init__(self, english, chinese):
        super().__init__(english)
        self.chinese = chinese


def tail(path, lines=LOG_LINES_SHOWN):
    with open(path, encoding="utf-8", errors="replace") as log:
        return "".join(log.readlines()[-lines:]).rstrip()


class Scratch:
    """A copy of the tree with a build of its own. Its path is always the same one, so that the
    compiler cache still knows next time what it has compiled."""

    def __init__(self, root, jobs):
        self.root = root
        self.tree = os.path.join(root, "build", "mutants", "tree")
        self.build = os.path.join(self.tree, "build")  # as in the tree itself: the cache hits
        self.log = os.path.join(root, "build", "logs", "mutants.log")
        self.jobs = jobs
        self.environment = dict(os.environ, CCACHE_BASEDIR=self.tree, CCACHE_NOHASHDIR="1",
                                NINJA_STATUS="[%f/%t] ")
        self.environment.setdefault("CCACHE_SLOPPINESS", "pch_defines,time_macros")
        os.makedirs(os.path.dirname(self.log), exist_ok=True)

    def copy_tree(self):
        """What git tracks or would track. Files that are equal keep their time: no new build."""
        listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                cwd=self.root, capture_output=True, check=False)
        if listed.returncode != 0:
            raise Trouble("the tree is no git checkout, so what belongs to it is not known; clone it.",
                          "当前目录不是 git 检出，无法确定源文件；请使用 git clone。")
        names = {name for name in os.fsdecode(listed.stdout).split("\0")
                 if name and os.path.isfile(os.path.join(self.root, name))}
        if len(names) > FILES_MAX:
            raise Trouble(f"over {FILES_MAX} files are not ignored by git; look for strays.",
                          f"未被 git 忽略的文件超过 {FILES_MAX} 个，请清理。")
        for name in sorted(names):
            self.write(name, self.read_bytes(self.root, name))
        for folder, folders, files in os.walk(self.tree):
            if folder == self.tree:
                folders[:] = [one for one in folders if one != "build"]
            for file in files:
                whole = os.path.join(folder, file)
                if os.path.relpath(whole, self.tree) not in names:
                    os.remove(whole)

    @staticmethod
    def read_bytes(top, name):
        with open(os.path.join(top, name), "rb") as file:
            return file.read()

    def write(self, name, data):
        whole = os.path.join(self.tree, name)
        if os.path.isfile(whole) and self.read_bytes(self.tree, name) == data:
            return
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "wb") as file:
            file.write(data)
        shutil.copymode(os.path.join(self.root, name), whole)

    def run(self, command, what):
        """True when it ended well; all it says goes to the log, a word now and then to the screen."""
        shown = time.monotonic()
        with open(self.log, "w", encoding="utf-8") as log:
            child = subprocess.Popen(command, cwd=self.tree, env=self.environment, stdout=log,
                                     stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
            try:
                while True:
                    try:
                        return child.wait(timeout=1) == 0
                    except subprocess.TimeoutExpired:
                        pass
                    if time.monotonic() - shown >= PROGRESS_SECONDS:
                        shown = time.monotonic()
                        last = tail(self.log, 1)
                        print(f"  {what}: {last[:60]}", flush=True)
            finally:
                if child.poll() is None:
                    child.terminate()
                    child.wait()

    def configure(self):
        if os.path.exists(os.path.join(self.build, "build.ninja")):
            return
        if not self.run(["cmake", "-G", "Ninja", "-S", self.tree, "-B", self.build, *CMAKE_FLAGS], "cmake"):
            raise Trouble(f"CMake could not configure the copy; see {self.log}.",
                          f"CMake 配置失败，详见 {self.log}。")

    def make(self, programs):
        return self.run(["ninja", "-C", self.build, "-j", str(self.jobs), *sorted(programs)], "building")

    def test(self, program, names):
        """What GoogleTest says of each named test: passed, failed, skipped, or nothing at all."""
        report = os.path.join(self.build, "mutants-report.json")
        if os.path.exists(report):
            os.remove(report)
        command = [os.path.join(self.build, program), "--gtest_filter=" + ":".join(sorted(names)),
                   "--gtest_output=json:" + report]
        with open(self.log, "w", encoding="utf-8") as log:
            try:
                status = subprocess.run(command, cwd=self.tree, stdout=log, stderr=subprocess.STDOUT,
                                        stdin=subprocess.DEVNULL, check=False,
                                        timeout=TEST_SECONDS_MAX * len(names)).returncode
            except subprocess.TimeoutExpired:
                return {name: "failed" for name in names}
        found = verdicts(report) if os.path.exists(report) else {}
        if status != 0 and "failed" not in found.values():
            return {name: "failed" for name in names}  # a crash: which one it was does not matter
        return found

    def remove(self):
        shutil.rmtree(os.path.dirname(self.tree), ignore_errors=True)


def verdicts(report):
    with open(report, encoding="utf-8") as file:
        suites = json.load(file).get("testsuites", [])
    found = {}
    for suite in suites:
        for one in suite.get("testsuite", []):
            verdict = "failed" if one.get("failures") else "passed"
            if one.get("result") != "COMPLETED":
                verdict = "skipped"
            found[f"{suite['name']}.{one['name']}"] = verdict
    return found


def chosen(mutants, only):
    names = [one.name for one in mutants]
    for name in only:
        if name not in names:
            near = difflib.get_close_matches(name, names, 3) or names[:3]
            raise Trouble(f"no mutant is named {name}; try {', '.join(near)} (all: {check_mutants.LIST}).",
                          f"没有名为 {name} 的变异；可试 {'、'.join(near)}（全部见 {check_mutants.LIST}）。")
    return [one for one in mutants if not only or one.name in only]


def read_list(root, only):
    faults, count = check_mutants.check(root)
    if faults or count == 0:
        print("\n".join(faults), file=sys.stderr)
        raise Trouble(f"the list does not fit the tree ({len(faults)} faults above); mend {check_mutants.LIST}.",
                      f"变异清单与代码不符（见上 {len(faults)} 处），请修正 {check_mutants.LIST}。")
    return chosen(check_mutants.load(root)[0], only)


def prove_whole(scratch, by_program):
    """Unchanged, every named test runs and passes: else its failing would prove nothing."""
    if not scratch.make(by_program):
        print(tail(scratch.log), file=sys.stderr)
        raise Trouble(f"the tree does not build as it is; see {scratch.log}.",
                      f"未变异的代码无法构建，详见 {scratch.log}。")
    for program, names in sorted(by_program.items()):
        found = scratch.test(program, names)
        bad = [f"{name}: {found.get(name, 'did not run')}" for name in sorted(names)
               if found.get(name) != "passed"]
        if bad:
            print("\n".join(bad), file=sys.stderr)
            raise Trouble("these tests do not pass on the tree as it is, so they can catch nothing; mend "
                          f"them first ({scratch.log}).",
                          f"上列测试在未变异的代码上未通过，请先修正（{scratch.log}）。")


def try_one(scratch, mutant, program):
    """'caught', 'survived' or 'broken'."""
    whole = scratch.read_bytes(scratch.tree, mutant.file)
    scratch.write(mutant.file, whole.replace(mutant.find.encode(), mutant.replace.encode(), 1))
    try:
        if not scratch.make([program]):
            return "broken"
        found = scratch.test(program, [mutant.test])
        return "survived" if found.get(mutant.test) == "passed" else "caught"
    finally:
        scratch.write(mutant.file, whole)


def try_all(scratch, mutants, program_of):
    """The mutants that were not caught, with what became of them."""
    left = []
    ordered = sorted(mutants, key=lambda one: (program_of[one.test], one.file))
    for number, mutant in enumerate(ordered, 1):
        began = time.monotonic()
        outcome = try_one(scratch, mutant, program_of[mutant.test])
        print(f"[{number:3}/{len(ordered)}] {outcome:9}{mutant.name} ({time.monotonic() - began:.1f} s)",
              flush=True)
        if outcome == "broken":
            print(tail(scratch.log), file=sys.stderr)
        if outcome != "caught":
            left.append((mutant, outcome))
    return left


def explain(left):
    for mutant, outcome in left:
        if outcome == "survived":
            print(f"NOT CAUGHT {mutant.name}: {mutant.test} passes without the guard in {mutant.file}.\n"
                  f"  {mutant.why}\n  Strengthen the test; a guard that nothing misses is not kept by "
                  "anything. / 去掉该护栏后测试仍通过，请加强测试。", file=sys.stderr)
        else:
            print(f"DOES NOT COMPILE {mutant.name}: mend its replacement in {check_mutants.LIST}. "
                  "/ 该变异无法编译，请修正清单。", file=sys.stderr)


def run(root, options):
    mutants = read_list(root, options.only)
    tests = check_mutants.tests_of(root)
    program_of = {one.test: tests[one.test][0] for one in mutants}
    by_program = {}
    for test, program in program_of.items():
        by_program.setdefault(program, set()).add(test)
    scratch = Scratch(root, options.jobs)
    began = time.monotonic()
    try:
        print(f"Copying the tree and building {len(by_program)} test programs / 复制代码并构建测试程序",
              flush=True)
        scratch.copy_tree()
        scratch.configure()
        prove_whole(scratch, by_program)
        print(f"{len(program_of)} named tests pass unchanged; {len(mutants)} mutants follow "
              "/ 指定测试均通过，开始逐一变异", flush=True)
        left = try_all(scratch, mutants, program_of)
    finally:
        if not options.keep:
            scratch.remove()
    explain(left)
    caught = len(mutants) - len(left)
    print(f"{caught} of {len(mutants)} mutants are caught by their named test, in "
          f"{time.monotonic() - began:.0f} s. / 共 {len(mutants)} 个变异，{caught} 个被指定测试发现。")
    if options.output == "json":
        print(json.dumps({"mutants": len(mutants), "caught": caught}, separators=(",", ":")))
    return 1 if left else 0


class Parser(argparse.ArgumentParser):
    """Says what is wrong with the flags as ./dev does."""

    def error(self, message):
        raise Trouble(f"./dev mutants takes --only NAME, --output json and --keep: {message}.",
                      f"./dev mutants 只接受 --only NAME、--output json 与 --keep：{message}。")


def main():
    parser = Parser(prog="./dev mutants", description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", default=[], metavar="NAME",
                        help="this mutant (may be repeated) / 仅此变异")
    parser.add_argument("--output", choices=("text", "json"), default="text",
                        help="json: the last line holds the counts / 末行为计数")
    parser.add_argument("--keep", action="store_true",
                        help="keep the copy and its build for the next run / 保留副本")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help=argparse.SUPPRESS)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    root = os.path.realpath(os.path.join(os.path.dirname(__file__), ".."))
    try:
        return run(root, parser.parse_args())
    except Trouble as trouble:
        print(f"error: {trouble}\n错误：{trouble.chinese}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
