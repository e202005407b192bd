"""The worked scenario on a live network, and the acceptance tests that stand on its rows.

One run of `jiandu scenario run linjiang` serves all: every row of the timeline (T1 to T57) holds,
and afterwards each node's ledger is executed again from its genesis. ACCEPTANCE says for each
acceptance test which rows show it, and which tests of the contracts besides.
"""
import json
import pathlib
import re
import shutil
import tempfile
import unittest

import support

ROWS = ["T1", "T1b"] + [f"T{n}" for n in range(2, 58)]

# Acceptance test: rows of the scenario, and tests ("Suite.Name") of tests/contracts or tests/e2e.
ACCEPTANCE = {
    1: ["T5", "T6", "T26"], 2: ["T7"], 3: ["T9", "Grant.OnlyTheOpenerOfTheProfileOpens"],
    4: ["T6"], 5: ["T11", "T12"], 6: ["T13", "T14"], 7: ["T15"], 8: ["T16", "T33"],
    9: ["T17", "T18"], 10: ["T19"], 11: ["T20"], 12: ["T20"],
    13: ["T21", "T22", "T23", "T24", "T25", "T26"], 14: ["T21"], 15: ["T26", "T27"], 16: ["T28"],
    17: ["T29", "T30", "T31"], 18: ["T32"], 19: ["T34"], 20: ["T35"], 21: ["T37"],
    22: ["T38", "T39"], 23: ["T40"], 24: ["T41"], 25: ["T42"], 26: ["T43"], 27: ["T44"],
    28: ["T45"], 29: ["T2", "T4"], 30: ["T52"],
    31: ["Privacy"],
    32: ["Amendment.WidensTheGrantOnceAndOpensNoOther",
         "Catalogue.RetirementWaitsForOpenCasesOrSettlesThem"],
    33: ["Access.AcknowledgementsAreCompared", "Evidence.RecordsOfABatchAreComparedOneByOne"],
    34: ["Derived.ABatchNamedAndNotThereIsAGapUntilItComes",
         "Batch.ADigestAcrossAChangeOfStateStraddles"],
    35: ["Scenario"], 36: ["Scenario", "Path.ReplayGivesTheSameWrites"],
    37: ["Departments.CodesAreCheckedAndUnique"],
    38: ["Grading.CoreDataSuspendsResourceAndGrantsAtOnce", "Grading.LoweringNeedsTheManagersHead"],
    39: ["Catalogue.SecretAndCoreDataAreForbidden"],
    40: ["Request.ClassScopeItemsAndModeMustFit"],
    41: ["T46"], 42: ["T47"], 43: ["T48"], 44: ["T49"], 45: ["T50"], 46: ["T51"], 47: ["T52"],
    48: ["T53"], 49: ["T54"], 50: ["T55"], 51: ["T56"], 52: ["T57"],
}


def tests_of_the_repository():
    """Names of tests: "Suite.Name" of C++, classes of the tests of the program."""
    names = set()
    for file in (support.SOURCE / "tests" / "contracts").glob("*.cc"):
        found = re.findall(r"TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", file.read_text())
        names.update(f"{suite}.{name}" for suite, name in found)
    for file in (support.SOURCE / "tests" / "e2e").glob("test_*.py"):
        names.update(re.findall(r"^class (\w+)", file.read_text(), re.MULTILINE))
    return names


class Scenario(unittest.TestCase):
    maxDiff = None  # what a row got instead is all there is to find its cause by
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="jiandu-e2e-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        cls.net = cls.folder / "net"
        done = support.run("--output", "json", "scenario", "run", "linjiang", "--dir", cls.net,
                           timeout=600, expect=None)
        cls.exit = done.returncode
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        cls.summary = lines[-1] if lines else {}
        cls.rows = {line["row"]: line for line in lines[:-1]}
        cls.words = done.stderr

    def test_every_row_holds_and_the_last_line_counts_them(self):
        wrong = {name: row["wrong"] for name, row in self.rows.items() if not row["ok"]}
        self.assertEqual(wrong, {}, self.words[-2000:])
        self.assertEqual(self.summary, {"rows": len(self.rows), "ok": len(self.rows)})
        self.assertEqual(self.exit, 0)

    def test_every_row_of_the_timeline_is_played(self):
        self.assertLessEqual(set(ROWS), set(self.rows))
        for name in ROWS:
            self.assertTrue(self.rows[name]["got"], name)

    def test_every_acceptance_test_stands_on_rows_that_hold_or_on_tests_that_exist(self):
        self.assertEqual(sorted(ACCEPTANCE), list(range(1, 53)))
        known = tests_of_the_repository()
        for number, shown_by in ACCEPTANCE.items():
            for name in shown_by:
                if re.fullmatch(r"T\d+\w?", name):
                    self.assertTrue(self.rows.get(name, {}).get("ok"), f"AT{number:02}: {name}")
                else:
                    self.assertIn(name, known, f"AT{number:02}")

    def test_replay_from_genesis_gives_the_same_roots_and_flags_at_every_node(self):
        """AT35, AT36: every block is executed again, its results and roots compared."""
        nodes = json.loads((self.net / "devnet.json").read_text())["nodes"]
        self.assertEqual(len(nodes), 4)
        for node in nodes:
            support.run_json("db", "check", "--full", "--data", self.net / node["alias"] / "data",
                             "--genesis", self.net / "genesis.json")


if __name__ == "__main__":
    unittest.main()
