#!/usr/bin/env python3
"""The list of mutants (tools/mutants.toml) fits the tree: each text stands once, each test exists.

A mutant takes one guard away; `./dev mutants` asks that its named test then fails. Here only the
list is read: quick, so that it cannot rot between two such runs.
Prints one line per breach and exits 1 if there is any.  Usage: check_mutants.py [--root DIR]
"""

import collections
import dataclasses
import os
import re
import sys
import tomllib

import check_main
import cpp_text

LIST = "tools/mutants.toml"
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
TEST = re.compile(r"^TEST(?:_F)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
FIELDS = ("name", "file", "find", "replace", "test", "why")
MUTANTS_MAX = 1000


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One guard, and the test that must miss it."""
    name: str
    file: str
    find: str
    replace: str
    test: str
    why: str


def tests_of(root):
    """Full name of every test -> the programs that hold it (tests/CMakeLists.txt: one a layer)."""
    found = collections.defaultdict(list)
    for path in cpp_text.source_files(root, ("_test.cc",)):
        parts = path.split(os.sep)
        if parts[0] != "tests" or len(parts) < 3:
            continue
        program = "jiandu_" + "_".join(parts[1:-1]) + "_test"
        for match in TEST.finditer(cpp_text.read(root, path)):
            found[f"{match.group(1)}.{match.group(2)}"].append(program)
    return found


def load(root):
    """(mutants, faults of form). Without a list there is no mutant."""
    if not os.path.exists(os.path.join(root, LIST)):
        return [], []
    try:
        entries = tomllib.loads(cpp_text.read(root, LIST)).get("mutant", [])
    except tomllib.TOMLDecodeError as error:
        return [], [f"{LIST}:1: {error}"]
    if len(entries) > MUTANTS_MAX:
        return [], [f"{LIST}:1: over {MUTANTS_MAX} mutants"]
    mutants, faults = [], []
    for entry in entries:
        name = entry.get("name", "?")
        if sorted(entry) != sorted(FIELDS) or not all(isinstance(one, str) for one in entry.values()):
            faults.append(f"{LIST}:1: mutant {name}: it has other members than {', '.join(FIELDS)}")
            continue
        mutants.append(Mutant(**entry))
    return mutants, faults


def place_of(root, mutant):
    """The line of an entry, for whoever mends it."""
    text = cpp_text.read(root, LIST)
    at = max(text.find(f'name = "{mutant.name}"\n'), 0)
    return f"{LIST}:{cpp_text.line_of(text, at)}"


def mutant_faults(root, mutant, tests):
    whole = os.path.join(root, mutant.file)
    if not NAME.fullmatch(mutant.name):
        yield "a name is small letters, digits and single hyphens"
    if not mutant.why.strip():
        yield "it does not say why the guard stands"
    if mutant.find == mutant.replace or not mutant.find:
        yield "it changes nothing"
    if mutant.file.startswith("tests/") or not os.path.isfile(whole):
        yield f"{mutant.file} is no source file"
    else:
        times = cpp_text.read(root, mutant.file).count(mutant.find)
        if times != 1:
            yield (f"its text stands {times} times in {mutant.file}, not once: the code has changed; "
                   "mend the entry, or take it out if the guard is gone for a reason")
    programs = tests.get(mutant.test, [])
    if len(programs) != 1:
        yield f"there are {len(programs)} tests {mutant.test}; name one TEST or TEST_F"


def check(root):
    mutants, faults = load(root)
    tests = tests_of(root)
    for mutant in mutants:
        faults += [f"{place_of(root, mutant)}: mutant {mutant.name}: {words}"
                   for words in mutant_faults(root, mutant, tests)]
    twice = [name for name, count in collections.Counter(one.name for one in mutants).items() if count > 1]
    faults += [f"{LIST}:1: mutant {name} stands twice" for name in twice]
    return faults, len(mutants)


if __name__ == "__main__":
    sys.exit(check_main.main(__doc__, check,
                             "mutants: {count} entries fit the tree and name tests that exist"))
