#!/usr/bin/env python3
"""Documents tell the truth about the tree: files they name exist, links lead somewhere.

A `code span` that looks like a path into one of our folders must exist; so must the target of a
relative link, with its heading. README.md and README.zh.md have the same commands and headings.
Prints one line per breach and exits 1 if there is any.  Usage: check_docs.py [--root DIR]
"""

import os
import re
import sys

import check_layers
import check_main
import cpp_text

FOLDERS = tuple(sorted({row.split("/")[0] for row in check_layers.LAYERS}
                       | {"tools", "docs", "cmake", "network-configs", "adapters", "ops", "console"}))
PATH = re.compile(r"`((?:%s)/[\w./-]*)`" % "|".join(FOLDERS))
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
# What a document may name although it is made later, or by a command.
NOT_YET = ("console/", "adapters/", "tests/oracle/", "tests/fuzz/")


def headings(text):
    """The anchors a page offers, as GitHub makes them."""
    found = set()
    for line in re.sub(r"```.*?```", "", text, flags=re.DOTALL).split("\n"):
        if line.startswith("#"):
            words = re.sub(r"[`*\[\]]|\([^)]*\)", "", line.lstrip("#").strip().lower())
            found.add(re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", words)))
    return found


def path_faults(root, path, text):
    for match in PATH.finditer(text):
        name = match.group(1)
        # `base/wire` names the pair of wire.h and wire.cc.
        if name in NOT_YET or any(os.path.exists(os.path.join(root, name + end)) for end in ("", ".h")):
            continue
        yield f"{path}:{cpp_text.line_of(text, match.start())}: {name} does not exist"


def link_faults(root, path, text):
    for match in LINK.finditer(text):
        target, _, anchor = match.group(1).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        place = f"{path}:{cpp_text.line_of(text, match.start())}"
        whole = os.path.normpath(os.path.join(os.path.dirname(path), target)) if target else path
        if not os.path.exists(os.path.join(root, whole)):
            yield f"{place}: the link to {target} leads nowhere"
        elif anchor and whole.endswith(".md") and anchor not in headings(cpp_text.read(root, whole)):
            yield f"{place}: {whole} has no heading #{anchor}"


def twin_faults(root):
    """Both READMEs name the same commands and have as many headings."""
    if not os.path.exists(os.path.join(root, "README.zh.md")):
        return []
    english, chinese = (cpp_text.read(root, name) for name in ("README.md", "README.zh.md"))
    faults = []
    if len(re.findall(r"^#", english, re.MULTILINE)) != len(re.findall(r"^#", chinese, re.MULTILINE)):
        faults.append("README.zh.md:1: it has not as many headings as README.md")
    for command in sorted(set(re.findall(r"(?:\./dev|build/jiandu) [\w-]+(?: --\w+)?", english))):
        if command not in chinese:
            faults.append(f"README.zh.md:1: README.md names `{command}`, the Chinese one does not")
    return faults


def check(root):
    paths = cpp_text.source_files(root, (".md",))
    faults = []
    for path in paths:
        text = cpp_text.read(root, path)
        faults += list(path_faults(root, path, text)) + list(link_faults(root, path, text))
    return faults + twin_faults(root), len(paths)


if __name__ == "__main__":
    sys.exit(check_main.main(__doc__, check, "docs: {count} pages name what exists"))
