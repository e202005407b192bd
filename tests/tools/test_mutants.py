"""tools/mutants.py: what it copies, changes, counts and leaves behind, with cmake, ninja and the test
program replaced by small stand-ins."""

import json
import os
import shutil
import subprocess
import sys
import unittest

from tree import TreeTest

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
# Stands in for a test program: Suite.Guarded fails when the guard is gone, Suite.Blind never does,
# Suite.Skipped is skipped, and a tree that says CRASH ends without a report.
PROGRAM = r"""#!/usr/bin/env python3
import json, sys
source = open("consensus/a.cc").read()
if "CRASH" in source:
    sys.exit(139)
given = dict(one[2:].split("=", 1) for one in sys.argv[1:])
ran = []
for name in given["gtest_filter"].split(":"):
    fails = name == "Suite.Guarded" and "guard" not in source
    ran.append({"name": name.split(".")[1], **({"failures": [{}]} if fails else {}),
                "result": "SKIPPED" if name == "Suite.Skipped" else "COMPLETED"})
report = {"testsuites": [{"name": "Suite", "testsuite": ran}]}
json.dump(report, open(given["gtest_output"].removeprefix("json:"), "w"))
sys.exit(any("failures" in one for one in ran))
"""
NINJA = r"""#!/bin/bash
grep -q BROKEN consensus/a.cc && { echo "a.cc:1: error: BROKEN"; exit 1; }
cp "$STAND_INS/program" build/jiandu_consensus_test
"""


class Mutants(TreeTest):
    def setUp(self):
        super().setUp()
        for name in ("mutants.py", "check_mutants.py", "check_main.py", "cpp_text.py"):
            self.put(f"tools/{name}", "")
            shutil.copy(os.path.join(TOP, "tools", name), os.path.join(self.root, "tools", name))
        self.put("consensus/a.cc", "guard\nother\n")
        self.put("tests/consensus/a_test.cc",
                 "".join(f"TEST(Suite, {name}) {{\n}}\n" for name in ("Guarded", "Blind", "Skipped")))
        self.put(".gitignore", "/build/\n/bin/\n")
        for name, text in (("cmake", "#!/bin/bash\nmkdir -p build\n"), ("ninja", NINJA), ("program", PROGRAM)):
            self.put(f"bin/{name}", text)
            os.chmod(f"{self.root}/bin/{name}", 0o755)
        subprocess.run(["git", "init", "-q"], cwd=self.root, check=True)

    def put_list(self, *entries):
        self.put("tools/mutants.toml", "".join(
            f'[[mutant]]\nname = "{name}"\nfile = "consensus/a.cc"\nfind = "{find}"\n'
            f'replace = "{replace}"\ntest = "Suite.{test}"\nwhy = "Because."\n'
            for name, find, replace, test in entries))

    def run_tool(self, *arguments):
        environment = dict(os.environ, PATH=f"{self.root}/bin:{os.environ['PATH']}",
                           STAND_INS=f"{self.root}/bin")
        return subprocess.run([sys.executable, f"{self.root}/tools/mutants.py", *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
                              env=environment)

    def test_all_caught_is_success_and_the_last_line_counts(self):
        self.put_list(("gone", "guard", "", "Guarded"), ("crash", "other", "CRASH", "Blind"))
        answer = self.run_tool("--output", "json")
        self.assertEqual(answer.returncode, 0, answer.stdout + answer.stderr)
        self.assertEqual(json.loads(answer.stdout.splitlines()[-1]), {"mutants": 2, "caught": 2})

    def test_the_tree_is_not_touched_and_the_copy_goes(self):
        self.put_list(("gone", "guard", "", "Guarded"))
        self.assertEqual(self.run_tool().returncode, 0)
        with open(f"{self.root}/consensus/a.cc", encoding="utf-8") as file:
            self.assertEqual(file.read(), "guard\nother\n")
        self.assertFalse(os.path.exists(f"{self.root}/build/mutants"))

    def test_a_copy_that_is_kept_is_whole_again(self):
        self.put_list(("gone", "guard", "", "Guarded"))
        self.assertEqual(self.run_tool("--keep").returncode, 0)
        with open(f"{self.root}/build/mutants/tree/consensus/a.cc", encoding="utf-8") as file:
            self.assertEqual(file.read(), "guard\nother\n")
        self.put("consensus/stray.cc", "")
        self.run_tool("--keep")
        os.remove(f"{self.root}/consensus/stray.cc")
        self.run_tool("--keep")
        self.assertFalse(os.path.exists(f"{self.root}/build/mutants/tree/consensus/stray.cc"))

    def test_a_mutant_that_nothing_notices_is_named_in_both_languages(self):
        self.put_list(("gone", "guard", "", "Guarded"), ("unseen", "other", "", "Blind"))
        answer = self.run_tool("--output", "json")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("NOT CAUGHT unseen: Suite.Blind passes", answer.stderr)
        self.assertIn("请加强测试", answer.stderr)
        self.assertEqual(json.loads(answer.stdout.splitlines()[-1]), {"mutants": 2, "caught": 1})

    def test_a_mutant_that_does_not_compile_is_not_caught(self):
        self.put_list(("bad", "other", "BROKEN", "Guarded"))
        answer = self.run_tool("--output", "json")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("DOES NOT COMPILE bad", answer.stderr)
        self.assertIn("error: BROKEN", answer.stderr)
        self.assertEqual(json.loads(answer.stdout.splitlines()[-1]), {"mutants": 1, "caught": 0})

    def test_a_test_that_is_skipped_or_fails_as_things_are_can_catch_nothing(self):
        self.put_list(("one", "other", "", "Skipped"))
        answer = self.run_tool()
        self.assertEqual(answer.returncode, 1)
        self.assertIn("Suite.Skipped: skipped", answer.stderr)
        self.put("consensus/a.cc", "no such thing\nother\n")
        self.put_list(("one", "other", "", "Guarded"))
        answer = self.run_tool()
        self.assertEqual(answer.returncode, 1)
        self.assertIn("Suite.Guarded: failed", answer.stderr)

    def test_a_list_that_does_not_fit_ends_before_anything_is_built(self):
        self.put_list(("one", "gone", "", "Guarded"))
        answer = self.run_tool()
        self.assertEqual(answer.returncode, 1)
        self.assertIn("stands 0 times", answer.stderr)
        self.assertIn("错误：", answer.stderr)
        self.assertFalse(os.path.exists(f"{self.root}/build"))

    def test_only_runs_what_is_named_and_a_wrong_name_gets_the_nearest(self):
        self.put_list(("gone", "guard", "", "Guarded"), ("unseen", "other", "", "Blind"))
        self.assertEqual(self.run_tool("--only", "gone").returncode, 0)
        answer = self.run_tool("--only", "gon")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("try gone", answer.stderr)

    def test_an_unknown_flag_ends_with_a_sentence_in_both_languages(self):
        answer = self.run_tool("--fast")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("error: ./dev mutants takes", answer.stderr)
        self.assertIn("错误：", answer.stderr)


if __name__ == "__main__":
    unittest.main()
