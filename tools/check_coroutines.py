#!/usr/bin/env python3
"""Guards against the g++ 12.2 coroutine trap: to the right of co_await no `{` and no `[`.

g++ 12.2 destroys temporaries of aggregates and capturing lambdas inside a co_await expression
twice. A call on named variables is safe, so a co_await gets a statement of its own. Coroutines
stand only in the files that may include Boost.
Prints one line per breach and exits 1 if there is any.  Usage: check_coroutines.py [--root DIR]
"""

import argparse
import os
import re
import sys

import check_layers
import cpp_text

TRAP = re.compile(r"\bco_await\b[^;]*?[\[{]")
COROUTINE = re.compile(r"\bco_(await|return|yield)\b")


def check(root):
    faults = []
    paths = cpp_text.source_files(root)
    for path in paths:
        clean = cpp_text.strip_all(cpp_text.read(root, path))
        for match in TRAP.finditer(clean):
            faults.append(f"{path}:{cpp_text.line_of(clean, match.start())}: `{{` or `[` to the "
                          "right of co_await: name the value first (g++ 12.2 frees it twice)")
        first = COROUTINE.search(clean)
        home = check_layers.stem(path) in check_layers.CONFINED["boost/"]
        if first and not home and not path.startswith("tests/"):
            faults.append(f"{path}:{cpp_text.line_of(clean, first.start())}: coroutines stand only "
                          "in the files that may include Boost (tools/check_layers.py)")
    return faults, len(paths)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), ".."))
    faults, count = check(parser.parse_args().root)
    for fault in faults:
        print(fault)
    if not faults:
        print(f"coroutines: {count} files keep to the rule")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
