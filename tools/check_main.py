"""The command around a check of the tree: its one option, a line per breach, the exit code."""

import argparse
import os


def main(doc, check, verdict):
    """Runs `check(root)` -> (breaches, how many it looked at); `verdict` is said when all is well."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    parser.add_argument("--root", default=os.path.join(os.path.dirname(__file__), ".."))
    faults, count = check(parser.parse_args().root)
    for fault in faults:
        print(fault)
    if not faults:
        print(verdict.format(count=count))
    return 1 if faults else 0
