#!/usr/bin/env python3
"""Files of at most 400 lines, functions of at most 70, folder READMEs of at most 40, nothing unfinished.

Prints one line per breach and exits 1 if there is any.  Usage: check_sizes.py [--root DIR]
"""

import os
import re
import sys

import check_main
import cpp_text

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
FOLDER_README_LINES_MAX = 40
# An unfinished thought belongs into an issue, where somebody will find it.
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")


def check(root):
    faults = []
    paths = cpp_text.source_files(root, (".cc", ".h", ".py", ".sh", ".js", ".mjs", "README.md"))
    if os.path.exists(os.path.join(root, "dev")):
        paths.append("dev")
    for path in paths:
        text = cpp_text.read(root, path)
        lines = text.count("\n") + (not text.endswith("\n"))
        if path.endswith("README.md"):
            if os.sep in path and lines > FOLDER_README_LINES_MAX:
                faults.append(f"{path}:1: {lines} lines; a folder's README has at most "
                              f"{FOLDER_README_LINES_MAX}")
            continue
        if lines > FILE_LINES_MAX:
            faults.append(f"{path}:1: {lines} lines; split it, a file has at most {FILE_LINES_MAX}")
        for match in UNFINISHED.finditer(text):
            faults.append(f"{path}:{cpp_text.line_of(text, match.start())}: `{match.group()}`: "
                          "finish it, or file an issue")
        if path.endswith(cpp_text.SOURCE_SUFFIXES):
            faults += [f"{path}:{first}: {name} has {count} lines; a function has at most "
                       f"{FUNCTION_LINES_MAX}"
                       for name, first, count in cpp_text.functions(text)
                       if count > FUNCTION_LINES_MAX]
    return faults, len(paths)


if __name__ == "__main__":
    sys.exit(check_main.main(__doc__, check, "sizes: {count} files keep to the measure"))
