"""Proofs as their users meet them: fetched from a node, checked with the genesis document alone."""
import json
import pathlib
import sys
import unittest

import case
import support


class Proofs(case.Case):
    def setUp(self):
        super().setUp()
        self.resource = self.published("330100-ga-3001")
        self.jt_request = self.once("request", lambda: self.request(self.resource))
        self.file = self.folder / "out.jdproof"

    def prove(self, *words, keys, expect=0):
        return self.do("prove", *words, "--file", self.file, keys=keys, expect=expect)

    def verify(self, *words, expect=0):
        return support.run_json("verify", self.file, "--genesis", self.network.genesis, *words,
                                expect=expect)

    def test_a_history_is_complete_and_says_as_of_when(self):
        self.prove("history", self.resource, keys=["sj-a1"])
        verdict = self.verify()
        self.assertTrue(verdict["verified"])
        self.assertIn("at most 1/3 faulty", verdict["statement"])
        self.assertIn("不超过三分之一", verdict["statement_zh"])
        for name in ("proven", "not_proven"):
            self.assertEqual(len(verdict[name]), len(verdict[name + "_zh"]))
        self.assertTrue(all(step["detail_zh"] for step in verdict["steps"]))
        shown = self.do("history", self.resource, keys=["sj-a1"])["items"]
        self.assertEqual([event["index"] for event in verdict["events"]],
                         [event["index"] for event in shown])
        self.assertEqual(verdict["withheld"], 0)
        self.assertTrue(all("department" in event for event in verdict["events"]))
        # A party that may not see all events proves the same number of them.
        self.prove("history", self.resource, keys=["jt-c1"])
        narrower = self.verify()
        self.assertEqual(len(narrower["events"]), len(verdict["events"]))

    def test_a_file_of_another_kind_is_never_replaced(self):
        """A key whose name was given for an output is still there, byte for byte."""
        request = self.jt_request
        txid = self.do("history", self.resource, keys=["sj-a1"])["items"][0]["event"]["txid"]
        key = self.network.folder / "ga" / "keys" / "ga-c1.key"
        commands = {"prove": ["prove", "history", self.resource, "--file"],
                    "pack": ["case", "export", request, "--file"],
                    "prov": ["export", "prov", self.resource, "--file"],
                    "openlineage": ["export", "openlineage", self.resource, "--file"],
                    "receipt": ["tx", "show", txid, "--receipt"],
                    "log": ["log", "proof", 0, "--file"]}
        texts = {"key": key.read_bytes(), "genesis": self.network.genesis.read_bytes(),
                 "notes": "不可丢失\n".encode()}
        file = self.folder / "out"
        made = {}
        for name, words in commands.items():
            file.write_bytes(b"")  # an empty file holds nothing to lose
            self.do(*words, file, keys=["sj-a1"])
            self.do(*words, file, keys=["sj-a1"])  # what it wrote itself, again
            made[name] = file.read_bytes()
            self.assertTrue(made[name])
        for name, words in commands.items():
            others = {other: text for other, text in made.items() if other != name}
            for other, text in (texts | others).items():
                with self.subTest(command=name, over=other):
                    file.write_bytes(text)
                    told = self.do(*words, file, keys=["sj-a1"], expect=1)
                    self.assertIn("is kept", told["error"])
                    self.assertEqual(file.read_bytes(), text)
        # Nor is what lies where the proof beside an export goes; then no export is written either.
        file.unlink()
        beside = self.folder / "out.jdproof"
        beside.write_bytes(texts["key"])
        self.do(*commands["prov"], file, keys=["sj-a1"], expect=1)
        self.assertEqual(beside.read_bytes(), texts["key"])
        self.assertFalse(file.exists())

    def test_a_department_that_never_touched_a_resource(self):
        sw = self.department("sw")
        words = ["absence", "--resource", self.resource, "--department"]
        self.prove(*words, sw, keys=["ga-c1"])  # its provider
        self.assertIn(f"department {sw} never touched resource {self.resource}", self.verify()["proven"][0])
        self.prove("absence", "--resource", "13" + self.resource[2:], "--department", sw, keys=["ga-c1"], expect=2)
        self.prove(*words, sw, keys=["sw-c1"])  # the department itself
        self.assertTrue(self.verify()["verified"])
        self.prove(*words, sw, keys=["jt-c1"], expect=6)  # who may not know
        there = self.prove(*words, self.department("jt"), keys=["sj-a1"], expect=6)
        self.assertIn("it exists", there["error"])
        self.prove("absence", "--name", "code/330100-zz-0000", keys=["sj-a1"])
        self.assertTrue(self.verify()["verified"])
        self.prove("absence", keys=["sj-a1"], expect=2)

    def test_a_transaction_with_its_signatures(self):
        txid = self.do("history", self.resource, keys=["sj-a1"])["items"][0]["event"]["txid"]
        self.prove("transaction", txid, keys=["ga-c1"])
        verdict = self.verify()
        self.assertEqual(verdict["events"][0]["txid"], txid)
        self.assertTrue(any("whose a key was" in one for one in verdict["not_proven"]))
        self.prove("transaction", "0" * 64, keys=["ga-c1"], expect=5)

    def test_several_histories_and_whole_lineages(self):
        request = self.jt_request
        other = self.published("330100-ga-3002")
        self.prove("histories", other, request, self.resource, keys=["sj-a1"])
        verdict = self.verify("--histories", f"{self.resource},{request},{other}")
        self.assertEqual(verdict["entities"], sorted([self.resource, request, other]))
        self.assertTrue(self.second().verified)
        self.prove("lineage", self.resource, keys=["sj-a1"])
        down = self.verify("--lineage", self.resource, "--direction", "down")
        self.assertIn(request, down["entities"])
        self.assertNotIn(other, down["entities"])
        self.assertEqual(down["inexact"], 0)
        self.assertTrue(self.second().verified)
        self.prove("lineage", request, "--direction", "up", keys=["sj-a1"])
        self.assertEqual(self.verify()["entities"], sorted([request, self.resource]))
        self.prove("lineage", self.resource, "--transactions", "all", keys=["jt-c1"])
        narrower = self.verify()
        self.assertLessEqual(len(narrower["entities"]), len(down["entities"]))
        self.assertTrue(self.second().verified)
        self.prove("histories", self.resource, "11" * 17, keys=["sj-a1"], expect=5)
        self.prove("histories", "no id", keys=["sj-a1"], expect=2)

    def test_a_bundle_must_answer_what_was_asked_and_be_new_enough(self):
        self.prove("history", self.resource, keys=["sj-a1"])
        verdict = self.verify("--history", self.resource, "--max-age", "1h", "--min-height", "1")
        self.assertIn("time 20", verdict["statement"])
        request = self.jt_request
        self.assertEqual(self.verify("--history", request, expect=7)["failed_step"], "question")
        self.assertEqual(self.verify("--lineage", self.resource, expect=7)["failed_step"], "question")
        self.assertEqual(self.verify("--min-height", "999999", expect=7)["failed_step"], "freshness")
        self.verify("--max-age", "soon", expect=2)
        self.verify("--history", "11", expect=2)
        self.verify("--history", self.resource, "--name", "code/none", expect=2)

    def test_what_was_changed_on_the_way_proves_nothing(self):
        self.prove("history", self.resource, keys=["sj-a1"])
        good = self.file.read_bytes()
        lines = good.splitlines(keepends=True)
        events = [n for n, line in enumerate(lines) if json.loads(line)["kind"] == "event"]
        self.file.write_bytes(b"".join(line for n, line in enumerate(lines) if n != events[1]))
        self.assertIn("(form)", self.verify(expect=7)["error"])
        self.file.write_bytes(good[:-2])
        self.verify(expect=7)

    def second(self):
        """What the verifier in Python says of the file."""
        sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "sdk" / "python"))
        try:
            import jdverify
        except ImportError as missing:
            self.skipTest(str(missing))
        return jdverify.verify(self.file.read_bytes(), self.network.genesis.read_bytes())

    def test_another_verifier_agrees(self):
        for words in (["history", self.resource], ["history", self.jt_request]):
            self.prove(*words, keys=["sj-a1"])
            verdict = self.second()
            self.assertTrue(verdict.verified, verdict.steps)


if __name__ == "__main__":
    unittest.main()
