"""Proofs as their users meet them: fetched from a node, checked with the genesis document alone."""
import json
import pathlib
import sys
import unittest

import case
import support


class Proofs(case.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.resource = None

    def setUp(self):
        super().setUp()
        if Proofs.resource is None:
            Proofs.resource = self.publish("330100-ga-3001")
            Proofs.request_id = self.request(Proofs.resource)
        self.file = self.folder / "out.jdproof"

    def prove(self, *words, keys, expect=0):
        return self.do("prove", *words, "--file", self.file, keys=keys, expect=expect)

    def verify(self, expect=0):
        return support.run_json("verify", self.file, "--genesis", self.network.genesis,
                                expect=expect)

    def test_a_history_is_complete_and_says_as_of_when(self):
        self.prove("history", self.resource, keys=["sj-a1"])
        verdict = self.verify()
        self.assertTrue(verdict["verified"])
        self.assertIn("at most 1/3 faulty", verdict["statement"])
        shown = self.do("history", self.resource, keys=["sj-a1"])["items"]
        self.assertEqual([event["index"] for event in verdict["events"]],
                         [event["index"] for event in shown])
        self.assertEqual(verdict["withheld"], 0)
        self.assertTrue(all("department" in event for event in verdict["events"]))
        # A party that may not see all events proves the same number of them.
        self.prove("history", self.resource, keys=["jt-c1"])
        narrower = self.verify()
        self.assertEqual(len(narrower["events"]), len(verdict["events"]))

    def test_a_department_that_never_touched_a_resource(self):
        sw = self.department("sw")
        words = ["absence", "--resource", self.resource, "--department"]
        self.prove(*words, sw, keys=["ga-c1"])  # its provider
        self.assertIn("there is no entity", self.verify()["proven"][0])
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
        self.assertEqual(verdict["not_proven"], [])
        self.prove("transaction", "0" * 64, keys=["ga-c1"], expect=5)

    def test_what_was_changed_on_the_way_proves_nothing(self):
        self.prove("history", self.resource, keys=["sj-a1"])
        good = self.file.read_bytes()
        lines = good.splitlines(keepends=True)
        events = [n for n, line in enumerate(lines) if json.loads(line)["kind"] == "event"]
        self.file.write_bytes(b"".join(line for n, line in enumerate(lines) if n != events[1]))
        self.assertIn("(form)", self.verify(expect=7)["error"])
        self.file.write_bytes(good[:-2])
        self.verify(expect=7)

    def test_another_verifier_agrees(self):
        sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "sdk" / "python"))
        try:
            import jdverify
        except ImportError as missing:
            self.skipTest(str(missing))
        for words in (["history", self.resource], ["history", self.request_id]):
            self.prove(*words, keys=["sj-a1"])
            verdict = jdverify.verify(self.file.read_bytes(), self.network.genesis.read_bytes())
            self.assertTrue(verdict.verified, verdict.steps)


if __name__ == "__main__":
    unittest.main()
