#!/usr/bin/env python3
"""Writes gateway/openapi_document.cc's data from gateway/openapi.json, minified.

C++ of our compiler has no #embed; the text is checked in as a list of raw strings (one literal of
this length is more than C++ compilers must take), and a test compares it with the file.
Usage: embed_openapi.py [--root DIR]
"""

import argparse
import json
import os

PIECE_MAX = 90


def pieces(text):
    """Raw string literals of at most PIECE_MAX bytes each, never cutting a character."""
    line = ""
    for character in text:
        if len((line + character).encode()) > PIECE_MAX:
            yield line
            line = ""
        line += character
    yield line


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), ".."))
    root = parser.parse_args().root
    with open(os.path.join(root, "gateway/openapi.json"), encoding="utf-8") as source:
        document = json.load(source)
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    with open(os.path.join(root, "gateway/openapi_document.inc"), "w", encoding="utf-8") as target:
        for piece in pieces(text):
            target.write(f'R"jd({piece})jd",\n')


if __name__ == "__main__":
    main()
