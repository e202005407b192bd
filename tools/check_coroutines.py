#!/usr/bin/env python3
"""Guards against the g++ 12.2 coroutine trap: to the right of co_await no `{` and no `[`.

g++ 12.2 destroys temporaries of aggregates and capturing lambdas inside a co_await expression
twice. A call on named variables is safe, so a co_await gets a statement of its own. Coroutines
stand only in the files that may include Boost.
Prints one line per breach and exits 1 if there is any.  Usage: check_coroutines.py [--root DIR]
"""

import re
import sys

import check_layers
import check_main
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


if __name__ == "__main__":
    sys.exit(check_main.main(__doc__, check, "coroutines: {count} files keep to the rule"))
